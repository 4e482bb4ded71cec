"""The button on the running beacon: every press is carried out by the table, and heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from retro_timer.beacon.button.controller import ButtonController, PowerSwitch
from retro_timer.beacon.clock import VirtualClock
from retro_timer.beacon.control.protocol import commands
from retro_timer.beacon.messages import Asked, ButtonEdge, StartPlan, StopLoop
from retro_timer.beacon.sensing.coverage import SensorReport
from retro_timer.beacon.service import Service
from retro_timer.detection.events import SensorState
from retro_timer.errors import BadInputError
from retro_timer.ports import Placement
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.model import Settings
from retro_timer.settings.plan_fit import check_fit
from retro_timer.sim.board import QuietLamp, SilentSounder
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Plan, StartMethod
from retro_timer.training.roster import SOLO
from retro_timer.training.safe_speed import Coverage
from retro_timer.training.session import inputs
from retro_timer.training.session.state import Phase
from tests.helpers.beacon_made import made_beacon
from tests.helpers.events_told import into
from tests.helpers.plans_made import block, plan

S = 1_000_000_000
MS = 1_000_000
DEFAULTS = Settings()
SLOW = Settings(sensors=(SensorSettings(budget_ms=33.0, period_ms=37.0),))
LINE_ONLY = Coverage(Placement.GATE, 1.3, 0.0, None)


class Rig:
    """A beacon without threads: the test is its clock, its finger and its ear."""

    name = "rig"

    def __init__(self, directory: Path, plans: Mapping[str, Plan], settings: Settings) -> None:
        self.clock = VirtualClock(S)
        self.buses = ()
        self.sounder = SilentSounder(self.clock)
        self.lamp = QuietLamp()
        self.button = None
        self.plans = dict(plans)
        self.made = made_beacon(self, self, directory, settings=settings)
        self.core, self.inbox = self.made.core, self.made.inbox
        self.shut_down = 0
        self.controller = ButtonController(self.core, self.make_start, lambda: sorted(self.plans), self._shut_down)
        self.said: list[str] = []
        self.heard: list[str] = []
        self.events: list[dict[str, Any]] = []
        self.core.event_bus.subscribe(into(self.events))
        self.watch(SensorState.OK, "", LINE_ONLY)

    def notice(self, event: Mapping[str, Any]) -> None: ...

    def close(self) -> None: ...

    # A voice that is always free and remembers

    speaking = False

    def prepare(self, texts: Any) -> None: ...

    def seconds(self, text: str) -> float:
        return 0.0

    def say(self, text: str) -> None:
        self.said.append(text)

    def cut(self) -> None: ...

    def trouble(self) -> str:
        return ""

    # The hand and the time

    def make_start(self, name: str | None) -> StartPlan:
        if name not in self.plans:
            raise BadInputError(f"plan '{name}'", "not found")
        found = self.plans[name]
        if found.title == "Broken":
            raise BadInputError(f"plan '{name}'", "a mistake in it")
        check_fit(found, self.core.settings, f"plan '{name}'")
        return StartPlan(found, SOLO)

    def _shut_down(self) -> None:
        self.shut_down += 1

    def wait(self, seconds: float) -> Rig:
        end_ns = self.clock.monotonic_ns() + round(seconds * S)
        while True:
            self._work()
            coming = (self.core.session.deadline_ns, self.controller.deadline_ns, self.core.buzzer.next_ns)
            due_ns = min((ns for ns in coming if ns is not None), default=end_ns)
            if due_ns >= end_ns:
                break
            self.clock.advance_to(max(due_ns, self.clock.monotonic_ns()))
        self.clock.advance_to(end_ns)
        self._work()
        return self

    def _work(self) -> None:
        self.core.tick()
        self.controller.tick(self.clock.monotonic_ns())
        self.core.buzzer.update()
        while self.core.unanswered or not self.inbox.empty():
            message = self.inbox.get(timeout=20.0)
            assert not isinstance(message, ButtonEdge | StopLoop)
            self.core.handle(message)
        for _ in range(5):
            self.core.speaker.update()
        self.heard += [e["name"] for e in self.events if e["event"] == "sound" and e["name"]]
        self.events[:] = [e for e in self.events if e["event"] != "sound"]

    def edge(self, pressed: bool) -> Rig:
        self.controller.take(ButtonEdge(pressed, self.clock.monotonic_ns()))
        self._work()
        return self

    def press(self, seconds: float = 0.1, after: float = 0.5) -> Rig:
        return self.edge(True).wait(seconds).edge(False).wait(after)

    def double(self) -> Rig:
        return self.press(after=0.1).press()

    def hold(self) -> Rig:
        return self.press(2.5)

    def watch(self, state: SensorState, reason: str, covers: Coverage | None) -> Rig:
        self.core.overview._reports["gate"] = SensorReport("gate", SensorState.LOST, "starting", None, 0)
        self.core.overview.take(SensorReport("gate", state, reason, covers, self.clock.monotonic_ns()))
        return self

    def until(self, phase: Phase) -> Rig:
        for _ in range(6000):
            if self.phase is phase:
                return self
            self.wait(0.1)
        raise AssertionError(f"still {self.phase}, {phase} was waited for")

    @property
    def phase(self) -> Phase | None:
        state = self.core.session.state
        return None if state is None else state.phase

    def fresh(self) -> Rig:
        """Forget what was heard so far."""
        self.said.clear()
        self.heard.clear()
        return self


Make = Callable[..., Rig]
PLANS = {
    "first-steps": plan(block(reps=3), title="First steps", walk_out_s=0.0, rest_s=60.0),
    "jog": plan(title="Jogging"),
    "run": plan(title="Running"),
}


@pytest.fixture
def make(state_dir: Path) -> Iterator[Make]:
    made: list[Rig] = []

    def build(plans: Mapping[str, Plan] = PLANS, settings: Settings = DEFAULTS) -> Rig:
        rig = Rig(state_dir, plans, settings)
        made.append(rig)
        return rig

    yield build
    for rig in made:
        rig.made.close()


def test_a_press_starts_the_default_plan(make: Make) -> None:
    rig = make().press()
    assert rig.phase is Phase.BRIEF
    assert rig.heard[:1] == ["answer"]
    assert rig.said[0].startswith("First steps.")


def test_a_double_press_goes_on_to_the_next_plan_and_says_its_name(make: Make) -> None:
    rig = make().double().double()
    assert rig.said == ["Jogging. Press to start.", "Running. Press to start."]
    rig.double().fresh().double()
    assert rig.said == ["Jogging. Press to start."], "it goes round"
    rig.fresh().press()
    assert rig.said[0].startswith("Jogging.")


def test_a_plan_with_a_mistake_is_passed_over(make: Make) -> None:
    rig = make({**PLANS, "jog": plan(title="Broken")}).double()
    assert rig.said == ["Running. Press to start."]


def test_a_default_plan_that_cannot_be_started_is_refused_aloud(make: Make) -> None:
    rig = make({"first-steps": plan(title="Broken")}).press()
    assert rig.said == ["The plan first-steps cannot be started."]
    assert rig.heard[-1] == "refusal"
    assert [e["why"] for e in rig.events if e["event"] == "refused"] == ["plan 'first-steps': a mistake in it"]
    assert rig.fresh().double().said == ["No plan can be started."]


def test_a_default_plan_too_fast_for_the_sensor_is_refused_aloud_with_the_reason(make: Make) -> None:
    sprints = plan(title="Sprints", gait=Gait.RUN)
    rig = make({"first-steps": sprints}, SLOW).press()
    assert rig.said == ["The plan first-steps cannot be started. The sensor is too slow for a run."]
    assert rig.heard[-1] == "refusal"
    (why,) = [e["why"] for e in rig.events if e["event"] == "refused"]
    assert why.startswith("plan 'first-steps': a run of up to 7.6 m/s gives the sensor 'gate' 2.3 readings")


def test_a_hold_says_what_the_watch_covers(make: Make) -> None:
    rig = make().hold()
    assert rig.said == ["Finish line only. No rear watch."]
    assert rig.heard == ["answer", "answer"], "one when two seconds are reached, one when it counts"
    jog = Coverage(Placement.LANE_END, 4.0, 2.5, None)
    rig.fresh().watch(SensorState.DEGRADED, "sunlight", jog).hold()
    assert rig.said == ["Watch degraded by sunlight.", "No rear watch. Use a spotter."]
    rig.fresh().watch(SensorState.LOST, "stuck", None).wait(0.1).fresh().hold()
    assert rig.said == ["Watch lost: a stuck sensor. No rear watch."]


def test_a_press_in_the_rest_pauses_and_another_goes_on(make: Make) -> None:
    rig = make().press().until(Phase.GET_READY).fresh().press()
    assert rig.phase is Phase.PAUSED
    assert rig.said == ["On hold."]
    assert "answer" in rig.heard
    assert rig.fresh().press().phase is Phase.GET_READY
    assert "answer" in rig.heard


def test_a_double_press_voids_the_rep(make: Make) -> None:
    rig = make().press().until(Phase.RUNNING).wait(5.0).fresh().double()
    assert rig.phase is Phase.REST
    assert rig.said[0] == "Rep 1 does not count."


def test_a_double_press_with_nothing_to_void_is_refused_aloud(make: Make) -> None:
    rig = make().press().until(Phase.GET_READY).fresh().double()
    assert rig.said == ["No rep to void."]
    assert rig.heard[-1] == "refusal"


def test_a_hold_stops_the_session(make: Make) -> None:
    rig = make().press().until(Phase.RUNNING).wait(5.0).hold()
    assert rig.phase is Phase.STOPPED
    assert any(text.startswith("Session over.") for text in rig.said)
    assert rig.heard[-1] == "halt", "somebody is on the course"


def test_what_a_hold_means_does_not_change_under_the_finger(make: Make) -> None:
    """Down in the rest, up after the go: the session is stopped, as was meant."""
    rig = make().press().until(Phase.COUNTDOWN).wait(1.5).edge(True).wait(3.0)
    assert rig.phase is Phase.RUNNING
    assert rig.edge(False).wait(0.1).phase is Phase.STOPPED


def test_with_the_watch_lost_a_press_in_a_rep_stops_the_clock_at_its_edge(make: Make) -> None:
    rig = make().press().until(Phase.RUNNING).wait(5.0)
    rig.watch(SensorState.LOST, "silent", None).wait(5.0).fresh()
    state = rig.core.session.state
    assert state is not None
    assert state.running is not None
    go_ns, down_ns = state.running.record.go_ns, rig.clock.monotonic_ns()
    # The loop hears of it late.
    rig.clock.advance_to(down_ns + 300 * MS)
    rig.controller.take(ButtonEdge(True, down_ns))
    rig.wait(0.1).edge(False).wait(1.0)
    assert rig.core.session.state is not None
    (record,) = rig.core.session.state.results
    assert record.time_ns == down_ns - go_ns
    assert "manual" in record.flags
    assert rig.said[0].endswith("seconds.")


def test_a_nervous_second_press_does_not_void_the_time_taken_by_hand(make: Make) -> None:
    rig = make().press().until(Phase.RUNNING).wait(5.0)
    rig.watch(SensorState.LOST, "silent", None).wait(5.0).fresh().double()
    assert rig.core.session.state is not None
    assert [r.status for r in rig.core.session.state.results] == ["finished"]
    assert "Not possible now." in rig.said
    assert rig.phase is Phase.REST


def test_a_start_that_waits_for_the_button_goes_at_the_press(make: Make) -> None:
    rig = make({"first-steps": plan(start=StartMethod.BUTTON, walk_out_s=0.0)}).press().until(Phase.AWAIT_PRESS)
    rig.fresh().edge(True)
    assert rig.phase is Phase.RUNNING
    assert rig.heard == ["go"]


def test_a_start_that_waits_with_the_watch_lost_goes_on_with_a_spotter(make: Make) -> None:
    rig = make().press().until(Phase.GET_READY).watch(SensorState.LOST, "silent", None).until(Phase.LANE_CHECK)
    rig.wait(1.0).fresh().press()
    assert rig.said[0] == "Spotter confirmed. Starts without the watch."
    rig.until(Phase.RUNNING)


def test_ten_seconds_shut_the_box_down_with_a_warning_before(make: Make) -> None:
    rig = make().edge(True).wait(4.9)
    assert rig.said == []
    rig.wait(0.2)
    assert rig.said == ["Shutting down in five seconds. Let go to cancel."]
    assert rig.wait(4.8).shut_down == 0
    assert rig.wait(0.2).shut_down == 1
    assert rig.said[-1] == "Shutting down now."
    rig.edge(False).wait(5.0)
    assert rig.shut_down == 1


def test_letting_go_after_the_warning_does_nothing_and_says_so(make: Make) -> None:
    rig = make().press(6.0)
    assert rig.said == ["Shutting down in five seconds. Let go to cancel.", "Cancelled."]
    assert rig.shut_down == 0
    assert rig.heard[-1] == "refusal"


def test_shutting_down_in_a_session_leaves_it_open_for_the_next_start(make: Make) -> None:
    rig = make().press().until(Phase.RUNNING).press(11.0)
    assert rig.said[-1] == "Shutting down. The session can go on after the next start."
    assert rig.shut_down == 1
    assert rig.core.session.busy


def test_what_the_button_does_is_said_on_request(make: Make) -> None:
    rig = make()
    rig.controller.say_button()
    rig.wait(0.1)
    assert rig.said == [
        "Press: start the plan. Twice: next plan. Hold two seconds: what the watch covers. Hold ten seconds: shut down."
    ]


def test_ctl_help_says_it_as_well(make: Make) -> None:
    rig = make().press().until(Phase.GET_READY).press()
    service = Service(rig.core, rig.inbox, lambda _trouble: None, button=rig.controller)
    replies: list[str] = []
    rig.fresh()
    service._handle(Asked(commands.Help().asked(), replies.append))
    rig.wait(0.1)
    assert replies == [""]
    assert rig.said[0].startswith("Press: go on. Twice: the rep does not count.")


def test_every_press_is_told_to_whoever_follows(make: Make) -> None:
    rig = make().press()
    (told,) = [e for e in rig.events if e["event"] == "button"]
    assert told["gesture"] == "press"
    assert told["action"] == "button_start"


def test_a_command_by_ctl_still_reaches_the_session(make: Make) -> None:
    rig = make().press().until(Phase.GET_READY)
    rig.core.session.put(inputs.Pause(), rig.clock.monotonic_ns())
    assert rig.phase is Phase.PAUSED
    assert rig.press().phase is Phase.GET_READY


def test_only_a_board_that_can_switches_the_box_off(make: Make) -> None:
    class Box:
        def power_off(self) -> None: ...

    assert isinstance(Box(), PowerSwitch)
    assert not isinstance(make(), PowerSwitch)
