"""A large group's whole session as a part of the benchmark: its table and what is asked of it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from benchmarks.groups.alarm import Alarm, alarm_with
from benchmarks.groups.session import EVERY_S, LENGTH_M, Ran
from benchmarks.pool import Step
from benchmarks.report import Part, Table, Target, Value, at_most

STEP_TARGET_MS = 2.0
MEMORY_TARGET_MB = 4.0
SPEED_TARGET = 300.0
ON_COURSE = (1, 20)
FULL, QUICK = (60, 40), (3, 2)
"""Athletes, and reps of each."""
_HEAD = (
    "athletes", "reps in all", "simulated s", "took s", "processor s", "steps", "median ms", "p99 ms", "worst ms", "MB",
)  # fmt: skip
_NOTE = (
    f"Behind each other over {LENGTH_M:g} m, a go every {EVERY_S:g} s, each session in a process of its own, with "
    "everything from the sensor's light to the results on the disk. Steps: processor time of the session's thread. MB: "
    "the most that the process has had."
)
_NOTE_ALARM = (
    "From the first reading of a body that nobody on the course can be, in the sensor's time; a reading: processor "
    "time of sampling and detection with the lane free."
)


def measure(quick: bool, step: Step) -> Part:
    """One alone, and the group: what the group costs beyond that."""
    athletes, reps = QUICK if quick else FULL
    found = []
    for count in (1, athletes):
        found.append(_ran(count, reps))
        step(0.5)
    alarms = [alarm_with(on_course) for on_course in ON_COURSE]
    return Part(
        "Groups",
        "The lane is simulated; times and memory are measured.",
        [*targets(found), _alarm_target(*alarms)],
        [_table(found), _alarm_table(alarms)],
        {},
    )


def targets(found: list[Ran]) -> list[Target]:
    """What is asked of the last one, held against the first."""
    alone, group = found
    more_mb = group.most_mb - alone.most_mb
    speed, by_processor = group.simulated_s / group.took_s, group.simulated_s / group.processor_s
    what = f"{group.athletes} athletes, {group.reps:,} reps"
    return [
        at_most(
            f"{what}: a step of the session", STEP_TARGET_MS, "ms in 99 of 100", group.step_p99_ms,
            f"{group.step_p99_ms:.2f} ms, median {group.step_median_ms:.2f}",
        ),
        at_most(f"{what}: memory beyond that of one athlete", MEMORY_TARGET_MB, "MB", more_mb, f"{more_mb:.1f} MB"),
        Target(
            f"{what}: simulated", f"{SPEED_TARGET:g} times real time",
            f"{by_processor:.0f} times by processor time; {speed:.0f} as the machine and its disk were",
            by_processor >= SPEED_TARGET,
        ),
    ]  # fmt: skip


def _alarm_target(one: Alarm, many: Alarm) -> Target:
    return Target(
        f"alarm with {many.on_course} on the course",
        f"as with one: {one.told_after_ms:.0f} ms",
        f"{many.told_after_ms:.0f} ms",
        many.told_after_ms <= one.told_after_ms,
    )


def _alarm_table(alarms: list[Alarm]) -> Table:
    rows: list[tuple[Value, ...]] = [(alarm.on_course, alarm.told_after_ms, alarm.reading_us) for alarm in alarms]
    return Table("Alarm", _NOTE_ALARM, ("on the course", "told after ms", "a reading, µs"), rows)


def _ran(athletes: int, reps: int) -> Ran:
    with tempfile.TemporaryDirectory(prefix="retro-timer-groups-") as folder:
        command = [sys.executable, "-m", "benchmarks.groups.session", str(athletes), str(reps), folder]
        done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    return msgspec.json.decode(done.stdout, type=Ran)


def _table(found: list[Ran]) -> Table:
    return Table("Whole sessions", _NOTE, _HEAD, [_row(ran) for ran in found])


def _row(ran: Ran) -> tuple[Value, ...]:
    return (
        ran.athletes, ran.reps, ran.simulated_s, ran.took_s, ran.processor_s, ran.steps, ran.step_median_ms,
        ran.step_p99_ms, ran.step_worst_ms, ran.most_mb,
    )  # fmt: skip
