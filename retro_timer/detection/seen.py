"""What is to be seen of a finish, as plain values: readings, the outline that was fitted, and what lost."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

Point = tuple[float, float]
"""Seconds since the rep's go, and a figure."""


class Reading(msgspec.Struct, frozen=True):
    """One reading: seconds since the go; a hit is a believed target in front of the background."""

    t_s: float
    range_m: float | None
    signal_kcps: float | None
    valid: bool
    hit: bool


class Strip(msgspec.Struct, frozen=True):
    """One sensor's part of the picture."""

    title: str
    readings: Sequence[Reading]
    wall_m: float | None = None
    """Range of what stands behind the lane; None in the open field, or where no break was found."""
    looks: Sequence[Point] = ()
    """How much of the beam was covered, where that was compared with the outline."""
    outline: Sequence[Point] = ()
    """The outline that fits best; empty where none was fitted."""


class Loser(msgspec.Struct, frozen=True):
    """What was in the beam and is not this finish."""

    sensor: str
    first_s: float
    last_s: float
    why: str


class Picture(msgspec.Struct, frozen=True):
    """A finish as it is drawn; times in seconds since the rep's go."""

    title: str
    notes: Sequence[str]
    finish_s: float
    uncertainty_s: float
    first_s: float
    last_s: float
    strips: Sequence[Strip]
    losers: Sequence[Loser]
