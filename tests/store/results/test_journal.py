"""The journal: durable when a call returns, one schema, one log beside it, and a reader that needs no writer."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.errors import RetroTimerError
from retro_timer.store.results.cut_off import cut_off
from retro_timer.store.results.database import open_for_reading
from retro_timer.store.results.entries import AthleteKept, Begun, Ended, RepKept
from retro_timer.store.results.journal import Journal
from retro_timer.store.results.owners import owner_lives, owner_mark
from retro_timer.store.results.queries import KeptRep, Wanted, rep_fields, reps, session, sessions
from retro_timer.store.results.reps_log import read_log
from retro_timer.store.results.rows import record_of, row_of
from retro_timer.store.results.schema import VERSION
from retro_timer.training.gaits import Gait
from retro_timer.training.record import Flag, RepRecord, RepStatus, Split, StartKind
from tests.helpers.plans_made import block, plan
from tests.helpers.results_made import ids_of

PLAN = plan(block(reps=3))
WALL_NS = 1_700_000_000_000_000_000

RECORDS = st.builds(
    RepRecord,
    rep=st.integers(1, 10_000),
    set_no=st.integers(1, 99),
    rep_no=st.integers(1, 99),
    athlete=st.text(min_size=1, max_size=40).filter(lambda s: "\ud800" not in s),
    distance_m=st.none() | st.integers(5_000, 100_000).map(lambda mm: mm / 1000),
    duration_s=st.none() | st.integers(10_000, 7_200_000).map(lambda ms: ms / 1000),
    gait=st.sampled_from(Gait),
    status=st.sampled_from(RepStatus),
    go_ns=st.integers(0, 2**62),
    time_ns=st.none() | st.integers(0, 2**50),
    uncertainty_ns=st.none() | st.integers(0, 2**40),
    sound_delay_ns=st.integers(0, 2**30),
    method=st.sampled_from(["", "gate", "lane-end", "manual", "clock"]),
    flags=st.lists(st.sampled_from(Flag), unique=True).map(tuple),
    obstacles=st.integers(0, 1000),
    reason=st.sampled_from(["", "timeout", "stopped", "interrupted"]),
    revision=st.integers(1, 1000),
    start=st.sampled_from(StartKind),
    start_uncertainty_ns=st.integers(0, 2**40),
    splits=st.lists(
        st.builds(
            Split,
            line=st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=30),
            distance_m=st.integers(1, 100_000).map(lambda mm: mm / 1000),
            time_ns=st.integers(0, 2**50),
            uncertainty_ns=st.integers(0, 2**40),
        ),
        max_size=6,
    ).map(tuple),
)


def rep(number: int = 1, **changes: Any) -> RepRecord:
    made = RepRecord(
        rep=number,
        set_no=1,
        rep_no=number,
        athlete="Runner",
        distance_m=20.0,
        duration_s=None,
        gait=Gait.JOG,
        status=RepStatus.FINISHED,
        go_ns=5_000_000_000,
        time_ns=8_000_000_000,
        uncertainty_ns=20_000_000,
        sound_delay_ns=58_309_038,
        method="gate",
        flags=(Flag.FAST,),
    )
    return msgspec.structs.replace(made, **changes)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path)
    yield made
    made.close()


def test_a_session_and_its_reps_read_back_as_they_were_written(journal: Journal, tmp_path: Path) -> None:
    number = journal.begin(PLAN, ("Ann", "Bea"), "sim", WALL_NS)
    journal.save(number, rep(1), WALL_NS)
    journal.save(number, rep(2, athlete="Bea", status=RepStatus.DNF, time_ns=None, reason="timeout"), WALL_NS)
    journal.end(number, "done", WALL_NS + 60_000_000_000)
    reading = open_for_reading(tmp_path)
    assert reading is not None
    (row,) = sessions(reading)
    assert (row.id, row.title, row.roster, row.outcome, row.board) == (1, "Test plan", ("Ann", "Bea"), "done", "sim")
    assert (row.reps, row.finished) == (2, 1)
    assert [found for _, found, *_ in reps(reading)] == journal.reps(number)
    assert journal.reps(number)[0] == rep(1)


@given(RECORDS)
def test_any_rep_comes_back_from_its_row_as_it_was(record: RepRecord) -> None:
    assert record_of(row_of(1, record, WALL_NS)) == record


@given(RECORDS)
def test_what_is_kept_of_a_rep_is_whole_numbers_and_texts(record: RepRecord) -> None:
    assert all(value is None or type(value) in (int, str) for value in row_of(1, record, WALL_NS).values())


def test_an_older_word_on_a_rep_never_replaces_a_newer_one(journal: Journal) -> None:
    number = journal.begin(PLAN, ("Runner",), "sim", WALL_NS)
    journal.save(number, rep(1, revision=3, status=RepStatus.VOID), WALL_NS)
    journal.save(number, rep(1, revision=2), WALL_NS)
    assert journal.reps(number)[0].status is RepStatus.VOID
    journal.save(number, rep(1, revision=4), WALL_NS)
    assert journal.reps(number)[0].status is RepStatus.FINISHED


def test_the_log_beside_the_database_says_the_same(journal: Journal, tmp_path: Path) -> None:
    number = journal.begin(PLAN, ("Žofia", "李"), "sim", WALL_NS)
    for n in range(1, 6):
        journal.save(number, rep(n, athlete="Žofia"), WALL_NS + n)
    journal.save(number, rep(3, athlete="李", revision=2), WALL_NS + 3)
    journal.end(number, "done", WALL_NS + 9)
    entries = list(read_log(tmp_path))
    (begun,) = [entry for entry in entries if isinstance(entry, Begun)]
    assert (begun.begin, begun.roster) == (WALL_NS, ("Žofia", "李"))
    assert [entry.name for entry in entries if isinstance(entry, AthleteKept)] == ["Žofia", "李"]
    ended = entries[-1]
    assert isinstance(ended, Ended)
    assert (ended.end, ended.outcome) == (WALL_NS + 9, "done")
    newest: dict[int, RepRecord] = {}
    for entry in entries:
        if isinstance(entry, RepKept):
            newest[entry.rep] = record_of(msgspec.structs.asdict(entry))
    assert list(newest.values()) == journal.reps(number)


def test_the_database_is_in_wal_mode_and_every_commit_is_synced(journal: Journal) -> None:
    assert journal._db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert journal._db.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_times_are_kept_as_integers(journal: Journal, tmp_path: Path) -> None:
    number = journal.begin(PLAN, ("Runner",), "sim", WALL_NS)
    journal.save(number, rep(1, time_ns=8_000_000_001), WALL_NS)
    row = sqlite3.connect(tmp_path / "results.db").execute("SELECT typeof(time_ns), time_ns FROM rep").fetchone()
    assert row == ("integer", 8_000_000_001)


def test_a_reader_sees_everything_while_the_writer_works_and_after_it_has_gone(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    number = journal.begin(PLAN, ("Runner",), "sim", WALL_NS)
    journal.save(number, rep(1), WALL_NS)
    reading = open_for_reading(tmp_path)
    assert reading is not None
    assert len(list(reps(reading))) == 1
    journal.save(number, rep(2), WALL_NS)
    assert len(list(reps(reading))) == 2
    journal.close()
    again = open_for_reading(tmp_path)
    assert again is not None
    assert len(list(reps(again))) == 2


def test_a_reader_never_writes(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.begin(PLAN, ("Runner",), "sim", WALL_NS)
    journal.close()
    reading = open_for_reading(tmp_path)
    assert reading is not None
    with pytest.raises(sqlite3.OperationalError):
        reading.execute("DELETE FROM session")


def test_where_nothing_was_kept_there_is_nothing_to_read(tmp_path: Path) -> None:
    assert open_for_reading(tmp_path) is None
    assert open_for_reading(tmp_path / "missing") is None
    assert not (tmp_path / "results.db").exists()


def test_a_database_of_a_newer_program_is_left_alone_and_told_of(tmp_path: Path) -> None:
    Journal(tmp_path).close()
    with sqlite3.connect(tmp_path / "results.db") as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(RetroTimerError, match=f"version {VERSION + 1}, this program knows up to {VERSION}"):
        Journal(tmp_path)


def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    for n in range(3):
        journal = Journal(tmp_path)
        assert journal.begin(PLAN, ("Runner",), "sim", WALL_NS + n) == n + 1
        journal.close()


def test_a_session_is_cut_off_when_nobody_ended_it_and_its_process_is_gone(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[2])\n"
        "from plans_made import block, plan\nfrom retro_timer.store.results.journal import Journal\n"
        "j = Journal(Path(sys.argv[1]))\nj.begin(plan(block(reps=3)), ('Ann',), 'sim', 1)\n"
        "n = j.begin(plan(), ('Ann',), 'sim', 2); j.end(n, 'done', 3)\nj.begin(plan(), ('Ann',), 'other', 4)\n"
    )
    helpers = Path(__file__).parents[2] / "helpers"
    subprocess.run([sys.executable, "-P", "-c", code, tmp_path, helpers], check=True, timeout=60)
    journal = Journal(tmp_path)
    journal.begin(PLAN, ("Bea",), "sim", 5)
    assert [(entry.id, entry.roster, entry.plan) for entry in cut_off(journal, "sim")] == [(1, ("Ann",), PLAN)]
    assert [entry.id for entry in cut_off(journal, "other")] == [3]
    journal.adopt(1)
    assert cut_off(journal, "sim") == []
    journal.close()


def test_a_process_is_known_by_more_than_its_number() -> None:
    assert owner_lives(owner_mark())
    boot, pid, started = owner_mark().split(":")
    assert not owner_lives(f"{boot}:{pid}:{int(started) + 1}")
    assert not owner_lives(f"other-boot:{pid}:{started}")
    assert not owner_lives("")
    assert not owner_lives(f"{boot}:x:y")
    assert not owner_lives(f"{boot}:999999999:1")


def test_results_can_be_asked_for_by_session_athlete_and_number(journal: Journal, tmp_path: Path) -> None:
    for _ in range(2):
        number = journal.begin(PLAN, ("Ann", "Bea"), "sim", WALL_NS)
        for n in range(1, 5):
            journal.save(number, rep(n, athlete="Ann" if n % 2 else "Bea"), WALL_NS)
        journal.save(number, rep(5, status=RepStatus.OPEN, time_ns=None), WALL_NS)
    reading = open_for_reading(tmp_path)
    assert reading is not None
    bea = Wanted(athletes=ids_of(reading, "Bea"))
    assert [(s, r.rep) for s, r, *_ in reps(reading, Wanted(session=2))] == [(2, 1), (2, 2), (2, 3), (2, 4)]
    assert [(s, r.rep) for s, r, *_ in reps(reading, bea)] == [(1, 2), (1, 4), (2, 2), (2, 4)]
    assert [(s, r.rep) for s, r, *_ in reps(reading, newest=3)] == [(2, 2), (2, 3), (2, 4)]
    assert [found.id for found in (session(reading, None), session(reading, 1)) if found] == [2, 1]
    assert session(reading, 9) is None


def test_what_a_start_a_line_and_a_wave_say_of_a_rep_reads_back(journal: Journal) -> None:
    session = journal.begin(PLAN, ("Runner",), "sim", WALL_NS)
    splits = (Split("ten", 10.0, 2_113_000_000, 20_000_000), Split("end", 20.0, 4_000_000_000, 20_000_000))
    for number, start in enumerate((StartKind.GO, StartKind.RELEASE, StartKind.FLYING), start=1):
        more = {"start_uncertainty_ns": 5, "splits": splits, "line": "end", "lane": 2, "part": "work"}
        kept = rep(number, start=start, wave=3, place=1, target_ns=8_000_000_000, note="wind", **more)
        journal.save(session, kept, WALL_NS)
        assert journal.reps(session)[-1] == kept


def test_the_fields_of_a_rep_for_other_programs() -> None:
    fields = rep_fields(KeptRep(7, rep(1, obstacles=2), 0, ""))
    assert fields == {
        "session": 7, "rep": 1, "set": 1, "rep_in_set": 1, "athlete": "Runner", "distance_m": 20.0,
        "duration_s": None, "gait": "jog", "status": "finished", "time_s": 8.0, "uncertainty_s": 0.02,
        "sound_delay_s": 0.058309038, "shown_s": 7.95, "method": "gate", "start": "go", "splits": [],
        "flags": ["fast"], "obstacles": 2,
        "reason": "", "date": None, "time_of_day": None, "go_at": None,
        "athlete_id": "", "line": "", "lane": None, "wave": None, "place": None, "note": "", "crossings": None,
            "course": "straight",
    }  # fmt: skip
    assert json.loads(json.dumps(fields)) == fields
