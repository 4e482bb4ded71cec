"""The button on the running beacon: every press is carried out by the table, and heard."""

from __future__ import annotations

from retro_timer.beacon.control.machine import PowerSwitch
from retro_timer.beacon.control.protocol import commands
from retro_timer.beacon.messages import Asked, ButtonEdge
from retro_timer.beacon.service import Service
from retro_timer.detection.events import SensorState
from retro_timer.ports import Placement
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import StartMethod
from retro_timer.training.safe_speed import Coverage
from retro_timer.training.session import inputs
from retro_timer.training.session.state import Phase
from tests.helpers.button_rig import MS, PLANS, SLOW, Make
from tests.helpers.plans_made import plan


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
        "Press: start the plan. Twice: next plan. Hold two seconds: what the watch covers. "
        "Hold ten seconds: shut down.",
        "Five times: pair a phone.",
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
