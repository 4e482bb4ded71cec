"""Athletes are rows with an id of their own: renamed, merged, and known again whatever becomes of the files."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from retro_timer.errors import BadInputError
from retro_timer.store.results.athlete_edits import AddAthlete, ChangeAthlete, Known, MergeAthletes
from retro_timer.store.results.athletes import People, meant_person, sure_person
from retro_timer.store.results.database import open_for_reading
from retro_timer.store.results.edits import AnyEdit, carry_out
from retro_timer.store.results.journal import Journal, Stamp
from retro_timer.store.results.queries import Wanted, count_reps, reps
from tests.helpers.results_made import (
    PLAN,
    WALL_NS,
    delete_session,
    fill,
    fill_by_log,
    ids_of,
    ledger,
    opened,
    rep,
)

STAMP = Stamp(WALL_NS)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    fill(tmp_path)
    with contextlib.closing(Journal(tmp_path)) as made:
        yield made


def edited(journal: Journal, *edits: AnyEdit) -> str:
    *_, last = [carry_out(journal, edit, STAMP) for edit in edits]
    return last.athlete


def names(journal: Journal) -> list[tuple[int, str]]:
    return [(row.number, row.name) for row in People.of(journal.database).persons]


def test_whoever_is_on_a_roster_gets_a_row_once_in_any_capitals(journal: Journal) -> None:
    journal.begin(PLAN, ("ANN", "Cem", "Runner"), "sim", WALL_NS)
    assert names(journal) == [(1, "Ann"), (2, "Bea"), (3, "Cem")]


def test_the_solo_runner_is_nobody_in_particular(journal: Journal, tmp_path: Path) -> None:
    session = journal.begin(PLAN, ("Runner",), "sim", WALL_NS)
    journal.save(session, rep(1, athlete="Runner"), WALL_NS)
    reading = open_for_reading(tmp_path)
    assert reading is not None
    (found,) = reps(reading, Wanted(session=session))
    assert (found.record.athlete, found.athlete_id) == ("Runner", "")
    with pytest.raises(BadInputError, match="a name of one person"):
        edited(journal, AddAthlete(Known(name="Runner")))


def test_a_new_name_holds_for_all_sessions_and_the_old_one_still_leads_there(journal: Journal, tmp_path: Path) -> None:
    edited(journal, ChangeAthlete("ann", Known(name="Anna Berg", born=1990, forward=((20_000, 3_400_000_000),))))
    reading = open_for_reading(tmp_path)
    assert reading is not None
    assert {found.record.athlete for found in reps(reading)} == {"Anna Berg"}
    assert count_reps(reading, Wanted(athletes=ids_of(reading, "berg"))) == 6
    session = journal.begin(PLAN, ("anna berg",), "sim", WALL_NS)
    journal.save(session, rep(1, athlete="anna berg"), WALL_NS)
    assert count_reps(reading, Wanted(athletes=ids_of(reading, "berg"))) == 7


def test_a_long_roster_reads_everybody_once_however_many_are_on_it(journal: Journal) -> None:
    asked = list[str]()
    journal.database.set_trace_callback(asked.append)
    journal.begin(PLAN, ("ann", *(f"Runner {number}" for number in range(20))), "sim", WALL_NS)
    journal.database.set_trace_callback(None)
    assert sum("FROM athlete ORDER BY id" in query for query in asked) == 1
    assert len(names(journal)) == 22


def test_reps_are_counted_in_portions_whatever_numbers_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retro_timer.store.results.queries._COUNTED_SESSIONS", 2)
    fill(tmp_path, 1)
    fill_by_log(tmp_path, 9)
    for number in (1, 4, 5, 6):
        delete_session(tmp_path, number)
    opened(tmp_path)
    reading = open_for_reading(tmp_path)
    assert reading is not None
    asked = list[str]()
    reading.set_trace_callback(asked.append)
    assert count_reps(reading) == 18
    assert sum("count(*)" in query for query in asked) == 3
    assert count_reps(reading, Wanted(session=7)) == 3
    assert count_reps(reading, Wanted(athletes=ids_of(reading, "ann"))) == 0
    assert count_reps(reading, Wanted(athletes=("",))) == 18


def test_two_may_have_one_name_and_are_told_apart_by_their_numbers(journal: Journal) -> None:
    edited(journal, AddAthlete(Known(name="Ann", team="B")))
    people = People.of(journal.database)
    with pytest.raises(BadInputError, match=r"more than one; expected one of Ann \(#1\), Ann \(#3\)"):
        meant_person(people, "ann", "give")
    assert sure_person(people, "#3", "give").team == "B"
    assert sure_person(people, people.rows[2].uid, "give").number == 3


def test_two_rows_of_one_person_are_one_after_a_merge(journal: Journal, tmp_path: Path) -> None:
    edited(journal, AddAthlete(Known(name="Annie")))
    session = journal.begin(PLAN, ("Annie",), "sim", WALL_NS)
    journal.save(session, rep(1, athlete="Annie"), WALL_NS)
    edited(journal, MergeAthletes("annie", "#1"))
    reading = open_for_reading(tmp_path)
    assert reading is not None
    assert {found.record.athlete for found in reps(reading)} == {"Ann"}
    assert count_reps(reading, Wanted(athletes=ids_of(reading, "ann"))) == 7
    assert names(journal) == [(1, "Ann"), (2, "Bea")]
    journal.begin(PLAN, ("Annie",), "sim", WALL_NS)
    assert names(journal) == [(1, "Ann"), (2, "Bea")], "the old spelling on a roster means the same person"


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (ChangeAthlete("Zoe", Known(name="Z")), "nobody of that name"),
        (ChangeAthlete("Beaa", Known(name="Z")), "did you mean 'Bea'"),
        (MergeAthletes("ann", "#1"), "one and the same"),
        (AddAthlete(Known(name="  ")), "no name"),
        (AddAthlete(Known(name="a\u0007b")), "control characters"),
    ],
)
def test_who_is_nobody_or_no_name_is_refused(journal: Journal, edit: AnyEdit, why: str) -> None:
    with pytest.raises(BadInputError, match=why):
        edited(journal, edit)


def test_a_rebuild_keeps_names_numbers_and_merges(journal: Journal, tmp_path: Path) -> None:
    edited(journal, AddAthlete(Known(name="Annie", notes="left-handed")), MergeAthletes("annie", "ann"))
    edited(journal, ChangeAthlete("bea", Known(name="Beatrix")))
    journal.close_database()
    before = ledger(tmp_path)
    for lost in ("results.db", "reps.jsonl", "results.db"):
        (tmp_path / lost).unlink()
        opened(tmp_path)
        assert ledger(tmp_path) == before
