"""How much is said of results: by the setting, in a group by athlete, and again when somebody asks."""

from __future__ import annotations

import pytest

from retro_timer.training.detail import Detail
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import StartMethod
from retro_timer.training.record import StartKind
from retro_timer.training.remembered import Best, Remembered, Week
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive, silent_disk

NAMES = ("Ann", "Bea")
TIMES_S = (8.05, 9.05, 8.25, 8.85)
"""As they are shown 58 ms less: 8.00, 9.00, 8.20, 8.80."""


def run(detail: Detail, names: tuple[str, ...] = NAMES, **fields: object) -> Drive:
    session = Drive(plan(block(reps=4 // len(names), **fields), rest_s=90.0), names, Rules(detail=detail)).begin()
    for time_s in TIMES_S:
        session.to_go().finish(time_s)
    assert session.phase is Phase.DONE
    return session


def spoken_at_the_end(session: Drive) -> list[tuple[str, dict[str, object]]]:
    said = [(say.key, dict(say.values)) for say in session.of(effects.Say)]
    first = next(index for index, (key, _) in enumerate(said) if key.startswith("summary"))
    return said[first:]


def test_the_summary_of_a_group_tells_whose_best_it_was_and_each_ones() -> None:
    assert spoken_at_the_end(run(Detail.NORMAL)) == [
        ("summary_best_of", {"finished": 4, "reps": 4, "best": "8.00", "name": "Ann"}),
        ("summary_of", {"name": "Ann", "best": "8.00"}),
        ("summary_of", {"name": "Bea", "best": "8.80"}),
    ]


def test_a_full_one_tells_reps_and_averages_and_a_brief_one_only_how_many_finished() -> None:
    assert spoken_at_the_end(run(Detail.FULL))[1:] == [
        ("summary_of_full", {"name": "Ann", "finished": 2, "reps": 2, "best": "8.00", "time": "8.10"}),
        ("summary_of_full", {"name": "Bea", "finished": 2, "reps": 2, "best": "8.80", "time": "8.90"}),
    ]
    assert spoken_at_the_end(run(Detail.BRIEF)) == [("summary", {"finished": 4, "reps": 4})]


def test_who_trains_alone_needs_no_name() -> None:
    assert spoken_at_the_end(run(Detail.FULL, ("Ann",))) == [
        ("summary_best", {"finished": 4, "reps": 4, "best": "8.00"})
    ]


def test_where_times_cannot_be_compared_a_full_summary_tells_who_finished_how_many_and_nobodys_best() -> None:
    session = Drive(plan(block(distances_m=(20.0, 30.0))), NAMES, Rules(detail=Detail.FULL)).begin()
    for time_s in (8.0, 8.0, 12.0, 12.0):
        session.to_go().finish(time_s)
    assert spoken_at_the_end(session) == [
        ("summary", {"finished": 4, "reps": 4}),
        ("summary_of_reps", {"name": "Ann", "finished": 2, "reps": 2}),
        ("summary_of_reps", {"name": "Bea", "finished": 2, "reps": 2}),
    ]


def test_nothing_is_said_of_who_did_nothing() -> None:
    session = Drive(plan(block(reps=1)), NAMES, Rules(detail=Detail.FULL)).begin().to_go().finish(8.0)
    session.put(inputs.Stop())
    assert [values.get("name") for _, values in spoken_at_the_end(session)] == ["Ann", "Ann"]


@pytest.mark.parametrize(
    ("detail", "averages", "next_starts"), [(Detail.BRIEF, 0, 0), (Detail.NORMAL, 2, 1), (Detail.FULL, 2, 1)]
)
def test_a_brief_voice_tells_times_and_targets_and_neither_averages_nor_next_starts(
    detail: Detail, averages: int, next_starts: int
) -> None:
    said = run(detail, target_s=8.5).said()
    assert said.count("result_of") == 4
    assert said.count("target_under") + said.count("target_over") == 4
    assert (said.count("set_average"), said.count("next_start")) == (averages, next_starts)


def test_a_full_voice_tells_that_a_time_is_the_athletes_best_so_far() -> None:
    session = Drive(plan(block(reps=3)), NAMES, Rules(detail=Detail.FULL)).begin()
    for time_s in (9.0, 7.0, 8.0, 8.0, 8.5, 6.9):
        session.to_go().finish(time_s)
    best = [say.about for say in session.of(effects.Say) if say.key == "best_so_far"]
    assert best == [("rep 3",), ("rep 6",)]
    assert "best_so_far" not in run(Detail.NORMAL).said()


def test_the_last_result_is_said_again_with_whose_it_is_whatever_was_said_since() -> None:
    session = Drive(plan(block(reps=2), rest_s=60.0), NAMES).begin().to_go().finish(8.0).to_go()
    mark = len(session.effects)
    session.put(inputs.Repeat(result=True))
    (again,) = session.of(effects.Say, mark)
    assert (again.key, again.values) == ("result_rep_of", {"time": "7.95", "name": "Ann", "rep": 1})


def test_a_result_that_is_not_told_yet_is_not_said_again() -> None:
    session = Drive(plan(block(reps=2)), disk=silent_disk).begin().to_go().finish(8.0).put(inputs.Repeat(result=True))
    assert session.spoken("no_result") == {}


WAITING = [
    (StartMethod.BUTTON, Phase.AWAIT_PRESS, "press_for_go"),
    (StartMethod.RELEASE, Phase.AWAIT_RELEASE, "stand_in_beam"),
    (StartMethod.FLYING, Phase.AWAIT_RELEASE, "run_over_start"),
]


@pytest.mark.parametrize(("start", "phase", "hint"), WAITING)
def test_who_is_called_and_does_not_come_is_called_again_ever_more_seldom(
    start: StartMethod, phase: Phase, hint: str
) -> None:
    session = Drive(plan(block(), start=start), NAMES).begin().until(phase)
    counts = []
    for seconds in (19.0, 2.0, 37.0, 3.0, 70.0):
        mark = len(session.effects)
        session.wait(seconds)
        counts.append([say.key for say in session.of(effects.Say, mark)])
    assert counts == [[], ["turn", hint], [], ["turn", hint], []]


def test_a_start_that_waits_for_hours_is_called_every_ten_minutes() -> None:
    session = Drive(plan(block(), start=StartMethod.BUTTON), NAMES).begin().until(Phase.AWAIT_PRESS).wait(3600.0)
    mark = len(session.effects)
    session.wait(3600.0)
    assert [say.key for say in session.of(effects.Say, mark)].count("turn") == 6


def test_who_trains_alone_or_stands_in_the_beam_is_not_called_again() -> None:
    alone = Drive(plan(block(), start=StartMethod.BUTTON)).begin().until(Phase.AWAIT_PRESS)
    standing = Drive(plan(block(), start=StartMethod.RELEASE), NAMES).begin().until(Phase.AWAIT_RELEASE).stand()
    for session in (alone, standing):
        mark = len(session.effects)
        assert "turn" not in [say.key for say in session.wait(100.0).of(effects.Say, mark)]


BESTS = tuple(Best(20.0, Gait.JOG, StartKind.GO, time_ns) for time_ns in (8_010_000_000, 8_700_000_000))


def with_progress(names: tuple[str, ...], *known: Remembered) -> list[tuple[str, dict[str, object]]]:
    rules = Rules(detail=Detail.BRIEF, say_progress=True)
    session = Drive(plan(block(reps=4 // len(names)), rest_s=90.0), names, rules).begin()
    session.put(inputs.LedgerSeen(known))
    for time_s in TIMES_S:
        session.to_go().finish(time_s)
    return spoken_at_the_end(session)[1:]


def test_where_progress_is_wanted_a_new_best_and_the_weeks_count_are_said_of_each() -> None:
    ann, bea = Remembered("Ann", bests=BESTS[:1], week=Week(0, 2)), Remembered("Bea", bests=BESTS[1:], week=Week(1, 2))
    assert with_progress(NAMES, ann, bea) == [
        ("your_best_of", {"name": "Ann", "best": "8.00"}),
        ("week_of", {"name": "Ann", "count": 1, "most": 2}),
        ("week_of", {"name": "Bea", "count": 2, "most": 2}),
    ]


def test_who_trains_alone_is_told_of_progress_without_a_name_and_nothing_is_said_of_what_is_not_known() -> None:
    assert with_progress(("Ann",), Remembered("Ann", bests=BESTS[:1], week=Week(2, 3))) == [
        ("your_best", {"best": "8.00"}),
        ("week", {"count": 3, "most": 3}),
    ]
    assert with_progress(("Ann",), Remembered("Ann", week=Week(3, 3))) == [("week_more", {"count": 4, "most": 3})]
    assert with_progress(("Ann",)) == with_progress(("Ann",), Remembered("Ann", "Anne")) == []
