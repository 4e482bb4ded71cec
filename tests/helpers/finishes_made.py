"""Finishes as they are kept: a body before a wall, seen by one sensor or by several."""

from __future__ import annotations

import random

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.passages import BeamEntry, Break
from retro_timer.detection.readings import Kind
from retro_timer.ports import RangeSample
from retro_timer.store.finishes import KeptFinish, KeptPassage, KeptSensor
from retro_timer.training.gaits import Gait

S = 1_000_000_000
BACK_NS = 500 * S
CONFIG = WatchConfig()


def readings(rate_hz: float, seed: int = 0, seconds: float = 3.0) -> list[RangeSample]:
    """A body before a wall, every reading with noise of its own."""
    rng = random.Random(seed)
    found = []
    for number in range(round(seconds * rate_hz)):
        t_s = number / rate_hz - seconds / 2.0
        range_mm, signal = (900, 9000.0) if 0.0 <= t_s < 0.2 else (2000, 3000.0)
        jitter_ns = 1000 * rng.randrange(300)
        noise_kcps = round(rng.gauss(0.0, 60.0), 1)
        found.append(
            RangeSample(
                BACK_NS + round(t_s * S) // 1000 * 1000 + jitter_ns,
                round(range_mm + rng.gauss(0.0, 12.0)),
                0,
                signal + noise_kcps,
                round(rng.uniform(200.0, 900.0), 1),
            )
        )
    return found


def passage(sensor: KeptSensor) -> KeptPassage:
    """The break of those readings."""
    entries = [
        BeamEntry(s.t_ns, Kind.TARGET, (s.range_mm or 0) < 1500, s.range_mm, s.signal_kcps)
        for s in sensor.samples
        if abs(s.t_ns - BACK_NS) < S
    ]
    return KeptPassage(sensor.name, 3, Break(entries, 2000.0, 3000.0, 3450.0, 0.024, 0.02, 1.2, 0.4, 2.0, over=True))


def kept(*sensors: KeptSensor, session_id: str = "abc", rep: int = 3, back_ns: int = BACK_NS) -> KeptFinish:
    """A finish, 20 s after its go."""
    passages = [passage(sensor) for sensor in sensors]
    return KeptFinish(session_id, rep, back_ns - 20 * S, back_ns, 20.0, Gait.WALK, sensors, passages, [(1, 2)])
