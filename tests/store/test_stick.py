"""What is put onto a USB stick, and what is told of one that does not take it."""

from __future__ import annotations

import contextlib
import errno
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from retro_timer.store import stick
from retro_timer.store.results.athlete_edits import ChangeAthlete, Known
from retro_timer.store.results.edits import carry_out
from retro_timer.store.results.journal import Journal
from retro_timer.store.stick import CopiedOnto, StickError, Trouble, box_name, check_mounted, copy_to
from tests.helpers.exchange_made import NOON_NS, STAMP, S, session_of

DAY_NS = 86_400 * S


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Two sessions of two athletes."""
    folder = tmp_path / "state"
    folder.mkdir()
    with contextlib.closing(Journal(folder)) as journal:
        for day in range(2):
            session_of(journal, ("Anna", "Ben"), began_ns=NOON_NS + day * DAY_NS, reps=1)
    return folder


@pytest.fixture
def usb(tmp_path: Path) -> Path:
    """A stick."""
    folder = tmp_path / "usb"
    folder.mkdir()
    return folder


def copied(state: Path, usb: Path, after_s: int = 0) -> CopiedOnto:
    made = copy_to(state, usb, NOON_NS + after_s * S)
    assert made is not None
    return made


def fit_files(usb: Path) -> set[str]:
    return {path.name for path in usb.rglob("*.fit")}


def halves(usb: Path) -> list[Path]:
    return [path for path in usb.rglob("*") if ".new" in path.name]


def test_it_has_the_database_and_a_fit_file_for_each_athlete_of_each_session(state: Path, usb: Path) -> None:
    made = copied(state, usb)
    assert made.database.parent == usb / "retro-timer" / box_name()
    with contextlib.closing(sqlite3.connect(made.database)) as there:
        assert there.execute("SELECT count(*) FROM rep").fetchone() == (4,)
    assert made.fit_files == len(fit_files(usb)) == 4
    assert halves(usb) == []


def test_the_next_time_only_what_has_changed_is_written(state: Path, usb: Path) -> None:
    copied(state, usb)
    assert copied(state, usb, 1).fit_files == 0
    with contextlib.closing(Journal(state)) as journal:
        session_of(journal, ("Cleo",), began_ns=NOON_NS + 2 * DAY_NS)
    assert copied(state, usb, 2).fit_files == 1
    next(usb.rglob("*cleo*.fit")).unlink()
    assert copied(state, usb, 3).fit_files == 1


def test_who_has_a_new_name_has_files_of_that_name_and_none_of_the_old(state: Path, usb: Path) -> None:
    copied(state, usb)
    with contextlib.closing(Journal(state)) as journal:
        carry_out(journal, ChangeAthlete("Anna", Known(name="Berta")), STAMP)
    copied(state, usb, 1)
    assert sorted(name.rpartition("-")[2] for name in fit_files(usb)) == [
        "ben.fit",
        "ben.fit",
        "berta.fit",
        "berta.fit",
    ]


def test_without_results_nothing_is_put_there(tmp_path: Path, usb: Path) -> None:
    assert copy_to(tmp_path / "none", usb, NOON_NS) is None


@pytest.mark.parametrize("name", ["{state}/results.db", "../../../../state/results.db", "../../x.fit", "/x.fit", ".."])
def test_a_list_on_a_stick_that_somebody_else_wrote_takes_nothing_away(state: Path, usb: Path, name: str) -> None:
    copied(state, usb)
    (outside := usb / "retro-timer" / "x.fit").write_bytes(b"not ours")
    (done,) = usb.rglob("copied.json")
    done.write_text(json.dumps({"x": [name.format(state=state)]}))
    copied(state, usb)
    assert (state / "results.db").is_file()
    assert outside.is_file()
    assert len(fit_files(usb)) > 0


def test_what_a_pulled_stick_was_left_with_goes_the_next_time(state: Path, usb: Path) -> None:
    folder = usb / "retro-timer" / box_name()
    folder.mkdir(parents=True)
    (folder / "results-00000000001.new").write_bytes(b"half")
    (folder / "results-00000000001.new-journal").write_bytes(b"half")
    copied(state, usb)
    assert halves(usb) == []


@pytest.mark.parametrize(
    ("number", "trouble"),
    [
        (errno.ENOSPC, Trouble.FULL),
        (errno.EROFS, Trouble.READ_ONLY),
        (errno.EACCES, Trouble.READ_ONLY),
        (errno.EIO, Trouble.FAILED),
    ],
)
def test_what_a_stick_refuses_is_told_in_one_of_the_words_and_leaves_no_half_file(
    state: Path, usb: Path, monkeypatch: pytest.MonkeyPatch, number: int, trouble: Trouble
) -> None:
    def refuse(_path: Path, _data: bytes) -> None:
        raise OSError(number, "refused")

    monkeypatch.setattr(stick, "write_whole", refuse)
    with pytest.raises(StickError, match="not all is copied") as told:
        copied(state, usb)
    assert told.value.trouble == trouble
    assert (halves(usb), fit_files(usb)) == ([], set())


def test_a_database_that_does_not_fit_is_told_as_a_full_stick(
    state: Path, usb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sqlite3.connect

    def small(path: str, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = real(path, **options)
        if str(path).endswith(".new"):
            connection.execute("PRAGMA max_page_count = 5")
        return connection

    monkeypatch.setattr(sqlite3, "connect", small)
    with pytest.raises(StickError) as told:
        copied(state, usb)
    assert told.value.trouble == Trouble.FULL
    assert [path for path in usb.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("line", "takes"),
    [
        ("98 30 8:1 / {} rw,nosuid,nodev,noexec shared:5 - vfat /dev/sda1 rw,uid=997", True),
        ("98 30 8:1 / {} rw,nosuid - exfat /dev/sda1 rw", True),
        ("98 30 8:1 / {} rw,nosuid - ext4 /dev/sda1 rw", False),
        ("98 30 8:1 / {}/below rw,nosuid - vfat /dev/sda1 rw", False),
        ("22 30 0:1 / / rw - overlay overlay rw", False),
    ],
)
def test_only_what_is_mounted_there_as_fat_or_exfat_is_a_stick(tmp_path: Path, line: str, *, takes: bool) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"21 30 0:20 / /proc rw - proc proc rw\n{line.format(tmp_path)}\n")
    if takes:
        check_mounted(tmp_path, mounts)
        return
    with pytest.raises(StickError, match="FAT or exFAT") as told:
        check_mounted(tmp_path, mounts)
    assert told.value.trouble == Trouble.FOREIGN


def test_two_boxes_of_one_host_name_have_folders_of_their_own(tmp_path: Path) -> None:
    names = set()
    for number in range(2):
        (tmp_path / str(number)).write_text(f"{number}\n")
        names.add(box_name(tmp_path / str(number)))
    assert len(names) == 2
    assert box_name(tmp_path / "none")
