"""What a session goes by, fixed when it begins: the settings, and what is known of its athletes."""

from __future__ import annotations

import msgspec

from retro_timer.detection.people import Braking
from retro_timer.ports import FINISH_LINE, Placement
from retro_timer.training.detail import Detail
from retro_timer.training.listed import Listed
from retro_timer.training.remembered import Remembered
from retro_timer.training.safe_speed import DarkClothing


class Line(msgspec.Struct, frozen=True):
    """A line on the way that a gate watches."""

    name: str
    distance_m: float
    """From the start."""


class Rules(msgspec.Struct, frozen=True):
    """What the session takes from the settings, the roster and the results of before. Seconds throughout."""

    timing: Placement = Placement.GATE
    """Placement of the sensor that decides finishes."""
    watching: Placement | None = Placement.GATE
    """Placement of the sensor that keeps watch; None without one."""
    finish_range_m: float = 2.0
    allow_short_runout: bool = False
    braking: Braking = Braking()
    brief_s: float = 10.0
    get_ready_s: float = 6.0
    """From the call of an athlete to the countdown, where no walk-out is needed."""
    countdown_s: float = 3.0
    marks_s: float = 3.0
    hold_least_s: float = 1.2
    hold_most_s: float = 2.4
    lane_clear_s: float = 1.0
    """How long the lane must have been clear before a start."""
    limit_s: float = 4.0
    """How long saying what a degraded watch still covers takes."""
    changeover_s: float = 12.0
    """Least time between one athlete's finish and the next one's start."""
    runout_s: float = 4.0
    """How long the watch follows a runner who brakes beyond the line."""
    lines: tuple[Line, ...] = ()
    """Where splits are taken, in order of their distance."""
    dark_clothing: DarkClothing | None = None
    """Before several lanes; None where that is not told."""
    lanes: int = 1
    """That the gate tells apart."""
    listed: tuple[Listed, ...] = ()
    """What the roster says of the athletes, and of nobody else."""
    start_line: str = FINISH_LINE
    """The line whose gate sees a start by release: the finish's own where one box does both."""
    remembered: tuple[Remembered, ...] = ()
    """What the results knew of the athletes when they joined, and of nobody else."""
    start_hears: bool = True
    """Somebody at the start line has answered that the box is heard there."""
    detail: Detail = Detail.NORMAL
    """How much is said of results."""
    say_progress: bool = False
    """At the end also whose best it was of all sessions, and which of the week's sessions."""
    seed: int = 1
    given_goes: bool = False
    """A replay: goes are facts of the record, and nothing waits for a lane or a watch."""
