"""`results backup --to`, `results verify` and `restore`: copies of the results, and back from them."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from retro_timer.store.results.schema import VERSION
from tests.helpers.command import Command
from tests.helpers.exchange_made import everything, rows
from tests.helpers.results_made import fill, foreign_database, ledger


@pytest.fixture
def usb(tmp_path: Path) -> Path:
    folder = tmp_path / "usb"
    folder.mkdir()
    return folder


def copy_on(usb: Path) -> Path:
    (path,) = usb.rglob("results-*.db")
    return path


def files(folder: Path) -> dict[str, bytes]:
    """What is in the files that hold results."""
    return {name: (folder / name).read_bytes() for name in ("results.db", "reps.jsonl")}


def test_a_copy_with_its_fit_files_goes_into_a_folder(run: Command, state_dir: Path, usb: Path) -> None:
    everything(state_dir)
    outcome = run("results", "backup", "--to", usb)
    assert (outcome.code, outcome.lines) == (0, [f"{copy_on(usb)}; FIT files written: 5"])
    assert len(list(usb.rglob("*.fit"))) == 5


def test_a_copy_needs_a_folder_and_results(run: Command, state_dir: Path, usb: Path) -> None:
    assert run("results", "backup", "--to", usb).lines == ["no results yet: nothing to copy"]
    outcome = run("results", "backup", "--to", usb / "none")
    assert (outcome.code, outcome.one_line()) == (
        2,
        f"retro-timer: --to {usb / 'none'}: no folder; expected one that exists, such as a stick's",
    )


def test_as_a_stick_only_a_stick_is_taken(run: Command, state_dir: Path, usb: Path) -> None:
    fill(state_dir)
    outcome = run("results", "backup", "--to", usb, "--stick")
    assert outcome.code == 1
    assert f"{usb}: no stick that can be read; expected one formatted as FAT or exFAT" in outcome.err
    assert list(usb.iterdir()) == []


def test_restored_into_a_new_box_everything_is_as_it_was(
    run: Command, state_dir: Path, usb: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    everything(state_dir)
    run("results", "backup", "--to", usb)
    monkeypatch.setenv("RETRO_TIMER_STATE", str(tmp_path / "new"))
    outcome = run("restore", copy_on(usb))
    assert outcome.code == 0, outcome.err
    kept = run("results", "export", "--format", "json", "-o", tmp_path / "new.json"), tmp_path / "new.json"
    monkeypatch.setenv("RETRO_TIMER_STATE", str(state_dir))
    run("results", "export", "--format", "json", "-o", tmp_path / "old.json")
    assert json.loads(kept[1].read_text()) == json.loads((tmp_path / "old.json").read_text())


def test_restored_twice_it_is_there_once(
    run: Command, state_dir: Path, usb: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fill(state_dir)
    run("results", "backup", "--to", usb)
    monkeypatch.setenv("RETRO_TIMER_STATE", str(tmp_path / "new"))
    for _ in range(2):
        assert run("restore", copy_on(usb)).code == 0
    assert len(rows(tmp_path / "new", "rep", "session, rep")) == 6


def test_restored_beside_other_results_none_of_them_is_lost(
    run: Command, state_dir: Path, usb: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fill(state_dir, 2)
    run("results", "backup", "--to", usb)
    monkeypatch.setenv("RETRO_TIMER_STATE", str(tmp_path / "other"))
    fill(tmp_path / "made", 1)
    shutil.copytree(tmp_path / "made", tmp_path / "other")
    other = {row["uid"] for row in rows(tmp_path / "other", "session", "id")}
    assert run("restore", copy_on(usb)).code == 0
    found = {row["uid"] for row in rows(tmp_path / "other", "session", "id")}
    assert found == other | {row["uid"] for row in rows(state_dir, "session", "id")}


def damaged(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[5000:9000] = bytes(4000)
    path.write_bytes(data)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:6000])


def newer(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")


def foreign(path: Path) -> None:
    foreign_database(path)


def text(path: Path) -> None:
    path.write_text("Anna,11.43\n")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (damaged, "expected"),
        (cut_short, "expected"),
        (newer, f"of version {VERSION + 1}, made by a newer program; expected {VERSION} or older"),
        (foreign, "another program's file; expected a copy of the results"),
        (text, "no sound database (file is not a database); expected a copy of the results"),
        (Path.unlink, "no file; expected a copy of the results"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
@pytest.mark.parametrize("command", [("restore",), ("results", "verify")], ids=" ".join)
def test_a_file_that_is_no_sound_copy_is_refused_in_one_line_and_changes_nothing(
    run: Command, state_dir: Path, tmp_path: Path, spoil: Callable[[Path], object], words: str, command: tuple[str, ...]
) -> None:
    fill(state_dir)
    copy = tmp_path / "results-1.db"
    shutil.copy(state_dir / "results.db", copy)
    spoil(copy)
    before = files(state_dir)
    outcome = run(*command, copy)
    assert outcome.code == 2
    assert outcome.one_line().startswith(f"retro-timer: {copy}: ")
    assert words in outcome.err
    assert files(state_dir) == before


def test_sound_results_are_told_with_what_is_in_them(run: Command, state_dir: Path) -> None:
    fill(state_dir)
    run("results", "backup")
    outcome = run("results", "verify")
    (copy,) = (state_dir / "backups").iterdir()
    log_lines = len((state_dir / "reps.jsonl").read_text().splitlines())
    assert outcome.lines == [
        "results.db: sound, sessions: 2, reps: 6",
        f"reps.jsonl: sound, all of its {log_lines} lines are in results.db",
        f"backups/{copy.name}: sound, sessions: 2, reps: 6",
    ]
    assert run("results", "verify", copy).lines == [f"{copy}: sound, sessions: 2, reps: 6"]


def test_a_torn_line_and_a_damaged_copy_are_told_and_left_as_they_are(run: Command, state_dir: Path) -> None:
    fill(state_dir)
    run("results", "backup")
    with (state_dir / "reps.jsonl").open("ab") as log:
        log.write(b'{"kind": "rep", \n')
    (copy,) = (state_dir / "backups").iterdir()
    damaged(copy)
    before = ledger(state_dir), copy.read_bytes()
    outcome = run("results", "verify")
    assert outcome.code == 1
    assert "reps.jsonl: lines that cannot be read: 1 of" in outcome.out
    assert "faults: 3" in outcome.one_line()
    assert (ledger(state_dir), copy.read_bytes()) == before


def test_of_a_copy_alone_that_is_damaged_the_results_are_not_accused(run: Command, state_dir: Path) -> None:
    fill(state_dir)
    run("results", "backup")
    (copy,) = (state_dir / "backups").iterdir()
    damaged(copy)
    outcome = run("results", "verify")
    assert outcome.code == 1
    assert "results.db: sound" in outcome.out
    assert "faults: 1; a copy that is damaged is of no use: delete it" in outcome.one_line()
    assert "mends" not in outcome.err


def test_without_results_there_is_nothing_to_verify(run: Command) -> None:
    assert run("results", "verify").lines == ["no results yet"]


def test_a_copy_of_an_older_program_is_restored(run: Command, tmp_path: Path) -> None:
    made = Path(__file__).parents[1] / "store" / "results" / "fixtures" / "v1.sql"
    with contextlib.closing(sqlite3.connect(tmp_path / "results-1.db")) as db:
        db.executescript(made.read_text())
    outcome = run("restore", tmp_path / "results-1.db")
    assert outcome.code == 0, outcome.err
    assert json.loads(run("results", "reps", "--json").out)
