"""Growth: the time of each query against the number of stored reps."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import plots
from benchmarks.cost.measure import READY_TARGET_S
from benchmarks.growth.measure import READY, SIZES, TARGET_MS, Query, measure_growth
from benchmarks.pool import Step
from benchmarks.report import Part, Table, Value, at_most

QUICK_SIZES = SIZES[:2]
_NOTE = (
    "Median of 15 in ms, the worst in brackets: it tells of whatever else the machine did. `status` asks the database "
    "nothing."
)
_NOTE_COMMANDS = "Median of 5 in ms, the worst in brackets; mostly the start of Python."


def measure(quick: bool, step: Step) -> Part:
    """Fill and ask."""
    sizes = QUICK_SIZES if quick else SIZES
    with tempfile.TemporaryDirectory(prefix="retro-timer-growth-") as folder:
        found = measure_growth(Path(folder), sizes, lambda: step(1.0 / len(sizes)))
    slowest = max((q for q in found.queries if q.reps == sizes[-1]), key=lambda q: q.median_ms)
    ready = next(q for q in found.commands if (q.name, q.reps) == (READY, sizes[-1]))
    most, ready_s = f"{sizes[-1]:,} reps", ready.median_ms / 1000.0
    title = "Time of each query against the number of stored reps (ms, median of 15)"
    names = list(dict.fromkeys(query.name for query in found.queries))
    times = {(query.name, query.reps): query.median_ms for query in found.queries}
    values = {f"{size:,} reps": [times[name, size] for name in names] for size in sizes}
    svg = plots.bars("growth", title, names, values, y_title="ms")
    return Part(
        "Growth",
        "Measured; the stored reps are made up, in the program's own tables.",
        [
            at_most(
                f"slowest query with {most}", TARGET_MS, "ms", slowest.median_ms,
                f"{slowest.median_ms:.1f} ms ({slowest.name}; worst of 15: {slowest.worst_ms:.1f} ms)",
            ),
            at_most(
                f"ready after the start with {most}", READY_TARGET_S, "s", ready_s,
                f"{ready_s:.2f} s (worst of 5: {ready.worst_ms / 1000.0:.2f} s)",
            ),
        ],
        [
            _table("Queries", _NOTE, found.queries, sizes),
            _table("Whole commands", _NOTE_COMMANDS, found.commands, sizes),
            Table("Database", "", ("reps", "MB"), [(f"{size:,}", mb) for size, mb in found.file_mb.items()]),
        ],
        {"growth.svg": title},
        {"growth.svg": svg},
    )  # fmt: skip


def _table(title: str, note: str, queries: list[Query], sizes: tuple[int, ...]) -> Table:
    rows: list[tuple[Value, ...]] = []
    for name in dict.fromkeys(query.name for query in queries):
        by_size = {q.reps: f"{q.median_ms:.2f} ({q.worst_ms:.1f})" for q in queries if q.name == name}
        rows.append((name, *(by_size[size] for size in sizes)))
    return Table(title, note, ("query", *(f"{size:,} reps" for size in sizes)), rows)
