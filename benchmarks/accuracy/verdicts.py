"""Whether the right one is timed: gate scenes that tempt a timer, each with one right answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from benchmarks.accuracy.passages import BACKGROUNDS, GAITS, Finder, replay
from benchmarks.physics import GateCase, hard_case
from benchmarks.physics.blending import LAWS
from benchmarks.physics.hard_cases import HARD_CASES
from benchmarks.pool import Job
from retro_timer.detection.config import WatchConfig
from retro_timer.store.traces import TraceRep

# Two athletes on the course at once, each with a go of their own, are not timed: one at a time is on the course.
HARD_NAMES: tuple[str, ...] = tuple(name for name in HARD_CASES if name != "two-reps")


class HardJob(Job, frozen=True):
    """Some cases of one name."""

    name: str

    @property
    def cell(self) -> str:
        """Name of the cell."""
        return self.name


class Verdict(msgspec.Struct, frozen=True):
    """The answers to some hard cases: how often each was given."""

    cases: int
    wrong: dict[str, int]
    """By kind: missed, false, twice, off, flags, alarm."""
    examples: tuple[str, ...]


_MOST_EXAMPLES = 3
_WALK_BACK = "walk-back"


def judge_hard(job: HardJob, find: Finder = replay) -> Verdict:
    """Hard cases over gaits, two rates, both backgrounds and both laws of blending, judged."""
    wrong: Counter[str] = Counter()
    examples = []
    for seed in job.seeds:
        gait, rate_hz = GAITS[seed % 3], (25.0, 41.0)[seed % 2]
        background = BACKGROUNDS[seed // 2 % 2]
        law = LAWS[seed // 4 % 2]
        case = hard_case(job.name, seed, gait, rate_hz, background, law=law)
        reps = [TraceRep(r.go_ns / 1e9, r.distance_m, r.gait) for r in case.reps]
        told = find(case.samples, reps, WatchConfig(budget_ns=case.spec.budget_ns))
        kind, what = _problem(case, told)
        if not kind and job.name == _WALK_BACK and any(e["event"] == "obstacle" for e in told):
            kind, what = "alarm", "the athlete's walk back is told as an obstacle"
        if kind:
            wrong[kind] += 1
            examples.append(f"{gait} {rate_hz:g} Hz {background} seed {seed}: {what}")
    return Verdict(job.cases, dict(wrong), tuple(examples[:_MOST_EXAMPLES]))


def add_verdicts(verdicts: Iterable[Verdict]) -> Verdict:
    """Several verdicts on cases of one name as one."""
    cases, wrong, examples = 0, Counter[str](), list[str]()
    for verdict in verdicts:
        cases += verdict.cases
        wrong.update(verdict.wrong)
        examples.extend(verdict.examples)
    return Verdict(cases, dict(wrong), tuple(examples[:_MOST_EXAMPLES]))


def _problem(case: GateCase, told: list[dict[str, Any]]) -> tuple[str, str]:
    """Kind and words for what is wrong with the answer to a hard case; two empty strings when nothing is."""
    for number, rep in enumerate(case.reps, start=1):
        found = [e for e in told if e["event"] == "finish" and e["rep"] == number]
        if rep.expected == "dnf":
            if found:
                return "false", f"rep {number} finished after {found[0]['time_s']:.2f} s, expected none"
            continue
        if not found:
            return "missed", f"rep {number} has no finish"
        if len(found) > 1:
            return "twice", f"rep {number} finished {len(found)} times"
        off = found[0]["time_s"] - ((rep.back_ns or 0) - rep.go_ns) / 1e9
        if abs(off) > max(0.25, 2.0 * found[0]["uncertainty_s"]):
            # Nothing but another body is farther off than an athlete takes through the cone.
            kind = "false" if abs(off) > 1.0 else "off"
            return kind, f"rep {number} is {off:+.2f} s off"
        if not set(rep.flags) <= set(found[0]["flags"]):
            return "flags", f"rep {number} lacks the flags {rep.flags}"
    return "", ""
