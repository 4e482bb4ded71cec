"""The build that is recommended, a gate and a TF-Luna up the lane: two sensors, one alarm, one lane."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from retro_timer.detection.events import Level, SensorState
from retro_timer.detection.expectation import Expectation, WatchMode
from retro_timer.ports import LampState, Placement, Role
from retro_timer.sensors.settings import SensorSettings
from retro_timer.training.gaits import Gait
from retro_timer.training.session.effects import Say
from retro_timer.training.session.state import Phase
from tests.helpers.beacon_made import MS, Beacon, steady
from tests.helpers.plans_made import block, plan

GATE = SensorSettings(name="gate", placement=Placement.GATE, role=Role.BOTH)
REAR = SensorSettings(name="rear", model="tf-luna", placement=Placement.LANE_END, role=Role.WATCH)


@pytest.fixture
def beacon(tmp_path: Path) -> Iterator[Beacon]:
    made = Beacon(tmp_path, GATE, REAR)
    made.scene = {"gate": steady(2000), "rear": steady(None)}
    made.after(3.0)
    yield made
    made.close()


def running(beacon: Beacon) -> None:
    """The watch is armed as for a rep whose runner cannot be there yet."""
    now_ns = beacon.clock.monotonic_ns()
    beacon.core.shared.expect(
        Expectation(WatchMode.REP, rep=1, go_ns=now_ns, earliest_ns=now_ns + 60_000 * MS, distance_m=20.0)
    )
    beacon.core.buzzer.arm(True, 500 * MS)


def test_while_one_sensor_sees_danger_another_that_is_clear_does_not_give_speech_back(beacon: Beacon) -> None:
    running(beacon)
    beacon.scene["gate"] = steady(700)
    beacon.scene["rear"] = steady(900)
    beacon.after(1.0)
    assert beacon.core.buzzer.sounding == "danger"
    beacon.scene["rear"] = steady(None)
    beacon.after(1.0)
    assert beacon.core.sensing["rear"].watch.level is Level.CLEAR
    assert beacon.core.buzzer.sounding == "danger"
    said = len(beacon.voice.said)
    beacon.core.speaker.say(Say("halfway"))
    beacon.after(1.0)
    assert beacon.voice.said[said:] == []


def test_while_one_sensor_sees_danger_another_that_is_clear_does_not_turn_the_lamp(beacon: Beacon) -> None:
    running(beacon)
    beacon.scene["gate"] = steady(700)
    beacon.scene["rear"] = steady(900)
    beacon.after(1.0)
    assert beacon.board.lamp.shown[-1] is LampState.DANGER
    beacon.scene["rear"] = steady(None)
    beacon.after(1.0)
    assert beacon.board.lamp.shown[-1] is LampState.DANGER


def test_the_lane_is_not_clear_while_either_sensor_sees_somebody_in_it(beacon: Beacon) -> None:
    beacon.scene["gate"] = steady(700)
    beacon.scene["rear"] = steady(900)
    beacon.begin(plan(block(distance_m=20.0), gait=Gait.JOG, walk_out_s=0.0))
    beacon.after(30.0)
    assert beacon.state.phase is Phase.LANE_CHECK
    beacon.scene["rear"] = steady(None)
    beacon.after(2.0)
    assert beacon.core.sensing["gate"].watch.level is not Level.CLEAR
    assert beacon.state.level is not Level.CLEAR
    beacon.after(20.0)
    assert beacon.told("go") == []
    assert beacon.told("recall") == [], "a start was begun although somebody stands in the beam"
    beacon.scene["gate"] = steady(2000)
    beacon.until("go", 30.0)


def test_the_level_is_told_as_the_worst_of_both(beacon: Beacon) -> None:
    beacon.scene["gate"] = steady(700)
    beacon.scene["rear"] = steady(900)
    beacon.begin(plan(block(distance_m=20.0), gait=Gait.JOG, walk_out_s=0.0)).after(30.0)
    beacon.scene["rear"] = steady(None)
    beacon.after(2.0)
    assert beacon.told("obstacle")[-1]["level"] != "clear"


def test_an_alarm_that_is_left_names_its_own_sensor_not_the_one_that_is_clear(beacon: Beacon) -> None:
    beacon.begin(plan(block(distance_m=20.0), gait=Gait.JOG, walk_out_s=0.0)).until("go", 60.0)
    beacon.scene["rear"] = steady(900)
    beacon.after(1.0)
    beacon.scene["gate"] = steady(700)
    beacon.after(0.5)
    beacon.scene["gate"] = steady(2000)
    beacon.after(3.0)
    told = beacon.told("obstacle")
    danger = next(place for place, event in enumerate(told) if event["level"] == "danger")
    assert told[danger]["sensor"] == "gate"
    left = told[danger + 1]
    assert (left["level"], left["sensor"], left["range_m"]) == ("warning", "rear", pytest.approx(0.9, abs=0.05))


@pytest.mark.parametrize(("name", "level"), [("gate", "danger"), ("rear", "warning")])
def test_an_alarm_does_not_outlive_the_judge_that_raised_it(beacon: Beacon, name: str, level: str) -> None:
    running(beacon)
    empty = beacon.scene[name]
    beacon.scene[name] = steady(700)
    beacon.after(1.0)
    assert beacon.core.buzzer.sounding == level
    beacon.scene[name] = empty
    beacon.core.sensing[name].begin_anew()
    beacon.after(1.0)
    assert beacon.core.buzzer.sounding == ""
    assert beacon.core.shared.obstacles.level is Level.CLEAR
    assert beacon.board.lamp.shown[-1] not in (LampState.DANGER, LampState.CAUTION)


def test_a_new_judge_raises_the_alarm_of_who_still_stands_there(beacon: Beacon) -> None:
    running(beacon)
    beacon.scene["gate"] = steady(700)
    beacon.after(1.0)
    sensing = beacon.core.sensing["gate"]
    sensing.begin_anew(msgspec.structs.replace(sensing.config, background_mm=2000))
    beacon.after(1.0)
    assert beacon.core.buzzer.sounding == "danger"


def test_a_rear_sensor_that_falls_silent_makes_the_whole_watch_blind(beacon: Beacon) -> None:
    running(beacon)
    beacon.scene.pop("rear")
    beacon.after(1.0)
    assert beacon.core.buzzer.sounding == "blind"
    silent = beacon.core.overview.latest
    assert (silent.state, silent.reason) == (SensorState.LOST, "silent")
    assert beacon.board.lamp.shown[-1] is LampState.BLIND
    beacon.scene["rear"] = steady(None)
    beacon.after(8.0)
    assert beacon.core.buzzer.sounding == ""
    assert beacon.core.overview.latest.state is SensorState.OK


def test_the_watch_covers_what_the_rear_sensor_covers(beacon: Beacon) -> None:
    covers = beacon.core.overview.latest.coverage
    assert covers is not None
    assert covers.placement is Placement.LANE_END
    assert covers.phrase == "covers_jog"
