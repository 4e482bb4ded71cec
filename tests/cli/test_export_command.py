"""`retro-timer results export`: files for spreadsheets and programs, whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import json
import re
import signal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from retro_timer.cli.output.files import writing
from retro_timer.settings.paths import packaged
from retro_timer.store.exchange import csv_file
from retro_timer.store.exchange.csv_file import COLUMNS, as_written, harmless
from retro_timer.store.exchange.schema import NAME, schema_text
from retro_timer.store.results.edits import CorrectRep, carry_out
from retro_timer.store.results.journal import Journal
from retro_timer.training.corrections import GiveRep
from tests.helpers.command import Command
from tests.helpers.exchange_made import STAMP, everything, session_of, without_clock

DOCS = Path(__file__).resolve().parents[2] / "docs" / "exports.md"


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def document(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_csv_file_has_one_rep_a_row_with_its_session(run: Command, state_dir: Path, tmp_path: Path) -> None:
    everything(state_dir)
    path = tmp_path / "out.csv"
    outcome = run("results", "export", "--format", "csv", "-o", path)
    assert (outcome.code, outcome.lines) == (0, [f"{path}: sessions: 2"])
    assert "sessions without a rep (a row is a rep; --format json has them): 1, not in it" in outcome.one_line()
    rows = csv_rows(path)
    assert tuple(rows[0]) == COLUMNS
    assert [(row["session"], row["rep"]) for row in rows] == [("1", str(n)) for n in range(1, 9)] + [
        ("2", "1"),
        ("2", "2"),
    ]
    listed = json.loads(run("results", "reps", "--json").out)
    for row, rep in zip(rows, listed, strict=True):
        for name in ("time_s", "uncertainty_s", "shown_s", "distance_m", "duration_s", "date", "time_of_day", "go_at"):
            assert row[name] == ("" if rep[name] is None else str(rep[name])), name
        assert as_written(row["athlete"]) == ("Ann Other" if rep["athlete"] == "@Ann" else rep["athlete"])


def test_no_text_of_a_csv_file_is_a_formula(run: Command, state_dir: Path, tmp_path: Path) -> None:
    everything(state_dir)
    run("results", "export", "--format", "csv", "-o", tmp_path / "out.csv")
    rows = csv_rows(tmp_path / "out.csv")
    assert rows[1]["athlete"] == '\'=HYPERLINK("http://x")'
    assert (rows[1]["note"], rows[9]["note"]) == ("'+ wind", "'-1\nwind")
    for name in csv_file.TEXTS:
        assert not any(row[name].lstrip().startswith(("=", "+", "-", "@")) for row in rows)


@pytest.mark.parametrize(
    "text", ["", "Ann", "'Ann", "''", "=1+1", "  =1", "-", "+3", "@x", "\t=1", "＝1", "\rx", "O'Neil", " "]
)
def test_what_stands_behind_an_apostrophe_is_read_again_as_it_was(text: str) -> None:
    assert as_written(harmless(text)) == text
    assert harmless(text).lstrip(" ")[:1] not in tuple("=+-@\t\r＝")


def test_the_json_file_is_as_its_schema_says_and_the_schema_is_current(
    run: Command, state_dir: Path, tmp_path: Path
) -> None:
    everything(state_dir)
    assert (packaged() / "schemas" / NAME).read_text(encoding="utf-8") == schema_text(), "run: make schemas"
    outcome = run("results", "export", "--format", "json", "-o", tmp_path / "out.json")
    assert (outcome.code, outcome.err) == (0, "")
    made = document(tmp_path / "out.json")
    jsonschema.validate(made, json.loads(schema_text()))
    assert [session["session"] for session in made["sessions"]] == [1, 2, 3]
    assert {row["name"] for row in made["athletes"]} >= {"Žofia", "@Ann", "Ann Other"}
    assert [one["kind"] for one in made["sessions"][0]["corrections"]] == ["void", "note", "give", "note", "undo"]


def test_a_part_can_be_exported_and_names_nobody_else(run: Command, state_dir: Path, tmp_path: Path) -> None:
    everything(state_dir)

    def exported(*args: object) -> Any:
        assert run("results", "export", "--format", "json", "-o", tmp_path / "part.json", *args).code == 0
        return document(tmp_path / "part.json")

    of_one = exported("--athlete", "'Quoted")
    assert [(s["session"], [rep["rep"] for rep in s["reps"]]) for s in of_one["sessions"]] == [(1, [7])]
    assert [row["name"] for row in of_one["athletes"]] == ["'Quoted"]
    assert [one["name"] for one in of_one["sessions"][0]["roster"]] == ["'Quoted"]
    assert [s["session"] for s in exported("--session", 2)["sessions"]] == [2]
    assert exported("--session", 2)["athletes"] == []
    began = exported("--session", 2)["sessions"][0]["started_at"]
    assert [s["session"] for s in exported("--since", began)["sessions"]] == [2]


def test_a_correction_names_nobody_else_than_who_is_asked_for(run: Command, state_dir: Path, tmp_path: Path) -> None:
    with contextlib.closing(Journal(state_dir)) as journal:
        session_of(journal, ("Ann", "Bea"), reps=1)
        carry_out(journal, CorrectRep(1, GiveRep(2, "Ann")), STAMP)
    path = tmp_path / "ann.json"
    assert run("results", "export", "--format", "json", "-o", path, "--athlete", "Ann").code == 0
    assert "Bea" not in path.read_text(encoding="utf-8")
    (given,) = document(path)["sessions"][0]["corrections"]
    assert (given["before"]["athlete"], given["after"]["athlete"]) == ("athlete 2", "Ann")
    assert run("results", "export", "--format", "json", "-o", path).code == 0
    assert document(path)["sessions"][0]["corrections"][0]["before"]["athlete"] == "Bea"


def test_what_since_leaves_out_for_want_of_a_date_is_told(run: Command, state_dir: Path, tmp_path: Path) -> None:
    without_clock(state_dir)
    outcome = run("results", "export", "--format", "json", "-o", tmp_path / "a.json", "--since", "2020-01-01")
    assert "sessions whose date the box did not know, as --since asks: 1, not in it" in outcome.one_line()
    assert run("results", "export", "--format", "json", "-o", tmp_path / "a.json").code == 0
    (session,) = document(tmp_path / "a.json")["sessions"]
    assert (session["started_at"], session["reps"][0]["go_at"], session["reps"][0]["date"]) == (None, None, None)


@pytest.mark.parametrize("kind", ["csv", "json", "lif", "fit"])
def test_a_rep_that_has_not_ended_is_told_in_every_format(
    run: Command, state_dir: Path, tmp_path: Path, kind: str
) -> None:
    with contextlib.closing(Journal(state_dir)) as journal:
        session_of(journal, ("Ann",))
        journal.database.execute("UPDATE rep SET status = 'open' WHERE rep = 2")
    outcome = run("results", "export", "--format", kind, "-o", tmp_path / f"a.{kind}")
    assert (outcome.code, outcome.one_line()) == (0, "retro-timer: reps that have not ended: 1, not in it")


def test_the_same_results_give_the_same_bytes(run: Command, state_dir: Path, tmp_path: Path) -> None:
    everything(state_dir)
    for kind in ("csv", "json"):
        for name in ("a", "b"):
            assert run("results", "export", "--format", kind, "-o", tmp_path / name).code == 0
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_without_a_session_a_file_says_so_too(run: Command, tmp_path: Path) -> None:
    for kind in ("csv", "json"):
        outcome = run("results", "export", "--format", kind, "-o", tmp_path / kind)
        assert (outcome.code, outcome.out, outcome.err) == (0, f"{tmp_path / kind}: sessions: 0\n", "")
    assert csv_rows(tmp_path / "csv") == []
    assert document(tmp_path / "json")["sessions"] == []


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--format", "xml"), "xml"),
        (("--format", "csv", "--session", "77"), "session 77: not found"),
        (("--format", "csv", "--athlete", "Nobody"), "nobody of that name"),
        (("--format", "csv", "--since", "yesterday"), "--since 'yesterday': not a date"),
    ],
)
def test_what_cannot_be_meant_is_one_line(
    run: Command, state_dir: Path, tmp_path: Path, args: tuple[str, ...], told: str
) -> None:
    everything(state_dir)
    outcome = run("results", "export", "-o", tmp_path / "out", *args)
    assert (outcome.code, told in outcome.one_line()) == (2, True)
    assert list(tmp_path.glob("out*")) == []


def test_a_place_that_holds_no_file_is_bad_input(run: Command, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "no" / "folder.csv", Path("/dev/null")):
        outcome = run("results", "export", "--format", "csv", "-o", path)
        assert (outcome.code, f"-o {path}" in outcome.one_line()) == (2, True)


def test_an_export_that_fails_half_way_leaves_what_was_there(
    run: Command, state_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything(state_dir)
    path = tmp_path / "out.csv"
    path.write_text("before")

    def full(_self: object, columns: str) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("retro_timer.store.exchange.selecting.Results.rows", full)
    outcome = run("results", "export", "--format", "csv", "-o", path)
    assert (outcome.code, outcome.one_line()) == (1, f"retro-timer: {path}: not written (No space left on device)")
    assert [(found.name, found.read_text()) for found in tmp_path.glob("out*")] == [("out.csv", "before")]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_an_export_that_is_told_to_end_leaves_what_was_there(
    run: Command, state_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    everything(state_dir)
    path = tmp_path / "out.csv"
    path.write_text("before")
    monkeypatch.setattr(
        "retro_timer.store.exchange.selecting.Results.rows",
        lambda _self, columns: signal.raise_signal(number),
    )
    signal.signal(number, signal.SIG_DFL)
    assert run("results", "export", "--format", "csv", "-o", path).code == 130
    assert [(found.name, found.read_text()) for found in tmp_path.glob("out*")] == [("out.csv", "before")]
    assert signal.getsignal(number) is signal.SIG_DFL


def test_what_is_to_outlive_its_terminal_is_written_whole(tmp_path: Path) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with writing(tmp_path / "out.csv") as file:
        signal.raise_signal(signal.SIGHUP)
        file.write(b"whole")
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    assert (tmp_path / "out.csv").read_bytes() == b"whole"


def test_every_column_is_told_of_on_the_page() -> None:
    told = re.findall(r"^\| `(\w+)` \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert tuple(told) == COLUMNS
