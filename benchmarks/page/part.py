"""Page: memory, start and answers of the coach's page, with many phones on it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.page.measure import PageFigures, Size, measure_page
from benchmarks.pool import Step
from benchmarks.report import Part, Table, Target, at_most

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
    half_ms, most_ms = found.crowd.p50_ms, found.crowd.p99_ms
    memory, pages = f"memory of the coach's page, {size.streams} streams", f"pages with {size.phones} phones"
    return [
        at_most(memory, _MEMORY_MB, "MB", found.followed_mb, f"{found.followed_mb:.1f} MB (PSS)"),
        at_most(
            "the first page after the start of the coach's page", _FIRST_S, "s", first_s,
            f"{first_s:.2f} s (worst {worst_s:.2f} s)",
        ),
        at_most(f"{pages}: half", _HALF_MS, "ms", half_ms, f"{half_ms:.1f} ms"),
        at_most(f"{pages}: 99 %", _MOST_MS, "ms", most_ms, f"{most_ms:.1f} ms"),
        _screen(found.screen_ms, size.phones),
    ]  # fmt: skip


def _screen(shown_ms: list[float], phones: int) -> Target:
    """From the request that changes something on the box to Chromium's frame that shows it."""
    what = f"from a change to Chromium's screen, {phones} phones following: 95 % of {len(shown_ms)}"
    if not shown_ms:
        return Target(what, f"{_SCREEN_MS:g} ms", "no Chromium here", None)
    ordered = sorted(shown_ms)
    p95_ms, half_ms = ordered[int(0.95 * (len(ordered) - 1))], ordered[len(ordered) // 2]
    return at_most(what, _SCREEN_MS, "ms", p95_ms, f"{p95_ms:.0f} ms (half {half_ms:.0f} ms)")
