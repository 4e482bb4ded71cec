"""Lanes that nobody could see for as long as a runner takes to pass: somebody in a nearer one stood before them."""

from __future__ import annotations

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import LanesUnseen
from retro_timer.detection.expectation import Expectation
from retro_timer.detection.lane_map import LaneMap

_OVER_NS = 1_000_000_000
"""As long as a finish takes from the end of its break: who is timed by then was seen. Less would tell of lanes that hid
nobody, more comes too late for who stands at the line with a hand on the button."""


class UnseenLanes:
    """Feed every reading's lane in order."""

    def __init__(self, config: WatchConfig, lanes: LaneMap) -> None:
        self._torso_m = config.torso_mm / 1000.0
        self._count = lanes.count
        self._rep: int | None = None
        self._span: tuple[int, int] | None = None
        """From when to when something nearer was read."""
        self._nearest = lanes.count
        """The nearest lane behind all of it."""

    def feed(self, t_ns: int, lane: int | None, expectation: Expectation, period_ns: int) -> LanesUnseen | None:
        """`lane`: where the body is that was read. Told once for each stretch, when it is over and its rep still open.

        A reading's time to either side may be hidden as well.
        """
        if expectation.rep != self._rep:
            self._rep, self._span = expectation.rep, None
        if self._rep is None or not expectation.may_arrive(t_ns):
            return None
        behind = None if lane is None else max(1, lane) + 1
        if behind is not None and behind <= self._count:
            if self._span is None:
                self._span, self._nearest = (t_ns - period_ns, t_ns), self._count
            self._span = self._span[0], t_ns + period_ns
            self._nearest = min(self._nearest, behind)
            return None
        if self._span is None or t_ns - self._span[1] < _OVER_NS:
            return None
        first_ns, last_ns = self._span
        self._span = None
        passing_s = self._torso_m / expectation.mean_speed_mps(first_ns)
        if (last_ns - first_ns) / 1e9 < passing_s:
            return None
        return LanesUnseen(self._rep, self._nearest, self._count, first_ns, last_ns, t_ns)
