"""Plans that this box cannot time, or before which nobody can stop, are refused with what would do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.diagnostics.findings import Verdict
from retro_timer.diagnostics.plan import check_default_plan
from retro_timer.errors import BadInputError
from retro_timer.ports import Placement, Role
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.loading import load_plan, plan_names, read_plan
from retro_timer.settings.model import CourseSettings, SessionSettings, Settings
from retro_timer.settings.plan_fit import SlowSensorError, check_fit
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Course, Order, Plan, StartMethod
from retro_timer.training.sampling import LEAST_READINGS, readings_of, seen_width_m, slowest_period_s
from tests.helpers.command import here
from tests.helpers.plans_made import block, plan

RUNNING, JOGGING, WALKING = "athletic-agility", "jog-progression", "rehab-walk"


def gate(period_ms: float, **course: Any) -> Settings:
    """A VL53L1X at a gate, reading once in so many milliseconds."""
    sensor = SensorSettings(period_ms=period_ms, budget_ms=20.0)
    return Settings(sensors=(sensor,), course=CourseSettings(**course))


def refusal(plan: str, settings: Settings) -> str:
    """Why a plan is refused; nothing when it is not."""
    try:
        check_fit(load_plan(plan), settings, f"plan '{plan}'")
    except SlowSensorError as error:
        return str(error)
    return ""


def test_every_plan_that_ships_goes_with_the_default_sensor() -> None:
    for path in plan_names().values():
        check_fit(read_plan(path), Settings(), path.stem)


def test_a_gait_too_fast_for_the_gate_is_refused_with_the_slowest_sensor_that_would_do() -> None:
    told = refusal(RUNNING, gate(37.0))
    assert told == (
        "plan 'athletic-agility': a run of up to 7.6 m/s gives the sensor 'gate' 2.3 readings at 37 ms each; "
        "expected a sensor that reads each 28 ms or faster (sensors.period_ms), which gives 3, or a slower gait"
    )
    assert refusal(RUNNING, gate(28.0)) == ""
    assert refusal(RUNNING, gate(29.0))


ROLLING: dict[str, Any] = {"order": Order.ROLLING, "every_s": 20.0}


@pytest.mark.parametrize(
    ("of", "told"),
    [
        (plan(**{**ROLLING, "every_s": 11.0}), "every_s: 11 s, within which the fastest closes on the slowest"),
        (plan(**{**ROLLING, "every_s": 11.0}), "the least is 11.1 s"),
        (
            plan(order=Order.WAVES),
            "wave_size: not given, and before one lane nothing else says how many start at once; expected 2 to 8",
        ),
        (
            plan(**ROLLING, start=StartMethod.RELEASE),
            "and no gate watches the line 'start'; expected a timing sensor with placement = 'gate' and line = 'start'",
        ),
        (
            plan(**ROLLING, start=StartMethod.RELEASE, course=Course.OUT_AND_BACK),
            "order: 'rolling' with course = 'out-and-back': who comes back passes the line at which the next one",
        ),
        (plan(**ROLLING, start=StartMethod.FLYING), "nobody can tell who has crossed the line at the start"),
        (
            plan(order=Order.WAVES, wave_size=2, start=StartMethod.RELEASE),
            "order: 'waves' with start = 'release': of several who start at once nobody can tell who has started",
        ),
        (plan(block(duration_s=60.0, speed_kmh=4.0), **ROLLING), "blocks[0]: a treadmill with order = 'rolling'"),
    ],
)
def test_what_needs_several_on_the_course_is_refused_with_the_reason_and_the_least_time_between_goes(
    of: Plan, told: str
) -> None:
    with pytest.raises(BadInputError) as caught:
        check_fit(of, Settings(), "my.toml")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "of",
    [
        plan(**ROLLING),
        plan(order=Order.ROLLING),
        plan(order=Order.ROLLING, every_s=5.0, lanes_apart=True),
        plan(block(), block(duration_s=60.0), **ROLLING),
    ],
)
def test_rolling_goes_with_a_gate_alone(of: Plan) -> None:
    check_fit(of, Settings(), "my.toml")


def test_rolling_goes_with_starts_by_release_where_a_gate_of_its_own_watches_the_start() -> None:
    of = plan(**ROLLING, start=StartMethod.RELEASE)
    check_fit(of, Settings(sensors=(SensorSettings(), SensorSettings(name="first", line="start"))), "my.toml")


FOUR_LANES = Settings(sensors=(SensorSettings(model="tf-luna"),), course=CourseSettings(lanes=4))


@pytest.mark.parametrize("size", [None, 2, 4])
def test_waves_go_before_as_many_lanes_as_a_wave_has_runners(size: int | None) -> None:
    check_fit(plan(block(), block(duration_s=60.0), order=Order.WAVES, wave_size=size), FOUR_LANES, "my.toml")


def test_before_one_lane_a_wave_is_as_large_as_the_plan_has_it_and_as_close_behind_the_last_one() -> None:
    check_fit(plan(order=Order.WAVES, wave_size=8, every_s=1.0), Settings(), "my.toml")


def test_a_wave_of_more_than_there_are_lanes_is_refused() -> None:
    with pytest.raises(BadInputError, match=r"wave_size: 5 at once before 4 lanes, one a lane; expected at most 4"):
        check_fit(plan(order=Order.WAVES, wave_size=5), FOUR_LANES, "my.toml")


def test_before_several_lanes_the_time_between_goes_is_left_to_the_session() -> None:
    four = FOUR_LANES
    check_fit(plan(order=Order.ROLLING, every_s=5.0), four, "my.toml")


@pytest.mark.parametrize(
    ("placement", "why"),
    [(Placement.BELT, "which one runner wears"), (Placement.LANE_END, "everybody on the course is an obstacle")],
)
def test_rolling_goes_with_no_sensor_but_a_gate(placement: Placement, why: str) -> None:
    sensor = SensorSettings(name="rear", placement=placement)
    with pytest.raises(BadInputError, match="order = 'rotation'") as caught:
        check_fit(plan(**ROLLING), Settings(sensors=(sensor,)), "my.toml")
    assert why in str(caught.value)


def test_a_slower_gait_goes_with_a_slower_sensor() -> None:
    assert "a jog of up to 3.2 m/s" in refusal(JOGGING, gate(100.0))
    assert refusal(WALKING, gate(100.0)) == ""


def test_nearer_runners_and_narrower_cones_need_a_faster_sensor() -> None:
    assert refusal(RUNNING, gate(24.0, lane_reach_m=0.9))
    sonar = SensorSettings(model="hc-sr04", role=Role.TIMING, trigger_pin=5, echo_pin=6)
    assert refusal(WALKING, Settings(sensors=(sonar,))) == ""
    assert "2.4 readings at 60 ms" in refusal(JOGGING, Settings(sensors=(sonar,)))


def test_a_lane_wider_than_the_sensor_sees_gives_no_more_readings_than_it_can() -> None:
    assert refusal(JOGGING, gate(200.0, lane_reach_m=12.0))


def test_who_stops_by_the_clock_or_comes_up_the_lane_is_not_counted_at_a_gate() -> None:
    assert refusal("treadmill", gate(1000.0)) == ""
    rear = SensorSettings(placement=Placement.LANE_END, period_ms=300.0)
    assert refusal(WALKING, Settings(sensors=(rear,))) == ""


@given(
    gait=st.sampled_from(Gait),
    torso_m=st.floats(0.1, 0.5),
    range_m=st.floats(0.2, 3.0),
    fov_deg=st.floats(0.0, 27.0),
)
def test_the_slowest_sensor_that_would_do_does(gait: Gait, torso_m: float, range_m: float, fov_deg: float) -> None:
    width_m = seen_width_m(torso_m, range_m, fov_deg)
    slowest_s = slowest_period_s(gait, width_m)
    assert readings_of(gait, width_m, slowest_s) == pytest.approx(LEAST_READINGS)
    assert readings_of(gait, width_m, 1.01 * slowest_s) < LEAST_READINGS


@pytest.mark.parametrize(
    "command", [["plans", "check", RUNNING], ["run", "--board", "sim", "--plan", RUNNING], ["simulate", RUNNING]]
)
def test_every_command_refuses_it_in_one_line(
    command: list[str], config_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config_dir.mkdir(parents=True, exist_ok=True)
    (config_dir / "config.toml").write_text("[[sensors]]\nbudget_ms = 33\nperiod_ms = 37\n")
    told = here(capsys, *command)
    assert told.code == 2
    assert "2.3 readings at 37 ms each; expected a sensor that reads each 28 ms or faster" in told.one_line()


def test_doctor_says_whether_a_press_can_start_the_default_plan() -> None:
    found = check_default_plan(Settings())
    assert (found.verdict, found.found) == (Verdict.OK, "'first-steps' [delivered]: a press starts it")
    slow = msgspec.structs.replace(gate(37.0), session=SessionSettings(default_plan=RUNNING))
    found = check_default_plan(slow)
    assert found.verdict is Verdict.WRONG
    assert "2.3 readings at 37 ms each" in found.found
    assert "each 28 ms or faster" in found.mend
    assert not found.watch
    missing = check_default_plan(Settings(session=SessionSettings(default_plan="first-step")))
    assert "did you mean 'first-steps'?" in missing.found


@pytest.mark.parametrize("placement", [Placement.LANE_END, Placement.BELT])
def test_a_plan_whose_gait_cannot_stop_in_time_is_refused_with_what_would_help(placement: Placement) -> None:
    sensor = SensorSettings(model="tf-luna", placement=placement)
    settings = Settings(sensors=(sensor,))
    with pytest.raises(BadInputError) as caught:
        check_fit(load_plan("athletic-agility"), settings, "plan 'athletic-agility'")
    assert "a run needs 16.1 m to stop and course.finish_range_m is 2" in str(caught.value)
    assert "allow_short_runout = true" in str(caught.value)
    check_fit(load_plan("first-steps"), settings, "x")
    check_fit(load_plan("rehab-walk"), settings, "x")
    allowed = Settings(sensors=(sensor,), course=CourseSettings(allow_short_runout=True))
    check_fit(load_plan("athletic-agility"), allowed, "x")
    check_fit(load_plan("athletic-agility"), Settings(), "x")


def test_out_and_back_is_refused_before_two_beams_one_behind_the_other() -> None:
    there_and_back = plan(block(distance_m=20.0), start=StartMethod.RELEASE, course=Course.OUT_AND_BACK)
    near, far = SensorSettings(name="near"), SensorSettings(name="far", offset_mm=200)
    check_fit(there_and_back, Settings(sensors=(near, msgspec.structs.replace(far, offset_mm=0))), "x")
    with pytest.raises(BadInputError, match="course = 'out-and-back': before two beams one behind the other"):
        check_fit(there_and_back, Settings(sensors=(near, far)), "x")


def test_out_and_back_is_refused_before_a_gate_that_stands_beside_its_line() -> None:
    there_and_back = plan(block(distance_m=20.0), start=StartMethod.RELEASE, course=Course.OUT_AND_BACK)
    with pytest.raises(
        BadInputError, match=r"-100 mm off its line \(offset_mm\).*expected the sensor on the line itself"
    ):
        check_fit(there_and_back, Settings(sensors=(SensorSettings(offset_mm=-100),)), "x")


CROSSED = plan(block(distance_m=20.0, duration_s=60.0, crossings=True))


@pytest.mark.parametrize(
    ("sensors", "told"),
    [
        ((SensorSettings(placement=Placement.BELT),), "placement = 'belt', which sees one direction alone"),
        (
            (SensorSettings(), SensorSettings(name="up", placement=Placement.LANE_END, role=Role.WATCH)),
            "with the sensor 'up', placement = 'lane-end'",
        ),
        (
            (SensorSettings(), SensorSettings(name="far", offset_mm=200)),
            "which only one direction passes rightly; expected one gate at the finish",
        ),
        ((SensorSettings(offset_mm=100),), "before a gate +100 mm off its line (offset_mm)"),
    ],
)
@pytest.mark.parametrize(("of", "key"), [(CROSSED, "crossings"), (plan(block(relay=True)), "relay")])
def test_crossings_and_relays_need_a_gate_alone_that_both_directions_pass_alike(
    of: Plan, key: str, sensors: tuple[SensorSettings, ...], told: str
) -> None:
    for fits in (Settings(), Settings(sensors=(SensorSettings(), SensorSettings(name="lower", offset_mm=0)))):
        check_fit(of, fits, "my.toml")
    with pytest.raises(BadInputError, match=rf"my.toml: blocks\[0\].{key}: ") as caught:
        check_fit(of, Settings(sensors=sensors), "my.toml")
    assert told in str(caught.value)
