"""Downloads: every format by session and athlete, whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import fitdecode
import pytest

from retro_timer.coach.access import FOLDER, Role
from retro_timer.store.exchange import files
from retro_timer.store.results.journal import Journal
from tests.helpers.browser_made import Browser, Field, Got
from tests.helpers.exchange_made import session_of, without_clock
from tests.helpers.results_made import fill


@pytest.fixture
def coach(tmp_path: Path) -> Browser:
    fill(tmp_path)
    return Field(tmp_path).phone(Role.COACH)


def reps_of(text: str) -> list[tuple[str, str]]:
    return [(row["session"], row["athlete"]) for row in csv.DictReader(io.StringIO(text))]


def name_of(got: Got) -> str:
    assert got.status == 200
    assert int(got.header("content-length")) == len(got.data)
    return got.header("content-disposition").partition("filename=")[2].strip('"')


def test_csv_has_everything_or_what_is_asked_for(coach: Browser) -> None:
    got = coach.get("/download/csv")
    assert name_of(got) == "retro-timer-results.csv"
    assert reps_of(got.body) == [(number, "Ann") for number in ("1", "2") for _ in range(3)]
    one = coach.get("/download/csv?session=2&athlete=1")
    assert name_of(one) == "retro-timer-session-2-athlete-1.csv"
    assert reps_of(one.body) == [("2", "Ann")] * 3


def test_json_fit_and_lif_are_read_by_what_reads_such_files(coach: Browser, tmp_path: Path) -> None:
    got = coach.get("/download/json?session=1")
    assert name_of(got) == "retro-timer-session-1.json"
    assert json.loads(got.body)
    heats = coach.get("/download/lif?session=1")
    assert name_of(heats) == "retro-timer-session-1.lif"
    assert sum("Ann" in row for row in csv.reader(io.StringIO(heats.body))) == 3
    with contextlib.closing(Journal(tmp_path)) as journal:
        group = session_of(journal, ("Ada", "Ben"))
    alone = coach.get(f"/download/fit?session={group}&athlete=4")
    assert name_of(alone) == f"retro-timer-session-{group}-athlete-4.fit"
    with fitdecode.FitReader(io.BytesIO(alone.data)) as reader:
        assert "lap" in {frame.name for frame in reader if isinstance(frame, fitdecode.FitDataMessage)}
    both = coach.get(f"/download/fit?session={group}")
    assert name_of(both) == f"retro-timer-session-{group}.zip"
    names = zipfile.ZipFile(io.BytesIO(both.data)).namelist()
    assert [name.rpartition("-")[2] for name in names] == ["ada.fit", "ben.fit"]


def test_an_activity_without_a_date_is_refused_with_what_helps(coach: Browser, tmp_path: Path) -> None:
    without_clock(tmp_path)
    got = coach.get("/download/fit?session=3")
    assert got.status == 409
    assert "the box did not know its date" in got.body


@pytest.mark.parametrize(
    "address",
    ["/download/exe", "/download/csv?session=9", "/download/csv?athlete=99", "/download/csv?session=x",
     "/download/json?session=" + "9" * 5_000],
)  # fmt: skip
def test_what_there_is_not_is_not_made(coach: Browser, address: str) -> None:
    assert coach.get(address).status == 404


def test_nothing_to_write_is_said_in_a_line(tmp_path: Path) -> None:
    empty = Field(tmp_path).phone(Role.COACH)
    for kind in ("fit", "lif"):
        got = empty.get(f"/download/{kind}")
        assert got.status == 409
        assert "nothing to write" in got.body


def test_one_that_fails_half_way_sends_no_byte_of_a_file_and_leaves_none(
    coach: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(text: io.TextIOBase, _results: object, _done: Callable[[float], None]) -> int:
        text.write("half a line")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_csv", broken)
    got = coach.get("/download/csv")
    assert got.status == 409
    assert "No space left on device" in got.body
    assert "half a line" not in got.body
    assert not got.header("content-disposition")
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == ["phones.json"]


def test_a_file_has_no_name_on_the_disk_while_it_is_sent(coach: Browser, tmp_path: Path) -> None:
    name_of(coach.get("/download/json"))
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == ["phones.json"]
