"""What doctor finds of sensors: one by one, as a gate of two beams, and as a watch."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from retro_timer.beacon.control.protocol import requests
from retro_timer.beacon.control.protocol.facts import Facts, SensorFacts
from retro_timer.detection.survey import Survey
from retro_timer.diagnostics.crosstalk import Sight, judge_crosstalk, look_for_crosstalk
from retro_timer.diagnostics.findings import Finding, Verdict, keeps_watch
from retro_timer.diagnostics.holder import A, Holder
from retro_timer.diagnostics.sensors import check_sensors
from retro_timer.phrases import load_catalogue
from retro_timer.ports import Placement, RangeSample, Role
from retro_timer.sensors.settings import DistanceMode, SensorSettings
from retro_timer.settings.calibration import Calibration, SensorCalibration
from retro_timer.settings.model import Settings
from tests.helpers.checks_made import REAR, WALL, facts, of_sensors, seen, sensor


def half(name: str, offset_mm: int = 0, **how: str) -> SensorFacts:
    return sensor(SensorSettings(name=name, xshut_pin=5, address=0x30, offset_mm=offset_mm), **how)


def test_a_gate_of_two_beams_is_told_as_it_stands() -> None:
    above = of_sensors(facts(half("high"), half("low")), WALL, WALL)["finish: two beams"]
    assert (above.verdict, above.found) == (Verdict.OK, "'high' above 'low', the upper one times")
    behind = of_sensors(facts(half("b"), half("a", -200)), WALL, WALL)["finish: two beams"]
    assert behind.found == "'b' 200 mm behind 'a' in the direction of travel, both time"
    beyond = of_sensors(facts(half("b", 200), half("a")), WALL, WALL)["finish: two beams"]
    better = "; better known with 'a' before the line, offset_mm = -200, and 'b' on it"
    assert beyond.found == behind.found + better
    walked = Calibration(sensors={"b": SensorCalibration(placement="gate", beyond_mm=-45)})
    learnt = of_sensors(facts(half("b"), half("a", -200), calibration=walked), WALL, WALL)["finish: two beams"]
    assert learnt.found == "'b' 155 mm behind 'a' in the direction of travel, both time"


def test_with_one_beam_blind_the_box_keeps_watch_with_the_other_one() -> None:
    found = of_sensors(facts(half("high"), half("low", state="lost", reason="frozen")), WALL, WALL)
    assert found["low: sensor"].verdict is Verdict.WRONG
    assert "blind: 'low'" in found["finish: two beams"].found
    assert keeps_watch(found.values())
    both = of_sensors(facts(half("high", state="lost", reason="frozen"), half("low", state="lost", reason="frozen")))
    assert not keeps_watch(both.values())


def test_a_sensor_that_does_not_start_gives_the_drivers_cause_and_command() -> None:
    trouble = "no-answer: gate: nothing answers at 0x29 on /dev/i2c-1: check VIN, then run `i2cdetect -y 1`"
    found = of_sensors(facts(sensor(state="lost", reason="no-answer", trouble=trouble)))
    assert found["gate: sensor"].verdict is Verdict.WRONG
    assert found["gate: sensor"].mend.startswith("nothing answers at 0x29 on /dev/i2c-1: check VIN")
    assert found["watch"].verdict is Verdict.WRONG
    assert not keeps_watch(found.values())


@pytest.mark.parametrize("state", ["degraded", "lost"])
@pytest.mark.parametrize("reason", ["sunlight", "covered", "background-gone", "frozen", "reset", "silent", "garbage"])
def test_a_sensor_that_is_not_ok_is_wrong_with_what_mends_it(state: str, reason: str) -> None:
    found = of_sensors(facts(sensor(state=state, reason=reason)), WALL)
    assert reason in found["gate: sensor"].found
    assert len(found["gate: sensor"].mend) > 20
    assert not keeps_watch(found.values())


@pytest.mark.parametrize(("rate_hz", "verdict"), [(41.0, "ok"), (36.0, "ok"), (30.0, "poor"), (12.0, "wrong")])
def test_the_rate_is_judged_by_what_the_settings_ask_for(rate_hz: float, verdict: str) -> None:
    found = of_sensors(facts(), seen(rate_hz=rate_hz))
    assert found["gate: rate"].verdict == verdict
    assert keeps_watch(found.values()) is (verdict != "wrong")


@pytest.mark.parametrize(
    ("changes", "verdict", "words"),
    [
        ({}, "ok", "1.20 m, readings scatter by 5 mm"),
        ({"noise_mm": 60.0}, "poor", "scatter by 60 mm"),
        ({"noise_mm": 60.0, "range_mm": 4000.0}, "ok", "4.00 m"),
        ({"target_share": 0.0, "range_mm": None}, "-", "nothing stands within its 1.4 m"),
        ({"rejected_share": 0.5}, "poor", "doubts 50 % of its readings"),
    ],
)
def test_noise_is_judged_where_something_stands(changes: dict[str, Any], verdict: str, words: str) -> None:
    finding = of_sensors(facts(), seen(**changes))["gate: range"]
    assert words in finding.found
    assert finding.verdict == verdict


def test_the_light_is_told_where_the_sensor_tells_it() -> None:
    assert "1500 kcps" in of_sensors(facts(), WALL)["gate: light"].found
    assert "gate: light" not in of_sensors(facts(), seen(ambient_kcps=None))
    bright = of_sensors(facts(sensor(state="degraded", reason="sunlight")), seen(ambient_kcps=60_000.0))["gate: light"]
    assert (bright.verdict, "hood" in bright.mend) == (Verdict.POOR, True)


def test_the_watch_says_what_it_covers_in_this_light() -> None:
    gate = of_sensors(facts(), WALL)["watch"]
    assert (gate.verdict, gate.found) == (Verdict.OK, "sees 1.4 m in this light. Finish line only. No rear watch.")
    rear = of_sensors(facts(sensor(REAR)), WALL)["watch"]
    assert "Rear watch covers walking only" in rear.found
    luna = SensorSettings(name="rear", model="tf-luna", placement=Placement.LANE_END)
    assert "sees 5.0 m" in of_sensors(facts(sensor(luna)), WALL)["watch"].found


def test_a_rear_watch_that_covers_not_even_walking_is_poor() -> None:
    long = SensorSettings(
        name="rear", placement=Placement.LANE_END, mode=DistanceMode.LONG, budget_ms=33.0, period_ms=37.0
    )
    found = of_sensors(facts(sensor(long)), seen(ambient_kcps=51_200.0))["watch"]
    assert (found.verdict, "spotter" in found.mend) == (Verdict.POOR, True)


def test_what_was_learnt_of_the_lane_is_told_and_that_nothing_was() -> None:
    assert of_sensors(facts(), WALL)["gate: lane"].found == "learnt: background at 1.20 m"
    learnt = SensorCalibration(placement="gate", offset_mm=-7, ambient_kcps=900.0)
    told = of_sensors(facts(calibration=Calibration(sensors={"gate": learnt})), WALL)["gate: lane"]
    assert told.found == "learnt: open, offset -7 mm, at 900 kcps"
    elsewhere = Calibration(sensors={"gate": SensorCalibration(placement="lane-end")})
    told = of_sensors(facts(calibration=elsewhere), WALL)["gate: lane"]
    assert (told.verdict, "retro-timer calibrate" in told.found) == (Verdict.NONE, True)


def test_without_a_sensor_that_watches_there_is_no_watch() -> None:
    echo = SensorSettings(model="hc-sr04", role=Role.TIMING, trigger_pin=5, echo_pin=6)
    found = of_sensors(facts(sensor(echo)), seen(ambient_kcps=None, rate_hz=16.6))
    assert "no sensor keeps watch" in found["watch"].found
    assert not keeps_watch(found.values())


def test_a_timing_sensor_that_is_lost_is_wrong_though_another_watches() -> None:
    timing = sensor(SensorSettings(role=Role.TIMING), "lost", "frozen")
    found = of_sensors(facts(timing, sensor(REAR)), WALL, WALL)
    assert found["gate: sensor"].verdict is Verdict.WRONG
    assert found["watch"].verdict is Verdict.OK


def told_of_two(late_ms: float) -> dict[str, Finding]:
    """Of a cone and a thin beam at one line, after so late a half was learnt."""
    halves = sensor(SensorSettings(name="upper")), sensor(SensorSettings(name="lower", model="tf-luna"))
    learnt = Calibration(sensors={"lower": SensorCalibration(placement="gate", late_ms=late_ms)})
    found = check_sensors(facts(*halves, calibration=learnt), {}, load_catalogue("en"))
    return {finding.name: finding for finding in found}


def test_halves_of_different_models_are_to_be_walked_through() -> None:
    told = told_of_two(0.0)["finish: delay between the beams"]
    assert (told.verdict, told.found) == (
        Verdict.NONE,
        "not learnt, of different models: retro-timer calibrate --walks 5",
    )
    told = told_of_two(8.5)["finish: delay between the beams"]
    assert (told.verdict, told.found) == (Verdict.OK, "learnt: 'lower' by +8.5 ms, taken off its times")


@pytest.mark.parametrize(
    ("on", "off", "words"),
    [
        (seen(noise_mm=14.0), seen(), "its readings scatter by 14 mm and without it by 5"),
        (seen(range_mm=1230.0), seen(), "it reads +30 mm"),
        (seen(rejected_share=0.3), seen(), "it doubts 30 % more of its readings"),
        (seen(target_share=0.2), seen(target_share=0.0), "it sees something in 20 % more of its readings"),
        (seen(ambient_kcps=4000.0), seen(), "the light is 4000 kcps and without it 1500"),
    ],
)
def test_what_a_half_sees_of_the_other_ones_light_is_told(on: Survey, off: Survey, words: str) -> None:
    told = judge_crosstalk("upper", "lower", Sight(on, off, on))
    assert (told.name, told.verdict) == ("upper: light of 'lower'", Verdict.POOR)
    assert told.found == f"with the other half on {words}"
    assert "never face to face" in told.mend
    # What is so without the other half too, or only once, a cloud or somebody who passes, is not its light.
    for sight in (Sight(on, on, on), Sight(off, off, on), Sight(on, off, off)):
        assert judge_crosstalk("upper", "lower", sight).verdict is Verdict.OK


def test_too_few_readings_compare_nothing() -> None:
    few = Sight(seen(), seen(readings=5), seen())
    assert judge_crosstalk("upper", "lower", few).verdict is Verdict.NONE


class AtOnce(Holder):
    """A running timer that takes what its socket takes, and whose readings of any number of seconds are there."""

    def __init__(self) -> None:
        super().__init__(self._answer, running=True)
        self.rested_s: list[float] = []

    def _answer(self, request: requests.ToDiagnostics, kind: type[A]) -> A:
        taken = msgspec.convert(msgspec.to_builtins(request), type(request))
        assert isinstance(taken, requests.Rest)
        self.rested_s.append(taken.seconds)
        return kind()

    def wait_until_it_sees(self) -> Facts:
        return facts()

    def collect(self, seconds: float) -> dict[str, list[RangeSample]]:
        period_ns = 100_000_000
        samples = [RangeSample(n * period_ns, 1200 + n % 3, 0, 300.0, 10.0) for n in range(round(10 * seconds))]
        return {"upper": samples, "lower": samples}


@pytest.mark.parametrize("seconds", [5.0, 600.0])
def test_a_long_look_leaves_no_half_off_for_longer_than_a_sensor_may_rest(seconds: float) -> None:
    asked, halves = AtOnce(), (SensorSettings(name="upper"), SensorSettings(name="lower"))
    gate = facts(*map(sensor, halves), settings=Settings(sensors=halves))
    told = list(look_for_crosstalk(asked, gate, {"upper": WALL, "lower": WALL}, seconds))
    assert [finding.name for finding in told] == ["upper: light of 'lower'", "lower: light of 'upper'"]
    assert len(asked.rested_s) == 4
    assert max(asked.rested_s) == min(60.0, seconds + 10.0)
