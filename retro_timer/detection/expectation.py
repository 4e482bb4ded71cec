"""What the sensor's thread may expect now: a frozen value that the session swaps whole."""

from __future__ import annotations

import math
from enum import StrEnum

import msgspec

from retro_timer.ports import FINISH_LINE, START_LINE

_START_S = 0.8
"""What a start from standing costs against one at full speed: reaction (0.25 s) and acceleration. More takes slow
runners for fast at the line, less fast ones for slow."""
_LEAST_SHARE = 0.5
"""... of a short course no more than half of the time: nobody accelerates for longer."""
_LEAST_MPS = 0.1
"""Whoever is slower on the way has stood on it: a third of the slowest walk, and never zero."""

_SAME_PACE = 0.15
"""Logarithm of what two paces differ by at the least: less looks at a break twice for nothing, more leaves out whom it
fits. Speed at the line differs by 0.25 from the mean speed on the way (benchmarks/physics)."""


class WatchMode(StrEnum):
    """What the obstacle watch does with what it sees."""

    OFF = "off"
    """Nobody runs backward: nothing is an obstacle (a rest, an idle box)."""
    LANE = "lane"
    """Before the go: whatever stays in view blocks the start."""
    START = "start"
    """A start is under way: whatever comes into view recalls it."""
    RELEASE = "release"
    """Whoever stands in the beam of the start is expected: leaving it is the start."""
    FLYING = "flying"
    """Whoever crosses the line at the start starts so."""
    REP = "rep"
    """A runner is on the course: whatever the runner cannot be is an obstacle."""
    RUNOUT = "runout"
    """The runner has finished and is braking: what still closes in fast matters, what stands does not."""
    HANDOVER = "handover"
    """One has come to the line and the next has set out from it: nothing there is an obstacle, nor a finish. The lines
    on the way wait for who has set out."""


class LineAhead(msgspec.Struct, frozen=True):
    """A line on the way where the runner's time is taken."""

    name: str
    distance_m: float
    """From the start."""
    earliest_ns: int
    """No human is there before this."""


ARRIVAL = 0
"""In place of a rep's running number where several are on the course: whose a crossing is the session decides."""


class Awaited(msgspec.Struct, frozen=True):
    """One of several who may arrive."""

    go_ns: int
    earliest_ns: int
    """No human arrives before this."""
    until_ns: int | None
    """Nobody waits any longer then; None for who was given up and may still come."""
    distance_m: float
    slow_speed_mps: float
    fast_speed_mps: float

    def may_arrive(self, t_ns: int) -> bool:
        """Whether this one can be at the line at `t_ns`."""
        return self.earliest_ns <= t_ns and (self.until_ns is None or t_ns <= self.until_ns)


class Expectation(msgspec.Struct, frozen=True):
    """Who may arrive at the sensor, from when, until when."""

    mode: WatchMode = WatchMode.OFF
    rep: int | None = None
    """Running number of the rep that is open for a finish; ARRIVAL where it may be one of several's; None when no
    crossing is waited for."""
    go_ns: int = 0
    """The go of that rep."""
    earliest_ns: int = 0
    """No human arrives before this: what does is an intruder."""
    distance_m: float = 0.0
    slow_speed_mps: float = 0.3
    """The gait's slow end."""
    assumed_speed_mps: float = 1.5
    """Closing speed to assume until it has been measured: the gait's fast end, or 1.5 m/s without a plan."""
    lines: tuple[LineAhead, ...] = ()
    """Lines on the way of that rep."""
    start_line: str = FINISH_LINE
    """RELEASE and FLYING: the line whose gate sees the start."""
    awaited: tuple[Awaited, ...] = ()
    """Where several are on the course: as many as may arrive, in order of their go."""
    starter: Expectation | None = None
    """With others on the course: what the gate at the start may expect of whoever starts by release there."""
    background_ns: int = 0
    """When somebody last said that the box stands elsewhere: whatever stands still after that is the background."""

    @property
    def armed(self) -> bool:
        """Whether the watch is on."""
        return self.mode not in (WatchMode.OFF, WatchMode.HANDOVER)

    @property
    def endangers(self) -> bool:
        """Whether who is in the way here is so of somebody who runs: also while the next of several is started."""
        return self.mode is WatchMode.REP or (bool(self.awaited) and self.rep is not None and self.armed)

    def at_line(self, line: str) -> Expectation:
        """What a gate at that line may expect: at the finish the rep's end, elsewhere a start or a split."""
        if self.starter is not None and line == self.starter.start_line:
            return self.starter
        if self.mode in (WatchMode.RELEASE, WatchMode.FLYING):
            return self if line == self.start_line else msgspec.structs.replace(self, mode=WatchMode.LANE, rep=None)
        if self.mode is WatchMode.HANDOVER:
            on_way = any(known.name == line for known in self.lines)
            there = msgspec.structs.replace(self, mode=WatchMode.REP if on_way else WatchMode.OFF)
            return there.at_line(line) if on_way else msgspec.structs.replace(there, rep=None)
        if line == START_LINE and self.mode in (WatchMode.LANE, WatchMode.START):
            # Whoever is to go stands there.
            return msgspec.structs.replace(self, mode=WatchMode.OFF, rep=None)
        if line == FINISH_LINE or (self.mode is not WatchMode.REP and self.rep is None):
            return self
        if self.awaited and line != START_LINE:
            # Whose a passage there is nobody can tell: no split, no obstacle, and no reason to recall a start.
            return msgspec.structs.replace(self, mode=WatchMode.OFF, rep=None)
        if self.mode is not WatchMode.REP:
            # They arrive at the finish: elsewhere this is the look before a start.
            return msgspec.structs.replace(self, rep=None)
        ahead = next((known for known in self.lines if known.name == line), None)
        if ahead is not None:
            return msgspec.structs.replace(self, distance_m=ahead.distance_m, earliest_ns=ahead.earliest_ns)
        # The next athlete may stand at the start already; no rep is timed at a line that is not on its way.
        mode = WatchMode.OFF if line == START_LINE else WatchMode.LANE
        return msgspec.structs.replace(self, mode=mode, rep=None)

    def may_arrive(self, t_ns: int) -> bool:
        """Whether a runner who is timed can be at the line at `t_ns`."""
        if self.awaited:
            return self.rep is not None and any(one.may_arrive(t_ns) for one in self.awaited)
        return self.rep is not None and t_ns >= self.earliest_ns

    def mean_speed_mps(self, t_ns: int) -> float:
        """How fast whoever is at the line at `t_ns` was on the way, less what the start cost."""
        if self.awaited:
            return self._speeds_mps(t_ns)[0]
        if self.distance_m <= 0.0:
            # A flying start: where the run-up began is not known, the gait is.
            return (self.slow_speed_mps + self.assumed_speed_mps) / 2.0
        return _speed_mps(self.distance_m, (t_ns - self.go_ns) / 1e9)

    def knows_way(self, t_ns: int) -> bool:
        """Whether `mean_speed_mps` is of one runner's own way from their go."""
        return not self.other_speeds_mps(t_ns) if self.awaited else self.distance_m > 0.0

    def other_speeds_mps(self, t_ns: int) -> tuple[float, ...]:
        """Of several: how fast whoever else may be at the line was on the way, the likeliest first."""
        return self._speeds_mps(t_ns)[1:] if self.awaited else ()

    def _speeds_mps(self, t_ns: int) -> tuple[float, ...]:
        """Of several: first that of whoever would have come at the pace nearest to the middle of their gait; of paces
        that are nearly the same one."""
        here = [one for one in self.awaited if one.may_arrive(t_ns)] or self.awaited[:1]
        speeds = [(_speed_mps(one.distance_m, (t_ns - one.go_ns) / 1e9), one) for one in here]
        middle = sorted((abs(math.log(v**2 / (one.slow_speed_mps * one.fast_speed_mps))), v) for v, one in speeds)
        apart: list[float] = []
        for _, speed_mps in middle:
            if all(abs(math.log(speed_mps / other)) > _SAME_PACE for other in apart):
                apart.append(speed_mps)
        return tuple(apart)


def _speed_mps(distance_m: float, elapsed_s: float) -> float:
    """Mean speed over a distance, less what the start cost."""
    if elapsed_s <= 0.0:
        return 1.0
    return max(_LEAST_MPS, distance_m / max(_LEAST_SHARE * elapsed_s, elapsed_s - _START_S))


NOBODY = Expectation()
"""The watch is off and nobody is expected."""
