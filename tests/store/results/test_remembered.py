"""What the results know of those who take part in a session: how their names are said, and their bests."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from retro_timer.store.results.athlete_edits import AddAthlete, Known, MergeAthletes, carry_out
from retro_timer.store.results.journal import Journal, Stamp
from retro_timer.store.results.remembered import remembered_of
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Course
from retro_timer.training.record import Flag, RepRecord, RepStatus, StartKind
from retro_timer.training.remembered import Best, Remembered, Week
from tests.helpers.plans_made import block, plan
from tests.helpers.results_made import WALL_NS

MS = 1_000_000


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with contextlib.closing(Journal(tmp_path)) as opened:
        yield opened


def ran(number: int, athlete: str, time_ms: int, distance_m: float = 20.0, **fields: Any) -> RepRecord:
    made = RepRecord(number, 1, number, athlete, distance_m, None, Gait.JOG, RepStatus.FINISHED, number, time_ms * MS)
    return msgspec.structs.replace(made, **{"sound_delay_ns": 58 * MS, **fields})


def session(journal: Journal, *reps: RepRecord, board: str = "pi", course: Course = Course.STRAIGHT) -> int:
    number = journal.begin(plan(block(reps=3), course=course), ("Ann", "Bea"), board, WALL_NS)
    for rep in reps:
        journal.save(number, rep, WALL_NS)
    return number


def best(time_ms: int, distance_m: float = 20.0, start: StartKind = StartKind.GO) -> Best:
    return Best(distance_m, Gait.JOG, start, time_ms * MS)


def test_bests_are_of_one_length_gait_and_start_as_they_are_shown(journal: Journal) -> None:
    session(journal, ran(1, "Ann", 8305), ran(2, "Ann", 8052), ran(3, "Ann", 12_058, 30.0), ran(4, "Bea", 7000))
    session(journal, ran(1, "Ann", 7058, start=StartKind.RELEASE))
    now = session(journal)
    (ann,) = remembered_of(journal.database, ("ann",), now)
    assert ann == Remembered("ann", "", (best(8000), best(7000, start=StartKind.RELEASE), best(12_000, 30.0)))


def test_what_does_not_count_was_stopped_by_hand_simulated_or_is_of_the_session_itself_is_no_best(
    journal: Journal,
) -> None:
    session(
        journal,
        ran(1, "Ann", 6000, flags=(Flag.MANUAL,)),
        ran(2, "Ann", 6000, status=RepStatus.VOID),
        ran(3, "Ann", 6000, status=RepStatus.DNF),
        ran(4, "Ann", 9058),
    )
    session(journal, ran(1, "Ann", 5000), board="sim")
    now = session(journal, ran(1, "Ann", 5000))
    assert remembered_of(journal.database, ("Ann", "Bea", "Runner", "Nobody"), now) == (
        Remembered("Ann", "", (best(9000),)),
    )


@pytest.mark.parametrize(("course", "time_ms"), [(Course.STRAIGHT, 8000), (Course.OUT_AND_BACK, 9500)])
def test_there_and_back_has_a_best_of_its_own(journal: Journal, course: Course, time_ms: int) -> None:
    session(journal, ran(1, "Ann", 8058))
    session(journal, ran(1, "Ann", 9558), course=Course.OUT_AND_BACK)
    (ann,) = remembered_of(journal.database, ("Ann",), session(journal, course=course))
    assert ann.bests == (best(time_ms),)


@pytest.mark.parametrize("kept", ["", "no plan", '{"course": "out-and-back"', '{"title": "out-and-back"}'])
def test_a_kept_plan_that_does_not_say_its_course_counts_as_straight(journal: Journal, kept: str) -> None:
    unread = session(journal, ran(1, "Ann", 8058))
    journal.database.execute("UPDATE session SET plan = ? WHERE id = ?", (kept, unread))
    (ann,) = remembered_of(journal.database, ("Ann",), session(journal))
    assert ann.bests == (best(8000),)


@pytest.mark.parametrize("flag", sorted(Flag))
def test_a_time_in_doubt_is_no_best(journal: Journal, flag: Flag) -> None:
    flags = tuple(sorted({Flag.CROWDED, flag}))
    session(journal, ran(1, "Ann", 9058), ran(2, "Ann", 6058, flags=flags), ran(3, "Ann", 5058, method="manual"))
    (ann,) = remembered_of(journal.database, ("Ann",), session(journal))
    assert ann.bests == (best(6000 if flag in (Flag.CROWDED, Flag.SINGLE) else 9000),)


def test_whoever_ran_under_two_names_has_the_best_of_both_and_is_said_as_is_known(journal: Journal) -> None:
    carry_out(journal, AddAthlete(Known(name="Annie", say="Anny")), Stamp(WALL_NS, 0))
    session(journal, ran(1, "Ann", 8058))
    session(journal, ran(1, "Annie", 7558))
    carry_out(journal, MergeAthletes("Ann", "Annie"), Stamp(WALL_NS, 0))
    now = session(journal)
    assert remembered_of(journal.database, ("Annie",), now) == (Remembered("Annie", "Anny", (best(7500),)),)


def test_the_weeks_sessions_by_a_plan_are_counted_from_monday_on_for_who_finished_a_rep(journal: Journal) -> None:
    day_ns = 86_400 * 10**9
    monday_ns = 1_790_600_000 * 10**9
    for name, days, status in (
        ("Ann", -2, RepStatus.FINISHED),
        ("Ann", 0, RepStatus.FINISHED),
        ("Runner", 1, RepStatus.FINISHED),
        ("Ann", 2, RepStatus.DNF),
    ):
        number = journal.begin(plan(block(reps=3)), (name,), "pi", monday_ns + days * day_ns)
        journal.save(number, ran(1, name, 9000, status=status), WALL_NS)
    other = journal.begin(plan(block(reps=3), title="Another"), ("Ann",), "pi", monday_ns + 2 * day_ns)
    journal.save(other, ran(1, "Ann", 9000), WALL_NS)
    now = journal.begin(plan(block(reps=3)), ("Ann", "Runner", "New"), "pi", monday_ns + 3 * day_ns)
    found = remembered_of(journal.database, ("Ann", "Runner", "New"), now)
    assert [(one.name, one.week) for one in found] == [("Ann", Week(1, 3)), ("Runner", Week(1, 3)), ("New", Week(0, 3))]
