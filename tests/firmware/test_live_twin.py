"""A whole session on the twin, in real time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.firmware.gpio_bench import until
from tests.helpers.beacon_made import made_beacon
from tests.helpers.plans_made import block, plan

pytest.importorskip("VL53L1X", reason="the driver is missing: pip install 'retro-timer[twin]'")

from retro_firmware.twin import TwinBoard, open_twin

from retro_timer.beacon.button.controller import ButtonController
from retro_timer.beacon.clock import RealClock
from retro_timer.beacon.control.status import snapshot
from retro_timer.beacon.messages import StartPlan
from retro_timer.beacon.output.text_voice import TextVoice
from retro_timer.beacon.service import Service
from retro_timer.settings.model import SessionSettings, Settings
from retro_timer.training.roster import SOLO
from retro_timer.training.session import inputs
from retro_timer.training.session.state import Phase
from tests.firmware.board_bench import chips_of, request
from tests.helpers.events_told import into

S = 1_000_000_000


class Live:
    """A beacon on the twin, in real time; the test is the finger on the button."""

    def __init__(self, board: TwinBoard, settings: Settings, directory: Path) -> None:
        self.board = board
        clock = RealClock()
        self.said: list[str] = []
        self.events: list[dict[str, Any]] = []
        voice = TextVoice(clock, 300, self.said.append)
        made = made_beacon(board, voice, directory, settings=settings)
        self.core = made.core
        self.core.event_bus.subscribe(into(self.events))
        self.course = plan(block(reps=2, distance_m=10.0), walk_out_s=0.0, rest_s=60.0)
        button = ButtonController(
            self.core, lambda _name: StartPlan(self.course, SOLO), lambda: ["course"], lambda: None
        )
        self.service = Service(self.core, made.inbox, lambda _trouble: None, button=button)
        self.service.start()
        self.thread = threading.Thread(target=self.service.run)
        self.thread.start()

    def press(self) -> None:
        button = self.board.button
        assert button is not None
        self.board.factory.pin(27).drive_low()
        # Not only its line is low: its thread has seen that the contacts are quiet, or the press would be a spike.
        until(lambda: button._debouncer.pressed, "the button is down")
        self.board.factory.pin(27).drive_high()

    def skip(self) -> None:
        self.service.inbox.put(inputs.Skip())

    def until(self, phase: Phase) -> None:
        until(lambda: self.core.session.state is not None and self.core.session.state.phase is phase, str(phase))

    def of(self, event: str) -> list[dict[str, Any]]:
        return [e for e in list(self.events) if e["event"] == event]

    def close(self) -> None:
        self.service.stop()
        self.thread.join(timeout=60.0)
        self.service.close()


@pytest.fixture
def live(tmp_path: Path, state_dir: Path) -> Iterator[Live]:
    scenario = tmp_path / "dog.toml"
    scenario.write_text('[[intruders]]\nkind = "dog"\nrep = 1\nat_s = 0.3\nstays_s = 1.5\nrange_m = 0.7\n')
    made = request(scenario=scenario, session=SessionSettings(get_ready_s=2.0, countdown_s=1))
    board = open_twin(made)
    assert isinstance(board, TwinBoard)
    beacon = Live(board, made.settings, state_dir)
    yield beacon
    beacon.close()


@pytest.mark.slow
def test_a_press_starts_a_rep_the_crossing_stops_it_a_dog_raises_the_alarm_and_a_lost_sensor_is_heard(
    live: Live,
) -> None:
    until(lambda: snapshot(live.core).watch.state == "ok", "it sees")
    live.press()
    until(lambda: bool(live.of("go")), "the go")
    until(lambda: len(live.of("obstacle")) >= 2, "the dog came and went")
    until(lambda: len(live.of("finish")) == 1, "the finish")
    names = [e["name"] for e in live.of("sound") if e["name"]]
    wanted = ["answer", "count", "go", "danger", "finish"]
    assert [name for name in names if name in wanted][:5] == wanted
    (go,) = live.of("go")
    truth_ns = live.board.stage.world.truths_ns[1]
    assert truth_ns is not None
    (finish,) = live.of("finish")
    assert finish["time_s"] == pytest.approx((truth_ns - go["t_ns"]) / S, abs=0.15 + finish["uncertainty_s"])
    # The buzzer's line really moved: every tone that broke a silence is an edge on the pin. One that takes over from
    # another is none: a refusal, say, when a busy machine starved the sensor for a moment.
    told = ["", *(e["name"] for e in live.of("sound"))]
    out_of_silence = [name for before, name in pairwise(told) if name and not before]
    edges = [state.state for state in live.board.factory.pin(17).states]
    assert edges.count(0.5) >= len(out_of_silence) > 0
    live.skip()
    live.until(Phase.LANE_CHECK)
    chips_of(live.board)["gate"].set_xshut(False, time.monotonic_ns())
    until(lambda: any(e["state"] == "lost" for e in live.of("sensor")), "the sensor is lost")
    until(lambda: live.core.buzzer.sounding == "blind", "the blind alarm")
