"""A group: rotation, everybody's own rest, calls, and who drops out."""

from __future__ import annotations

from itertools import pairwise

from retro_timer.training.record import RepStatus
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.state import Phase
from tests.helpers.group_drive import NAMES, go_order, group, run_all
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive, no_disk


def test_everybody_runs_each_step_in_the_rosters_order() -> None:
    session = run_all(group(reps=2))
    assert go_order(session) == ["Ann", "Bea", "Cid", "Ann", "Bea", "Cid"]
    assert [(r.athlete, r.rep_no) for r in session.results.values()] == [
        ("Ann", 1), ("Bea", 1), ("Cid", 1), ("Ann", 2), ("Bea", 2), ("Cid", 2),
    ]  # fmt: skip
    assert sorted(session.results) == [1, 2, 3, 4, 5, 6]


def test_rest_runs_for_each_athlete_from_their_own_finish() -> None:
    session = group(reps=2, rest_s=60.0)
    finished_s: dict[str, float] = {}
    for _ in range(6):
        session.to_go()
        name = go_order(session)[-1]
        if name in finished_s:
            assert session.now_s - finished_s[name] >= 60.0 - 1e-6
        session.finish(8.0)
        finished_s[name] = session.now_s - 0.5
    assert session.phase is Phase.DONE


def test_the_next_athlete_waits_for_the_changeover_only_while_others_rest() -> None:
    session = group(reps=2, rest_s=60.0).to_go().finish(8.0)
    session.to_go()
    assert go_order(session) == ["Ann", "Bea"]
    gos = session.events("go")
    ended_ns = gos[0].t_ns + 8_000_000_000
    changeover_s = session.state.rules.changeover_s
    assert changeover_s <= (gos[1].t_ns - ended_ns) / 1e9 <= changeover_s + 1.1


def test_who_is_rested_does_not_wait_for_one_who_has_done_less_and_is_not() -> None:
    """Cid's rep does not count: he has done least, and rests."""
    session = group(reps=2, rest_s=60.0)
    for _ in NAMES:
        session.to_go().finish(8.0)
    session.put(inputs.Void())
    assert [athlete.next_step for athlete in session.state.athletes] == [1, 1, 0]
    for _ in range(2):
        session.to_go().finish(8.0)
    assert go_order(session)[3:] == ["Ann", "Bea"]
    run_all(session)
    assert go_order(session)[3:] == ["Ann", "Bea", "Cid", "Cid"]


def test_where_nobody_is_rested_whoever_is_rested_first_is_waited_for() -> None:
    session = group(reps=2, names=("Ann", "Bea"), rest_s=100.0)
    session.to_go().finish(8.0).to_go().finish(8.0)
    rested_ns = {athlete.name: athlete.rested_ns for athlete in session.state.athletes}
    session.to_go()
    assert go_order(session)[-1] == min(rested_ns, key=lambda name: rested_ns[name]) == "Ann"
    assert session.now_ns >= rested_ns["Ann"]


def test_a_group_hears_how_long_the_next_start_is_away_and_a_solo_runner_how_long_the_rest_is() -> None:
    session = group(reps=2, rest_s=180.0)
    for _ in session.state.athletes:
        session.to_go().finish(8.0)
    assert "rest" not in session.said()
    assert "next_start" in session.said()
    alone = Drive(plan(block(reps=2), rest_s=60.0)).begin().to_go().finish(8.0)
    assert "rest" in alone.said()
    assert "next_start" not in alone.said()


def test_one_athlete_is_on_the_course_at_a_time() -> None:
    session = group(reps=2)
    while session.phase is not Phase.DONE:
        session.to_go()
        active_reps = [a for a in session.state.athletes if a.active is not None and not a.active.given_up]
        assert len(active_reps) == 1
        session.finish(8.0)


def test_who_is_next_and_who_is_on_deck_is_called_during_the_rest() -> None:
    session = group(reps=2)
    session.to_go()
    mark = session.mark
    session.finish(8.0).to_go()
    calls = [say.values for say in session.of(effects.Say, mark) if say.key == "next_and_deck"]
    assert calls == [{"name": "Bea", "then": "Cid"}]
    assert [say.values["name"] for say in session.of(effects.Say, mark) if say.key == "turn"] == ["Bea"]


def test_before_the_very_last_rep_nobody_is_on_deck() -> None:
    session = group(reps=1)
    session.to_go().finish(8.0).to_go()
    mark = session.mark
    session.finish(8.0).to_go()
    assert [say.values for say in session.of(effects.Say, mark) if say.key == "next"] == [{"name": "Cid"}]


def test_who_is_on_deck_is_who_then_really_runs() -> None:
    session = group(reps=3)
    while session.phase is not Phase.DONE:
        session.to_go()
        session.finish(8.0)
    deck = [say.values["then"] for say in session.of(effects.Say) if say.key == "next_and_deck"]
    assert deck == go_order(session)[2:]


def test_the_result_is_spoken_with_the_athletes_name() -> None:
    session = group().to_go().finish(8.1)
    assert session.spoken("result_of") == {"name": "Ann", "time": "8.05"}
    assert "result" not in session.said()


def test_each_athlete_gets_the_average_of_their_own_set() -> None:
    session = Drive(plan(block(sets=2, reps=2)), ("Ann", "Bea")).begin()
    averages = []
    for time_s in (8.0, 10.0, 9.0, 12.0, 8.0, 8.0, 8.0, 8.0):
        session.to_go()
        mark = session.mark
        session.finish(time_s)
        averages.append([say.values["time"] for say in session.of(effects.Say, mark) if say.key == "set_average"])
    # Ann ran 8 and 9 s, Bea 10 and 12 s in the first set, less 58 ms and rounded up.
    assert averages[:4] == [[], [], ["8.45"], ["10.95"]]


def test_an_absent_athlete_is_left_out_from_then_on() -> None:
    session = group(reps=2).to_go().finish(8.0)
    session.put(inputs.Absent("bea"))
    assert session.spoken("absent") == {"name": "Bea"}
    run_all(session)
    assert go_order(session) == ["Ann", "Cid", "Ann", "Cid"]


def test_an_athlete_who_drops_out_on_the_course_has_not_finished() -> None:
    session = group(reps=2).to_go().wait(3.0).put(inputs.Absent("Ann"))
    assert session.results[1].status is RepStatus.DNF
    assert session.results[1].reason == "stopped"
    run_all(session)
    assert go_order(session) == ["Ann", "Bea", "Cid", "Bea", "Cid"]


def test_when_everybody_is_absent_the_session_is_done() -> None:
    session = group().to_go().finish(8.0)
    for name in NAMES:
        session.put(inputs.Absent(name))
    assert session.phase is Phase.DONE
    assert len(session.of(effects.Close)) == 1


def test_a_void_and_a_rep_that_is_not_saved_are_told_with_the_name_of_whose_rep_it_is() -> None:
    session = group(reps=2).to_go().finish(8.0).to_go().finish(8.0).put(inputs.Void())
    assert (session.said()[-1], session.spoken("voided_of")) == ("voided_of", {"name": "Bea", "rep": 1})
    unsaved = Drive(plan(block(reps=1)), NAMES, disk=no_disk).begin().to_go().finish(8.0)
    assert unsaved.spoken("not_saved_of") == {"name": "Ann", "rep": 1}


def test_undo_brings_an_absent_athlete_back() -> None:
    session = group(reps=2).to_go().finish(8.0).put(inputs.Absent("Bea")).put(inputs.Undo())
    assert session.spoken("undone") == {"what": "absent"}
    run_all(session)
    assert go_order(session) == ["Ann", "Bea", "Cid", "Ann", "Bea", "Cid"]


def test_rep_numbers_count_up_over_the_whole_group() -> None:
    session = run_all(group(reps=3))
    numbers = [go.rep for go in session.events("go")]
    assert numbers == list(range(1, 10))
    assert all(b.t_ns > a.t_ns for a, b in pairwise(session.events("go")))


def test_group_of_one_from_a_roster_is_spoken_to_as_a_solo_runner() -> None:
    session = Drive(plan(block(reps=1)), ("Ann",)).begin().to_go().finish(8.0)
    assert "turn_solo" in session.said()
    assert "result" in session.said()


def test_a_dnf_of_one_is_told_by_name_and_the_next_one_starts() -> None:
    session = group(reps=1).to_go().until(Phase.REST)
    assert session.spoken("dnf")["name"] == "Ann"
    run_all(session)
    assert go_order(session) == ["Ann", "Bea", "Cid"]
