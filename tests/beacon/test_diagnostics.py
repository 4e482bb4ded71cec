"""What may be asked of whoever holds the board, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from retro_timer.beacon.button.controller import ButtonController
from retro_timer.beacon.control.client import A, expected
from retro_timer.beacon.control.diagnostics import Diagnostics
from retro_timer.beacon.control.protocol import answers, requests, wire
from retro_timer.beacon.control.protocol.facts import Facts, Readings
from retro_timer.beacon.messages import ButtonEdge, StartPlan
from retro_timer.detection.events import SensorState
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.ports import Placement, RangeSample, Role
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.calibration import Calibration, SensorCalibration, load_calibration
from tests.helpers.beacon_made import MS, Beacon, S, steady
from tests.helpers.plans_made import block, plan

GATE = SensorSettings(name="gate", role=Role.TIMING)
REAR = SensorSettings(name="rear", model="tf-luna", placement=Placement.LANE_END, role=Role.WATCH)


@pytest.fixture
def beacon(tmp_path: Path) -> Iterator[Beacon]:
    made = Beacon(tmp_path, GATE, REAR)
    made.scene["gate"] = steady(2000)
    made.scene["rear"] = steady(None)
    yield made.after(1.0)
    made.close()


@pytest.fixture
def diagnostics(beacon: Beacon, tmp_path: Path) -> Diagnostics:
    return Diagnostics(beacon.core, beacon.voice, Calibration(), tmp_path, lambda _text: None)


def ask(diagnostics: Diagnostics, request: requests.ToDiagnostics, kind: type[A]) -> A:
    return expected(diagnostics.answer(request), kind, request)


def calibrate(**sensors: dict[str, object]) -> requests.Calibrate:
    return requests.Calibrate(msgspec.convert(sensors, dict[str, SensorCalibration]))


def facts(diagnostics: Diagnostics) -> Facts:
    return ask(diagnostics, requests.Facts(), Facts)


def readings(diagnostics: Diagnostics, after_ns: int | None) -> dict[str, tuple[RangeSample, ...]]:
    told = ask(diagnostics, requests.Readings(after_ns), Readings)
    return {sensor.name: sensor.samples for sensor in told.sensors}


def session(beacon: Beacon) -> None:
    beacon.begin(plan(block(distance_m=20.0), walk_out_s=0.0))


def test_the_facts_pass_the_socket_whole(diagnostics: Diagnostics) -> None:
    told = facts(diagnostics)
    assert wire.answer_of(wire.line_of(told)) == told
    assert (told.board, told.busy, told.speaking, told.voice_trouble) == ("made", False, False, "")
    assert [sensor.spec.name for sensor in told.sensors] == ["gate", "rear"]
    assert all(sensor.state is SensorState.OK for sensor in told.sensors)
    assert told.settings.sensors == (GATE, REAR)


def test_why_a_sensor_does_not_start_is_kept_until_it_reads(beacon: Beacon, tmp_path: Path) -> None:
    told: list[str] = []
    diagnostics = Diagnostics(beacon.core, beacon.voice, Calibration(), tmp_path, told.append)
    diagnostics.trouble("sensor rear: no-port: rear: /dev/serial0 is missing")
    assert told == ["sensor rear: no-port: rear: /dev/serial0 is missing"]
    assert [sensor.trouble for sensor in facts(diagnostics).sensors] == ["", ""], "both read"
    beacon.core.sensing["rear"].lose("no-port", beacon.clock.monotonic_ns())
    assert facts(diagnostics).sensors[1].trouble == "no-port: rear: /dev/serial0 is missing"


def test_a_complaint_that_comes_again_each_second_is_passed_on_once(beacon: Beacon, tmp_path: Path) -> None:
    told: list[str] = []
    diagnostics = Diagnostics(beacon.core, beacon.voice, Calibration(), tmp_path, told.append)
    for text in (
        "sensor gate: nothing answers",
        "sensor gate: nothing answers",
        "sensor gate: no bus",
        "no sound card",
    ):
        diagnostics.trouble(text)
    assert told == ["sensor gate: nothing answers", "sensor gate: no bus", "no sound card"]


def test_readings_come_since_an_instant_or_only_the_last(beacon: Beacon, diagnostics: Diagnostics) -> None:
    assert {name: len(samples) for name, samples in readings(diagnostics, None).items()} == {"gate": 1, "rear": 1}
    since_ns = beacon.clock.monotonic_ns()
    beacon.after(0.5)
    found = readings(diagnostics, since_ns)
    assert len(found["gate"]) == pytest.approx(0.5 / 0.024, abs=1)
    assert len(found["rear"]) == pytest.approx(50, abs=1)
    assert all(sample.t_ns > since_ns for samples in found.values() for sample in samples)


def test_one_answer_holds_no_more_than_a_slow_client_can_take(beacon: Beacon, diagnostics: Diagnostics) -> None:
    beacon.after(30.0)
    assert len(readings(diagnostics, 0)["rear"]) == 500


def test_a_beep_sounds_and_tells_how_long(beacon: Beacon, diagnostics: Diagnostics) -> None:
    before = len(beacon.board.sounder.edges)
    assert 0.0 < ask(diagnostics, requests.Beep("go"), answers.Beeping).lasts_s < 2.0
    assert beacon.board.sounder.edges[before][1] > 0


def test_a_text_is_spoken_and_the_facts_tell_until_when(beacon: Beacon, diagnostics: Diagnostics) -> None:
    diagnostics.answer(requests.Say("one two"))
    assert facts(diagnostics).speaking, "it waits for its turn"
    beacon.work()
    assert beacon.voice.said[-1] == "one two"
    assert facts(diagnostics).speaking
    beacon.after(1.0)
    assert not facts(diagnostics).speaking


def test_a_calibration_of_no_sensor_is_refused_in_one_line(diagnostics: Diagnostics) -> None:
    with pytest.raises(BadInputError, match=r"^calibrate: no sensor 'gat' \(did you mean 'gate'\?\); expected one of"):
        diagnostics.answer(calibrate(gat={}))


@pytest.mark.parametrize(
    "request_",
    [
        requests.Beep("go"),
        requests.Say("hello"),
        requests.LendButton(5.0),
        requests.Rest("gate", 3.0),
        requests.Calibrate({}),
    ],
    ids=lambda request: request.tag,
)
def test_during_a_session_nothing_is_tried_out(
    beacon: Beacon, diagnostics: Diagnostics, request_: requests.ToDiagnostics
) -> None:
    session(beacon)
    with pytest.raises(RetroTimerError, match="a session is under way"):
        diagnostics.answer(request_)


# The button


def press(diagnostics: Diagnostics, at_ns: int) -> tuple[bool, bool]:
    """Whether the diagnostics takes the press, and its release."""
    return diagnostics.take_press(ButtonEdge(True, at_ns)), diagnostics.take_press(ButtonEdge(False, at_ns + 100 * MS))


def test_a_lent_button_tells_of_its_press_and_means_nothing_else(beacon: Beacon, diagnostics: Diagnostics) -> None:
    def start(name: str | None) -> StartPlan:
        raise AssertionError(f"the plan {name} was started")

    controller = ButtonController(beacon.core, start, list, lambda: None, diagnostics.take_press)
    diagnostics.answer(requests.LendButton(5.0))
    now_ns = beacon.clock.monotonic_ns()
    for pressed, t_ns in ((True, now_ns), (False, now_ns + 100 * MS)):
        controller.take(ButtonEdge(pressed, t_ns))
    beacon.after(2.0)
    controller.tick(beacon.clock.monotonic_ns())
    assert facts(diagnostics).pressed_ns == now_ns
    assert beacon.board.sounder.edges, "every press has an audible answer"
    assert beacon.told("button") == []


def test_a_loan_ends_by_itself_and_when_it_is_given_back(beacon: Beacon, diagnostics: Diagnostics) -> None:
    now_ns = beacon.clock.monotonic_ns()
    assert press(diagnostics, now_ns) == (False, False), "not lent yet"
    diagnostics.answer(requests.LendButton(5.0))
    assert press(diagnostics, now_ns + 4 * S) == (True, True)
    assert press(diagnostics, now_ns + 6 * S) == (False, False)
    diagnostics.answer(requests.LendButton(5.0))
    diagnostics.answer(requests.LendButton(0.0))
    assert press(diagnostics, now_ns + 1) == (False, False)
    assert facts(diagnostics).pressed_ns is None


def test_the_release_of_a_lent_press_belongs_to_it_even_after_the_loan(
    beacon: Beacon, diagnostics: Diagnostics
) -> None:
    diagnostics.answer(requests.LendButton(1.0))
    now_ns = beacon.clock.monotonic_ns()
    assert diagnostics.take_press(ButtonEdge(True, now_ns + 900 * MS))
    assert diagnostics.take_press(ButtonEdge(False, now_ns + 1100 * MS))


def test_a_session_that_begins_meanwhile_has_its_button(beacon: Beacon, diagnostics: Diagnostics) -> None:
    diagnostics.answer(requests.LendButton(60.0))
    session(beacon)
    assert press(diagnostics, beacon.clock.monotonic_ns()) == (False, False)


# Calibration


def test_a_calibration_is_kept_and_counts_from_the_next_reading(
    beacon: Beacon, diagnostics: Diagnostics, tmp_path: Path
) -> None:
    learnt = {"placement": "gate", "background_mm": 2000, "noise_mm": 3.0}
    told = ask(diagnostics, calibrate(gate=learnt), answers.Calibrated)
    assert told.file == str(tmp_path / "calibration.toml")
    assert load_calibration(tmp_path).of("gate", "gate").background_mm == 2000
    assert facts(diagnostics).calibration.of("gate", "gate").noise_mm == 3.0
    beacon.scene["gate"] = steady(2600)
    beacon.after(4.0)
    health = beacon.core.sensing["gate"].watch.health
    assert (health.state, health.reason) == (SensorState.DEGRADED, "background-gone")
    assert [sensor.state for sensor in facts(diagnostics).sensors] == [SensorState.DEGRADED, SensorState.OK]


def test_one_sensors_calibration_leaves_the_others(diagnostics: Diagnostics, tmp_path: Path) -> None:
    diagnostics.answer(calibrate(gate={"placement": "gate", "background_mm": 2000}))
    diagnostics.answer(calibrate(rear={"placement": "lane-end", "range_m": 5.0}))
    kept = load_calibration(tmp_path)
    assert kept.of("gate", "gate").background_mm == 2000
    assert kept.of("rear", "lane-end").range_m == 5.0


def test_an_offset_reaches_a_sensor_that_takes_one_and_is_refused_by_another(
    beacon: Beacon, diagnostics: Diagnostics
) -> None:
    gate: Any
    gate, rear = (bus.sensors[0] for bus in beacon.board.buses)
    diagnostics.answer(calibrate(gate={"placement": "gate", "offset_mm": 12}))
    assert gate.offset_mm == 12
    assert readings(diagnostics, 0)["gate"] == (), "ranges of two offsets do not mix"
    assert not hasattr(rear, "offset_mm")
    with pytest.raises(RetroTimerError, match="sensor 'rear' of the board 'made' has no offset"):
        diagnostics.answer(calibrate(rear={"placement": "lane-end", "offset_mm": 12}))


def test_a_delay_reaches_a_sensor_that_takes_one_and_is_refused_by_another(
    beacon: Beacon, diagnostics: Diagnostics
) -> None:
    gate: Any
    gate, _ = (bus.sensors[0] for bus in beacon.board.buses)
    diagnostics.answer(calibrate(gate={"placement": "gate", "late_ms": 8.5}))
    assert gate.late_ns == 8_500_000
    assert readings(diagnostics, 0)["gate"] == (), "times of two delays do not mix"
    with pytest.raises(RetroTimerError, match="sensor 'rear' of the board 'made' takes no delay off its times"):
        diagnostics.answer(calibrate(rear={"placement": "lane-end", "late_ms": 8.5}))


def test_a_disk_that_takes_nothing_is_told_and_nothing_changes(beacon: Beacon, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    diagnostics = Diagnostics(beacon.core, beacon.voice, Calibration(), blocked / "state", lambda _text: None)
    with pytest.raises(RetroTimerError, match=r"calibration\.toml: not written"):
        diagnostics.answer(calibrate(gate={"placement": "gate", "background_mm": 2000}))
    assert facts(diagnostics).calibration == Calibration()


def test_a_sensor_that_rests_is_known_and_switched_on_again_by_zero(diagnostics: Diagnostics, beacon: Beacon) -> None:
    gate = beacon.core.sensing["gate"]
    diagnostics.answer(requests.Rest("gate", 3.0))
    assert gate.rests_until_ns == beacon.core.clock.monotonic_ns() + 3 * S
    diagnostics.answer(requests.Rest("gate", 0.0))
    assert gate.rests_until_ns <= beacon.core.clock.monotonic_ns()
    with pytest.raises(BadInputError, match=r"no sensor 'gat' \(did you mean 'gate'\?\)"):
        diagnostics.answer(requests.Rest("gat", 3.0))


def test_a_sensor_that_rests_is_no_silent_one(diagnostics: Diagnostics, beacon: Beacon) -> None:
    diagnostics.answer(requests.Rest("gate", 30.0))
    told = len(beacon.events)
    beacon.core.sensing["gate"].fall_silent(beacon.core.clock.monotonic_ns())
    assert beacon.after(0.1).events[told:] == []
    beacon.core.sensing["gate"].fall_silent(beacon.core.clock.monotonic_ns(), in_session=True)
    assert beacon.after(0.1).events[told:] != [], "in a session none rests"
