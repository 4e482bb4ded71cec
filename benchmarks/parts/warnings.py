"""Warnings: whether danger is told in time, not too early, and not for nothing."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor

import msgspec

from benchmarks import obstacle_watch, plots
from benchmarks.obstacle_watch import WatchCell, WatchJob
from benchmarks.parts.pool import Step, chunks, run_jobs, workers
from benchmarks.report import Part, Table, Target, Value

RECORDS = ("full", "range")
_CHUNK = 25
_TERSE = 6
_MOST_FALSE = 1.0
_HEAD = (
    "sensor", "n", "in time", "never", "late ones: 95 % ms", "worst ms", "before the stopping distance: median s",
    "95 % s", "empty field, min", "false alarms per 10 min",
)  # fmt: skip
_NOTE = (
    "Somebody closes in at 0.5 to 6 m/s. In time: danger is told when the stopping distance at the closing speed "
    "(0.6 s, 2.5 m/s²) is reached, or 0.2 s after the first instant at which the return is strong enough to be "
    "reported, whichever is later. A warning counts when its reading's integration has ended. Empty field: nobody, "
    "5 to 50 % of the readings phantoms."
)


class Size(msgspec.Struct, frozen=True):
    """How many."""

    closing: int
    empty: int
    seconds: float
    """Of each empty field."""


FULL, QUICK = Size(300, 6, 600.0), Size(4, 1, 60.0)


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
    kinds = [
        (placement, rate_hz, range_m)
        for placement in obstacle_watch.PLACEMENTS
        for range_m in obstacle_watch.MAX_RANGES_M
        for rate_hz in obstacle_watch.RATES_HZ
    ]
    closing = [
        WatchJob("closing", *kind, record, *piece, size.seconds)
        for kind in kinds
        for piece in chunks(size.closing, _CHUNK)
    ]
    empty = [
        WatchJob("empty", *kind, record, *piece, size.seconds) for kind in kinds for piece in chunks(size.empty, 1)
    ]
    came = run_jobs(pool, obstacle_watch.watch_scenes, closing, step, 0.3)
    nobody = run_jobs(pool, obstacle_watch.watch_scenes, empty, step, 0.2)
    return [
        obstacle_watch.tally(
            name, [w for piece in came[name] for w in piece], [w for piece in nobody[name] for w in piece], size.seconds
        )
        for name in came
    ]


def _rows(cells: list[WatchCell]) -> list[tuple[Value, ...]]:
    return [
        (
            c.name, c.scenes, f"{c.in_time:.1%}", c.never, c.late_p95_ms, c.late_worst_ms, c.lead_median_s,
            c.lead_p95_s, c.empty_minutes, c.false_per_10_min,
        )
        for c in cells
    ]  # fmt: skip


def _targets(what: str, cells: list[WatchCell]) -> list[Target]:
    least = min(cells, key=lambda c: c.in_time)
    whole = [cell for cell in cells if cell.in_time == 1.0]
    scenes = sum(c.scenes for c in cells)
    share = sum(c.in_time * c.scenes for c in cells) / scenes
    worst = max(cells, key=lambda c: c.false_per_10_min)
    quiet = [cell for cell in cells if cell.false_per_10_min <= _MOST_FALSE]
    leads = max(cell.lead_p95_s for cell in cells)
    return [
        Target(
            f"danger told in time, {what}",
            f"always, {len(cells)} sensors",
            f"{share:.1%} of {scenes:,}; always with {len(whole)}; least {least.in_time:.1%} ({least.name})",
            len(whole) == len(cells),
        ),
        Target(f"danger told before the stopping distance, {what}", "–", f"95 %: at most {leads:.1f} s", None),
        Target(
            f"false alarms in 10 min of phantoms, {what}",
            f"at most 1, {len(cells)} sensors",
            f"{len(quiet)}; most {worst.false_per_10_min:.1f} ({worst.name})",
            len(quiet) == len(cells),
        ),
    ]
