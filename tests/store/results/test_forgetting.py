"""Who is forgotten stands in no file of the state directory any more; sessions, times and places stay whole."""

from __future__ import annotations

import contextlib
import gzip
import os
import shutil
from pathlib import Path

import msgspec
import pytest

from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.store.results.athlete_edits import AddAthlete, ChangeAthlete, Known, MergeAthletes
from retro_timer.store.results.athletes import People
from retro_timer.store.results.backups import back_up
from retro_timer.store.results.database import open_for_reading
from retro_timer.store.results.edits import CorrectRep, carry_out
from retro_timer.store.results.forgetting import forget
from retro_timer.store.results.journal import Journal, Stamp, open_journal
from retro_timer.training.corrections import NoteRep
from tests.helpers.forgotten import ALL_OF_ANN, HEAD, edit, forgotten, lived_in, naming, without_people
from tests.helpers.results_made import PLAN, WALL_NS, fill, ledger, opened


def test_the_name_and_all_that_is_known_goes_from_every_file_and_the_rest_stays(tmp_path: Path) -> None:
    before = without_people(lived_in(tmp_path))
    assert naming(tmp_path, *ALL_OF_ANN)
    done = forgotten(tmp_path, "zita")
    assert naming(tmp_path, *ALL_OF_ANN) == []
    assert without_people(tmp_path) == before
    assert (done.called, done.backups, done.heads) == (("removed 1",), 2, 2)
    assert [Path(path).name for path in done.deleted] == [
        "results.damaged-00000000001.db",
        "results.damaged-00000000001.db-wal",
    ]
    assert (tmp_path / "traces" / "long.csv").read_text() == HEAD.format("removed 1")
    assert naming(tmp_path, "Bea") != []


@pytest.mark.parametrize("lost", [("results.db",), ("reps.jsonl",), ("reps.jsonl", "results.db")])
def test_a_rebuild_keeps_the_removal_and_everybodys_number(tmp_path: Path, lost: tuple[str, ...]) -> None:
    forgotten(lived_in(tmp_path), "zita")
    before = ledger(tmp_path)
    for name in lost:
        (tmp_path / name).unlink()
    opened(tmp_path)
    if len(lost) == 1:
        assert ledger(tmp_path) == before
    assert naming(tmp_path, *ALL_OF_ANN) == []
    edit(tmp_path, AddAthlete(Known(name="Zita")))
    with contextlib.closing(Journal(tmp_path)) as journal:
        names = {row.name for row in People.of(journal.database).persons}
    assert {"Bea", "Zita"} <= names, "who is added under that name is somebody new"


def test_the_journal_goes_on_from_a_log_that_was_written_anew_without_reading_it_all(tmp_path: Path) -> None:
    forgotten(lived_in(tmp_path), "zita")
    with contextlib.closing(Journal(tmp_path)) as journal:
        assert (journal.completed.added, journal.completed.appended) == (0, 0)
        assert journal.check(lambda: True) is True
    edit(tmp_path, CorrectRep(1, NoteRep(1, "wind")))


def test_whoever_was_merged_into_them_is_forgotten_with_them(tmp_path: Path) -> None:
    fill(tmp_path)
    edit(tmp_path, AddAthlete(Known(name="Annabel")), MergeAthletes("annabel", "#1"))
    assert set(forgotten(tmp_path, "#1").called) == {"removed 1", "removed 3"}
    assert naming(tmp_path, "Ann") == []


def test_a_note_and_a_list_that_have_the_name_are_left_and_named(tmp_path: Path) -> None:
    fill(tmp_path)
    edit(tmp_path, CorrectRep(1, NoteRep(2, "Ann fell")), CorrectRep(1, NoteRep(3, "an annex")))
    (tmp_path / "team.csv").write_text("name\nAnn\nBea\n")
    left = forgotten(tmp_path, "ann").left
    assert [line.partition(":")[0] for line in left] == ["the note of session 1, rep 2", str(tmp_path / "team.csv")]


def test_every_other_text_that_has_the_name_is_named_and_so_is_what_cannot_be_searched(tmp_path: Path) -> None:
    state, rendered = tmp_path / "state", tmp_path / "cache"
    fill(state)
    with contextlib.closing(Journal(state)) as journal:
        journal.begin(msgspec.structs.replace(PLAN, title="For Ann"), ("Bea",), "sim", WALL_NS)
        for edit_ in (CorrectRep(1, NoteRep(2, "Ann fell")), CorrectRep(1, NoteRep(2, "somebody fell"))):
            carry_out(journal, edit_, Stamp(WALL_NS, origin="page of Ann"))
        carry_out(journal, ChangeAthlete("bea", Known(name="Bea", notes="Ann's sister")), Stamp(WALL_NS))
    (state / "finishes").mkdir()
    (state / "finishes" / "00000001-a-1-2.csv.gz").write_bytes(gzip.compress(HEAD.format("Ann").encode())[:-9])
    (state / "film.mp4").write_bytes(bytes(2_000_001))
    journal, _ = open_journal(state, WALL_NS)
    left = forget(journal, "ann", rendered=rendered).left
    assert [line.partition(":")[0] for line in left] == [
        "the note of session 1, rep 2",
        "who corrected session 1",
        "the plan of session 3",
        "the notes on athlete #2",
        str(state / "finishes" / "00000001-a-1-2.csv.gz"),
        str(state / "film.mp4"),
    ]


def test_all_rendered_speech_goes_for_its_files_do_not_tell_whom_they_name(tmp_path: Path) -> None:
    state, speech = tmp_path / "state", tmp_path / "cache" / "speech"
    fill(state)
    speech.mkdir(parents=True)
    for name in ("0123abcd.wav", "4567abcd.wav", "89abcdef.part"):
        (speech / name).write_bytes(b"RIFF")
    journal, _ = open_journal(state, WALL_NS)
    assert forget(journal, "ann", rendered=tmp_path / "cache").spoken == 3
    assert list(speech.iterdir()) == []


def test_a_sample_is_its_owners_and_as_old_as_before_from_the_moment_it_is_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path)
    trace = tmp_path / "traces" / "long.csv"
    trace.parent.mkdir()
    trace.write_text(HEAD.format("Ann"))
    trace.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(trace, 4321, 4322)
    os.utime(trace, ns=(1, 1_000_000_000))
    before, in_place = trace.stat(), list[os.stat_result]()

    def replace(fresh: Path, path: Path) -> Path:
        if path == trace:
            in_place.append(fresh.stat())
        return fresh.rename(path)

    monkeypatch.setattr(Path, "replace", replace)
    forgotten(tmp_path, "ann")
    (after,) = in_place
    assert trace.read_text() == HEAD.format("removed 1")
    for kept in ("st_mode", "st_uid", "st_gid", "st_mtime_ns"):
        assert getattr(after, kept) == getattr(before, kept)


def test_what_a_running_timer_records_meanwhile_stays_and_what_it_deletes_keeps_nobody_from_being_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path)
    traces, told = tmp_path / "traces", list[str]()
    traces.mkdir()
    for name in ("deleted.csv", "kept.csv", "written.csv.new"):
        (traces / name).write_text(HEAD.format("Ann"))
    read_bytes = Path.read_bytes

    def read(path: Path) -> bytes:
        if path.name == "deleted.csv":
            path.unlink()
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", read)
    journal, _ = open_journal(tmp_path, WALL_NS)
    assert forget(journal, "ann", gone=told.extend).heads == 1
    assert told == ["Ann"]
    assert sorted(path.name for path in traces.iterdir()) == ["kept.csv", "written.csv.new"]
    forgotten(tmp_path, "#1")
    assert [path.name for path in traces.iterdir()] == ["kept.csv"]


def test_lines_that_nobody_can_read_are_left_out_and_counted(tmp_path: Path) -> None:
    fill(tmp_path)
    with (tmp_path / "reps.jsonl").open("ab") as log:
        log.write(b'{"kind":"rep","athlete":"Ann"\n')
    assert forgotten(tmp_path, "ann").unread == 1
    assert naming(tmp_path, "Ann") == []


def test_a_backup_that_comes_back_with_the_name_is_cleaned_by_their_number(tmp_path: Path) -> None:
    fill(tmp_path)
    kept = back_up(tmp_path, WALL_NS)
    assert kept is not None
    old = kept.read_bytes()
    forgotten(tmp_path, "ann")
    kept.write_bytes(old)
    assert naming(tmp_path, "Ann") == [kept.name]
    assert forgotten(tmp_path, "#1").called == ("removed 1",)
    assert naming(tmp_path, "Ann") == []


def test_while_a_reader_holds_on_to_the_name_it_is_not_done_and_again_completes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path)
    monkeypatch.setattr("retro_timer.store.results.database._BUSY_S", 0.05)
    reading = open_for_reading(tmp_path)
    assert reading is not None
    with contextlib.closing(reading):
        reading.execute("BEGIN")
        reading.execute("SELECT * FROM rep").fetchone()
        with pytest.raises(RetroTimerError, match="end that one, then run this again"):
            forgotten(tmp_path, "ann")
    assert forgotten(tmp_path, "ann").called == ("removed 1",)
    assert naming(tmp_path, "Ann") == []


def test_who_is_nobody_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    fill(tmp_path)
    before = (tmp_path / "reps.jsonl").read_bytes()
    with pytest.raises(BadInputError, match="nobody of that name"):
        forgotten(tmp_path, "Zoe")
    assert (tmp_path / "reps.jsonl").read_bytes() == before


def test_old_logs_are_written_as_lines_of_today_with_the_ids_that_they_had(tmp_path: Path) -> None:
    fixtures = Path(__file__).parent / "fixtures"
    for source in sorted(path for path in fixtures.iterdir() if (path / "reps.jsonl").exists()):
        state = tmp_path / source.name
        shutil.copytree(source, state)
        opened(state)
        before = without_people(state)
        with contextlib.closing(Journal(state)) as journal:
            first = People.of(journal.database).persons[0]
        forgotten(state, f"#{first.number}")
        assert naming(state, first.name) == []
        (state / "results.db").unlink()
        opened(state)
        assert without_people(state) == before
