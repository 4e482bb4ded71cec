"""Skip, pause, resume, repeat, manual finish, stop; and that every command in every phase gets an answer."""

from __future__ import annotations

import pytest

from retro_timer.detection.expectation import WatchMode
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import StartMethod
from retro_timer.training.record import HAND_UNCERTAINTY_NS, Flag, RepStatus
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.effects import Signal
from retro_timer.training.session.events import Skipped
from retro_timer.training.session.machine import COMMANDS, recovered_session
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive, silent_disk, two_reps

ALL_COMMANDS: tuple[inputs.Command, ...] = (
    inputs.Start(), inputs.Pause(), inputs.Resume(), inputs.Skip(), inputs.Void(), inputs.ManualFinish(),
    inputs.Give("Runner"), inputs.Absent("Runner"), inputs.Undo(), inputs.Spotter(), inputs.Repeat(), inputs.Stop(),
    inputs.Recover(), inputs.CloseInterrupted(),
)  # fmt: skip


def in_phase(phase: Phase) -> Drive:
    """A session that stands in a phase."""
    starts = {
        Phase.AWAIT_PRESS: StartMethod.BUTTON,
        Phase.SET: StartMethod.MARKS_SET_GO,
        Phase.AWAIT_RELEASE: StartMethod.RELEASE,
    }
    made = plan(block(sets=2, reps=2), start=starts.get(phase, StartMethod.COUNTDOWN))
    if phase is Phase.RECOVERABLE:
        return Drive(made, state=recovered_session(made, ("Runner",), Rules(), ()))
    if phase is Phase.AWAIT_GO:
        return Drive(made, rules=Rules(given_goes=True)).begin()
    session = Drive(made)
    if phase is Phase.IDLE:
        return session
    session.begin()
    if phase is Phase.GO:
        return _awaiting_the_edge(session)
    if phase in (Phase.REST, Phase.RECOVERY, Phase.DONE):
        session.to_go().finish(8.0)
    if phase is Phase.RECOVERY:
        session.to_go().finish(8.0)
    if phase is Phase.DONE:
        for _ in range(3):
            session.to_go().finish(8.0)
    elif phase is Phase.PAUSED:
        session.put(inputs.Pause())
    elif phase is Phase.STOPPED:
        session.put(inputs.Stop())
    elif phase not in (Phase.BRIEF, Phase.REST, Phase.RECOVERY):
        session.until(phase)
    assert session.phase is phase
    return session


def _awaiting_the_edge(session: Drive) -> Drive:
    """The go was asked for and its edge has not come yet."""
    session.until(Phase.COUNTDOWN)
    carry_out = session.carry_out

    def without_an_edge(effect: effects.Effect, now_ns: int) -> inputs.Input | None:
        answer = carry_out(effect, now_ns)
        return None if isinstance(effect, effects.GoTone) else answer

    session.runner._outlet.carry_out = without_an_edge  # type: ignore[method-assign]
    session.until(Phase.GO)
    session.runner._outlet.carry_out = carry_out  # type: ignore[method-assign]
    return session


@pytest.mark.parametrize("phase", list(Phase))
def test_the_table_knows_every_phase(phase: Phase) -> None:
    assert phase in COMMANDS


@pytest.mark.parametrize("command", ALL_COMMANDS, ids=lambda command: type(command).__name__)
@pytest.mark.parametrize("phase", list(Phase))
def test_every_command_in_every_phase_is_carried_out_or_refused_aloud(phase: Phase, command: inputs.Command) -> None:
    session = in_phase(phase)
    mark, before = session.mark, session.state
    session.put(command)
    refused = session.refused(mark)
    if type(command) not in COMMANDS[phase]:
        assert refused == ["not_now"]
    if refused:
        assert len(refused) == 1
        held = [say.key for say in session.state.held]
        """The words for it wait until no start is under way; the sound does not."""
        assert [*session.said(mark), *held] == refused
        assert session.beeps(mark) == [Signal.REFUSAL]
        assert session.phase is before.phase
        assert session.state.athletes == before.athletes
        assert session.state.results == before.results
    else:
        assert session.mark > mark or session.state.held, "neither done nor refused: nothing was heard"
    session.wait(30.0)


@pytest.mark.parametrize("phase", list(Phase))
def test_a_halt_sounds_in_every_phase_and_nothing_starts_after_it(phase: Phase) -> None:
    session = in_phase(phase)
    mark = session.mark
    session.put(inputs.Halt())
    assert session.refused(mark) == []
    assert session.beeps(mark) == [Signal.HALT]
    assert session.said(mark)[0] == "everybody_stop"
    still = phase in (Phase.IDLE, Phase.RECOVERABLE, Phase.AWAIT_GO, Phase.PAUSED, Phase.DONE, Phase.STOPPED)
    assert session.phase is (phase if still else Phase.PAUSED)
    session.wait(60.0)
    assert session.events("go", since=mark) == []


@pytest.mark.parametrize("phase", list(Phase))
def test_every_session_can_be_brought_to_its_end_from_every_phase(phase: Phase) -> None:
    session = in_phase(phase)
    session.put(inputs.Stop())
    if phase is Phase.GO:
        session.put(inputs.WentOff(session.now_ns))
    session.wait(1.0)
    assert session.phase in (Phase.DONE, Phase.STOPPED)
    assert len(session.of(effects.Close)) == 1
    assert session.state.running is None


def test_a_go_that_sounded_just_as_the_session_was_stopped_leaves_no_rep_open() -> None:
    session = in_phase(Phase.GO).put(inputs.Stop()).put(inputs.WentOff(1))
    assert session.state.running is None
    assert session.events("go") == []


def test_skip_of_the_brief_calls_the_athlete_at_once() -> None:
    assert two_reps().put(inputs.Skip()).phase is Phase.GET_READY


@pytest.mark.parametrize("phase", [Phase.GET_READY, Phase.REST, Phase.RECOVERY])
def test_skip_of_a_wait_starts_the_rep_at_once_with_a_look_at_the_lane(phase: Phase) -> None:
    session = in_phase(phase)
    skipped_s = session.now_s
    session.put(inputs.Skip())
    assert session.phase is Phase.LANE_CHECK
    session.to_go()
    assert session.now_s - skipped_s == pytest.approx(5.0)


def test_skip_on_the_course_is_a_dnf() -> None:
    session = two_reps().to_go().wait(2.0).put(inputs.Skip())
    assert session.results[1].status is RepStatus.DNF
    assert session.results[1].reason == "stopped"


@pytest.mark.parametrize("phase", [Phase.LANE_CHECK, Phase.COUNTDOWN])
def test_skip_of_a_start_leaves_that_rep_out(phase: Phase) -> None:
    session = two_reps().until(phase).put(inputs.Skip())
    assert session.events("skipped") == [Skipped(session.events("skipped")[0].t_ns, "Runner", 0)]
    session.to_go()
    assert session.events("go")[0].rep == 1
    assert session.state.step is not None
    assert session.state.step.rep_no == 2


def test_skipping_everything_ends_the_session_without_a_rep() -> None:
    session = two_reps()
    for _ in range(2):
        session.until(Phase.LANE_CHECK).put(inputs.Skip())
    assert session.phase is Phase.DONE
    (summary,) = session.events("summary")
    assert (summary.reps, summary.finished, summary.obstacles) == (0, 0, 0)


@pytest.mark.parametrize("command", [inputs.Pause(), inputs.Skip(), inputs.Void(), inputs.Stop()])
@pytest.mark.parametrize("phase", [Phase.COUNTDOWN, Phase.SET])
def test_a_start_that_is_called_off_by_a_command_is_taken_back_by_the_recall_tone(
    phase: Phase, command: inputs.Command
) -> None:
    """The runner stands at the line with their back to the box: words come late, the tone does not."""
    session = in_phase(phase)
    mark = session.mark
    session.put(command)
    if session.phase in (Phase.COUNTDOWN, Phase.SET):
        return  # Refused: the start goes on.
    assert Signal.RECALL in session.beeps(mark)


def test_pause_between_reps_holds_until_resumed() -> None:
    session = two_reps().to_go().finish(8.0).wait(3.0).put(inputs.Pause())
    assert session.phase is Phase.PAUSED
    assert session.said()[-1] == "paused"
    session.wait(3600.0)
    assert session.phase is Phase.PAUSED
    assert session.state.deadline_ns is None
    resumed_s = session.now_s
    session.put(inputs.Resume()).to_go()
    assert session.now_s - resumed_s == pytest.approx(9.0)
    assert session.events("go")[-1].rep == 2


def test_a_pause_shorter_than_the_rest_does_not_shorten_the_rest() -> None:
    session = two_reps(rest_s=60.0).to_go().finish(8.0)
    finished_s = session.now_s - 0.5
    session.wait(3.0).put(inputs.Pause()).wait(5.0).put(inputs.Resume()).to_go()
    assert session.now_s - finished_s == pytest.approx(60.0)


def test_a_pause_on_the_course_comes_after_the_rep() -> None:
    session = two_reps().to_go().wait(2.0).put(inputs.Pause())
    assert session.phase is Phase.RUNNING
    assert session.said()[-1] == "pause_after_rep"
    assert session.finish(8.0).phase is Phase.PAUSED
    assert session.wait(600.0).phase is Phase.PAUSED


def test_resume_on_the_course_takes_the_pause_back() -> None:
    session = two_reps().to_go().put(inputs.Pause()).put(inputs.Resume()).finish(8.0)
    assert session.phase is Phase.REST


def test_a_pause_that_was_asked_for_just_before_a_go_that_was_refused_holds_at_once() -> None:
    session = in_phase(Phase.GO).put(inputs.Pause()).put(inputs.GoBlocked()).wait(60.0)
    assert session.events("go") == []
    assert session.phase is Phase.PAUSED


def test_nobody_is_watched_in_a_pause() -> None:
    session = two_reps().until(Phase.LANE_CHECK).put(inputs.Pause())
    assert session.state.expectation.mode is WatchMode.OFF


def test_the_clock_can_be_stopped_by_hand() -> None:
    session = two_reps().to_go().wait(7.77).put(inputs.ManualFinish())
    record = session.results[1]
    assert record.flags == (Flag.MANUAL,)
    assert record.method == "manual"
    assert record.time_ns == 7_770_000_000
    assert session.spoken("result") == {"time": "7.8"}
    assert record.uncertainty_ns == HAND_UNCERTAINTY_NS


def test_nobody_is_stopped_by_hand_before_a_human_can_have_arrived() -> None:
    session = two_reps().to_go().wait(3.0).put(inputs.ManualFinish())
    assert session.refused() == ["too_early"]
    assert session.phase is Phase.RUNNING


def test_repeat_says_the_last_announcement_again_that_is_still_true() -> None:
    session = two_reps().to_go().finish(8.0).wait(4.0)
    assert session.said()[-1] == "rest", "how long the rest was a while ago is of no use"
    session.put(inputs.Repeat())
    assert (session.said()[-1], session.of(effects.Say)[-1].values) == ("result", {"time": "7.95"})
    session.put(inputs.Void()).put(inputs.Repeat())
    assert session.said()[-2:] == ["voided", "voided"]


def test_stop_on_the_course_is_a_dnf_and_ends_the_session() -> None:
    session = two_reps().to_go().wait(2.0).put(inputs.Stop())
    assert session.phase is Phase.STOPPED
    assert session.results[1].status is RepStatus.DNF
    assert session.results[1].reason == "stopped"
    assert [close.outcome for close in session.of(effects.Close)] == ["stopped"]
    (summary,) = session.events("summary")
    assert (summary.reps, summary.finished, summary.obstacles) == (1, 0, 0)


def test_a_stopped_session_starts_nothing_any_more() -> None:
    session = two_reps().to_go().finish(8.0).put(inputs.Stop()).wait(3600.0)
    assert len(session.events("go")) == 1
    assert session.put(inputs.Start()).refused() == ["not_now"]


def test_the_summary_waits_for_the_disk() -> None:
    session = Drive(plan(block(reps=1)), disk=silent_disk).begin().to_go().finish(8.0)
    assert session.phase is Phase.DONE
    assert session.events("summary") == []
    assert session.of(effects.Close) == []
    for save in session.of(effects.Save):
        session.put(inputs.Durable(save.record.rep, save.record.revision))
    assert len(session.events("summary")) == 1
    assert len(session.of(effects.Close)) == 1


def test_what_detection_reports_of_a_rep_that_is_over_changes_nothing() -> None:
    session = two_reps().to_go().finish(8.0)
    before = session.results
    session.put(inputs.CrossingSeen(1, session.now_ns))
    session.put(inputs.FinishSeen(1, session.now_ns, 1, "gate", session.now_ns))
    session.put(inputs.CrossingTakenBack(1, session.now_ns, "too brief"))
    session.put(inputs.FinishSeen(99, session.now_ns, 1, "gate", session.now_ns))
    assert session.results == before
    assert session.beeps().count(Signal.FINISH) == 1


def test_walking_and_running_have_their_own_windows() -> None:
    session = Drive(plan(block(gait=Gait.WALK), block(gait=Gait.RUN), start=StartMethod.AUTO)).begin()
    session.to_go().finish(9.0).to_go().finish(9.0)
    assert [record.flags for record in session.results.values()] == [(Flag.FAST,), ()]
