"""One walk through each lane moves where the first begins, and never the lanes' order."""

from __future__ import annotations

import pytest

from retro_timer.beacon.control.protocol.facts import SensorFacts
from retro_timer.beacon.lane_walks import learn_lanes
from retro_timer.detection.events import SensorState
from retro_timer.detection.lane_map import LaneMap
from retro_timer.errors import RetroTimerError
from retro_timer.ports import RangeSample
from retro_timer.sensors.known import spec_of
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.calibration import SensorCalibration

LANES = LaneMap(4, 1220.0, 400.0)
LUNA = SensorFacts(spec_of(SensorSettings(model="tf-luna")), "", "", SensorState.OK, "")
BEFORE = SensorCalibration(placement="gate", background_mm=6300)


def walks(*shoulders_mm: float) -> list[RangeSample]:
    """Each for 0.25 s, two seconds after the one before; between them the wall."""
    samples = []
    for n in range(200 * len(shoulders_mm)):
        inside = n % 200 < 25
        range_mm = round(shoulders_mm[n // 200]) + n % 3 * 10 if inside else 6300
        samples.append(RangeSample(n * 10_000_000, range_mm, 0, 1500.0))
    return samples


def shoulders(off_mm: float) -> list[float]:
    return [LANES.middle_mm(lane) + off_mm for lane in (1, 2, 3, 4)]


@pytest.mark.parametrize("off_mm", [-300.0, 0.0, 220.0, 500.0])
def test_the_first_lane_begins_where_the_walks_put_it(off_mm: float) -> None:
    learnt = learn_lanes(LUNA, walks(*shoulders(off_mm)), LANES, BEFORE, 400)
    assert learnt.first_lane_mm == pytest.approx(400.0 + off_mm, abs=15.0)
    assert learnt.background_mm == 6300
    assert learnt.first_lane_set_mm == 400


def test_the_walks_come_in_any_order_and_more_than_once() -> None:
    first, second, third, fourth = shoulders(150.0)
    learnt = learn_lanes(LUNA, walks(third, first, fourth, first, second), LANES, BEFORE, 400)
    assert learnt.first_lane_mm == pytest.approx(550.0, abs=15.0)


@pytest.mark.parametrize(
    ("walked", "words"),
    [
        (shoulders(0.0)[:3], "saw walks at 3 distances (0.78 m, 2.00 m, 3.22 m), expected one in each of 4 lanes"),
        (shoulders(0.0)[:1], "saw walks at 1 distance (0.78 m), expected one in each of 4 lanes"),
        ([], "saw walks at 0 distances (none)"),
        (shoulders(700.0), "lane 4 was walked at 5.1 m, and it sees a person to 5 m; put the box nearer"),
        ([780.0, 2000.0, 3920.0, 5100.0], "walk in the middle of each, or mend course.lane_width_m"),
    ],
)
def test_what_teaches_nothing_is_said(walked: list[float], words: str) -> None:
    with pytest.raises(RetroTimerError) as refused:
        learn_lanes(LUNA, walks(*walked), LANES, BEFORE, 400)
    assert words in str(refused.value)
