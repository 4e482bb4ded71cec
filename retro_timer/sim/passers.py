"""Somebody who walks through a gate's line at a known time and speed, as who calibrates a gate of two beams does."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from retro_timer.sim.scenario import Passer

TRUNK_M = 0.24
"""From chest to back, with clothing: the same either way."""


def trunks_m(passers: Sequence[Passer], since_s: Callable[[int | None], float | None]) -> list[float]:
    """Where each passer's middle is, in metres beyond the finish line.

    `since_s`: how long ago a rep's go was, or the beginning without a rep; None before that go.
    """
    times = [(passer, since_s(passer.rep)) for passer in passers]
    return [_way(passer) * passer.speed_mps * (now_s - passer.at_s) for passer, now_s in times if now_s is not None]


def _way(passer: Passer) -> float:
    return -1.0 if passer.back else 1.0
