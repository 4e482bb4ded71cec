"""`retro-timer results import`: what another box kept is taken over once, and nothing here is written over."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from retro_timer.store.exchange.portions import portions
from retro_timer.store.results.athlete_edits import ChangeAthlete, Known
from retro_timer.store.results.edits import CorrectRep, NoteSession, carry_out
from retro_timer.store.results.entries import Deleted, encode, new_id
from retro_timer.store.results.journal import Journal
from retro_timer.store.results.merging.portion import PORTION_ROWS
from retro_timer.store.results.reps_log import RepsLog
from retro_timer.training.corrections import GiveRep, SetTime, VoidRep
from retro_timer.training.gaits import Gait
from retro_timer.training.record import RepRecord, RepStatus
from tests.helpers.boxes import Boxes, long_session
from tests.helpers.command import quietly
from tests.helpers.exchange_made import NOON_NS, PLAN, STAMP, S, everything, rows, session_of, without_clock
from tests.helpers.results_made import fill_by_log


@pytest.fixture
def boxes(tmp_path: Path) -> Boxes:
    return Boxes(tmp_path)


@pytest.mark.parametrize("made", [everything, without_clock])
@pytest.mark.parametrize("kind", ["json", "csv"])
def test_what_goes_out_and_comes_in_goes_out_the_same(boxes: Boxes, kind: str, made: Callable[[Path], None]) -> None:
    made(boxes.a)
    file = boxes.exported(boxes.a, kind)
    boxes.brought(boxes.b, file)
    assert boxes.exported(boxes.b, kind).read_bytes() == file.read_bytes()
    again = boxes.brought(boxes.b, file)
    assert again[0].startswith("new sessions: 0; reps: 0 (")
    assert again[0].endswith("more are here already); athletes: 0")
    assert again[1:] == []
    assert boxes.brought(boxes.a, file)[1:] == []


@pytest.mark.parametrize("title", ["two\nlines", "two\r\nlines", "a;b", '"quoted", and more'])
def test_csv_brings_a_title_of_any_signs_and_a_place_that_nobody_has_claimed(boxes: Boxes, title: str) -> None:
    boxes.a.mkdir(exist_ok=True)
    with contextlib.closing(Journal(boxes.a)) as journal:
        number = journal.begin(msgspec.structs.replace(PLAN, title=title), ("Ann", "Bea"), "pi", NOON_NS)
        for place, name in ((1, ""), (2, "Bea")):
            record = RepRecord(
                place, 1, 1, name, 20.0, None, Gait.JOG, RepStatus.FINISHED, 7, 5 * S, S // 50, wave=1, place=place
            )
            journal.save(number, record, NOON_NS + S)
        journal.end(number, "done", NOON_NS + 60 * S)
    file = boxes.exported(boxes.a, "csv")
    boxes.brought(boxes.b, file)
    assert boxes.exported(boxes.b, "csv").read_bytes() == file.read_bytes()
    assert [row["roster"] for row in rows(boxes.b, "session", "id")] == ['["Bea"]']
    assert [row["name"] for row in rows(boxes.b, "athlete", "id")] == ["Bea"]


def test_json_brings_every_row_and_a_rebuild_from_the_log_gives_them_again(boxes: Boxes) -> None:
    everything(boxes.a)
    boxes.brought(boxes.b, boxes.exported(boxes.a))
    tables = {"rep": "session, rep", "session": "id", "athlete": "id", "revision": "id, rep"}
    apart = {
        "seq",
        "owner",
        "started_boot",
        "started_boot_ns",
        "go_boot",
        "go_boot_ns",
        "boot",
        "boot_ns",
        "ended_boot",
    }

    def found(box: Path) -> dict[str, list[dict[str, object]]]:
        return {
            table: [
                {name: value for name, value in row.items() if name not in apart} for row in rows(box, table, order)
            ]
            for table, order in tables.items()
        }

    brought = found(boxes.b)
    whose = found(boxes.a)
    for row in whose["rep"]:
        assert row["athlete"] in ("Žofia", '=HYPERLINK("http://x")', "'Quoted", "@Ann", "Ann Other", "Runner")
        row["athlete"] = "Ann Other" if row["athlete"] == "@Ann" else row["athlete"]
    for row in whose["session"]:
        row["roster"] = str(row["roster"]).replace("@Ann", "Ann Other")
    for row in whose["revision"]:
        row["origin"] = f"import {row['origin']}"
    assert brought == whose
    for path in boxes.b.glob("results.db*"):
        path.unlink()
    Journal(boxes.b).close()
    assert found(boxes.b) == brought


def test_sessions_of_two_boxes_stand_side_by_side_with_numbers_of_their_own(boxes: Boxes) -> None:
    for box, name in ((boxes.a, "Ann"), (boxes.b, "Bea")):
        with contextlib.closing(Journal(box)) as journal:
            session_of(journal, (name,))
    told = boxes.brought(boxes.b, boxes.exported(boxes.a))
    assert told == ["new sessions: 1; reps: 2; athletes: 1", "session 1 of the file is session 2 here"]
    assert [(row["session"], row["athlete"]) for row in rows(boxes.b, "rep", "session, rep")] == [
        (1, "Bea"), (1, "Bea"), (2, "Ann"), (2, "Ann"),
    ]  # fmt: skip


def _changed(box: Path, *edits: Any) -> None:
    with contextlib.closing(Journal(box)) as journal:
        for edit in edits:
            carry_out(journal, edit, STAMP)


def test_what_differs_is_listed_and_stays_as_it_is_here(boxes: Boxes) -> None:
    with contextlib.closing(Journal(boxes.a)) as journal:
        session_of(journal, ("Ann", "Bea"))
    boxes.brought(boxes.b, boxes.exported(boxes.a))
    _changed(boxes.a, CorrectRep(1, VoidRep(1)), CorrectRep(1, GiveRep(2, "Ann")), NoteSession(1, "rain"))
    _changed(boxes.b, CorrectRep(1, SetTime(1, 9.5)), ChangeAthlete("Bea", Known(name="Bea Lund")))
    before = [rows(boxes.b, table, "1, 2") for table in ("rep", "session", "athlete", "revision")]
    told = boxes.brought(boxes.b, boxes.exported(boxes.a))
    assert told[0] == "new sessions: 0; reps: 0 (2 more are here already); athletes: 0"
    conflicts = "\n".join(told[1:])
    for part in (
        "session 1 rep 1: status 'finished' here, 'void' in the file; time_ns 9500000000 here",
        "session 1 rep 2: Bea here, Ann in the file",
        "session 1: note '' here, 'rain' in the file",
        "Bea Lund (#2): name 'Bea Lund' here, 'Bea' in the file",
    ):
        assert f"conflict, as it is here: {part}" in conflicts
    assert [rows(boxes.b, table, "1, 2") for table in ("rep", "session", "athlete", "revision")] == before


def test_the_last_correction_is_the_last_that_was_made_here(boxes: Boxes) -> None:
    for box in (boxes.a, boxes.b):
        with contextlib.closing(Journal(box)) as journal:
            session_of(journal, ("Ann",))
        _changed(box, CorrectRep(1, VoidRep(1)))
    boxes.brought(boxes.b, boxes.exported(boxes.a))
    assert boxes.do(boxes.b, "undo").code == 0
    assert [row["status"] for row in rows(boxes.b, "rep", "session, rep")] == [
        "finished",
        "finished",
        "void",
        "finished",
    ]
    assert "no correction to take back" in boxes.do(boxes.b, "undo").one_line()


def test_what_was_deleted_or_forgotten_here_stays_so(boxes: Boxes) -> None:
    with contextlib.closing(Journal(boxes.a)) as journal:
        session_of(journal, ("Ann",))
        session_of(journal, ("Bea",))
    file = boxes.exported(boxes.a)
    boxes.brought(boxes.b, file)
    first = rows(boxes.b, "session", "id")[0]["uid"]
    log = RepsLog(boxes.b)
    log.append([encode(Deleted(id=new_id(), uid=str(first), session=1))])
    log.close()
    Journal(boxes.b).close()
    assert quietly("athletes", "forget", "Bea", env={"RETRO_TIMER_STATE": str(boxes.b)}).code == 0
    told = boxes.brought(boxes.b, file)
    assert "session 1 of the file was deleted here, and stays so" in told
    assert "#2 is forgotten here and stays so: no name is taken from the file" in told
    assert "Bea" not in (boxes.b / "reps.jsonl").read_text(encoding="utf-8")


def test_json_after_csv_brings_the_note_and_tells_what_it_cannot_add(boxes: Boxes) -> None:
    with contextlib.closing(Journal(boxes.a)) as journal:
        session_of(journal, ("Ann", "Bea"), reps=1)
        journal.database.execute("DELETE FROM rep WHERE rep = 2")
        carry_out(journal, NoteSession(1, "rain"), STAMP)
    for kind in ("csv", "json"):
        told = boxes.brought(boxes.b, boxes.exported(boxes.a, kind))
    assert told[1:] == [
        "conflict, as it is here: session 1: no plan here, one in the file (a file of JSON that comes first brings it)",
        "conflict, as it is here: session 1: Bea is on its roster in the file, and not here",
    ]
    assert rows(boxes.b, "session", "id")[0]["note"] == "rain"
    _changed(boxes.b, NoteSession(1, "sun"))
    assert "note 'sun' here, 'rain' in the file" in boxes.brought(boxes.b, boxes.exported(boxes.a))[1]


def test_a_session_that_was_not_over_is_kept_as_interrupted_and_later_completed(boxes: Boxes) -> None:
    with contextlib.closing(Journal(boxes.a)) as journal:
        number = session_of(journal, ("Ann",))
        journal.database.execute("UPDATE session SET outcome = 'open', ended_wall_ns = NULL")
        file = boxes.exported(boxes.a, "json")
        told = boxes.brought(boxes.b, file)
        assert told[1] == f"session {number} of the file was not over: kept as interrupted"
        assert boxes.brought(boxes.b, file)[1:] == []
    assert [row["outcome"] for row in rows(boxes.b, "session", "id")] == ["interrupted"]


def test_a_long_session_comes_in_portions_that_a_socket_takes(boxes: Boxes) -> None:
    file = long_session(boxes, 500)
    parts = [part.portion for part in portions(file, match_names=False)]
    assert sum(len(one.reps) for part in parts for one in part.sessions) == 500
    assert all(len(one.reps) <= PORTION_ROWS for part in parts for one in part.sessions)
    assert [part.goes_on for part in parts] == [False, *[True] * (len(parts) - 1)]
    assert boxes.brought(boxes.b, file)[0] == "new sessions: 1; reps: 500; athletes: 1"


def test_a_spreadsheet_may_have_saved_the_csv_file_with_semicolons(boxes: Boxes) -> None:
    with contextlib.closing(Journal(boxes.a)) as journal:
        session_of(journal, ("Ann", "Bea"))
    file = boxes.exported(boxes.a, "csv")
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b",", b";"))
    assert boxes.brought(boxes.b, file) == ["new sessions: 1; reps: 4; athletes: 2"]


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["json", "csv"])
def test_ten_thousand_sessions_go_out_and_come_in_without_loss(boxes: Boxes, kind: str) -> None:
    Journal(boxes.a).close()
    fill_by_log(boxes.a, 10_000)
    with contextlib.closing(sqlite3.connect(boxes.a / "results.db")) as db, db:
        db.execute("UPDATE session SET outcome = 'done', ended_wall_ns = started_wall_ns")
    file = boxes.exported(boxes.a, kind)
    assert boxes.brought(boxes.b, file) == ["new sessions: 10,000; reps: 30,000; athletes: 0"]
    assert boxes.exported(boxes.b, kind).read_bytes() == file.read_bytes()
