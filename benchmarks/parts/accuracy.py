"""Accuracy: the gate's table, the lane-end's and belt's, and the hard cases."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor

import msgspec

from benchmarks import accuracy, plots, verdicts
from benchmarks.accuracy import BIAS_FROM_HZ, Cell, Timed
from benchmarks.parts.pool import Step, chunks, run_jobs, workers
from benchmarks.report import Part, Table, Target, Value
from benchmarks.verdicts import Verdict
from retro_timer.ports import Placement
from retro_timer.training.gaits import Gait

RECORDS = ("full", "range")
_CHUNK = 50
_TERSE = 9
_RANGES_M = {Gait.WALK: (1.3, 8.0), Gait.JOG: (8.0,), Gait.RUN: (8.0,)}
"""Which sensors see a gait early enough to stop before them (FACTS section 3): a jogger needs a TF-Luna."""
_HEAD = (
    "cell", "n", "bias ms", "limit", "bias mm", "95 % within ms", "limit", "share within", "interval covers",
    "± ms stated", "missed", "twice", "false", "first < threshold: bias", "95 %", "median of 9: bias", "95 %",
    "ideal beam 95 %",
)  # fmt: skip
_NOTE = (
    "95 % within: the size that 95 % of errors do not exceed; its limit is the larger of half a period and 3 cm of "
    "running, taken rep by rep in `share within`. Missed: no finish though the body was reported for 2.5 periods. "
    "False: more than 0.35 m of running from the truth. The usual ways run on the same readings, their own mean error "
    "taken off before the 95 %. An ideal beam is a thin one, sampled at that rate, without any noise."
)
_NOTE_RANGES = "The same reps without status, signal and ambient."
_NOTE_APPROACH = (
    "The range at which a rep ends is the least from which that speed can stop. A VL53L1X in short mode sees 1.3 m, a "
    "TF-Luna 8 m; pairs of gait and sensor that cannot stop in time are left out, as the program refuses them."
)


class Size(msgspec.Struct, frozen=True):
    """How many."""

    gate: int
    gate_range: int
    approach: int
    approach_range: int
    hard: int


FULL = Size(1000, 1000, 400, 200, 300)
QUICK = Size(6, 3, 3, 1, 4)
_SHARES = {"gate": 0.45, "approach": 0.45, "hard": 0.1}
"""Of the time."""


def measure(quick: bool, step: Step) -> Part:
    """Simulate, time and judge."""
    size = QUICK if quick else FULL
    with workers() as pool:
        gate = {r: _gate(pool, r, size.gate if r == "full" else size.gate_range, step) for r in RECORDS}
        lane = {r: _approach(pool, r, size.approach if r == "full" else size.approach_range, step) for r in RECORDS}
        hard = _hard(pool, size.hard, step)
    tables = [
        Table("Gate, full records", _NOTE, _HEAD, _rows(gate["full"]), _TERSE),
        Table("Gate, ranges only", _NOTE_RANGES, _HEAD, _rows(gate["range"]), _TERSE),
        Table("Lane-end and belt, full records", _NOTE_APPROACH, _HEAD, _rows(lane["full"]), _TERSE),
        Table("Lane-end and belt, ranges only", "", _HEAD, _rows(lane["range"]), _TERSE),
        _hard_table(hard),
    ]
    targets = [
        *_targets("gate", gate["full"]),
        *_targets("gate, ranges only", gate["range"]),
        *_targets("lane-end and belt", lane["full"]),
        *_targets("lane-end and belt, ranges only", lane["range"]),
        *_hard_targets(hard),
    ]
    drawings = _draw(gate["full"])
    return Part(
        "Accuracy",
        "All figures are simulated: readings and truth come from benchmarks/physics, which knows nothing of the "
        "detector; the events come from the program's own replay.",
        targets,
        tables,
        {name: shows for name, (shows, _) in drawings.items()},
        {name: svg for name, (_, svg) in drawings.items()},
    )


def _gate(pool: ProcessPoolExecutor, record: str, reps: int, step: Step) -> list[Cell]:
    kinds = list(itertools.product(accuracy.GAITS, accuracy.RATES_HZ, accuracy.BACKGROUNDS))
    jobs = [
        accuracy.GateJob(gait, rate_hz, background, record, first, count)
        for gait, rate_hz, background in kinds
        for first, count in chunks(reps, _CHUNK)
    ]
    found = run_jobs(pool, accuracy.time_gate, jobs, step, _SHARES["gate"] / len(RECORDS))
    return _cells(found, [(job.cell, job.rate_hz) for job in jobs])


def _approach(pool: ProcessPoolExecutor, record: str, reps: int, step: Step) -> list[Cell]:
    jobs = [
        accuracy.ApproachJob(placement, gait, rate_hz, range_m, record, first, count)
        for placement in (Placement.LANE_END, Placement.BELT)
        for gait in accuracy.GAITS
        for range_m in _RANGES_M[gait]
        for rate_hz in accuracy.RATES_HZ
        for first, count in chunks(reps, _CHUNK)
    ]
    share = _SHARES["approach"] * (0.67 if record == "full" else 0.33)
    found = run_jobs(pool, accuracy.time_approach, jobs, step, share)
    return _cells(found, [(job.cell, job.rate_hz) for job in jobs])


def _cells(found: dict[str, list[list[Timed]]], kinds: Sequence[tuple[str, float]]) -> list[Cell]:
    rates = dict(kinds)
    return [accuracy.tally(name, rates[name], [t for piece in pieces for t in piece]) for name, pieces in found.items()]


def _hard(pool: ProcessPoolExecutor, cases: int, step: Step) -> dict[str, Verdict]:
    jobs = [
        verdicts.HardJob(name, first, count) for name in verdicts.HARD_NAMES for first, count in chunks(cases, _CHUNK)
    ]
    found = run_jobs(pool, verdicts.judge_hard, jobs, step, _SHARES["hard"])
    return {name: verdicts.add_verdicts(pieces) for name, pieces in found.items()}


def _rows(cells: Sequence[Cell]) -> list[tuple[Value, ...]]:
    return [
        (
            c.name, c.reps, c.bias_ms, c.bias_limit_ms if c.rate_hz >= BIAS_FROM_HZ else None, c.bias_mm, c.p95_ms,
            c.p95_limit_ms, f"{c.within:.1%}", f"{c.covered:.1%}", c.stated_ms, c.missed, c.twice, c.false,
            c.threshold_bias_ms, c.threshold_p95_ms, c.median_bias_ms, c.median_p95_ms, c.ideal_p95_ms,
        )
        for c in cells
    ]  # fmt: skip


def _targets(what: str, cells: Sequence[Cell]) -> list[Target]:
    asked = [cell for cell in cells if cell.rate_hz >= BIAS_FROM_HZ]
    reps = sum(cell.reps for cell in cells)
    targets = [
        _cell_target(f"{what}: bias within 4 ms or 1 cm, 25 Hz up", asked, lambda c: c.bias_met, _worst_bias),
        _cell_target(f"{what}: 95 % of errors in half a period or 3 cm", cells, lambda c: c.within_met, _least_within),
        _cell_target(f"{what}: interval covers 93-97 %", cells, lambda c: c.covered_met, _covers),
        _none(f"{what}: missed, of breaks of 2.5 periods", sum(c.missed for c in cells), reps),
        _none(f"{what}: counted twice", sum(c.twice for c in cells), reps),
        _none(f"{what}: finishes by something else", sum(c.false for c in cells), reps),
    ]
    if what.startswith("gate"):
        better = sum(c.p95_ms < c.ideal_p95_ms for c in cells)
        targets.append(_none(f"{what}: alarms for the runner who is timed", sum(c.alarms for c in cells), reps))
        targets.append(Target(f"{what}: better than an ideal beam", "–", f"{better} of {len(cells)} cells", None))
    return targets


def _cell_target(
    what: str, cells: Sequence[Cell], met: Callable[[Cell], bool], worst: Callable[[Sequence[Cell]], str]
) -> Target:
    count = sum(met(cell) for cell in cells)
    return Target(what, f"{len(cells)} of {len(cells)} cells", f"{count}; {worst(cells)}", count == len(cells))


def _worst_bias(cells: Sequence[Cell]) -> str:
    worst = max(cells, key=lambda c: abs(c.bias_ms) / c.bias_limit_ms)
    return f"worst {worst.bias_ms:+.1f} ms of {worst.bias_limit_ms:.1f} ({worst.name})"


def _least_within(cells: Sequence[Cell]) -> str:
    least = min(cells, key=lambda c: c.within)
    return f"least {least.within:.1%} ({least.name})"


def _covers(cells: Sequence[Cell]) -> str:
    return f"{min(c.covered for c in cells):.1%} to {max(c.covered for c in cells):.1%}"


def _none(what: str, count: int, of: int) -> Target:
    return Target(what, "0", f"{count} of {of:,}", count == 0)


def _hard_table(hard: dict[str, Verdict]) -> Table:
    kinds = ("false", "missed", "twice", "off", "flags", "alarm")
    rows: list[tuple[Value, ...]] = [
        (
            name,
            verdict.cases,
            f"{1.0 - sum(verdict.wrong.values()) / verdict.cases:.1%}",
            *(verdict.wrong.get(kind, 0) for kind in kinds),
            "; ".join(verdict.examples[:1]),
        )
        for name, verdict in hard.items()
    ]
    note = (
        "Each name is a scene of benchmarks/physics/hard_cases.py with one right answer, at 25 and 41 Hz, all gaits, "
        "both backgrounds. Off: the right athlete, 0.25 s or more and twice the stated interval from the truth."
    )
    return Table("Hard cases at a gate", note, ("case", "n", "right", *kinds, "for example"), rows, 3 + len(kinds))


def _hard_targets(hard: dict[str, Verdict]) -> list[Target]:
    cases = sum(verdict.cases for verdict in hard.values())
    false = {name: v.wrong.get("false", 0) for name, v in hard.items() if v.wrong.get("false", 0)}
    other = {n: sum(v.wrong.values()) - v.wrong.get("false", 0) for n, v in hard.items()}
    other = {name: count for name, count in other.items() if count}
    return [
        Target("hard cases: finishes by something else", "0", _counted(false, cases), not false),
        Target("hard cases: other wrong answers", "0", _counted(other, cases), not other),
    ]


def _counted(counts: dict[str, int], cases: int) -> str:
    told = ", ".join(f"{name} {count}" for name, count in counts.items())
    return f"{sum(counts.values())} of {cases:,}" + (f" ({told})" if told else "")


def _draw(cells: Sequence[Cell]) -> dict[str, tuple[str, bytes]]:
    """File name to what it shows and the picture."""
    drawn = {f"accuracy-{background}.svg": _draw_errors(cells, background) for background in accuracy.BACKGROUNDS}
    return drawn | {"bias.svg": _draw_bias(cells), "coverage.svg": _draw_coverage(cells)}


def _draw_errors(cells: Sequence[Cell], background: str) -> tuple[str, bytes]:
    shown = [cell for cell in cells if cell.name.endswith(background)]
    labels = [cell.name.removesuffix(f" {background}") for cell in shown]
    place = "before a wall" if background == "wall" else "in the open field"
    series = {
        "Retro Timer": [c.p95_ms for c in shown],
        "asked": [c.p95_limit_ms for c in shown],
        "ideal beam": [c.ideal_p95_ms for c in shown],
        "median of nine": [c.median_p95_ms for c in shown],
        "first below a threshold": [c.threshold_p95_ms for c in shown],
    }
    title = f"Gate {place}: 95 % of errors are smaller than (ms, simulated)"
    colours = (plots.COLOURS[0], plots.GREY, *plots.COLOURS[1:])
    name = f"accuracy-{background}"
    return title, plots.bars(name, title, labels, series, y_title="ms", logarithmic=True, colours=colours)


def _draw_bias(cells: Sequence[Cell]) -> tuple[str, bytes]:
    bias = {
        "Retro Timer": [c.bias_ms for c in cells],
        "median of nine": [c.median_bias_ms for c in cells],
        "first below a threshold": [c.threshold_bias_ms for c in cells],
    }
    title = "Gate: mean error, early is negative (ms, simulated)"
    colours = (plots.COLOURS[0], *plots.COLOURS[2:4])
    return title, plots.bars("bias", title, [cell.name for cell in cells], bias, y_title="ms", colours=colours)


def _draw_coverage(cells: Sequence[Cell]) -> tuple[str, bytes]:
    title = "Gate: share of true times inside the stated 95 % interval (%, simulated)"
    covered = {"Retro Timer": [100.0 * cell.covered for cell in cells]}
    limits = {"least asked": 100.0 * accuracy.COVERED[0], "most asked": 100.0 * accuracy.COVERED[1]}
    low = min(90.0, *covered["Retro Timer"])
    labels = [cell.name for cell in cells]
    return title, plots.dots("coverage", title, labels, covered, limits, y_title="%", value_range=(low, 100.0))
