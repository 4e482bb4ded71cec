"""How the cover of a beam shows in each source of it: how wide, how steep and how sure its outline is there."""

from __future__ import annotations

from typing import Literal

import msgspec

Source = Literal["signal", "mixture", "pulse", "range", "presence"]

LIT: tuple[Source, ...] = ("signal", "mixture", "pulse")
"""Those that the light of the readings tells."""


class CoverKind(msgspec.Struct, frozen=True):
    """How a source of cover behaves."""

    widening: float
    """Its half-width against that of the cover itself."""
    width_log_sd: float
    """How well that is known."""
    noise: float
    inside: float
    """Further noise as a share of the cover."""
    orders: tuple[float, ...]
    """Steepness of the flanks: 2.5 a bell, 8 nearly a box."""
    lopsided_m: float = 0.0
    """One standard deviation of the middle from flanks that differ, over the body's way."""
    steep: float = 1.0
    """How much wider the steeper outline is at half its height than a bell of the same body: both begin and end where
    the cone does. Equal areas make it 1.04, equal feet 1.27."""

    def widened(self, order: float) -> float:
        """The half-width of an outline of this order against the bell's."""
        return 1.0 if order == self.orders[0] else self.steep


# Widths and steepness as the accuracy benchmark's physics gives them; a box stands for sensors that report the nearest
# thing whatever its share.
KINDS: dict[Source, CoverKind] = {
    "signal": CoverKind(0.91, 0.09, 0.03, 0.18, (2.5, 5.0), steep=1.17),
    "mixture": CoverKind(0.93, 0.095, 0.03, 0.15, (2.5, 5.0), steep=1.17),
    "pulse": CoverKind(0.90, 0.12, 0.04, 0.17, (2.5, 5.0), steep=1.17),
    "range": CoverKind(0.99, 0.14, 0.03, 0.18, (2.5, 8.0), 0.014),
    "presence": CoverKind(1.17, 0.22, 0.20, 0.0, (10.0,), 0.022),
}

THIN_KINDS: dict[Source, CoverKind] = {
    "range": CoverKind(1.0, 0.14, 0.03, 0.18, (8.0,), 0.014),
    "presence": CoverKind(1.0, 0.22, 0.20, 0.0, (10.0,), 0.022),
}
"""The same of a beam that is hardly more than a line: a box as wide as the torso, and nothing half-way."""
