"""Waves before a single gate: an arrival is a place of the wave, kept without an athlete until somebody claims it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from retro_timer.detection.expectation import ARRIVAL
from retro_timer.errors import BadInputError
from retro_timer.training.record import Flag, Presence, RepRecord, RepStatus
from retro_timer.training.session import inputs
from retro_timer.training.session.effects import KeepPresence, Save, Say, Signal
from retro_timer.training.session.machine import recovered_session
from retro_timer.training.session.places import wave_to_claim
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import Phase
from tests.helpers.rolling_drive import to_go
from tests.helpers.session_drive import Drive, S
from tests.helpers.waves_drive import waves

ONE_LANE = Rules()
THREE = ("Ann", "Bea", "Cid")


def placed(size: int = 3, names: tuple[str, ...] = THREE, **fields: Any) -> Drive:
    """The first wave has gone."""
    return to_go(waves(size, names=names, rules=ONE_LANE, **fields), size)


def comes(session: Drive, time_s: float) -> Drive:
    """A back reaches the line so long after the newest go; nothing tells the session whose."""
    back_ns = session.state.last_go_ns + round(time_s * S)
    session.wait(max(0.0, (back_ns - session.now_ns) / S))
    session.put(inputs.CrossingSeen(ARRIVAL, session.now_ns)).wait(0.2)
    return session.put(inputs.FinishSeen(ARRIVAL, back_ns, 20_000_000, "gate", session.now_ns))


def all_come(session: Drive, *times_s: float) -> Drive:
    for time_s in times_s or (8.0, 9.5, 11.0):
        comes(session, time_s)
    return session


def rows(session: Drive) -> list[tuple[int | None, int | None, str, float | None]]:
    """Wave, place, athlete and time of each rep that has ended."""
    ended = sorted(session.results.values(), key=lambda record: record.rep)
    return [(r.wave, r.place, r.athlete, None if r.time_ns is None else round(r.time_ns / S, 3)) for r in ended]


def claim(session: Drive, place: int, name: str) -> Drive:
    """As the journal answers when a claim of the newest wave is on disk."""
    (record,) = (r for r in session.results.values() if (r.wave, r.place) == (session.state.wave, place))
    claimed = msgspec.structs.replace(record, athlete=name, revision=record.revision + 1)
    return session.put(inputs.Amended("claim", "abc", (claimed,)))


def said(session: Drive, key: str) -> list[dict[str, object]]:
    return [effect.values for effect in session.of(Say) if effect.key == key]


def test_a_wave_is_called_by_name_has_one_go_and_a_rep_for_each_place_that_is_nobody_s() -> None:
    session = placed()
    goes = session.events("go")
    assert [(go.rep, go.wave, go.athlete, go.runners) for go in goes] == [(n, 1, "", THREE) for n in (1, 2, 3)]
    assert [values["name"] for values in said(session, "turn_rolling")] == list(THREE)
    assert session.asked_for_go == 1


def test_an_arrival_is_a_row_of_wave_place_and_time_without_athlete_and_no_doubt_about_it() -> None:
    session = all_come(placed())
    assert rows(session) == [(1, 1, "", 8.0), (1, 2, "", 9.5), (1, 3, "", 11.0)]
    assert all(Flag.AMBIGUOUS not in record.flags for record in session.results.values())
    assert [values["place"] for values in said(session, "place_result")] == [1, 2, 3]
    assert said(session, "result_of") == []


def test_two_close_behind_each_other_have_the_places_of_their_crossings() -> None:
    session = placed().wait(8.0)
    first_ns = session.now_ns
    session.put(inputs.CrossingSeen(ARRIVAL, first_ns)).wait(0.4)
    second_ns = session.now_ns
    session.put(inputs.CrossingSeen(ARRIVAL, second_ns)).wait(0.3)
    for back_ns in (second_ns, first_ns):
        session.put(inputs.FinishSeen(ARRIVAL, back_ns, 20_000_000, "gate", session.now_ns))
    assert rows(session) == [(1, 1, "", 8.0), (1, 2, "", 8.4)]


def test_a_crossing_that_is_withdrawn_leaves_its_place_to_the_next() -> None:
    session = placed().wait(8.0)
    session.put(inputs.CrossingSeen(ARRIVAL, session.now_ns)).wait(0.3)
    session.put(inputs.CrossingTakenBack(ARRIVAL, session.now_ns, "an arm"))
    assert session.beeps()[-2:] == [Signal.FINISH, Signal.WITHDRAWN]
    assert rows(comes(session, 9.0)) == [(1, 1, "", 9.0)]


def test_a_claim_gives_a_place_its_athlete_says_so_and_changes_nobody_s_turn() -> None:
    session = all_come(placed())
    before = [athlete.next_step for athlete in session.state.athletes]
    claim(session, 2, "Cid")
    assert rows(session) == [(1, 1, "", 8.0), (1, 2, "Cid", 9.5), (1, 3, "", 11.0)]
    assert said(session, "result_of") == [{"rep": 1, "name": "Cid", "time": "9.45"}]
    told = session.events("correction")[-1]
    assert (told.kind, told.rep, told.revision) == ("claim", 2, "abc")
    assert [athlete.next_step for athlete in session.state.athletes] == before == [1, 1, 1]


def test_the_next_wave_does_not_wait_for_claims() -> None:
    session = placed(2, ("Ann", "Bea", "Cid", "Dan"))
    to_go(all_come(session, 8.0, 9.0), 4)
    assert session.events("go")[-1].runners == ("Cid", "Dan")
    assert session.now_s < 60.0
    assert wave_to_claim(session.state, "ann", None) == 1
    assert wave_to_claim(session.state, "Cid", None) == 2
    assert wave_to_claim(session.state, "Cid", 2) == 2
    with pytest.raises(BadInputError, match="Ann did not go in wave 2"):
        wave_to_claim(session.state, "Ann", 2)


def test_who_has_a_place_of_a_wave_claims_in_none_and_who_is_not_clear_neither() -> None:
    session = claim(all_come(placed(names=("Ann", "Anna", "Cid"))), 1, "Cid")
    with pytest.raises(BadInputError, match="Cid has a place of each wave"):
        wave_to_claim(session.state, "Cid", None)
    assert wave_to_claim(session.state, "Zoe", None) is None
    assert wave_to_claim(session.state, "Anna", None) == 1


def test_after_a_power_cut_nobody_knows_who_went_and_the_wave_is_as_it_was_named() -> None:
    state = msgspec.structs.replace(all_come(placed()).state, waves_of={})
    assert wave_to_claim(state, "Ann", None) is None
    assert wave_to_claim(state, "Ann", 3) == 3


def test_everybody_runs_every_step_once_and_rests_from_the_last_finish_of_their_wave() -> None:
    session = all_come(placed(reps=2, rest_s=60.0))
    rested = {athlete.rested_ns - athlete.rest_from_ns for athlete in session.state.athletes}
    assert {athlete.rest_from_ns for athlete in session.state.athletes} == {session.state.last_go_ns + 11 * S}
    assert rested == {60 * S}
    all_come(to_go(session, 6)).until(Phase.DONE)
    assert [(wave, place) for wave, place, *_ in rows(session)] == [(w, p) for w in (1, 2) for p in (1, 2, 3)]


def test_with_fewer_breaks_than_runners_none_is_given_a_time_and_the_rest_reads_not_timed() -> None:
    session = all_come(placed(), 8.0, 9.5)
    session.wait(60.0)
    missing = session.results[3]
    assert rows(session)[2] == (1, 3, "", None)
    assert (missing.status, missing.reason, missing.why) == (RepStatus.DNF, "timeout", "not timed")
    assert said(session, "place_not_timed") == [{"place": 3}]
    assert to_go(session, 6).events("go")[-1].wave == 2


def test_who_comes_late_takes_the_first_place_that_was_given_up_and_the_wave_rests_from_then() -> None:
    session = all_come(placed(rest_s=60.0), 8.0)
    session.until(Phase.REST)
    late_s = (session.now_ns - session.state.last_go_ns) / S + 0.5
    comes(session, late_s)
    assert rows(session)[1][:3] == (1, 2, "")
    assert Flag.LATE in session.results[2].flags
    assert {athlete.rest_from_ns for athlete in session.state.athletes} == {
        session.state.last_go_ns + round(late_s * S)
    }


def test_who_drops_out_after_the_go_takes_no_place_from_those_who_come() -> None:
    session = all_come(placed().put(inputs.Absent("Ann")), 8.0, 9.5)
    assert rows(session) == [(1, 1, "", 8.0), (1, 2, "", 9.5)]
    session.wait(60.0)
    assert rows(session)[2] == (1, 3, "", None)


def test_a_hand_stops_the_first_place_and_with_a_name_it_is_theirs_at_once() -> None:
    session = placed().wait(8.0).put(inputs.ManualFinish())
    session.wait(3.0).put(inputs.ManualFinish("Bea"))
    assert rows(session) == [(1, 1, "", 8.0), (1, 2, "Bea", 11.0)]
    session.wait(1.0).put(inputs.ManualFinish("Bea"))
    assert session.spoken("not_running") == {"name": "Bea"}
    assert len(session.results) == 2


def test_a_hand_that_is_refused_gives_nobody_a_place() -> None:
    session = placed().wait(1.0).put(inputs.ManualFinish("Bea"))
    assert session.spoken("too_early") == {}
    assert rows(comes(session, 8.0)) == [(1, 1, "", 8.0)]
    session.wait(3.0).put(inputs.ManualFinish("Bea"))
    assert rows(session)[1][2] == "Bea"


def test_skip_ends_all_places_that_are_open_and_a_body_after_that_is_nobody_s() -> None:
    session = all_come(placed(), 8.0).put(inputs.Skip())
    assert [record.reason for record in session.results.values()] == ["", "stopped", "stopped"]
    assert len(comes(session, 10.0).results) == 3
    assert rows(session)[1:] == [(1, 2, "", None), (1, 3, "", None)]


def test_void_takes_back_the_newest_arrival_and_nobody_runs_again_for_it() -> None:
    session = all_come(placed()).put(inputs.Void())
    assert [record.status for record in session.results.values()][-1] == "void"
    assert [athlete.next_step for athlete in session.state.athletes] == [1, 1, 1]
    session.put(inputs.Undo())
    assert {record.status for record in session.results.values()} == {RepStatus.FINISHED}


def test_who_goes_alone_in_the_last_wave_needs_no_claim() -> None:
    session = to_go(all_come(placed(2), 8.0, 9.0), 3)
    comes(session, 8.5)
    assert rows(session)[2] == (2, None, "Cid", 8.5)


def test_what_somebody_has_not_claimed_is_made_up_where_the_coach_says_so_and_what_they_have_is_not() -> None:
    session = claim(all_come(placed()), 1, "Ann").put(inputs.Owe("Ann")).put(inputs.Owe("Bea"))
    assert session.refused() == ["nothing_missed"]
    assert [(told.name, told.kind) for told in session.events("presence")] == [("Bea", "owed")]
    to_go(all_come(to_go(session, 6)), 7)
    assert session.state.wave_of == ()
    assert session.events("go")[-1].athlete == "Bea"


def kept(session: Drive) -> list[RepRecord]:
    """Of each rep what was put on disk last."""
    return list({save.record.rep: save.record for save in session.of(Save)}.values())


def presences(session: Drive) -> dict[str, Presence]:
    return {one.name: one for keep in session.of(KeepPresence) for one in keep.presences}


def recovered(session: Drive) -> Drive:
    state = recovered_session(session.plan, THREE, ONE_LANE, kept(session), tuple(presences(session).values()))
    return Drive(session.plan, (), state=state).put(inputs.Recover())


def test_after_a_power_cut_in_a_wave_what_has_come_is_there_and_all_run_it_again() -> None:
    session = recovered(all_come(placed(), 8.0))
    assert [(record.place, record.status) for record in session.state.results] == [
        (1, RepStatus.FINISHED), (2, RepStatus.DNF), (3, RepStatus.DNF),
    ]  # fmt: skip
    assert {athlete.next_step for athlete in session.state.athletes} == {0}
    assert to_go(session, 3).events("go")[0].wave == 2


def test_after_a_power_cut_between_waves_nobody_runs_again_what_they_have_run() -> None:
    session = recovered(all_come(placed()))
    assert {athlete.next_step for athlete in session.state.athletes} == {1}
    assert [record.athlete for record in session.state.results] == ["", "", ""]


def test_a_place_that_is_claimed_is_in_its_athlete_s_summary_and_one_that_is_not_in_nobody_s() -> None:
    session = claim(all_come(placed(reps=1), 8.0, 9.5), 2, "Bea").put(inputs.Stop())
    assert session.spoken("summary_best_of")["name"] == "Bea"
