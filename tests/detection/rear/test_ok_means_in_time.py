"""While a sensor's state is ok and the watch is armed, who closes in is told in time, whatever was read before."""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import Level, SensorState
from retro_timer.detection.expectation import Expectation, WatchMode
from retro_timer.detection.pipeline import Pipeline, pipeline_for
from retro_timer.ports import Placement, RangeSample

LATEST_S = 0.3
LATEST_PERIODS = 4
DELAY_S, BRAKING_MPS2 = 0.6, 2.5
_PHANTOM_KCPS = 15.0


class Sensor(msgspec.Struct, frozen=True):
    """How readings come, and what they carry."""

    rate_hz: float
    columns: str
    """full, status (no light recorded) or range."""
    noise_mm: float
    seed: int


class Stretch(msgspec.Struct, frozen=True):
    """What the sensor looks at for a while."""

    kind: str
    seconds: float
    range_mm: int = 2000
    speed_mps: float = 0.0
    share: float = 0.0


class Readings:
    """Writes what a sensor reads, stretch by stretch."""

    def __init__(self, sensor: Sensor) -> None:
        self.sensor = sensor
        self.t_s = 0.0
        self.rng = Random(sensor.seed)

    def of(self, stretch: Stretch) -> Iterator[RangeSample]:
        begin_s = self.t_s
        if stretch.kind == "gap":
            self.t_s += stretch.seconds
            return
        burst = 0
        burst_mm = 0
        for _ in range(max(1, round(stretch.seconds * self.sensor.rate_hz))):
            seen_mm = stretch.range_mm - 1000.0 * stretch.speed_mps * (self.t_s - begin_s)
            if stretch.kind in ("phantoms", "sun") and burst == 0 and self.rng.random() < stretch.share:
                burst = self.rng.choice((1, 1, 2, 3))
                burst_mm = self.rng.randint(60, 1000)
            if burst:
                burst -= 1
                yield self.reading(burst_mm + self.rng.gauss(0.0, 50.0), _PHANTOM_KCPS, bright=stretch.kind == "sun")
            elif stretch.kind == "doubted":
                yield self.reading(seen_mm, 300.0, status=7)
            elif stretch.kind in ("nothing", "phantoms", "sun"):
                yield self.reading(None, 3.0, bright=stretch.kind == "sun")
            elif stretch.kind == "wall with phantoms" and self.rng.random() < stretch.share:
                yield self.reading(self.rng.randint(60, 1500), _PHANTOM_KCPS)
            else:
                yield self.reading(seen_mm if 50.0 <= seen_mm <= 9000.0 else None, 800.0)

    def reading(
        self, range_mm: float | None, signal: float, *, status: int | None = None, bright: bool = False
    ) -> RangeSample:
        t_ns = round(self.t_s * 1e9)
        self.t_s += (1.0 + self.rng.uniform(-0.02, 0.02)) / self.sensor.rate_hz
        shown = None
        if range_mm is not None:
            shown = max(40, round(range_mm + self.rng.gauss(0.0, self.sensor.noise_mm)))
        if self.sensor.columns == "range":
            return RangeSample(t_ns, shown if status in (None, 0) else None)
        told = status if status is not None else 2 if shown is None else 0
        if self.sensor.columns == "status":
            return RangeSample(t_ns, shown, told)
        light = 20_000.0 if bright else 400.0
        rough = 1.0 + self.rng.uniform(-0.02, 0.02)
        return RangeSample(t_ns, shown, told, signal * rough, light * rough)


def stopping_m(speed_mps: float) -> float:
    return DELAY_S * speed_mps + speed_mps**2 / (2.0 * BRAKING_MPS2)


sensors = st.builds(
    Sensor,
    rate_hz=st.sampled_from([10.0, 11.0, 15.0, 25.0, 41.0, 50.0, 100.0, 250.0]) | st.floats(10.0, 100.0),
    columns=st.sampled_from(["full", "status", "range"]),
    noise_mm=st.floats(1.0, 15.0),
    seed=st.integers(0, 10**6),
)
stretches = st.one_of(
    st.builds(Stretch, kind=st.just("wall"), seconds=st.floats(0.1, 5.0), range_mm=st.integers(600, 6000)),
    st.builds(Stretch, kind=st.just("nothing"), seconds=st.floats(0.1, 5.0)),
    st.builds(
        Stretch, kind=st.sampled_from(["phantoms", "sun"]), seconds=st.floats(0.2, 6.0), share=st.floats(0.01, 1.0)
    ),
    st.builds(
        Stretch,
        kind=st.just("wall with phantoms"),
        seconds=st.floats(0.2, 6.0),
        range_mm=st.integers(1500, 6000),
        share=st.floats(0.01, 0.6),
    ),
    st.builds(Stretch, kind=st.just("doubted"), seconds=st.floats(0.1, 1.0), range_mm=st.integers(300, 3000)),
    st.builds(Stretch, kind=st.just("gap"), seconds=st.floats(0.05, 2.0)),
    st.builds(
        Stretch,
        kind=st.just("moving"),
        seconds=st.floats(0.1, 3.0),
        range_mm=st.integers(300, 6000),
        speed_mps=st.floats(-3.0, 3.0),
    ),
)
histories = st.lists(stretches, max_size=5)


class Approach(msgspec.Struct, frozen=True):
    """A body that comes into view and closes in evenly."""

    from_m: float
    speed_mps: float
    kcps_m2: float
    """The light that it returns from one metre: of usual clothes, or of the darkest."""


approaches = st.builds(
    Approach, from_m=st.floats(0.4, 6.0), speed_mps=st.floats(0.3, 5.0), kcps_m2=st.sampled_from([3000.0, 450.0])
)


def shown_before(pipeline: Pipeline, readings: Readings, history: list[Stretch], expectation: Expectation) -> None:
    for stretch in history:
        for sample in readings.of(stretch):
            pipeline.feed(sample, expectation)


@given(
    sensors,
    histories,
    approaches,
    st.sampled_from([Placement.LANE_END, Placement.BELT]),
    st.sampled_from([WatchMode.REP, WatchMode.START, WatchMode.LANE]),
)
@settings(max_examples=40)
def test_who_closes_in_behind_is_told_in_time_whatever_was_read_before(
    sensor: Sensor, history: list[Stretch], approach: Approach, placement: Placement, mode: WatchMode
) -> None:
    pipeline = pipeline_for(WatchConfig(placement=placement))
    readings, expectation = Readings(sensor), Expectation(mode)
    shown_before(pipeline, readings, history, expectation)
    if pipeline.health.state is not SensorState.OK:
        return
    speed = approach.speed_mps
    # What comes before a wall must stand out of it: its margin is a tenth of its range at the most.
    last = next((s for s in reversed(history) if s.kind != "gap"), None)
    wall_m = last.range_mm / 1000.0 if last is not None and last.kind.startswith("wall") else math.inf
    from_m = min(approach.from_m, 0.88 * wall_m - 0.05)
    visible_s = readings.t_s
    danger_s = visible_s + max(0.0, (from_m - stopping_m(speed)) / speed)
    latest_s = danger_s + max(LATEST_S, LATEST_PERIODS / sensor.rate_hz) * 1.02
    while readings.t_s <= latest_s:
        range_m = max(0.15, from_m - speed * (readings.t_s - visible_s))
        pipeline.feed(readings.reading(1000.0 * range_m, approach.kcps_m2 / range_m**2), expectation)
        if pipeline.level is Level.DANGER:
            return
    pytest.fail(f"no danger {latest_s - danger_s:.2f} s after it was due at {danger_s - visible_s:.2f} s in view")


@given(sensors, histories, st.floats(0.3, 1.6), st.floats(-1.0, 1.0))
@settings(max_examples=40)
def test_who_is_in_a_gates_beam_when_nobody_may_be_is_told_in_time(
    sensor: Sensor, history: list[Stretch], range_m: float, drift_mps: float
) -> None:
    pipeline = pipeline_for(WatchConfig(placement=Placement.GATE))
    readings, expectation = Readings(sensor), Expectation(WatchMode.REP)
    # A beam that has been seen to be free: what stands in it from the beginning may be the background.
    shown_before(pipeline, readings, [*history, Stretch("nothing", 2.5)], expectation)
    if pipeline.health.state is not SensorState.OK:
        return
    visible_s = readings.t_s
    latest_s = visible_s + max(LATEST_S, LATEST_PERIODS / sensor.rate_hz) * 1.02
    while readings.t_s <= latest_s:
        seen_m = min(1.65, max(0.2, range_m - drift_mps * (readings.t_s - visible_s)))
        pipeline.feed(readings.reading(1000.0 * seen_m, max(800.0, 3000.0 / seen_m**2)), expectation)
        if pipeline.level is Level.DANGER:
            return
    pytest.fail("no danger")
