"""What the results so far know of an athlete who takes part."""

from __future__ import annotations

import msgspec

from retro_timer.training.gaits import Gait
from retro_timer.training.record import StartKind


class Best(msgspec.Struct, frozen=True):
    """The shortest time over one length, in one gait, after one kind of start."""

    distance_m: float
    gait: Gait
    start: StartKind
    time_ns: int
    """As it is shown: less the go's way to the ear, rounded up to 0.01 s."""


class Week(msgspec.Struct, frozen=True):
    """Sessions of the week by the plan that is trained now."""

    done: int
    """Before this one."""
    most: int
    """That the plan has in a week."""


class Remembered(msgspec.Struct, frozen=True):
    """One of those who take part, by what they are called in the session."""

    name: str
    say: str = ""
    """How the voice says the name; empty: as it is written."""
    bests: tuple[Best, ...] = ()
    """Of former sessions."""
    week: Week | None = None
    """None where the box does not know the date."""
