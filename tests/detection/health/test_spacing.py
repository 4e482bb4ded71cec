"""How the time between readings is learnt, and that a sensor which becomes slower is known for one at once."""

from __future__ import annotations

from random import Random

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import Level, Obstacle
from retro_timer.detection.expectation import Expectation, WatchMode
from retro_timer.detection.health.spacing import Spacing
from retro_timer.detection.pipeline import pipeline_for
from retro_timer.ports import Placement, RangeSample

FAST_NS, SLOW_NS = 20_000_000, 55_000_000


def after(*spacings_ns: int) -> Spacing:
    spacing, t_ns = Spacing(None), 0
    spacing.feed(t_ns)
    for one_ns in spacings_ns:
        t_ns += one_ns
        spacing.feed(t_ns)
    return spacing


def test_it_is_the_median_of_what_was_seen() -> None:
    rng = Random(2)
    learnt = after(*(round(FAST_NS * rng.gauss(1.0, 0.1)) for _ in range(200)))
    assert abs(learnt.period_ns - FAST_NS) < 0.05 * FAST_NS


def test_a_sensor_that_becomes_slower_is_known_for_one_after_four_readings() -> None:
    fast = [FAST_NS] * 100
    assert after(*fast, *[SLOW_NS] * 3).period_ns == FAST_NS
    assert after(*fast, *[SLOW_NS] * 4).period_ns == SLOW_NS


def test_one_that_loses_readings_is_no_slower() -> None:
    assert after(*([FAST_NS] * 3 + [3 * FAST_NS]) * 30).period_ns == FAST_NS


def test_what_the_sensor_tells_of_itself_stays() -> None:
    known = Spacing(FAST_NS)
    for n in range(50):
        known.feed(n * SLOW_NS)
    assert known.period_ns == FAST_NS


def test_who_closes_in_on_a_sensor_that_has_become_slower_is_told() -> None:
    watch = pipeline_for(WatchConfig(placement=Placement.BELT))
    armed = Expectation(mode=WatchMode.REP)
    t_ns, dangers = 0, []
    for _ in range(150):
        watch.feed(RangeSample(t_ns, None, None, None, None), armed)
        t_ns += FAST_NS
    began_ns = t_ns
    while (range_mm := 5000 - round((t_ns - began_ns) * 2.5e-6)) > 500:
        told = watch.feed(RangeSample(t_ns, range_mm, None, None, None), armed)
        dangers += [e for e in told if isinstance(e, Obstacle) and e.level is Level.DANGER]
        t_ns += SLOW_NS
    stopping_mm = 1000.0 * (0.6 * 2.5 + 2.5**2 / 5.0)
    assert dangers[0].range_mm is not None
    assert dangers[0].range_mm > stopping_mm - 100.0
