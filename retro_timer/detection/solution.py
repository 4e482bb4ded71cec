"""What timing a passage gives, whichever way it was seen."""

from __future__ import annotations

import msgspec

NORMAL_95 = 1.96
"""Half-width of a normal distribution's 95 % interval, in standard deviations."""


class Solution(msgspec.Struct, frozen=True):
    """The back's moment, or why this was not the runner."""

    back_ns: int = 0
    uncertainty_ns: int = 0
    """Half-width of the 95 % interval."""
    speed_mps: float = 0.0
    refusal: str = ""
    crowded: bool = False
    """Somebody else was in the beam as well."""
