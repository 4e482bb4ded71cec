"""Looking ahead in a session: what it finds is what the session says when its time comes."""

from __future__ import annotations

from retro_timer.beacon.output.prefetch import phrases_ahead, worth_asking
from retro_timer.training.plan import StartMethod
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.rolling_drive import to_go
from tests.helpers.session_drive import Drive
from tests.helpers.waves_drive import waves

UNKNOWABLE = {"result", "result_of", "set_average", "summary", "summary_best", "summary_best_of", "summary_of"}


def foreseen(drive: Drive) -> list[tuple[str, dict[str, object]]]:
    return [(key, dict(values)) for key, values in phrases_ahead(drive.state, drive.now_ns)]


def first_of(drive: Drive) -> dict[str, dict[str, object]]:
    """The values of the first phrase of each kind."""
    return dict(reversed(foreseen(drive)))


def said_since(drive: Drive, mark: int) -> list[tuple[str, dict[str, object]]]:
    return [(say.key, dict(say.values)) for say in drive.of(effects.Say, mark) if say.key not in UNKNOWABLE]


def test_in_a_rest_the_next_turn_is_foreseen_with_its_numbers() -> None:
    drive = Drive(plan(block(reps=3), cues=("Stay upright.",))).begin().to_go().finish(8.0)
    keys = first_of(drive)
    assert keys["turn_solo"]["rep"] == 2
    assert keys["cue"] == {"cue": "Stay upright."}


def test_in_a_rep_what_follows_its_finish_is_foreseen() -> None:
    drive = Drive(plan(block(reps=3), rest_s=60.0)).begin().to_go()
    keys = first_of(drive)
    assert keys["rest"] == {"seconds": 60}
    assert keys["turn_solo"]["rep"] == 2


def test_all_that_an_uneventful_session_says_was_foreseen() -> None:
    """But for the time until the next start in a group, which hangs on how fast the others are."""
    for method in (StartMethod.COUNTDOWN, StartMethod.MARKS_SET_GO, StartMethod.AUTO):
        drive = Drive(plan(block(sets=2, reps=2), cues=("Up.", "Small steps."), start=method), ("Ann", "Bea")).begin()
        expected = foreseen(drive)
        while drive.phase is not Phase.DONE:
            mark = drive.mark
            drive.to_go()
            expected += foreseen(drive)
            drive.finish(8.0)
            expected += foreseen(drive)
            for phrase in said_since(drive, mark):
                assert phrase[0] == "next_start" or phrase in expected, phrase
            if len(drive.results) == 8:
                break


def test_looking_ahead_changes_nothing() -> None:
    drive = Drive(plan(block(reps=2))).begin().to_go()
    before = drive.state
    assert phrases_ahead(before, drive.now_ns) == phrases_ahead(before, drive.now_ns)
    assert drive.state is before


def test_times_that_nobody_has_run_are_not_made_up() -> None:
    drive = Drive(plan(block(reps=2))).begin().to_go()
    assert not UNKNOWABLE & {key for key, _ in foreseen(drive)}
    wave = to_go(waves(2, names=("Ann", "Bea"), rules=Rules(), rest_s=60.0), 2)
    assert not {"place_result", "place_not_timed"} & {key for key, _ in foreseen(wave)}


def test_each_phrase_comes_once() -> None:
    ahead = foreseen(Drive(plan(block(reps=9), rest_s=5.0)).begin())
    assert all(phrase not in ahead[:index] for index, phrase in enumerate(ahead))


def test_the_end_of_a_session_and_a_pause_have_nothing_ahead() -> None:
    drive = Drive(plan(block(reps=2))).begin().to_go().finish(8.0).put(inputs.Pause())
    assert foreseen(drive) == []
    assert foreseen(drive.put(inputs.Stop())) == []


def test_a_start_under_way_is_not_disturbed() -> None:
    drive = Drive(plan()).begin()
    assert worth_asking(drive.state)
    assert not worth_asking(drive.until(Phase.COUNTDOWN).state)
    assert worth_asking(drive.to_go().state)


def test_a_timed_step_is_foreseen_to_its_end() -> None:
    drive = Drive(plan(block(duration_s=120.0), block(duration_s=60.0))).begin().to_go()
    assert {"halfway", "ten_seconds", "timed_over"} <= {key for key, _ in foreseen(drive)}
