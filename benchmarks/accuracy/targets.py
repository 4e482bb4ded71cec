"""What is asked of the times, against what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks.accuracy import bars
from benchmarks.accuracy.cells import Cell
from benchmarks.accuracy.measure import Figures
from benchmarks.accuracy.shares import Share, one_in
from benchmarks.accuracy.verdicts import Verdict
from benchmarks.physics.sensor import Record
from benchmarks.report import Target

_NOTHING = Share(0, 0)


def targets(found: Figures) -> list[Target]:
    """Every one, in the report's order."""
    return [
        *_gate("gate", "full", found.asked["full"]),
        rare(
            "gate: over 3× the interval, one phantom beside each break",
            bars.MOST_OVER_PHANTOM,
            _total(found.phantom, lambda c: c.over),
        ),
        *_gate("gate, ranges only", "range", found.asked["range"]),
        *_held_out(found),
        *_approach("lane-end and belt", found.approach["full"]),
        *_approach("lane-end and belt, ranges only", found.approach["range"]),
        *_thin(found),
        *_hard(found.hard),
    ]


def _gate(what: str, record: Record, cells: Sequence[Cell]) -> list[Target]:
    better = sum(c.p95_ms < c.ideal_p95_ms for c in cells)
    return [
        _every(f"{what}: bias within 4 ms or 1 cm", cells, lambda c: c.bias_met, _worst_bias),
        *_errors(what, record, cells),
        *_coverage(what, cells),
        rare(
            f"{what}: over 3× the interval",
            bars.MOST_OVER[record],
            _total(cells, lambda c: c.over),
            bars.JUDGED_REPS[record],
        ),
        *_missed(what, cells),
        _none(f"{what}: counted twice", sum(c.twice for c in cells), cells),
        _none(f"{what}: finishes by something else", sum(c.false for c in cells), cells),
        _none(f"{what}: alarms for the runner who is timed", sum(c.alarms for c in cells), cells),
        Target(f"{what}: better than an ideal beam", "–", f"{better} of {len(cells)} cells", None),
    ]


def _errors(what: str, record: Record, cells: Sequence[Cell]) -> list[Target]:
    """Full records are held to the limit, ranges only are told."""
    found = []
    for law, limit in (("average", "half a period or 3–3.5 cm"), ("nearest", "1.5 times that")):
        of_law = [cell for cell in cells if cell.law == law]
        target = _every(f"{what}: 95 % of errors in {limit}, {law}", of_law, lambda c: c.within_met, _least_within)
        found.append(target if record == "full" else Target(target.what, "–", target.found, None))
    return found


def both_laws(cells: Sequence[Cell]) -> dict[str, Share]:
    """How often the stated interval covers the truth, over both laws, by place."""
    covered: dict[str, Share] = {}
    for cell in cells:
        covered[cell.place] = covered.get(cell.place, _NOTHING) + cell.covered
    return covered


def _coverage(what: str, cells: Sequence[Cell]) -> list[Target]:
    """Met when the cell's own 95 % binomial interval touches the band."""
    weakest = min(cells, key=lambda c: c.covered.value)
    either = sum(cell.covered.interval[1] >= bars.COVERED_EITHER for cell in cells)
    return [
        _all_cover(f"{what}: interval covers {{}} over both laws", list(both_laws(cells).values())),
        Target(
            f"{what}: interval covers {bars.COVERED_EITHER:.0%} with either law",
            f"{len(cells)} of {len(cells)} cells",
            f"{either}; least {weakest.covered} ({weakest.name})",
            either == len(cells),
        ),
    ]


def _all_cover(what: str, shares: Sequence[Share]) -> Target:
    low, high = bars.COVERED
    inside = sum(share.touches(low, high) for share in shares)
    least, most = min(shares, key=lambda s: s.value), max(shares, key=lambda s: s.value)
    asked, found = f"{len(shares)} of {len(shares)} cells", f"{inside}; {least} to {most}"
    return Target(what.format(f"{low:.0%}–{high:.0%}"), asked, found, inside == len(shares))


def _missed(what: str, cells: Sequence[Cell]) -> list[Target]:
    full, brief = _total(cells, lambda c: c.missed_full), _total(cells, lambda c: c.missed_brief)
    return [
        rare(f"{what}: missed, of 4 periods and twice the least signal", bars.MOST_MISSED_FULL, full),
        rare(f"{what}: missed, of 2.5 to 4 periods", bars.MOST_MISSED_BRIEF, brief),
    ]


def _held_out(found: Figures) -> list[Target]:
    what = f"gate, seed {found.seed}"
    cells = found.held_out
    return [
        *_errors(what, "full", cells),
        *_coverage(what, cells),
        rare(f"{what}: over 3× the interval", bars.MOST_OVER["full"], _total(cells, lambda c: c.over)),
        *_missed(what, cells),
    ]


def _thin(found: Figures) -> list[Target]:
    what, cells = f"thin beam, seed {found.seed}", found.thin
    return [
        _every(f"{what}: 95 % of errors in a period or 2.5 cm", cells, lambda c: c.within_met, _least_within),
        *_coverage(what, cells),
        rare(f"{what}: over 3× the interval", bars.MOST_OVER["full"], _total(cells, lambda c: c.over)),
        *_missed(what, cells),
        _none(f"{what}: counted twice", sum(c.twice for c in cells), cells),
        _none(f"{what}: finishes by something else", sum(c.false for c in cells), cells),
    ]


def _approach(what: str, cells: Sequence[Cell]) -> list[Target]:
    from_25 = [cell for cell in cells if cell.rate_hz >= bars.BIAS_FROM_HZ]
    return [
        _every(f"{what}: bias within 4 ms or 1 cm, 25 Hz up", from_25, lambda c: c.bias_met, _worst_bias),
        _every(f"{what}: 95 % of errors in half a period or 3 cm", cells, lambda c: c.within_met, _least_within),
        _all_cover(f"{what}: interval covers {{}}", [cell.covered for cell in cells]),
        _none(f"{what}: missed", sum(c.missed_full.count for c in cells), cells),
        _none(f"{what}: counted twice", sum(c.twice for c in cells), cells),
        _none(f"{what}: finishes by something else", sum(c.false for c in cells), cells),
    ]


def _hard(hard: dict[str, Verdict]) -> list[Target]:
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


def _every(
    what: str, cells: Sequence[Cell], met: Callable[[Cell], bool], worst: Callable[[Sequence[Cell]], str]
) -> Target:
    count = sum(met(cell) for cell in cells)
    return Target(what, f"{len(cells)} of {len(cells)} cells", f"{count}; {worst(cells)}", count == len(cells))


def _worst_bias(cells: Sequence[Cell]) -> str:
    worst = max(cells, key=lambda c: abs(c.bias_ms) / c.bias_limit_ms)
    return f"worst {worst.bias_ms:+.1f} ms of {worst.bias_limit_ms:.1f} ({worst.name})"


def _least_within(cells: Sequence[Cell]) -> str:
    least = min(cells, key=lambda c: c.within.value)
    return f"least {least.within} ({least.name})"


def _total(cells: Sequence[Cell], of: Callable[[Cell], Share]) -> Share:
    return sum((of(cell) for cell in cells), _NOTHING)


def covers(what: str, covered: Share) -> Target:
    """The stated interval, all cells together; `what` has a place for the band."""
    low, high = bars.COVERED
    band = f"{low:.0%}–{high:.0%}"
    return Target(what.format(band), band, str(covered), covered.touches(low, high))


def rare(what: str, most: float, share: Share, least_reps: int = 0) -> Target:
    """Judged on reps enough to find one; on fewer it is missed only where that cannot be chance."""
    asked, found = f"at most 1 in {1.0 / most:,.0f}", one_in(share)
    if share.of >= max(least_reps, 1.0 / most):
        return Target(what, asked, found, share.value <= most)
    if share.interval[0] > most:
        return Target(what, asked, found, met=False)
    return Target(what, asked, f"{found}: too few reps to judge", None)


def _none(what: str, count: int, cells: Sequence[Cell]) -> Target:
    return Target(what, "0", f"{count} of {sum(c.reps for c in cells):,}", count == 0)
