"""`retro-timer results export --format lif`: heats that meet software reads."""

from __future__ import annotations

import contextlib
import csv
from pathlib import Path
from typing import Any

from retro_timer.store.results.journal import Journal
from retro_timer.training.gaits import Gait
from retro_timer.training.record import Flag, RepRecord, RepStatus, StartKind
from tests.helpers.command import Command
from tests.helpers.exchange_made import NOON_NS, PLAN, S


def rep(number: int, athlete: str, time_s: float | None, **fields: Any) -> RepRecord:
    time_ns = None if time_s is None else round(time_s * S)
    status = RepStatus.DNF if time_s is None else RepStatus.FINISHED
    values = {"set_no": 1, "rep_no": 1, "distance_m": 30.0, "gait": Gait.JOG, "status": status, **fields}
    return RepRecord(rep=number, athlete=athlete, duration_s=None, go_ns=number, time_ns=time_ns, **values)


def keep(directory: Path, *records: RepRecord) -> None:
    with contextlib.closing(Journal(directory)) as journal:
        number = journal.begin(PLAN, ("Anna Berg", "Müller, J.", "Cher"), "pi", NOON_NS)
        for record in records:
            journal.save(number, record, NOON_NS + record.rep * S)
        journal.end(number, "done", NOON_NS + 900 * S)


def lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_a_rep_of_all_is_a_heat_in_order_of_times(run: Command, state_dir: Path, tmp_path: Path) -> None:
    keep(state_dir, rep(1, "Anna Berg", 9.031), rep(2, "Müller, J.", 8.915), rep(3, "Cher", None))
    outcome = run("results", "export", "--format", "lif", "-o", tmp_path / "a.lif")
    assert (outcome.code, outcome.out, outcome.err) == (0, f"{tmp_path / 'a.lif'}: heats: 1\n", "")
    head, *results = lines(tmp_path / "a.lif")
    assert head[:10] == ["1", "1", "1", "Test plan, 30 m jog (not fully automatic)", "", "", "", "", "", "30"]
    assert head[10][-7:] == ":21.000"
    assert len(head) == 11
    assert [row[:9] for row in results] == [
        ["1", "2", "2", "Müller", "J.", "", "8.92", "", "8.92"],
        ["2", "1", "1", "Berg", "Anna", "", "9.04", "", "0.12"],
        ["DNF", "3", "3", "Cher", "", "", "", "", ""],
    ]
    assert [(len(row), row[12]) for row in results] == [(15, "not fully automatic")] * 3


def test_one_athletes_places_are_those_among_all(run: Command, state_dir: Path, tmp_path: Path) -> None:
    void = {"status": RepStatus.VOID}
    keep(
        state_dir,
        rep(1, "Cher", 9.9, distance_m=20.0),
        rep(2, "Anna Berg", 9.031),
        rep(3, "Müller, J.", 8.915),
        rep(4, "Cher", 9.4, **void),
    )
    path = tmp_path / "a.lif"
    outcome = run("results", "export", "--format", "lif", "-o", path, "--athlete", "Anna Berg")
    assert (outcome.code, outcome.out, outcome.err) == (0, f"{path}: heats: 1\n", "")
    head, *results = lines(path)
    assert head[:3] == ["1", "1", "2"]
    assert [row[:9] for row in results] == [["2", "1", "1", "Berg", "Anna", "", "9.04", "", "0.12"]]


def test_a_wave_is_a_heat_with_its_lanes_and_what_has_no_reaction_has_no_mark(
    run: Command, state_dir: Path, tmp_path: Path
) -> None:
    released = {"start": StartKind.RELEASE}
    keep(
        state_dir,
        rep(1, "Anna Berg", 65.5, wave=1, lane=3, **released),
        rep(2, "Cher", 65.5, wave=1, lane=1, **released),
        rep(3, "Müller, J.", 7.02, wave=2, lane=1, flags=(Flag.MANUAL,), **released),
    )
    (tmp_path / "heats").mkdir()
    assert run("results", "export", "--format", "lif", "-o", tmp_path / "heats").code == 0
    assert sorted(path.name for path in (tmp_path / "heats").iterdir()) == ["001-1-01.lif", "001-1-02.lif"]
    head, *results = lines(tmp_path / "heats" / "001-1-01.lif")
    assert head[3] == "Test plan, 30 m jog"
    assert [(row[0], row[2], row[6], row[8], row[12]) for row in results] == [
        ("1", "3", "1:05.50", "1:05.50", ""), ("1", "1", "1:05.50", "0.00", ""),
    ]  # fmt: skip
    _, by_hand = lines(tmp_path / "heats" / "001-1-02.lif")
    assert (by_hand[6], by_hand[12]) == ("7.1", "by hand")


def test_two_lengths_and_two_kinds_of_start_are_no_race_and_what_is_left_out_is_told(
    run: Command, state_dir: Path, tmp_path: Path
) -> None:
    keep(
        state_dir,
        rep(1, "Anna Berg", 9.0),
        rep(2, "Cher", 9.5, distance_m=20.0),
        rep(3, "Cher", 9.2, start=StartKind.FLYING),
        rep(4, "Cher", 9.2, status=RepStatus.VOID),
    )
    outcome = run("results", "export", "--format", "lif", "-o", tmp_path / "a.lif")
    assert outcome.out.endswith("heats: 3\n")
    assert "void reps: 1, not in it" in outcome.err
    assert "more than one heat in one file" in outcome.err
    heats = [row for row in lines(tmp_path / "a.lif") if len(row) == 11]
    assert [(row[2], row[9]) for row in heats] == [("1", "30"), ("2", "20"), ("3", "30")]


def test_without_a_heat_there_is_no_file_and_that_is_said(run: Command, state_dir: Path, tmp_path: Path) -> None:
    keep(state_dir, rep(1, "Cher", 9.9, status=RepStatus.VOID))
    outcome = run("results", "export", "--format", "lif", "-o", tmp_path / "a.lif")
    assert (outcome.code, outcome.out) == (0, f"{tmp_path / 'a.lif'}: heats: 0, nothing written\n")
    assert "void reps: 1, not in it" in outcome.err
    assert not (tmp_path / "a.lif").exists()
