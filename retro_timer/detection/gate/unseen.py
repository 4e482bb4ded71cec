"""Lanes that nobody could see for as long as a runner takes to pass: somebody in a nearer one stood before them."""

from __future__ import annotations

import msgspec

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import LanesUnseen
from retro_timer.detection.expectation import NOBODY, Expectation
from retro_timer.detection.gate.passage import ENDED_NS
from retro_timer.detection.lane_map import LaneMap

_OVER_NS = 1_000_000_000
"""As long as a finish takes from the end of its break: who is timed by then was seen. Less would tell of lanes that hid
nobody, more comes too late for who stands at the line with a hand on the button."""


class UnseenLanes:
    """Feed every reading's lane in order."""

    def __init__(self, config: WatchConfig, lanes: LaneMap) -> None:
        self._torso_m = config.torso_mm / 1000.0
        self._count = lanes.count
        self._told = NOBODY
        self._rep: int | None = None
        self._now: _Hidden | None = None
        """What hides lanes now, or did last."""
        self._before: _Hidden | None = None
        """What has hidden them before that for long enough, without a second between."""

    def feed(self, t_ns: int, lane: int | None, expectation: Expectation, period_ns: int) -> LanesUnseen | None:
        """`lane`: where the body is that was read. Told once for each stretch, when it is over and its rep still open.

        A reading's time to either side may be hidden as well.
        """
        if expectation is not self._told:
            # Of several who are awaited one less: whoever hid the lanes was timed, or the one they hid was given up.
            one_less = not set(self._told.awaited) <= set(expectation.awaited)
            if expectation.rep != self._rep or one_less:
                self._rep, self._now, self._before = expectation.rep, None, None
            self._told = expectation
        if self._rep is None or not expectation.may_arrive(t_ns):
            return None
        if self._now is not None and t_ns - self._now.last_ns > ENDED_NS:
            self._end(self._now, expectation)
        behind = None if lane is None else max(1, lane) + 1
        if behind is not None and behind <= self._count:
            seen = _Hidden(t_ns - period_ns, t_ns + period_ns, behind)
            self._now = seen if self._now is None else self._now.with_(seen)
            return None
        over = self._before
        if over is None or self._now is not None or t_ns - over.last_ns < _OVER_NS:
            return None
        self._before = None
        return LanesUnseen(self._rep, over.nearest, self._count, over.first_ns, over.last_ns, t_ns)

    def _end(self, hidden: _Hidden, expectation: Expectation) -> None:
        """The lanes are seen again. Only what hid them for as long as a runner takes is kept: phantoms add up to
        nothing."""
        self._now = None
        passing_s = self._torso_m / expectation.mean_speed_mps(hidden.first_ns)
        if (hidden.last_ns - hidden.first_ns) / 1e9 >= passing_s:
            self._before = hidden if self._before is None else self._before.with_(hidden)


class _Hidden(msgspec.Struct, frozen=True):
    """Lanes that nobody could see."""

    first_ns: int
    last_ns: int
    nearest: int

    def with_(self, later: _Hidden) -> _Hidden:
        """This one and a later one."""
        return _Hidden(self.first_ns, later.last_ns, min(self.nearest, later.nearest))
