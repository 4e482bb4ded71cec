"""The alarm of a gate with so many on the course: after how long it is told, and what a reading costs."""

from __future__ import annotations

import time

import msgspec

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import Level, Obstacle
from retro_timer.detection.expectation import ARRIVAL, Awaited, Expectation, WatchMode
from retro_timer.detection.pipeline import pipeline_for
from retro_timer.ports import RangeSample
from retro_timer.training.gaits import SPEEDS, Gait, human_limit_s

_PERIOD_NS = 24_000_000
_FREE_READINGS, _BLOCKED_READINGS = 5_000, 100
_LENGTH_M = 30.0
_EVERY_NS = 12_000_000_000


class Alarm(msgspec.Struct, frozen=True):
    """Of one number on the course."""

    on_course: int
    told_after_ms: float
    """From the first reading that sees somebody whom nobody on the course can be; of the sensor's own time."""
    reading_us: float
    """Processor time of a reading of the free lane."""


def alarm_with(on_course: int) -> Alarm:
    """They have gone behind each other; somebody stands in the beam whom none of them can be yet."""
    watch, expectation = pipeline_for(WatchConfig()), _expectation(on_course)
    began_ns = time.thread_time_ns()
    for number in range(_FREE_READINGS):
        watch.feed(RangeSample(number * _PERIOD_NS, 2000, 0, 3000.0, 300.0), expectation)
    reading_us = (time.thread_time_ns() - began_ns) / _FREE_READINGS / 1e3
    first_ns = _FREE_READINGS * _PERIOD_NS
    for number in range(_BLOCKED_READINGS):
        now_ns = first_ns + number * _PERIOD_NS
        told = watch.feed(RangeSample(now_ns, 900, 0, 9000.0, 300.0), expectation)
        if any(isinstance(event, Obstacle) and event.level is Level.DANGER for event in told):
            return Alarm(on_course, (now_ns - first_ns) / 1e6, reading_us)
    return Alarm(on_course, float("inf"), reading_us)


def _expectation(on_course: int) -> Expectation:
    """The last of them has just gone when the body comes, and those before are expected later or never."""
    body_ns = _FREE_READINGS * _PERIOD_NS
    jog = SPEEDS[Gait.JOG]
    awaited = tuple(
        Awaited(
            body_ns - number * _EVERY_NS,
            body_ns + round(1e9 * human_limit_s(_LENGTH_M)),
            None,
            _LENGTH_M,
            jog.slow_mps,
            jog.fast_mps,
        )
        for number in reversed(range(on_course))
    )
    return Expectation(WatchMode.REP, rep=ARRIVAL, earliest_ns=awaited[-1].earliest_ns, awaited=awaited)
