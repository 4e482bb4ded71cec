"""What stands behind an empty lane: a wall at some range, or nothing. Learnt from the samples unless it is known."""

from __future__ import annotations

from retro_timer.detection.readings import Kind

NEAREST_BACKGROUND_MM = 600
"""What stands nearer than this is in the way, not behind the lane."""
_SETTLE_NS = 400_000_000
_SETTLE_SAMPLES = 5
_MARGIN_SHARE = 0.05
_LEAST_MARGIN_MM = 60.0
_MARGIN_NOISE = 5.0
"""Four standard deviations of a normal noise, whose mean distance is 0.8 of one."""
_NOISE_MEMORY = 0.005
_HIDDEN_NS = 2_000_000_000
"""Dark clothes hide a background for as long as they take to pass; what is not seen for longer is out of view."""


class Background:
    """A farther thing replaces a nearer one once it has stood for 0.4 s; a nearer one never replaces a farther."""

    def __init__(self, known_mm: int | None = None, known_noise_mm: float = 0.0) -> None:
        self.calibrated = known_mm is not None
        self.decided = self.calibrated
        self.wall_mm: float | None = float(known_mm) if known_mm is not None else None
        self.noise_mm = known_noise_mm
        """Mean distance of the background's readings from its range."""
        self._followed = round(1.0 / _NOISE_MEMORY) if known_noise_mm else 0
        self._threshold_mm = self._threshold()
        self._candidate_mm: float | None = None
        self._candidate_since_ns: int | None = None
        self._candidate_count = 0
        self._fed_ns: int | None = None
        self._hidden_ns = 0
        """How long nothing at all has been seen since the background was seen last."""

    def _threshold(self) -> float:
        if self.wall_mm is None:
            return float("inf")
        return self.wall_mm - max(_LEAST_MARGIN_MM, _MARGIN_SHARE * self.wall_mm, _MARGIN_NOISE * self.noise_mm)

    def in_front(self, range_mm: int) -> bool:
        """Whether a target at this range stands in the lane rather than behind it."""
        return range_mm < (self._threshold_mm if self.decided else NEAREST_BACKGROUND_MM)

    def beyond(self, range_mm: int) -> bool:
        """Whether a target at this range stands where one cannot see to while the calibrated background is there."""
        return self.calibrated and self.wall_mm is not None and range_mm > 2.0 * self.wall_mm - self._threshold_mm

    @property
    def in_view_mm(self) -> float | None:
        """Range of the background; None too where it is known and can be seen no more (strong light, a knock)."""
        return None if self._hidden_ns >= _HIDDEN_NS else self.wall_mm

    def feed(self, kind: Kind, range_mm: int | None, t_ns: int) -> None:
        """Learn from one reading."""
        since_ns, self._fed_ns = 0 if self._fed_ns is None else t_ns - self._fed_ns, t_ns
        if kind is Kind.NOTHING:
            self._hidden_ns += min(since_ns, _SETTLE_NS)
        elif kind is Kind.TARGET and range_mm is not None and not self.in_front(range_mm):
            self._hidden_ns = 0
        if kind is Kind.TARGET and range_mm is not None:
            wall = self.wall_mm
            if wall is not None:
                if range_mm < self._threshold_mm:
                    if self._candidate_mm is not None and range_mm < self._candidate_mm - _LEAST_MARGIN_MM:
                        self._forget()
                    return
                if range_mm <= 2.0 * wall - self._threshold_mm:
                    self._forget()
                    self._follow(wall, range_mm)
                    return
            elif self.decided:
                return
            self._consider(float(range_mm), t_ns)
        elif kind is Kind.NOTHING and not (self.decided and self.wall_mm is None):
            self._consider(None, t_ns)

    def _follow(self, wall: float, range_mm: int) -> None:
        self._followed += 1
        # Clipped and slow, so that a body's edge that slides in does not pass for noise.
        off_mm = min(abs(range_mm - wall), max(2.5 * self.noise_mm, _LEAST_MARGIN_MM / 2.0))
        self.noise_mm += max(_NOISE_MEMORY, 1.0 / self._followed) * (off_mm - self.noise_mm)
        if not self.calibrated:
            self.wall_mm = wall + 0.02 * (range_mm - wall)
        self._threshold_mm = self._threshold()

    def _forget(self) -> None:
        self._candidate_since_ns = None
        self._candidate_count = 0

    def _consider(self, range_mm: float | None, t_ns: int) -> None:
        if range_mm is not None and range_mm < NEAREST_BACKGROUND_MM:
            self._forget()
            return
        if self._candidate_since_ns is None or not self._agrees(range_mm):
            self._candidate_mm = range_mm
            self._candidate_since_ns = t_ns
            self._candidate_count = 1
            return
        self._candidate_count += 1
        if range_mm is not None and self._candidate_mm is not None:
            self._candidate_mm += (range_mm - self._candidate_mm) / self._candidate_count
        settled = t_ns - self._candidate_since_ns >= _SETTLE_NS and self._candidate_count >= _SETTLE_SAMPLES
        if settled and not self.calibrated:
            self.wall_mm = self._candidate_mm
            self.decided = True
            self._threshold_mm = self._threshold()
            self._forget()

    def _agrees(self, range_mm: float | None) -> bool:
        if range_mm is None or self._candidate_mm is None:
            return range_mm is self._candidate_mm
        return abs(range_mm - self._candidate_mm) <= max(_LEAST_MARGIN_MM, _MARGIN_SHARE * self._candidate_mm)
