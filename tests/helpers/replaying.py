"""Runs the replay over samples or a trace file and collects the contract's events."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from retro_timer.beacon.contract import contract_line
from retro_timer.beacon.replay import Replay, Tell
from retro_timer.detection.config import WatchConfig
from retro_timer.ports import Placement, RangeSample
from retro_timer.store.traces import TraceReader, TraceRep, format_row
from retro_timer.training.gaits import Gait
from retro_timer.training.session.events import SessionEvent

Event = dict[str, Any]


def replayed(samples: Iterable[RangeSample], config: WatchConfig, *reps: TraceRep) -> list[Event]:
    """The contract's events, in order of decision."""
    events: list[Event] = []
    Replay(config, reps, into(events)).run(samples)
    return events


def into(events: list[Event]) -> Tell:
    """Puts a replay's contract events there, as another program would read them."""

    def tell(event: SessionEvent, judged: int) -> None:
        if (line := contract_line(event, 0, samples=judged)) is not None:
            events.append(json.loads(line))

    return tell


def replayed_file(path: Path, placement: Placement, *reps: TraceRep) -> list[Event]:
    """A recorded trace as if it stood at a placement."""
    reader = TraceReader(path)
    try:
        background = reader.head.background_mm if placement is not Placement.BELT else None
        return replayed(reader, WatchConfig(placement=placement, background_mm=background), *reps)
    finally:
        reader.close()


def rep(go_s: float, distance_m: float, gait: str | Gait) -> TraceRep:
    """A go of the record."""
    return TraceRep(go_s, distance_m, Gait(gait))


def of(events: Iterable[Event], *names: str) -> list[Event]:
    """Events of these names."""
    return [event for event in events if event["event"] in names]


Look = tuple[int | None, int | None, float | None]
"""Range, status and signal."""
Scene = Callable[[float], Look]
"""What is seen at a time in seconds."""


def sampled(scene: Scene, seconds: float, *, rate_hz: float = 41.0, from_s: float = 0.0) -> list[RangeSample]:
    """What a sensor reads of a scene, with a live sensor's noise of a few millimetres."""
    samples = []
    for n in range(round(seconds * rate_hz)):
        t_s = from_s + n / rate_hz
        range_mm, status, signal = scene(t_s)
        noise = (n * 2_654_435_761 >> 7) % 7 - 3
        shown = None if range_mm is None else range_mm + noise
        counted = None if signal is None else signal * (1.0 + 0.01 * noise)
        samples.append(RangeSample(round(t_s * 1e9), shown, status, counted, 500.0 + noise))
    return samples


def wall(range_mm: int = 2000) -> Scene:
    """Nothing but a wall."""
    return lambda _t: (range_mm, 0, 600.0)


def field() -> Scene:
    """Nothing at all."""
    return lambda _t: (None, 2, 5.0)


def with_body(behind: Scene, from_s: float, to_s: float, range_mm: int = 800, signal: float = 2500.0) -> Scene:
    """Somebody in the beam for a while."""
    return lambda t: (range_mm, 0, signal) if from_s <= t <= to_s else behind(t)


def passing_rows(at_s: float, seconds: float) -> str:
    """Rows of a trace in which somebody passes a gate before a wall at 2 m."""
    samples = sampled(with_body(wall(), at_s, at_s + 0.17), seconds)
    return "".join(format_row(sample, 0) for sample in samples)
