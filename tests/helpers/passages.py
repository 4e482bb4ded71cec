"""Passages through a gate as an ideal sensor reads them, by either law of blending, for tests of the timing."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import msgspec

from retro_timer.detection.config import WatchConfig
from retro_timer.ports import Placement, RangeSample
from tests.helpers.replaying import Event, of, rep, replayed

WALL_MM, BODY_MM = 2000, 900
TORSO_M = 0.24
HALF_CONE_M = 0.216
"""27 degrees at 0.9 m."""
BODY_KCPS, WALL_KCPS, EMPTY_KCPS = 9000.0, 3000.0, 40.0
LEAST_KCPS = 1500.0
SPEEDS_MPS = {"walk": 1.1, "jog": 2.3, "run": 4.0}
DISTANCE_M = 20.0
GO_S = 1.0


class Passage(msgspec.Struct, frozen=True):
    """Who passes, before what, and how the sensor sees it."""

    gait: str
    rate_hz: float
    wall: bool
    law: str = "average"
    full: bool = True
    """False: ranges only."""
    seed: int = 0
    half_cone_m: float = HALF_CONE_M

    @property
    def speed_mps(self) -> float:
        return SPEEDS_MPS[self.gait]

    @property
    def back_s(self) -> float:
        """When the back is at the line."""
        return GO_S + 0.8 + DISTANCE_M / self.speed_mps

    @property
    def config(self) -> WatchConfig:
        return WatchConfig(placement=Placement.GATE, background_mm=WALL_MM if self.wall else None)


def cover(passage: Passage, t_s: float) -> float:
    """Share of the cone's light that falls on the torso: a smooth cone, full at its middle."""
    back_m = (t_s - passage.back_s) * passage.speed_mps
    middle_m = back_m - TORSO_M / 2.0
    spread_m = passage.half_cone_m / 1.5
    edges = ((middle_m + TORSO_M / 2.0) / spread_m, (middle_m - TORSO_M / 2.0) / spread_m)
    return 0.5 * (math.erf(edges[0] / math.sqrt(2.0)) - math.erf(edges[1] / math.sqrt(2.0)))


def readings(passage: Passage, lead_s: float = 2.0, tail_s: float = 1.5) -> list[RangeSample]:
    """What the sensor tells around the passage, from before the go."""
    rng = random.Random(passage.seed)
    begin = min(GO_S, passage.back_s - lead_s) - 1.0 + rng.random() / passage.rate_hz
    count = round((passage.back_s + tail_s - begin) * passage.rate_hz)
    samples = []
    for n in range(count):
        t_s = begin + n / passage.rate_hz
        samples.append(_reading(passage, t_s, rng))
    return samples


def _reading(passage: Passage, t_s: float, rng: random.Random) -> RangeSample:
    share = cover(passage, t_s)
    body = BODY_KCPS * share
    wall = WALL_KCPS * (1.0 - share) if passage.wall else 0.0
    signal, range_mm = body + wall, 0.0
    if signal > 0.0:
        range_mm = (body * BODY_MM + wall * WALL_MM) / signal
    if passage.law == "nearest" and passage.wall:
        near = body >= 0.3 * signal
        signal, range_mm = (body, BODY_MM) if near else (wall, WALL_MM)
    t_ns = round(t_s * 1e9)
    seen = signal >= LEAST_KCPS
    shown = round(range_mm + rng.gauss(0.0, 5.0)) if seen else None
    if not passage.full:
        return RangeSample(t_ns, shown)
    light = (signal + (0.0 if passage.wall else EMPTY_KCPS)) * rng.gauss(1.0, 0.015)
    return RangeSample(t_ns, shown, 0 if seen else 2, light, 500.0 * rng.gauss(1.0, 0.02))


def body_readings(passage: Passage, samples: Sequence[RangeSample]) -> int:
    """How many readings show the body rather than what stands behind it."""
    near_mm = 0.5 * (WALL_MM + BODY_MM)
    return sum(s.range_mm is not None and s.range_mm < near_mm for s in samples)


def timed(passage: Passage, samples: Sequence[RangeSample]) -> list[Event]:
    """The finishes."""
    return of(replayed(samples, passage.config, rep(GO_S, DISTANCE_M, passage.gait)), "finish")
