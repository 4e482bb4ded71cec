"""Who stands where the lane ends: on one side of that limit, whatever single readings say.

They read a little nearer and a little farther by turns, and a few near ones in a row would make a break, or the far
ones an end of it. Beyond the limit they are no runner but what is behind the lane; within it they are in the way.
"""

from __future__ import annotations

from retro_timer.detection.gate.passage import AGREES_MM
from retro_timer.detection.standstill import Standstill

_SETTLE_NS = 2_000_000_000
"""As for a background: who passes, however slowly, is seen to move by then."""
_EDGE_MM = 100
"""Readings so much nearer than the limit may be of who stands beyond it: five standard deviations of a reading. More
would weigh the runner's, less only those that happen to be far."""
_SWAYS_MM = 30
"""Who stands sways by 20 mm: on which side they are changes only where they stand farther off than that."""
_GONE_NS = 1_000_000_000
"""Hidden for longer than a runner hides anything, they have left: longer costs a runner in the far half of the lane,
shorter forgets who stands there at each that passes."""


class Bystander:
    """Feed every reading that is somebody's, or nobody's."""

    def __init__(self) -> None:
        self._still = Standstill(_SETTLE_NS)
        self._stands_mm: float | None = None
        self._beyond = False
        self._seen_ns = 0

    def feed(self, range_mm: int | None, reach_mm: float, t_ns: int) -> None:
        """One reading, None where it is the background's or of nothing: whoever lets that be seen stands there no more.
        `reach_mm`: how far a body in the lane reads.
        """
        if range_mm is not None:
            if self.is_there(range_mm, t_ns):
                self._seen_ns = t_ns
            if range_mm < reach_mm - _EDGE_MM:
                return
        still = self._still.feed(range_mm, t_ns)
        if still is None or still.range_mm is None:
            return
        past_mm = still.range_mm - reach_mm
        if self.at_mm(t_ns) is None or abs(past_mm) > _SWAYS_MM:
            self._beyond = past_mm > 0.0
        self._stands_mm, self._seen_ns = still.range_mm, t_ns

    def at_mm(self, t_ns: int) -> float | None:
        """Where somebody stands now; None for nobody."""
        return self._stands_mm if t_ns - self._seen_ns <= _GONE_NS else None

    def beyond_mm(self, t_ns: int) -> float | None:
        """The same where they stand beyond the lane."""
        return self.at_mm(t_ns) if self._beyond else None

    def is_there(self, range_mm: int, t_ns: int) -> bool:
        """Whether a reading is theirs."""
        at_mm = self.at_mm(t_ns)
        return at_mm is not None and abs(range_mm - at_mm) <= AGREES_MM

    def in_lane(self, range_mm: int, reach_mm: float, t_ns: int) -> bool:
        """Whether a reading is within the lane."""
        return not self._beyond if self.is_there(range_mm, t_ns) else range_mm <= reach_mm
