"""What the sensor's thread may expect now: a frozen value that the session swaps whole."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class WatchMode(StrEnum):
    """What the obstacle watch does with what it sees."""

    OFF = "off"
    """Nobody runs backward: nothing is an obstacle (a rest, an idle box)."""
    LANE = "lane"
    """Before the go: whatever stays in view blocks the start."""
    START = "start"
    """A start is under way: whatever comes into view recalls it."""
    REP = "rep"
    """A runner is on the course: whatever the runner cannot be is an obstacle."""
    RUNOUT = "runout"
    """The runner has finished and is braking: what still closes in fast matters, what stands does not."""


class Expectation(msgspec.Struct, frozen=True):
    """Who may arrive at the sensor, from when, until when."""

    mode: WatchMode = WatchMode.OFF
    rep: int | None = None
    """Running number of the rep that is open for a finish; None when no crossing is waited for."""
    go_ns: int = 0
    """The go of that rep."""
    earliest_ns: int = 0
    """No human arrives before this: what does is an intruder."""
    distance_m: float = 0.0
    slow_speed_mps: float = 0.3
    """The gait's slow end."""
    assumed_speed_mps: float = 1.5
    """Closing speed to assume until it has been measured: the gait's fast end, or 1.5 m/s without a plan."""

    background_ns: int = 0
    """When somebody last said that the box stands elsewhere: whatever stands still after that is the background."""

    @property
    def armed(self) -> bool:
        """Whether the watch is on."""
        return self.mode is not WatchMode.OFF

    def may_arrive(self, t_ns: int) -> bool:
        """Whether the runner who is timed can be at the line at `t_ns`."""
        return self.rep is not None and t_ns >= self.earliest_ns


NOBODY = Expectation()
"""The watch is off and nobody is expected."""
