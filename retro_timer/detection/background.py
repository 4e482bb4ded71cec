"""What stands behind an empty lane: a wall at some range, or nothing. Learnt from the samples unless it is known."""

from __future__ import annotations

import math
from collections import deque

from retro_timer.detection.readings import Kind
from retro_timer.detection.standstill import Standstill, Still

NEAREST_BACKGROUND_MM = 600
"""What stands nearer than this is in the way, not behind the lane."""
_SETTLE_NS = 2_000_000_000
"""Nobody who moves stands still for so long: a body that comes, goes or turns is no background."""
_GLANCE_NS = 400_000_000
"""A range that was background before is believed again this soon: sooner takes who stands there for it, later alarms
when a door is shut again."""
_LEAST_MARGIN_MM = 60.0
"""Three times a VL53L1X's error of 20 mm: less takes a wall's noise for somebody, more hides who leans on it."""
_MOST_MARGIN_MM = 300.0
"""Less than a chest and an arm: whoever stands before a wall, however noisy, stands out of it."""
_MOST_MARGIN_SHARE = 0.1
"""Of its range, for the same reason with a near wall; a far one's noise (9 mm at 1.5 m, recorded) stays below."""
_MARGIN_SIGMAS = 5.0
"""One reading of normal noise in three million lies so far before a wall; more costs depth in which nobody is seen."""
_SIGMA_OF_MEAN = 1.25
"""Standard deviation of a normal noise by its mean distance from the middle."""
_NOISE_MEMORY = 0.005
"""Two hundred readings: a body's edge is past before it counts, yet a change of light is followed in seconds."""
_HIDDEN_NS = 2_000_000_000
"""Dark clothes hide a background for as long as they take to pass; what is not seen for longer is out of view."""
_REMEMBERED = 4
"""A box sees a wall, what hides it and a gate or door; each more is one more range where a body may be missed."""
_WALKED_IN_NS = 600_000_000
"""Who walks to an earlier wall's range is seen on the way this shortly before; a wall blinks back from nowhere."""


class Background:
    """Only what stands still becomes background, and what is nearer than the present one never does.

    A farther thing replaces a nearer one once it has stood for 2 s: what hid it has gone. A nearer one is taken back
    only at a range that was background before (a wall that was hidden), or when somebody asks for a new background.
    """

    def __init__(self, known_mm: int | None = None, known_noise_mm: float = 0.0, *, known_open: bool = False) -> None:
        self.calibrated = known_mm is not None or known_open
        self.decided = self.calibrated
        self.wall_mm: float | None = float(known_mm) if known_mm is not None else None
        self.noise_mm = known_noise_mm
        """Mean distance of the background's readings from its range."""
        self.learnt = 0
        """How often something has become the background."""
        self._followed = round(1.0 / _NOISE_MEMORY) if known_noise_mm else 0
        self._nearest_mm = self.wall_mm or 0.0
        """How near it may drift: a body that creeps in must not drag the background along."""
        self._candidate = Standstill(_SETTLE_NS)
        self._drift = Standstill(_SETTLE_NS)
        self._glance = Standstill(_GLANCE_NS)
        self._earlier: deque[float] = deque(maxlen=_REMEMBERED)
        self._returning_ns: int | None = None
        """When the range of an earlier background was last seen in front of this one."""
        self._walked_in = False
        self._between_ns: int | None = None
        """When something was last seen in front that stands at no earlier background's range."""
        self._provisional_mm: float | None = None
        """The farthest that was seen to stand for a moment while nothing is decided; infinite where nothing was."""
        self._fed_ns: int | None = None
        self._hidden_ns = 0
        """How long nothing at all has been seen since the background was seen last."""

    @property
    def _margin_mm(self) -> float:
        if self.wall_mm is None:
            return 0.0
        sigmas_mm = _MARGIN_SIGMAS * _SIGMA_OF_MEAN * self.noise_mm
        return max(_LEAST_MARGIN_MM, min(sigmas_mm, _MOST_MARGIN_SHARE * self.wall_mm, _MOST_MARGIN_MM))

    def in_front(self, range_mm: int) -> bool:
        """Whether a target at this range stands before the background; while none is decided, whether it must."""
        if not self.decided:
            standing_mm = self._candidate.mean_of(range_mm)
            if standing_mm is not None:
                # What stands at that limit is on one side of it, whatever its noise makes of single readings.
                range_mm = round(standing_mm)
            seen_mm = self._provisional_mm
            return range_mm < max(NEAREST_BACKGROUND_MM, 0.0 if seen_mm is None else seen_mm - _margin_before(seen_mm))
        return self.wall_mm is None or range_mm < self.wall_mm - self._margin_mm

    def is_itself(self, range_mm: int) -> bool:
        """Whether a target at this range is the background."""
        return self.decided and self.wall_mm is not None and abs(range_mm - self.wall_mm) <= self._margin_mm

    def may_scatter_to(self, range_mm: int) -> bool:
        """Whether the background's own noise may read so: a noisy wall's reaches beyond the margin that is bounded."""
        if not self.decided or self.wall_mm is None:
            return False
        reach_mm = max(self._margin_mm, _MARGIN_SIGMAS * _SIGMA_OF_MEAN * self.noise_mm)
        return abs(range_mm - self.wall_mm) <= reach_mm

    def beyond(self, range_mm: int) -> bool:
        """Whether a target at this range stands where one cannot see to while the calibrated background is there."""
        return self.calibrated and self.wall_mm is not None and range_mm > self.wall_mm + self._margin_mm

    @property
    def in_view_mm(self) -> float | None:
        """Range of the background; None too where it is known and can be seen no more (strong light, a knock)."""
        return None if self._hidden_ns >= _HIDDEN_NS else self.wall_mm

    def learn_anew(self) -> None:
        """The box may stand elsewhere now: whatever stands still next is the background."""
        self.calibrated = self.decided = False
        self.wall_mm, self.noise_mm, self._followed, self._nearest_mm = None, 0.0, 0, 0.0
        self._provisional_mm = self._returning_ns = self._between_ns = None
        self._hidden_ns = 0
        self._earlier.clear()
        for stretch in (self._candidate, self._drift, self._glance):
            stretch.forget()

    def feed(self, kind: Kind, range_mm: int | None, t_ns: int) -> None:
        """Learn from one reading."""
        since_ns, self._fed_ns = 0 if self._fed_ns is None else t_ns - self._fed_ns, t_ns
        if kind is Kind.NOTHING:
            self._hidden_ns += min(since_ns, _GLANCE_NS)
            self._consider(None, t_ns)
        elif kind is Kind.TARGET and range_mm is not None:
            self._see(range_mm, t_ns)

    def _see(self, range_mm: int, t_ns: int) -> None:
        if not self.in_front(range_mm):
            self._hidden_ns = 0
        if self.is_itself(range_mm):
            self._candidate.forget()
            self._follow(range_mm, t_ns)
        elif self.decided and self.in_front(range_mm):
            # Readings that somebody in front spoils show nothing at all: the wall is there nevertheless.
            self._candidate.see_other()
            self._look_for_return(range_mm, t_ns)
        elif range_mm >= NEAREST_BACKGROUND_MM or self._candidate.agrees(range_mm):
            # Of what stands at that limit the nearer readings count too: it stands where their middle is.
            self._consider(range_mm, t_ns)

    def _consider(self, range_mm: int | None, t_ns: int) -> None:
        if self.calibrated or (range_mm is None and self.decided and self.wall_mm is None):
            return
        if not self.decided:
            glance = self._glance.feed(range_mm, t_ns)
            if glance is not None:
                seen_mm = math.inf if glance.range_mm is None else glance.range_mm
                self._provisional_mm = max(seen_mm, self._provisional_mm or 0.0)
        still = self._candidate.feed(range_mm, t_ns)
        if still is not None and (still.range_mm is None or still.range_mm >= NEAREST_BACKGROUND_MM):
            self._decide(still)

    def _decide(self, still: Still) -> None:
        if self.wall_mm is not None:
            self._earlier.append(self.wall_mm)
        self.decided = True
        self.learnt += 1
        self.wall_mm = still.range_mm
        self.noise_mm = still.sigma_mm / _SIGMA_OF_MEAN
        self._followed = round(1.0 / _NOISE_MEMORY)
        self._nearest_mm = 0.0 if still.range_mm is None else still.range_mm - self._margin_mm
        self._hidden_ns = 0
        for stretch in (self._candidate, self._drift, self._glance):
            stretch.forget()
        self._returning_ns = None

    def _look_for_return(self, range_mm: int, t_ns: int) -> None:
        """A wall appears where it was; a body comes there from somewhere."""
        if not any(abs(range_mm - wall_mm) <= _margin_before(wall_mm) for wall_mm in self._earlier):
            self._between_ns = t_ns
            return
        last_ns, self._returning_ns = self._returning_ns, t_ns
        if last_ns is None or t_ns - last_ns > _WALKED_IN_NS:
            self._walked_in = self._between_ns is not None and t_ns - self._between_ns <= _WALKED_IN_NS
            self._glance.forget()
        still = self._glance.feed(range_mm, t_ns)
        if still is not None and not self._walked_in:
            self._decide(still)

    def _follow(self, range_mm: int, t_ns: int) -> None:
        assert self.wall_mm is not None
        self._followed += 1
        # Clipped and slow, so that a body's edge that slides in does not pass for noise.
        off_mm = min(abs(range_mm - self.wall_mm), max(2.5 * self.noise_mm, _LEAST_MARGIN_MM / 2.0))
        self.noise_mm += max(_NOISE_MEMORY, 1.0 / self._followed) * (off_mm - self.noise_mm)
        still = self._drift.feed(range_mm, t_ns)
        if still is not None and still.range_mm is not None and not self.calibrated:
            # A sensor that warms up drifts by some millimetres.
            self.wall_mm = max(self._nearest_mm, still.range_mm)


def _margin_before(wall_mm: float) -> float:
    """The margin before a wall whose noise is not known."""
    return max(_LEAST_MARGIN_MM, min(_MOST_MARGIN_SHARE / 2.0 * wall_mm, _MOST_MARGIN_MM))
