"""What the simulated parts share: how much of them is run, and with which seeds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeVar

import msgspec

SIMULATED = (
    "All figures are simulated: readings and truth come from benchmarks/physics, which knows nothing of the detector; "
    "the events come from the program's own replay."
)
Size = TypeVar("Size", bound=msgspec.Struct)


def part_of(size: Size, share: float) -> Size:
    """So much of each count of `size`, at least one."""
    return type(size)(*(max(1, round(share * count)) for count in msgspec.structs.astuple(size)))


def date_of(seed: int | None) -> int:
    """The date whose seeds are held out, as 20261125: today's where nobody names one."""
    return seed or int(datetime.now(UTC).strftime("%Y%m%d"))


def held_out(date: int) -> int:
    """First seed of the cases of a date as 20261125; no other date's and no other run's seeds are among them."""
    return date * 1_000_000
