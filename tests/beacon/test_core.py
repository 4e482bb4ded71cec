"""The beacon without its threads: sensors, buzzer, session and journal wired together, on a clock of the test's own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from retro_timer.beacon.messages import JournalLooked, Offer, StartPlan
from retro_timer.cli.output.lines import line_of
from retro_timer.detection.events import SensorState
from retro_timer.ports import RangeSample
from retro_timer.store.results.cut_off import SessionEntry
from retro_timer.store.results.journal import Journal
from retro_timer.training.gaits import Gait
from retro_timer.training.record import RepStatus, StartKind
from retro_timer.training.remembered import Best, Remembered
from retro_timer.training.roster import SOLO
from retro_timer.training.session import inputs
from retro_timer.training.session.events import NotSaved
from retro_timer.training.session.state import Phase
from tests.helpers.beacon_made import BEGIN_NS, Beacon, steady
from tests.helpers.plans_made import block, plan
from tests.helpers.results_made import rep

JOG = plan(block(reps=2, distance_m=10.0), gait=Gait.JOG, walk_out_s=0.0, rest_s=5.0)


@pytest.fixture
def beacon(tmp_path: Path) -> Iterator[Beacon]:
    made = Beacon(tmp_path)
    yield made
    made.close()


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[Beacon]:
    """A beacon whose journal has not looked yet for a session that was cut off."""
    made = Beacon(tmp_path, awaits_journal=True)
    made.scene["gate"] = steady(2000)
    yield made
    made.close()


def passing(beacon: Beacon, at_s: float, lasts_s: float = 0.18) -> None:
    """Somebody passes through the beam, so many seconds from now."""
    from_ns = beacon.clock.monotonic_ns() + round(at_s * 1e9)
    to_ns = from_ns + round(lasts_s * 1e9)
    empty, body = steady(2000), steady(800, 3000.0)

    def read(t_ns: int) -> RangeSample:
        return body(t_ns) if from_ns <= t_ns <= to_ns else empty(t_ns)

    beacon.scene["gate"] = read


def test_a_rep_is_timed_saved_and_only_then_told(beacon: Beacon, tmp_path: Path) -> None:
    beacon.scene["gate"] = steady(2000)
    beacon.after(3.0).begin(JOG).until("go")
    passing(beacon, 4.5)
    beacon.until("finish", 10.0)
    (finish,) = beacon.told("finish")
    assert finish["rep"] == 1
    assert finish["time_s"] == pytest.approx(4.5, abs=0.2)
    assert finish["method"] == "gate"
    order = [event["event"] for event in beacon.events]
    assert order.index("go") < order.index("crossing") < order.index("finish")
    beacon.after(2.0)
    assert "seconds." in beacon.voice.said[-2] + beacon.voice.said[-1]


def test_without_a_disk_it_is_told_that_who_is_out_is_not_saved(tmp_path: Path) -> None:
    blocked = tmp_path / "mount"
    blocked.touch()
    beacon = Beacon(blocked / "state")
    beacon.begin(JOG, "Ann", "Bea").put(inputs.Absent("Bea"))
    while not beacon.told("not_saved"):
        beacon.put(beacon.inbox.get(timeout=60.0))
    assert [(event["rep"], event["athlete"]) for event in beacon.told("not_saved")] == [(None, "Bea")]
    line = line_of(NotSaved(BEGIN_NS, None, "disk full", "Bea"), BEGIN_NS)
    assert line is not None
    assert line.endswith("  who is here and who is out is NOT SAVED: disk full")
    assert beacon.state.athletes[1].present is False
    beacon.close()


def test_a_session_before_any_sensor_has_given_a_reading_gives_no_go(beacon: Beacon) -> None:
    """A sensor that hangs while it starts (a VL53L1X's open() may take 70 s) has told nothing: that is no watch."""
    beacon.begin(JOG).after(60.0)
    assert beacon.told("go") == []
    assert beacon.core.session.state is not None
    assert beacon.core.session.state.watch_state is SensorState.LOST


def test_an_armed_watch_that_never_gave_a_reading_is_blind(beacon: Beacon) -> None:
    beacon.core.buzzer.arm(True, 500_000_000)
    beacon.after(2.0)
    assert beacon.core.buzzer.sounding == "blind"


def test_a_sensor_that_falls_silent_during_a_countdown_recalls_the_start(beacon: Beacon) -> None:
    beacon.scene["gate"] = steady(2000)
    beacon.after(3.0).begin(JOG)
    while beacon.state.phase is not Phase.COUNTDOWN:
        beacon.after(0.05)
    beacon.scene.clear()
    beacon.after(10.0)
    assert beacon.told("go") == []
    assert len(beacon.told("recall")) == 1


def test_a_command_that_is_taken_is_answered_with_nothing_and_one_that_is_refused_with_the_reason(
    beacon: Beacon,
) -> None:
    from retro_timer.beacon.messages import Asked

    beacon.scene["gate"] = steady(2000)
    beacon.after(3.0).begin(JOG)
    answers: list[str] = []
    beacon.put(Asked(inputs.ManualFinish(), answers.append)).put(Asked(inputs.Pause(), answers.append))
    assert answers == ["Not possible now.", ""]


@pytest.mark.parametrize(
    "command",
    [inputs.Undo(), inputs.Void(), inputs.Give("Runner"), inputs.Absent("Nobody"), inputs.Repeat(), inputs.Skip()],
)
def test_no_command_however_useless_harms_the_beacon(beacon: Beacon, command: inputs.Command) -> None:
    beacon.scene["gate"] = steady(2000)
    beacon.put(command).after(3.0).begin(JOG).put(command).until("go")
    beacon.put(command).after(60.0).put(command).after(60.0)


def test_undo_of_a_void_works_on_the_box_as_well(beacon: Beacon) -> None:
    beacon.scene["gate"] = steady(2000)
    beacon.after(3.0).begin(JOG).until("go")
    passing(beacon, 4.5)
    beacon.until("finish", 10.0).put(inputs.Void()).put(inputs.Undo()).after(1.0)
    assert [event["event"] for event in beacon.told("void", "given", "refused")] == ["void", "given"]
    assert beacon.state.results[0].status is RepStatus.FINISHED


def offer() -> Offer:
    entry = SessionEntry(
        id=77, started_wall_ns=1, outcome="open", board="made", owner="", title="Old", plan=JOG, roster=("Runner",)
    )
    return Offer(entry, ())


def test_a_session_that_was_cut_off_is_offered_when_the_box_is_idle(beacon: Beacon) -> None:
    beacon.put(offer())
    assert beacon.state.phase is Phase.RECOVERABLE
    assert beacon.told("recoverable")[0]["title"] == "Old"


def test_a_start_before_the_journal_has_looked_waits_and_gives_way_to_what_was_cut_off(waiting: Beacon) -> None:
    waiting.put(StartPlan(JOG, SOLO))
    assert waiting.core.session.state is None
    waiting.put(offer()).put(JournalLooked())
    assert waiting.state.phase is Phase.RECOVERABLE


def test_a_start_before_the_journal_has_looked_begins_when_nothing_was_cut_off(waiting: Beacon) -> None:
    waiting.put(StartPlan(JOG, SOLO)).put(JournalLooked())
    assert waiting.state.phase is Phase.BRIEF


def test_a_second_start_while_one_waits_for_the_journal_is_refused_and_the_first_one_begins(waiting: Beacon) -> None:
    waiting.put(StartPlan(JOG, SOLO))
    from retro_timer.beacon.messages import Asked

    replies: list[str] = []
    waiting.put(Asked(StartPlan(JOG, ("Ann", "Bea")), replies.append))
    assert replies == ["Not possible now."]
    waiting.put(JournalLooked())
    assert waiting.state.phase is Phase.BRIEF
    assert [athlete.name for athlete in waiting.state.athletes] == list(SOLO)


@pytest.mark.parametrize("command", [inputs.Halt(), inputs.Stop()])
def test_a_start_that_waits_is_over_with_a_halt_or_stop(waiting: Beacon, command: inputs.Command) -> None:
    from retro_timer.beacon.messages import Asked

    replies: list[str] = []
    waiting.put(StartPlan(JOG, SOLO)).put(Asked(command, replies.append)).put(JournalLooked())
    assert replies == [""]
    assert waiting.core.session.state is None


def test_a_session_that_was_cut_off_never_takes_the_place_of_one_that_is_under_way(beacon: Beacon) -> None:
    """The disk may have come late: what it then finds must not end the session that has begun meanwhile."""
    beacon.scene["gate"] = steady(2000)
    beacon.after(3.0).begin(JOG).until("go")
    beacon.put(offer())
    assert beacon.state.phase is Phase.RUNNING
    passing(beacon, 4.5)
    beacon.until("finish", 10.0)


def test_starting_a_plan_closes_the_session_that_was_cut_off(beacon: Beacon) -> None:
    beacon.scene["gate"] = steady(2000)
    beacon.after(3.0).put(offer()).begin(JOG)
    assert beacon.told("closed")[0]["outcome"] == "interrupted"
    assert beacon.state.phase is Phase.BRIEF


def test_a_second_start_does_not_disturb_the_session_that_runs(beacon: Beacon) -> None:
    beacon.scene["gate"] = steady(2000)
    beacon.after(3.0).begin(JOG).until("go").begin(JOG)
    assert beacon.told("refused")[0]["why"] == "not_now"
    assert beacon.state.phase is Phase.RUNNING


def test_after_a_session_another_one_can_be_started(beacon: Beacon) -> None:
    beacon.scene["gate"] = steady(2000)
    beacon.after(3.0).begin(JOG).put(inputs.Stop()).after(1.0).begin(JOG).until("go")
    assert [event["rep"] for event in beacon.told("go")] == [1]


def test_without_a_session_the_state_of_the_watch_is_told_on_change_only(beacon: Beacon) -> None:
    beacon.scene["gate"] = steady(2000)
    beacon.after(5.0)
    assert beacon.told("sensor") == []
    beacon.core.sensing["gate"].lose("no-answer", beacon.clock.monotonic_ns())
    beacon.scene.clear()
    beacon.after(3.0)
    (lost,) = beacon.told("sensor")
    assert (lost["state"], lost["reason"]) == ("lost", "no-answer")


def test_the_box_without_a_session_refuses_commands_aloud(beacon: Beacon) -> None:
    beacon.scene["gate"] = steady(2000)
    beacon.after(1.0).put(inputs.Pause()).after(1.0)
    assert beacon.told("refused")[0]["why"] == "not_now"
    assert "Not possible now." in beacon.voice.said


def test_without_a_session_a_halt_is_sounded_all_the_same(beacon: Beacon) -> None:
    beacon.scene["gate"] = steady(2000)
    beacon.after(1.0).put(inputs.Halt()).after(1.0)
    assert beacon.told("refused") == []
    assert "Stop. Everybody stop." in beacon.voice.said


def seeds_of_three_sessions(beacon: Beacon) -> list[int]:
    """What each of three sessions in a row draws its holds from (tests/training has what becomes of it)."""
    seeds = []
    for _ in range(3):
        beacon.begin(JOG).put(inputs.Stop())
        seeds.append(beacon.state.rules.seed)
    return seeds


def test_the_holds_of_each_session_are_drawn_anew(tmp_path: Path) -> None:
    seeds = []
    for directory in (tmp_path / "one", tmp_path / "other"):
        beacon = Beacon(directory)
        seeds += seeds_of_three_sessions(beacon)
        beacon.close()
    assert len(set(seeds)) == 6


def test_a_seed_that_was_asked_for_is_the_one_that_each_session_draws_from(tmp_path: Path) -> None:
    beacon = Beacon(tmp_path, seed=7)
    assert seeds_of_three_sessions(beacon) == [7, 7, 7]
    beacon.close()


def test_a_session_is_handed_the_bests_of_those_who_take_part(tmp_path: Path) -> None:
    with contextlib.closing(Journal(tmp_path)) as journal:
        former = journal.begin(JOG, ("Ann",), "made", 1)
        journal.save(former, rep(1), 1)
    beacon = Beacon(tmp_path)
    beacon.begin(plan(block(target_s="best")), "Ann", "Bea")
    (ann,) = beacon.state.rules.remembered
    assert ann == Remembered("Ann", bests=(Best(20.0, Gait.JOG, StartKind.GO, 8_010_000_000),))
    beacon.close()
