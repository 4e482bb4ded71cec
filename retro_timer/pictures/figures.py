"""What a picture shows, before it is drawn in the terminal or as SVG: figures with their intervals, or counts."""

from __future__ import annotations

import msgspec


class Figure(msgspec.Struct, frozen=True):
    """One figure in seconds, with the ends of its 95 % interval."""

    label: str
    value_s: float
    half_s: float
    at: float = 0.0
    """Where it stands along the other axis: a day, or the number of a rep."""
    hollow: bool = False
    """Drawn as a ring: a time in doubt."""

    @property
    def span_s(self) -> tuple[float, float]:
        """Where its interval begins and ends."""
        return self.value_s - self.half_s, self.value_s + self.half_s


class Chart(msgspec.Struct, frozen=True):
    """Figures to be compared."""

    title: str
    about: str
    """What it says, in a sentence."""
    figures: tuple[Figure, ...]
    """At least one, in the order of `at`."""
    line_s: tuple[float, float] | None = None
    """Where a straight line through them begins and ends; None where it would be drawn inside the noise."""


class Bin(msgspec.Struct, frozen=True):
    """How many times fall between two."""

    low_s: float
    high_s: float
    count: int


class Histogram(msgspec.Struct, frozen=True):
    """How times are spread."""

    title: str
    about: str
    bins: tuple[Bin, ...]
    """At least one, side by side."""
