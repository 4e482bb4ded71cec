"""Two boxes' results merged: each kind of thing that differs is told in a line of its own, and stays as it is here."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from retro_timer.store.results.athlete_edits import AddAthlete, ChangeAthlete, Known, MergeAthletes
from retro_timer.store.results.edits import CorrectRep, DateSession, NoteSession, carry_out
from retro_timer.store.results.entries import PresenceKept, encode, new_id
from retro_timer.store.results.journal import Journal
from retro_timer.store.results.reps_log import RepsLog
from retro_timer.training.corrections import GiveRep, NoteRep, SetTime, VoidRep
from tests.helpers.boxes import Boxes
from tests.helpers.command import quietly
from tests.helpers.exchange_made import NOON_NS, PLAN, STAMP, S, rows, session_of

TABLES = ("session", "rep", "athlete", "revision", "presence")


@pytest.fixture
def boxes(tmp_path: Path) -> Boxes:
    """Two boxes that have one and the same session of four."""
    found = Boxes(tmp_path)
    with contextlib.closing(Journal(found.a)) as journal:
        session_of(journal, ("Ann", "Bea", "Cid", "Dee"), reps=1)
        carry_out(journal, AddAthlete(Known(name="Eve")), STAMP)
        carry_out(journal, ChangeAthlete("Dee", Known(say="Dee")), STAMP)
    found.brought(found.b, found.exported(found.a))
    return found


def changed(box: Path, *edits: Any) -> None:
    with contextlib.closing(Journal(box)) as journal:
        for edit in edits:
            carry_out(journal, edit, STAMP)


def was_there(box: Path, *, present: bool) -> None:
    """That Ann was in the session, or was not, as a timer keeps it."""
    (session,) = rows(box, "session", "id")
    (ann,) = (row for row in rows(box, "athlete", "1") if row["name"] == "Ann")
    line = PresenceKept(
        id=new_id(),
        uid=str(session["uid"]),
        session=1,
        name="Ann",
        athlete_id=str(ann["uid"]),
        revision=1,
        present=present,
        order=0,
        skipped=(),
    )
    log = RepsLog(box)
    log.append([encode(line)])
    log.close()
    Journal(box).close()


def conflicts(boxes: Boxes, kind: str = "json") -> list[str]:
    """What the second box tells of the first one's file; nothing there is changed, however often it comes."""
    file = boxes.exported(boxes.a, kind)
    before = {table: rows(boxes.b, table, "1, 2") for table in TABLES}
    told = boxes.brought(boxes.b, file)
    assert told == boxes.brought(boxes.b, file)
    assert told[0].startswith("new sessions: 0; reps: 0")
    assert {table: rows(boxes.b, table, "1, 2") for table in TABLES} == before
    mark = "conflict, as it is here: "
    assert all(line.startswith(mark) for line in told[1:])
    return [line.removeprefix(mark) for line in told[1:]]


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_a_rep_that_differs_in_whatever_it_has(boxes: Boxes, kind: str) -> None:
    changed(boxes.a, *(CorrectRep(1, one) for one in (VoidRep(1), SetTime(2, 9.5), GiveRep(3, "Ann"), NoteRep(4, "x"))))
    changed(boxes.b, CorrectRep(1, NoteRep(4, "y")))
    told = conflicts(boxes, kind)
    assert [line.partition(":")[0] for line in told] == [f"session 1 rep {n}" for n in (1, 2, 3, 4)]
    assert "status 'finished' here, 'void' in the file" in told[0]
    assert "9500000000 in the file" in told[1]
    assert "Cid here, Ann in the file" in told[2]
    assert told[3] == "session 1 rep 4: note 'y' here, 'x' in the file"


def test_a_session_that_differs_in_note_and_date(boxes: Boxes) -> None:
    changed(boxes.a, NoteSession(1, "rain"), DateSession(1, NOON_NS - 86_400 * S))
    changed(boxes.b, NoteSession(1, "sun"))
    first, second, *_ = conflicts(boxes)
    assert first == "session 1: note 'sun' here, 'rain' in the file"
    assert second.startswith(f"session 1: beginning {NOON_NS} here, ")


def test_a_session_that_is_under_way_here(boxes: Boxes) -> None:
    with contextlib.closing(Journal(boxes.a)) as journal:
        journal.begin(PLAN, ("Ann",), "pi", NOON_NS + 90_000 * S)
        boxes.brought(boxes.b, boxes.exported(boxes.a))
    with contextlib.closing(Journal(boxes.b)) as journal:
        journal.database.execute("UPDATE session SET outcome = 'open', ended_wall_ns = NULL WHERE id = 2")
        told = boxes.brought(boxes.b, boxes.exported(boxes.a))
    assert told[1:] == ["conflict, as it is here: session 2: not over here, so nothing is added to it"]


def test_who_was_there(boxes: Boxes) -> None:
    was_there(boxes.a, present=False)
    was_there(boxes.b, present=True)
    assert conflicts(boxes) == ["session 1: whether Ann was there, and what they missed, is not the same"]


def test_an_athlete_of_whom_something_else_is_known(boxes: Boxes) -> None:
    theirs = Known(name="Dee Lund", say="Di", team="U16", born=2010, notes="left knee", forward=((20_000, 3 * S),))
    changed(boxes.a, ChangeAthlete("Dee", theirs))
    assert conflicts(boxes) == [
        "Dee (#4): name 'Dee' here, 'Dee Lund' in the file",
        "Dee (#4): say 'Dee' here, 'Di' in the file",
        "Dee (#4): group '' here, 'U16' in the file",
        "Dee (#4): born None here, 2010 in the file",
        "Dee (#4): notes '' here, 'left knee' in the file",
        f"Dee (#4): forward () here, ((20000, {3 * S}),) in the file",
    ]


def test_who_is_one_person_with_somebody_there_alone(boxes: Boxes) -> None:
    changed(boxes.a, MergeAthletes("Dee", "Ann"))
    told = [line for line in conflicts(boxes) if line.startswith("Dee")]
    assert told == ["Dee (#4): is one person with somebody else in the file, and not here (`athletes merge`)"]


def test_who_has_been_forgotten_there_alone(boxes: Boxes) -> None:
    assert quietly("athletes", "forget", "Bea", env={"RETRO_TIMER_STATE": str(boxes.a)}).code == 0
    told = conflicts(boxes)
    assert "Bea (#2) has been forgotten in the file, and not here" in told
    assert msgspec.json.decode(boxes.exported(boxes.b).read_bytes())["athletes"][1]["name"] == "Bea"
