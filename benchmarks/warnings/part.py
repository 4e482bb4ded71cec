"""Warnings: whether danger is told in time, not too early, and not for nothing."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor

import msgspec

from benchmarks import plots
from benchmarks.physics import NOBODY
from benchmarks.pool import Step, cells_of, pieces, workers
from benchmarks.report import Part, Table, Target, Value
from benchmarks.warnings.measure import (
    MAX_RANGES_M,
    PLACEMENTS,
    RATES_HZ,
    WatchCell,
    Watched,
    WatchJob,
    tally,
    watch_scenes,
)

RECORDS = ("full", "range")
_CHUNK = 25
_TERSE = 7
_MOST_FALSE = 1.0
_HEAD = (
    "sensor", "n", "in time", "as promised", "never", "late ones: 95 % ms", "worst ms",
    "before the stopping distance: median s", "95 % s", "empty field, min",
    "false alarms per 10 min: single phantoms", "bursts",
)  # fmt: skip
_NOTE = (
    "Somebody closes in at 0.5 to 6 m/s. In time: danger is told when the stopping distance at the closing speed "
    "(0.6 s, 2.5 m/s²) is reached, or 0.2 s after the first instant at which the return is strong enough to be "
    "reported, whichever is later. As promised (docs/safety.md): within 0.3 s or four periods, whichever is longer, of "
    "the later of both, bad readings or not. A warning counts when its reading's integration has ended. Empty field: "
    "nobody; with 5 to 50 % of the readings single phantoms, few of them with a valid status; and as long again with "
    "1 to 5 % in bursts, runs of 2 to 4 phantoms with a valid status that agree to 50 mm."
)


class Size(msgspec.Struct, frozen=True):
    """How many."""

    closing: int
    empty: int
    seconds: float
    """Of each empty field."""


FULL, QUICK = Size(300, 6, 600.0), Size(4, 1, 30.0)


def measure(quick: bool, step: Step) -> Part:
    """Simulate and judge."""
    size = QUICK if quick else FULL
    with workers() as pool:
        cells = {record: _cells(pool, record, size, step) for record in RECORDS}
    titles = {"full": "full records", "range": "ranges only"}
    title = "Danger told in time when somebody closes in (%, simulated)"
    names = [cell.name for cell in cells["full"]]
    series = {titles[r]: [100.0 * c.in_time for c in found] for r, found in cells.items()}
    drawing = plots.bars("warnings", title, names, series, y_title="%", value_range=(0.0, 100.0))
    return Part(
        "Warnings",
        "All figures are simulated by benchmarks/physics.",
        [target for record in RECORDS for target in _targets(titles[record], cells[record])],
        [
            Table(f"Lane-end and belt, {titles[r]}", _NOTE if r == "full" else "", _HEAD, _rows(cells[r]), _TERSE)
            for r in RECORDS
        ],
        {"warnings.svg": title},
        {"warnings.svg": drawing},
    )


def _cells(pool: ProcessPoolExecutor, record: str, size: Size, step: Step) -> list[WatchCell]:
    def watched(kind: str, cases: int, most: int, share: float) -> dict[str, list[Watched]]:
        kinds = [
            WatchJob(kind, place, hz, range_m, record, size.seconds)
            for place in PLACEMENTS
            for range_m in MAX_RANGES_M
            for hz in RATES_HZ
        ]
        return {
            job.cell: all_of
            for job, all_of in cells_of(pool, watch_scenes, pieces(kinds, cases, size=most), step, share)
        }

    came = watched("closing", size.closing, _CHUNK, 0.3)
    sun, burst = (watched(light, size.empty, 1, 0.1) for light in NOBODY)
    return [tally(name, came[name], sun[name], burst[name], size.seconds) for name in came]


def _rows(cells: list[WatchCell]) -> list[tuple[Value, ...]]:
    return [
        (
            c.name, c.scenes, f"{c.in_time:.1%}", f"{c.promised:.1%}", c.never, c.late_p95_ms, c.late_worst_ms,
            c.lead_median_s, c.lead_p95_s, c.empty_minutes, c.false_per_10_min, c.burst_alarms_per_10_min,
        )
        for c in cells
    ]  # fmt: skip


def _targets(what: str, cells: list[WatchCell]) -> list[Target]:
    least = min(cells, key=lambda c: c.in_time)
    whole = [cell for cell in cells if cell.in_time == 1.0]
    scenes = sum(c.scenes for c in cells)
    share = sum(c.in_time * c.scenes for c in cells) / scenes
    promised = round(sum(c.promised * c.scenes for c in cells))
    slowest = min(cells, key=lambda c: c.promised)
    leads = max(cell.lead_p95_s for cell in cells)
    return [
        Target(
            f"danger told in time, {what}",
            f"always, {len(cells)} sensors",
            f"{share:.1%} of {scenes:,}; always with {len(whole)}; least {least.in_time:.1%} ({least.name})",
            len(whole) == len(cells),
        ),
        Target(
            f"danger told within 0.3 s or four periods, {what}",
            f"always, {len(cells)} sensors",
            f"{promised:,} of {scenes:,}; least {slowest.promised:.1%} ({slowest.name})",
            promised == scenes,
        ),
        Target(f"danger told before the stopping distance, {what}", "–", f"95 %: at most {leads:.1f} s", None),
        _quiet(f"false alarms in 10 min of single phantoms, {what}", {c.name: c.false_per_10_min for c in cells}),
        _quiet(f"false alarms in 10 min of bursts, {what}", {c.name: c.burst_alarms_per_10_min for c in cells}),
    ]


def _quiet(what: str, per_10_min: dict[str, float]) -> Target:
    worst = max(per_10_min, key=per_10_min.__getitem__)
    quiet = sum(alarms <= _MOST_FALSE for alarms in per_10_min.values())
    return Target(
        what,
        f"at most {_MOST_FALSE:g}, {len(per_10_min)} sensors",
        f"{quiet}; most {per_10_min[worst]:.1f} ({worst})",
        quiet == len(per_10_min),
    )
