"""Places of a wave before a single lane: rows without an athlete, claimed as a revision, and nobody's until then."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from retro_timer.errors import BadInputError
from retro_timer.store.results.athlete_edits import Done
from retro_timer.store.results.edits import ClaimPlace, CorrectRep, Undo, carry_out
from retro_timer.store.results.journal import Journal, Stamp
from retro_timer.store.results.revisions import revisions
from retro_timer.training.corrections import GiveRep
from retro_timer.training.record import RepRecord, RepStatus
from tests.helpers.results_made import ATHLETES, PLAN, WALL_NS, opened, rep

STAMP = Stamp(WALL_NS + 5, origin="ctl")


def arrival(number: int, wave: int, place: int, status: RepStatus = RepStatus.FINISHED) -> RepRecord:
    """A back at the line, which is nobody's yet."""
    return msgspec.structs.replace(rep(number, status=status, athlete=""), wave=wave, place=place)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Two waves of two are in, and the first of a third."""
    with contextlib.closing(Journal(tmp_path)) as made:
        made.begin(PLAN, ATHLETES, "sim", WALL_NS)
        for number, wave, place in ((1, 1, 1), (2, 1, 2), (3, 2, 1), (4, 2, 2), (5, 3, 1)):
            made.save(1, arrival(number, wave, place), WALL_NS)
        made.save(1, arrival(6, 3, 2, RepStatus.OPEN), WALL_NS)
        yield made


def claim(journal: Journal, place: int, name: str, wave: int | None = None) -> Done:
    return carry_out(journal, ClaimPlace(place, name, wave, 1), STAMP)


def whose(journal: Journal) -> list[str]:
    return [record.athlete for record in journal.reps(1)]


def test_a_claim_is_one_revision_of_one_rep_and_is_taken_back_by_its_id(journal: Journal) -> None:
    done = claim(journal, 2, "ann", 1)
    assert (done.kind, done.reps, whose(journal)) == ("claim", (2,), ["", "Ann", "", "", "", ""])
    (row,) = revisions(journal.database, session=1)
    assert (row.kind, row.origin, row.before["athlete"], row.after["athlete"]) == ("claim", "ctl", "", "Ann")
    carry_out(journal, Undo(done.revision), STAMP)
    assert whose(journal) == [""] * 6


def test_without_a_wave_it_is_the_newest_in_which_that_place_has_come_and_is_nobody_s(journal: Journal) -> None:
    assert claim(journal, 1, "Ann").reps == (5,)
    assert claim(journal, 2, "Bea").reps == (4,)
    assert claim(journal, 1, "Ann").reps == (3,)


@pytest.mark.parametrize(
    ("place", "name", "wave", "why"),
    [
        (3, "Ann", None, "claim 3: no wave has that place"),
        (2, "Ann", 3, "claim 2: nobody has come as that"),
        (1, "Bea", 1, "claim 1: it is Ann's"),
        (2, "Ann", 1, "claim 2 'Ann': Ann has place 1 of that wave"),
        (2, "Zoe", 1, "claim 2 'Zoe': nobody of that name"),
    ],
)
def test_what_cannot_be_claimed_is_refused_with_the_reason(
    journal: Journal, place: int, name: str, wave: int | None, why: str
) -> None:
    claim(journal, 1, "Ann", 1)
    with pytest.raises(BadInputError) as caught:
        claim(journal, place, name, wave)
    assert str(caught.value).startswith(why)


def test_a_place_may_be_given_by_its_rep_as_any_other(journal: Journal) -> None:
    carry_out(journal, CorrectRep(1, GiveRep(2, "Bea")), STAMP)
    assert whose(journal)[1] == "Bea"


def test_what_nobody_has_claimed_is_in_no_athlete_s_summary_and_nobody_comes_to_be_by_it(journal: Journal) -> None:
    claim(journal, 2, "Ann", 1)
    found = journal.database.execute("SELECT athlete_id, finished FROM summary").fetchall()
    ann = journal.database.execute("SELECT uid FROM athlete WHERE name = 'Ann'").fetchone()[0]
    assert found == [(ann, 1)]
    assert journal.database.execute("SELECT count(*) FROM athlete").fetchone() == (len(ATHLETES),)


def test_rows_without_an_athlete_are_made_anew_from_the_log_as_they_were(journal: Journal, tmp_path: Path) -> None:
    claim(journal, 2, "Ann", 1)
    before = journal.reps(1)
    journal.close()
    (tmp_path / "results.db").unlink()
    opened(tmp_path)
    with contextlib.closing(Journal(tmp_path)) as again:
        assert again.reps(1) == before
