"""Page: memory, start and answers of the coach's page, with many phones on it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.page.measure import PageFigures, Size, measure_page
from benchmarks.pool import Step
from benchmarks.report import Part, Table, Target

FULL = Size(starts=7, reps=60_000, streams=64, phones=50, settled_s=5.0, seconds=60.0, alone=60, shown=100)
QUICK = Size(starts=1, reps=60, streams=9, phones=8, settled_s=0.1, seconds=1.0, alone=1, shown=2)
_MEMORY_MB, _FIRST_S = 30.0, 1.0
_HALF_MS, _MOST_MS, _SCREEN_MS = 5.0, 50.0, 100.0
_NOTE = (
    "From the request to the answer's last byte, on the loopback. One phone asks for the same page again and again; of "
    "many each follows the events and asks for another page every 2 s. The phones' own processor time is taken from "
    "the same machine."
)


def measure(quick: bool, step: Step) -> Part:
    """Measure on the quietest machine that there is."""
    size = QUICK if quick else FULL
    with tempfile.TemporaryDirectory(prefix="retro-timer-page-") as folder:
        found = measure_page(Path(folder), size)
    step(1.0)
    rows = [*found.alone, found.crowd]
    return Part(
        "Page",
        f"Measured; the box is on the simulated board, and its {size.reps:,} reps are made up.",
        _targets(found, size),
        [
            Table("Answers", _NOTE, ("page", "asked", "median ms", "99 % ms"), [
                (each.what, each.asked, each.p50_ms, each.p99_ms) for each in rows
            ]),
            Table("Memory", "", ("process", "PSS MB"), [
                ("page, every page seen once", found.idle_mb), (f"page, {size.streams} streams", found.followed_mb),
            ]),
        ],
        {},
    )  # fmt: skip


def _targets(found: PageFigures, size: Size) -> list[Target]:
    first_s, worst_s = found.first_ms / 1000.0, found.first_worst_ms / 1000.0
    crowd = found.crowd
    return [
        Target(
            f"memory of the coach's page, {size.streams} streams",
            f"{_MEMORY_MB:g} MB",
            f"{found.followed_mb:.1f} MB (PSS)",
            found.followed_mb <= _MEMORY_MB,
        ),
        Target(
            "the first page after the start of the coach's page",
            f"{_FIRST_S:g} s",
            f"{first_s:.2f} s (worst {worst_s:.2f} s)",
            first_s <= _FIRST_S,
        ),
        Target(
            f"pages with {size.phones} phones: half", f"{_HALF_MS:g} ms", f"{crowd.p50_ms:.1f} ms",
            crowd.p50_ms <= _HALF_MS,
        ),
        Target(
            f"pages with {size.phones} phones: 99 %", f"{_MOST_MS:g} ms", f"{crowd.p99_ms:.1f} ms",
            crowd.p99_ms <= _MOST_MS,
        ),
        _screen(found.screen_ms, size.phones),
    ]  # fmt: skip


def _screen(shown_ms: list[float], phones: int) -> Target:
    """From the request that changes something on the box to Chromium's frame that shows it."""
    what = f"from a change to Chromium's screen, {phones} phones following: 95 % of {len(shown_ms)}"
    if not shown_ms:
        return Target(what, f"{_SCREEN_MS:g} ms", "no Chromium here", None)
    ordered = sorted(shown_ms)
    p95_ms, half_ms = ordered[int(0.95 * (len(ordered) - 1))], ordered[len(ordered) // 2]
    return Target(what, f"{_SCREEN_MS:g} ms", f"{p95_ms:.0f} ms (half {half_ms:.0f} ms)", p95_ms <= _SCREEN_MS)
