"""What calibration learns of a stretch of readings, and when it refuses to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from retro_timer.beacon.control.protocol.facts import SensorFacts
from retro_timer.beacon.learning import learn_lane, learn_offset
from retro_timer.detection.events import SensorState
from retro_timer.detection.survey import Survey, survey
from retro_timer.errors import RetroTimerError
from retro_timer.ports import Placement
from retro_timer.sensors.known import spec_of
from retro_timer.sensors.settings import DistanceMode, SensorSettings
from retro_timer.settings.calibration import SensorCalibration
from tests.helpers.replaying import field, sampled, wall, with_body

NOTHING = SensorCalibration()


def facts(settings: SensorSettings | None = None, state: SensorState = SensorState.OK, reason: str = "") -> SensorFacts:
    return SensorFacts(spec_of(settings or SensorSettings()), "", "", state, reason)


def seen(scene: Callable[[float], tuple[int | None, int | None, float | None]], seconds: float = 4.0) -> Survey:
    return survey(sampled(scene, seconds))


def test_a_wall_behind_the_lane_is_learnt_with_its_noise_and_the_light() -> None:
    made = learn_lane(facts(), seen(wall(1200)), SensorCalibration(placement="gate", offset_mm=7, background_mm=900))
    assert made.placement == "gate"
    assert made.background_mm == pytest.approx(1200, abs=2)
    assert 1.0 < made.noise_mm < 3.0
    assert made.offset_mm == 7, "the offset is another matter"
    assert made.ambient_kcps == pytest.approx(500.0, abs=1.0)
    assert made.range_m == pytest.approx(1.36, abs=0.01)


def test_what_walks_have_taught_stays_when_the_empty_lane_is_learnt() -> None:
    walked = SensorCalibration(placement="gate", late_ms=4.5, beyond_mm=-12, first_lane_mm=900)
    made = learn_lane(facts(), seen(wall(1200)), walked)
    assert (made.late_ms, made.beyond_mm, made.first_lane_mm) == (4.5, -12, 900)


def test_an_open_lane_is_learnt_as_open() -> None:
    made = learn_lane(facts(), seen(field()), SensorCalibration(placement="gate", background_mm=1200))
    assert made.background_mm is None


def test_a_belt_has_no_background_that_stays() -> None:
    made = learn_lane(facts(SensorSettings(placement=Placement.BELT)), seen(wall(1200)), NOTHING)
    assert (made.placement, made.background_mm) == ("belt", None)


@pytest.mark.parametrize(("ambient_kcps", "short_m", "long_m"), [(500.0, 1.36, 3.57), (51_200.0, 1.35, 0.73)])
def test_how_far_one_sees_follows_mode_and_light(ambient_kcps: float, short_m: float, long_m: float) -> None:
    light = Survey(100, 41.0, 0.0, None, 0.0, 0.0, 0.0, ambient_kcps)
    long = SensorSettings(mode=DistanceMode.LONG, budget_ms=33.0, period_ms=37.0)
    assert learn_lane(facts(), light, NOTHING).range_m == short_m
    assert learn_lane(facts(long), light, NOTHING).range_m == long_m


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        (wall(450), "something stands at 0.45 m; nearer than 0.6 m it is in the way"),
        (lambda t: (1200, 0, 500.0) if int(t * 4) % 2 else (None, 2, 5.0), "of its readings only; keep the lane empty"),
        (lambda t: (round(1000 + 150 * t), 0, 500.0), "what it sees moves by"),
        (lambda t: (1200, 7, 500.0), "doubts 100 % of its own readings"),
    ],
)
def test_a_lane_that_is_not_empty_and_still_is_not_learnt(scene: object, words: str) -> None:
    with pytest.raises(RetroTimerError, match=words) as refused:
        learn_lane(facts(), seen(scene), NOTHING)  # type: ignore[arg-type]
    assert str(refused.value).startswith("gate: ")
    assert "\n" not in str(refused.value)


def test_who_walks_through_once_does_no_harm() -> None:
    made = learn_lane(facts(), seen(with_body(wall(1200), 1.0, 1.3)), NOTHING)
    assert made.background_mm == pytest.approx(1200, abs=2)


def test_from_a_sensor_that_is_not_well_nothing_is_learnt() -> None:
    with pytest.raises(RetroTimerError, match="degraded by covered; first mend what retro-timer doctor names"):
        learn_lane(facts(state=SensorState.DEGRADED, reason="covered"), seen(wall()), NOTHING)
    with pytest.raises(RetroTimerError, match=r"no readings to learn from \(lost: no-answer\)"):
        learn_lane(facts(state=SensorState.LOST, reason="no-answer"), survey([]), NOTHING)


def test_a_background_that_is_gone_is_just_what_is_learnt_anew() -> None:
    gone = facts(state=SensorState.DEGRADED, reason="background-gone")
    assert learn_lane(gone, seen(wall(1300)), NOTHING).background_mm == pytest.approx(1300, abs=2)


def test_the_offset_makes_a_target_at_a_known_distance_read_right_and_moves_what_was_learnt() -> None:
    before = SensorCalibration(placement="gate", background_mm=1200, noise_mm=4.0, offset_mm=5)
    made = learn_offset(facts(), seen(wall(980)), 1000, before)
    assert made.offset_mm == pytest.approx(25, abs=1)
    assert made.background_mm == 1200 + made.offset_mm - 5
    assert made.noise_mm == 4.0


def test_an_offset_may_be_learnt_before_anything_else() -> None:
    made = learn_offset(facts(), seen(wall(1010)), 1000, NOTHING)
    assert made.offset_mm == pytest.approx(-10, abs=1)
    assert (made.placement, made.background_mm) == ("gate", None)


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        (field(), "no target in 100 % of the readings"),
        (wall(700), "reads 0.70 m for a target said to be at 1 m; an offset is 200 mm at the most"),
        (lambda t: (round(1000 + 150 * t), 0, 500.0), "what it sees moves by"),
    ],
)
def test_an_offset_needs_a_target_that_stands_about_there(scene: object, words: str) -> None:
    with pytest.raises(RetroTimerError, match=words):
        learn_offset(facts(), seen(scene), 1000, NOTHING)  # type: ignore[arg-type]


def test_another_kind_of_sensor_sees_as_far_as_it_sees() -> None:
    luna = SensorSettings(name="lane", model="tf-luna", placement=Placement.LANE_END)
    assert learn_lane(facts(luna), seen(wall(4000)), NOTHING).range_m == 5.0
