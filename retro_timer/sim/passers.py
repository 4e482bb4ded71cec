"""Somebody who walks through a gate's line at a known time and speed, as who calibrates a gate of two beams does."""

from __future__ import annotations

from collections.abc import Sequence

from retro_timer.sim.scenario import Passer

TRUNK_M = 0.24
"""From chest to back, with clothing: the same either way."""


def trunks_m(passers: Sequence[Passer], since_s: float) -> list[float]:
    """Where each passer's middle is, in metres beyond the finish line, `since_s` seconds after the beginning."""
    return [_way(passer) * passer.speed_mps * (since_s - passer.at_s) for passer in passers]


def _way(passer: Passer) -> float:
    return -1.0 if passer.back else 1.0
