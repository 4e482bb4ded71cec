"""A rep is given to a person, whom the ledger knows by an id: names may be alike, or change while a session runs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from retro_timer.errors import BadInputError
from retro_timer.store.results.athlete_edits import AddAthlete, ChangeAthlete, Known, MergeAthletes
from retro_timer.store.results.athletes import People
from retro_timer.store.results.edits import AnyEdit, CorrectRep, Undo, carry_out
from retro_timer.store.results.journal import Journal, Stamp
from retro_timer.training.corrections import GiveRep, NoteRep, SwapReps
from tests.helpers.results_made import WALL_NS, fill


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    fill(tmp_path)
    with contextlib.closing(Journal(tmp_path)) as made:
        yield made


def edited(journal: Journal, *edits: AnyEdit) -> None:
    for edit in edits:
        carry_out(journal, edit, Stamp(WALL_NS))


def called(journal: Journal, rep: int) -> str:
    """As the session under way knows whose a rep is."""
    return next(record.athlete for record in journal.reps(1) if record.rep == rep)


def number(journal: Journal, rep: int) -> int:
    """Whose a rep is in the ledger."""
    (uid,) = journal.database.execute("SELECT athlete_id FROM rep WHERE session = 1 AND rep = ?", (rep,)).fetchone()
    person = People.of(journal.database).persons_by_uid.get(uid)
    assert person is not None
    return person.number


def test_of_two_people_of_one_name_a_rep_is_given_to_the_one_who_is_meant(journal: Journal) -> None:
    edited(journal, AddAthlete(Known(name="Ann")), CorrectRep(1, GiveRep(1, "#3")))
    assert (called(journal, 1), number(journal, 1), number(journal, 2)) == ("Ann", 3, 1)
    edited(journal, CorrectRep(1, NoteRep(1, "wind")))
    assert number(journal, 1) == 3, "another word on it leaves it theirs"
    with pytest.raises(BadInputError, match="give changes nothing"):
        edited(journal, CorrectRep(1, GiveRep(1, "#3")))
    edited(journal, CorrectRep(1, SwapReps(1, 2)))
    assert (number(journal, 1), number(journal, 2)) == (1, 3)
    edited(journal, Undo(), CorrectRep(1, GiveRep(1, "#1")))
    assert (number(journal, 1), number(journal, 2)) == (1, 1)


def test_who_was_renamed_since_a_session_began_gets_a_rep_under_the_name_that_it_knows(journal: Journal) -> None:
    edited(journal, ChangeAthlete("Bea", Known(name="Beatrix")), CorrectRep(1, GiveRep(1, "Beatrix")))
    assert (called(journal, 1), number(journal, 1)) == ("Bea", 2)


def test_who_was_merged_since_a_session_began_gets_a_rep_under_the_name_that_it_knows(journal: Journal) -> None:
    edited(
        journal,
        AddAthlete(Known(name="Cem")),
        MergeAthletes("Bea", "Cem"),
        CorrectRep(1, GiveRep(1, "Cem")),
    )
    assert (called(journal, 1), number(journal, 1)) == ("Bea", 3)
