"""A lane's time of who showed a part of their body only waits for a better one: the edges of somebody nearer, and the
arm behind them, look like such a part, and the lane's own runner may be about to come.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from retro_timer.detection.events import Crossing, CrossingWithdrawn, DetectionEvent, PassageOver
from retro_timer.detection.expectation import Expectation
from retro_timer.detection.gate.passage import WAIT_NS
from retro_timer.detection.passages import Break

_PART_M = 0.12
"""Half a trunk: an arm takes 9 to 10 cm of the way, an edge 4 to 7. Less believes them, more makes all wait whom
somebody nearer hides in part."""
_BESIDE_PERIODS = 1.5
"""So near to a hidden stretch, which is told with a reading's time to either side, nothing free was read between."""


class LaneWait:
    """Of one lane. Whoever is told of here has had their beep: the time alone waits."""

    def __init__(self) -> None:
        self._held: PassageOver | None = None
        self._until_ns = 0
        self._coming = False
        """Somebody else is on the line meanwhile."""

    @property
    def holds(self) -> bool:
        """Whether a time waits."""
        return self._held is not None

    def pass_on(self, events: Iterable[DetectionEvent], t_ns: int, expectation: Expectation) -> list[DetectionEvent]:
        """What is to be told now of what this lane's judge found."""
        told: list[DetectionEvent] = []
        for event in events:
            if isinstance(event, PassageOver):
                told += self._choose(event, t_ns)
            elif self._held is not None and isinstance(event, Crossing | CrossingWithdrawn):
                self._coming = isinstance(event, Crossing)
            else:
                told.append(event)
        held = self._held
        if held is not None and (held.rep != expectation.rep or (t_ns >= self._until_ns and not self._coming)):
            told += self.flush(t_ns)
        return told

    def flush(self, t_ns: int) -> list[DetectionEvent]:
        """What waits is told now."""
        held, self._held, self._coming = self._held, None, False
        return [] if held is None else [msgspec.structs.replace(held, t_ns=t_ns)]

    def _choose(self, over: PassageOver, t_ns: int) -> list[DetectionEvent]:
        held, self._held, self._coming = self._held, None, False
        if held is not None and held.rep != over.rep:
            return [msgspec.structs.replace(held, t_ns=t_ns), over]
        best = over if held is None or _way_m(over) >= _way_m(held) else held
        if not _is_part(over) or not _is_part(best):
            return [over]
        self._until_ns = t_ns + WAIT_NS if held is None else self._until_ns
        self._held = best
        return []


def _is_part(over: PassageOver) -> bool:
    """Whether less than half a trunk was seen, beside somebody nearer."""
    first_ns, last_ns = _seen_ns(over)
    assert isinstance(over.passage, Break)
    beside_ns = round(_BESIDE_PERIODS * 1e9 * over.passage.period_s)
    beside = any(last_ns >= begin - beside_ns and first_ns <= end + beside_ns for begin, end in over.hidden_ns)
    return beside and _way_m(over) < _PART_M


def _way_m(over: PassageOver) -> float:
    """How far they went while they were seen."""
    first_ns, last_ns = _seen_ns(over)
    assert isinstance(over.passage, Break)
    return over.passage.mean_speed_mps * (last_ns - first_ns) / 1e9


def _seen_ns(over: PassageOver) -> tuple[int, int]:
    assert isinstance(over.passage, Break)
    hits = [entry.t_ns for entry in over.passage.entries if entry.hit]
    return hits[0], hits[-1]
