"""Somebody in a gate's beam as an ideal sensor reads them, wherever they stand and go, by either law of blending."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable

import msgspec

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import DetectionEvent
from retro_timer.detection.expectation import Expectation, WatchMode
from retro_timer.detection.pipeline import pipeline_for
from retro_timer.ports import RangeSample

WALL_MM, BODY_MM = 2000, 900
TORSO_M = 0.24
BODY_KCPS, WALL_KCPS, EMPTY_KCPS, LEAST_KCPS = 9000.0, 3000.0, 40.0, 1500.0
ARMED_S = 3.0
COMES_S, STANDS_S, LEAVES_S = 3.5, 4.5, 8.0
ACCELERATION_MPS2 = 3.0

Way = Callable[[float], float | None]
"""Seconds to where the trunk's middle is, in metres from the axis; None: not there."""


class Beam(msgspec.Struct, frozen=True):
    """A gate and what stands behind its lane."""

    fov_deg: float = 27.0
    rate_hz: float = 41.0
    wall: bool = True
    law: str = "average"

    @property
    def config(self) -> WatchConfig:
        """The gate as detection is told of it."""
        return WatchConfig(fov_deg=self.fov_deg, background_mm=WALL_MM if self.wall else None, open_field=not self.wall)


WIDE, THIN = Beam(), Beam(fov_deg=2.0, rate_hz=100.0)


def stands_and_leaves(stands_m: float = 0.0, leaves_s: float = LEAVES_S) -> Way:
    """In from behind the line, a stand, and away backward, ever faster up to 4 m/s."""

    def at(t_s: float) -> float | None:
        if t_s < COMES_S:
            return None
        if t_s < STANDS_S:
            return stands_m - 1.0 * (STANDS_S - t_s) / (STANDS_S - COMES_S)
        moving_s = max(0.0, t_s - leaves_s)
        return stands_m + 0.5 * ACCELERATION_MPS2 * min(moving_s, 1.3) ** 2 + 4.0 * max(0.0, moving_s - 1.3)

    return at


def left_s(stands_m: float = 0.0, leaves_s: float = LEAVES_S) -> float:
    """When the trunk's trailing side passes the axis on that way."""
    return leaves_s + math.sqrt(2.0 * (TORSO_M / 2.0 - stands_m) / ACCELERATION_MPS2)


def seen(beam: Beam, *ways: tuple[Way, int], until_s: float = 10.0, seed: int = 0) -> list[RangeSample]:
    """The readings of bodies on their ways, each at a range in millimetres; nearer ones hide farther ones."""
    rng = random.Random(seed)
    return [_reading(beam, n / beam.rate_hz, ways, rng) for n in range(round(until_s * beam.rate_hz))]


def _share(beam: Beam, middle_m: float | None, range_mm: int) -> float:
    if middle_m is None:
        return 0.0
    spread_m = range_mm / 1000.0 * math.tan(math.radians(beam.fov_deg) / 2.0) / 1.5 * math.sqrt(2.0)
    near, far = (middle_m + TORSO_M / 2.0) / spread_m, (middle_m - TORSO_M / 2.0) / spread_m
    return 0.5 * (math.erf(near) - math.erf(far))


def _reading(beam: Beam, t_s: float, ways: Iterable[tuple[Way, int]], rng: random.Random) -> RangeSample:
    left, light = 1.0, []
    for way, range_mm in sorted(ways, key=lambda pair: pair[1]):
        share = min(left, _share(beam, way(t_s), range_mm))
        left -= share
        light.append((BODY_KCPS * share * (BODY_MM / range_mm) ** 2, range_mm))
    if beam.wall:
        light.append((WALL_KCPS * left, WALL_MM))
    if beam.law == "nearest":
        total = sum(rate for rate, _ in light)
        light = [next((one for one in light if one[0] >= 0.3 * total), light[-1])]
    signal = sum(rate for rate, _ in light)
    is_seen = signal >= LEAST_KCPS
    mean_mm = sum(rate * mm for rate, mm in light) / signal if is_seen else 0.0
    shown = round(mean_mm + rng.gauss(0.0, 5.0)) if is_seen else None
    counted = (signal + (0.0 if beam.wall else EMPTY_KCPS)) * rng.gauss(1.0, 0.015)
    return RangeSample(round(t_s * 1e9), shown, 0 if is_seen else 2, counted, 500.0 * rng.gauss(1.0, 0.02))


def judged(beam: Beam, samples: Iterable[RangeSample], armed: Expectation | None = None) -> list[DetectionEvent]:
    """What the gate's judge tells, armed for a start by release from ARMED_S on."""
    pipeline = pipeline_for(beam.config)
    expected = armed or Expectation(WatchMode.RELEASE, slow_speed_mps=1.5, assumed_speed_mps=3.2)
    told: list[DetectionEvent] = []
    for sample in samples:
        told.extend(pipeline.feed(sample, expected if sample.t_ns >= ARMED_S * 1e9 else Expectation()))
    return told
