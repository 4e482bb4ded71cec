"""Who is here: late, absent and back again, in another order, and after a power cut."""

from __future__ import annotations

import pytest

from retro_timer.detection.expectation import WatchMode
from retro_timer.training.corrections import VoidRep, corrected
from retro_timer.training.record import Presence, RepRecord
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.effects import Signal
from retro_timer.training.session.machine import recovered_session
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive

PLAN = plan(block(reps=3))
NAMES = ("Ann", "Bea", "Cid")


def group(reps: int = 0) -> Drive:
    session = Drive(PLAN, NAMES).begin()
    for _ in range(reps):
        session.to_go().finish(8.0)
    return session


def kept(session: Drive) -> dict[str, Presence]:
    """What is on disk of everybody."""
    return {each.name: each for effect in session.of(effects.KeepPresence) for each in effect.presences}


def after_a_power_cut(session: Drive) -> Drive:
    records = tuple(RepRecord(**{n: getattr(r, n) for n in r.__struct_fields__}) for r in session.state.results)
    here = tuple(kept(session).values())
    return Drive(PLAN, state=recovered_session(PLAN, NAMES, Rules(), records, here)).put(inputs.Recover())


def whose_go(session: Drive, goes: int) -> list[str]:
    for _ in range(goes):
        session.to_go().finish(8.0)
    return [go.athlete for go in session.events("go")][-goes:]


def test_who_comes_late_joins_at_the_groups_step_and_what_they_missed_is_kept_as_skipped() -> None:
    session = group(reps=3).put(inputs.Add("Dee"))
    assert kept(session)["Dee"] == Presence("Dee", True, 1, (0,))
    assert whose_go(session, 4) == ["Ann", "Bea", "Cid", "Dee"]


def test_who_was_absent_comes_back_where_they_had_been() -> None:
    session = group(reps=3).put(inputs.Absent("Bea")).put(inputs.Present("bea"))
    assert session.refused() == []
    assert session.put(inputs.Present("bea")).refused() == ["here_already"]
    assert whose_go(session, 3) == ["Ann", "Bea", "Cid"]


def test_adding_somebody_who_had_dropped_out_brings_them_back() -> None:
    session = group(reps=1).put(inputs.Absent("Cid")).put(inputs.Add("cid"))
    assert [athlete.name for athlete in session.state.athletes] == list(NAMES)
    assert session.state.athletes[2].present


@pytest.mark.parametrize("spelling", ["Ann Gross", "ann groß", "Ann Groß ", "ANN GROSS"])
def test_adding_somebody_in_another_spelling_brings_them_back(spelling: str) -> None:
    session = Drive(PLAN, ("Ann Groß", "Bea")).begin().to_go().finish(8.0).put(inputs.Absent("groß"))
    session.put(inputs.Add(spelling))
    assert [(athlete.name, athlete.present) for athlete in session.state.athletes] == [
        ("Ann Groß", True), ("Bea", True),
    ]  # fmt: skip


def test_an_accent_that_is_written_apart_is_the_same_name() -> None:
    session = Drive(PLAN, ("Andr\u00e9", "Bea")).begin().to_go().finish(8.0).put(inputs.Add("Andre\u0301"))
    assert [athlete.name for athlete in session.state.athletes] == ["Andr\u00e9", "Bea"]
    assert session.refused() == ["here_already"]


def test_another_order_holds_among_those_who_have_done_as_much() -> None:
    session = group(reps=1).put(inputs.Order("cid", 1))
    assert whose_go(session, 5) == ["Cid", "Bea", "Cid", "Ann", "Bea"]


def test_a_roster_in_a_session_goes_by_names_and_in_its_order() -> None:
    session = group(reps=3).put(inputs.Absent("Bea")).put(inputs.Roster(("dee", "bea", "ANN")))
    assert [(athlete.name, athlete.present) for athlete in session.state.athletes] == [
        ("Ann", True), ("Bea", True), ("Cid", False), ("dee", True),
    ]  # fmt: skip
    assert session.events("roster")[-1].athletes == ("dee", "Bea", "Ann")
    assert session.spoken("roster") == {"count": 3}
    assert kept(session)["dee"] == Presence("dee", True, 0, (0,))
    assert not kept(session)["Cid"].present
    assert whose_go(session, 4) == ["dee", "Bea", "Ann", "dee"]


def test_a_roster_is_kept_as_a_whole_with_one_change_of_the_disk() -> None:
    session = group(reps=1)
    session.put(inputs.Roster(("Zoe", "Bea", "Ann")))
    assert len(session.of(effects.KeepPresence)) == 1
    before = session.state.athletes
    session.put(inputs.Roster(("Zoe", "Bea", "Ann")))
    assert (session.state.athletes, len(session.of(effects.KeepPresence))) == (before, 1)


def test_after_a_power_cut_the_last_roster_holds() -> None:
    again = after_a_power_cut(group(reps=3).put(inputs.Roster(("Dee", "Ann"))))
    assert {athlete.name for athlete in again.state.athletes if athlete.present} == {"Dee", "Ann"}
    assert whose_go(again, 4) == ["Dee", "Ann", "Dee", "Ann"]


def test_whoever_runs_and_is_on_no_roster_any_more_ends_that_rep_and_has_no_other() -> None:
    session = Drive(PLAN, NAMES).begin().to_go().wait(3.0).put(inputs.Roster(("Bea", "Cid")))
    session.finish(8.0)
    assert [(record.athlete, str(record.status)) for record in session.state.results] == [("Ann", "finished")]
    assert whose_go(session, 4) == ["Bea", "Cid", "Bea", "Cid"]


def test_whoever_is_called_and_on_no_roster_any_more_does_not_start() -> None:
    session = Drive(PLAN, NAMES).begin().until(Phase.COUNTDOWN).put(inputs.Roster(("Bea", "Cid")))
    assert whose_go(session, 2) == ["Bea", "Cid"]


@pytest.mark.parametrize("command", [inputs.Absent("Ann"), inputs.Roster(("Bea", "Cid")), inputs.Undo()])
def test_whoever_waits_for_the_go_and_is_not_to_start_any_more_is_told_so(command: inputs.Command) -> None:
    session = Drive(PLAN, NAMES).begin().put(inputs.Absent("Cid")).until(Phase.COUNTDOWN).wait(1.2)
    since = session.mark
    session.put(command)
    assert Signal.RECALL in session.beeps(since)
    assert "recall" in session.said(since)
    assert session.phase is Phase.REST
    assert session.state.expectation.mode is WatchMode.OFF


@pytest.mark.parametrize(
    ("command", "first"),
    [
        (inputs.Roster(("Cid", "Ann")), "Cid"),
        (inputs.Order("Bea", 1), "Bea"),
        (inputs.Absent("Ann"), "Bea"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_who_goes_first_may_change_while_the_brief_is_told_and_it_is_told_to_its_end(
    command: inputs.Command, first: str
) -> None:
    session = Drive(PLAN, NAMES).begin().put(command)
    assert session.state.phase is Phase.BRIEF
    assert whose_go(session, 1) == [first]


def test_when_all_have_gone_before_the_first_rep_the_session_ends() -> None:
    session = Drive(PLAN, ("Ann", "Bea")).begin().put(inputs.Absent("Ann")).put(inputs.Absent("Bea"))
    assert session.state.phase is Phase.DONE


def test_a_roster_with_too_many_is_refused_whole() -> None:
    session = group(reps=1)
    before = session.state.athletes
    session.put(inputs.Roster(tuple(f"Name {number}" for number in range(58))))
    assert session.refused() == ["too_many"]
    assert session.state.athletes == before


def test_a_power_cut_brings_nobody_back_forgets_nobody_who_came_late_and_no_order() -> None:
    session = group(reps=3).put(inputs.Absent("Bea")).put(inputs.Add("Dee")).put(inputs.Order("Dee", 1))
    again = after_a_power_cut(session)
    assert [(a.name, a.present) for a in again.state.athletes] == [
        ("Ann", True), ("Bea", False), ("Cid", True), ("Dee", True),
    ]  # fmt: skip
    assert whose_go(again, 4) == ["Dee", "Ann", "Cid", "Dee"]


def test_a_step_that_was_skipped_stays_skipped_after_a_power_cut() -> None:
    session = group(reps=3).until(Phase.LANE_CHECK).put(inputs.Skip())
    assert kept(session)["Ann"].skipped == (1,)
    assert [athlete.next_step for athlete in after_a_power_cut(session).state.athletes] == [2, 1, 1]


def a_late_comers_rep_made_void_in_the_ledger() -> Drive:
    session = group(reps=3).put(inputs.Add("Dee"))
    assert whose_go(session, 4)[-1] == "Dee"
    voided = corrected({record.rep: record for record in session.state.results}, VoidRep(session.state.reps))
    return session.put(inputs.Amended("void", "aa", voided))


def test_a_late_comer_whose_rep_is_void_runs_that_one_again_and_none_that_they_missed() -> None:
    session = a_late_comers_rep_made_void_in_the_ledger()
    assert [athlete.next_step for athlete in session.state.athletes] == [2, 2, 2, 1]
    # While Dee rests from the one that does not count the others do not wait.
    assert whose_go(session, 2) == ["Ann", "Dee"]
    assert session.results[session.state.reps].rep_no == 2


def test_a_power_cut_gives_the_same_turn_after_a_late_comers_void_rep() -> None:
    again = after_a_power_cut(a_late_comers_rep_made_void_in_the_ledger())
    assert [athlete.next_step for athlete in again.state.athletes] == [2, 2, 2, 1]
    assert whose_go(again, 1) == ["Dee"]


def test_a_void_rep_before_a_step_that_was_skipped_is_run_again_and_that_step_is_not() -> None:
    session = Drive(PLAN, ("Ann",)).begin().to_go().finish(8.0).until(Phase.LANE_CHECK).put(inputs.Skip())
    session.put(inputs.Void())
    assert session.state.athletes[0].next_step == 0
    session.to_go().finish(8.0)
    assert session.state.athletes[0].next_step == 2


def test_an_undo_takes_back_what_was_skipped_since_also_after_a_power_cut() -> None:
    session = group(reps=3).put(inputs.Absent("Cid")).until(Phase.LANE_CHECK).put(inputs.Skip()).put(inputs.Undo())
    assert kept(session)["Ann"].skipped == ()
    assert [athlete.next_step for athlete in session.state.athletes] == [1, 1, 1]
    assert [athlete.next_step for athlete in after_a_power_cut(session).state.athletes] == [1, 1, 1]


def test_an_undo_keeps_the_turn_that_a_correction_elsewhere_has_given_meanwhile() -> None:
    session = group(reps=3).put(inputs.Absent("Cid"))
    voided = corrected({record.rep: record for record in session.state.results}, VoidRep(2))
    session.put(inputs.Amended("void", "aa", voided)).put(inputs.Undo())
    assert [athlete.next_step for athlete in session.state.athletes] == [1, 0, 1]


@pytest.mark.parametrize(
    ("commands", "here"),
    [
        ((inputs.Absent("Bea"), inputs.Absent("Cid"), inputs.Present("Bea")), {"Ann", "Bea", "Cid"}),
        ((inputs.Void(), inputs.Roster(("Ann", "Cid"))), {"Ann", "Cid"}),
        ((inputs.Absent("Bea"), inputs.Present("Bea"), inputs.Absent("Cid")), {"Ann", "Bea", "Cid"}),
    ],
)
def test_an_undo_takes_nobody_away_and_brings_nobody_back_of_whom_another_word_was_said_since(
    commands: tuple[inputs.Command, ...], here: set[str]
) -> None:
    session = group(reps=1)
    for command in (*commands, inputs.Undo()):
        session.put(command)
    assert {athlete.name for athlete in session.state.athletes if athlete.present} == here
    assert {name for name, presence in kept(session).items() if not presence.present} == set(NAMES) - here
    assert "undone" in session.said()


def test_an_absence_that_is_undone_is_kept_as_presence() -> None:
    session = group(reps=1).put(inputs.Absent("Bea")).put(inputs.Undo())
    assert kept(session)["Bea"].present


def test_that_an_absence_is_not_on_disk_is_told_once_until_the_disk_answers_again() -> None:
    session = group(reps=1).put(inputs.Absent("Bea")).put(inputs.PresenceAnswered("Bea", "disk full"))
    session.put(inputs.Absent("Cid")).put(inputs.PresenceAnswered("Cid", "disk full"))
    (told,) = session.events("not_saved")
    assert (told.rep, told.athlete, told.reason) == (None, "Bea", "disk full")
    assert session.said().count("presence_not_saved") == 1
    for trouble in ("", "", "disk full"):
        session.put(inputs.PresenceAnswered("Bea", trouble))
    assert session.said().count("presence_not_saved") == 2


def test_there_is_an_end_of_adding() -> None:
    session = group()
    for number in range(80):
        session.put(inputs.Add(f"Athlete {number}"))
    assert len(session.state.athletes) == 60
    assert session.refused()[-1] == "too_many"
