"""`retro-timer replay`: its events as they are promised, over the recordings and over what nobody should record."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.command import PROGRAM, Command, Outcome, environment_with, here, process
from tests.helpers.replaying import passing_rows

MakeTrace = Callable[..., Path]
# Runs a command and writes its greatest memory into a file. In a process of its own: Linux counts what the one that
# starts a command held as the command's, and a worker of the tests holds hundreds of megabytes.
MEASURED = """
import pathlib, resource, subprocess, sys
code = subprocess.run(sys.argv[2:]).returncode
pathlib.Path(sys.argv[1]).write_text(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""
HEADER = "t_s,range_mm,status,signal_kcps,ambient_kcps"


@pytest.fixture
def replay(capsys: pytest.CaptureFixture[str]) -> Command:
    return lambda *args: here(capsys, "replay", *args)


def events(outcome: Outcome) -> list[dict[str, Any]]:
    return [json.loads(line) for line in outcome.lines]


def test_the_shown_command_times_the_doorway_walk(traces: Path) -> None:
    outcome = process("replay", traces / "doorway-walk.csv", "--placement", "gate", "--rep", "0:5:walk", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    (finish,) = [e for e in events(outcome) if e["event"] == "finish"]
    assert 4.85 <= finish["time_s"] <= 5.15


def test_the_shown_command_finds_nobody_in_the_empty_doorway(replay: Command, traces: Path) -> None:
    outcome = replay(traces / "doorway-empty.csv", "--placement", "gate", "--rep", "0:5:walk", "--json")
    assert outcome.code == 0
    assert [e["event"] for e in events(outcome)] == ["go", "dnf", "summary"]


def test_without_json_the_same_is_told_in_lines_for_people(replay: Command, traces: Path) -> None:
    outcome = replay(traces / "doorway-walk.csv", "--rep", "0:5:walk")
    assert [line[11:] for line in outcome.lines][:2] == ["GO, rep 1", "crossing, rep 1"]
    assert "by gate" in outcome.lines[2]
    assert outcome.lines[-1].endswith("session over: 1 of 1 reps finished, obstacles met: 0, readings: 104")


@pytest.fixture
def trace(tmp_path: Path) -> MakeTrace:
    """Writes a trace with metadata and rows."""

    def made(*metadata: str, rows: str | None = None) -> Path:
        path = tmp_path / "day.csv"
        head = "".join(f"# {line}\n" for line in metadata)
        path.write_text(head + HEADER + "\n" + (passing_rows(9.0, 12.0) if rows is None else rows))
        return path

    return made


def test_goes_and_placement_are_read_from_the_trace(replay: Command, trace: MakeTrace) -> None:
    path = trace("placement: gate", "background_mm: 2000", "rep: go_s=1.000 distance_m=20 gait=jog")
    told = events(replay(path, "--json"))
    assert [e["event"] for e in told] == ["go", "crossing", "finish", "summary"]
    assert told[2]["time_s"] == pytest.approx(8.0, abs=0.15)


def test_goes_on_the_command_line_take_the_place_of_the_traces_own(replay: Command, trace: MakeTrace) -> None:
    path = trace("background_mm: 2000", "rep: go_s=1.000 distance_m=20 gait=jog")
    told = events(replay(path, "--rep", "2:20:jog", "--json"))
    assert [e["t_s"] for e in told if e["event"] == "go"] == [2.0]


def test_a_placement_on_the_command_line_takes_the_place_of_the_traces_own(replay: Command, trace: MakeTrace) -> None:
    path = trace("placement: lane-end", "background_mm: 2000", "rep: go_s=1 distance_m=20 gait=jog")
    told = events(replay(path, "--placement", "gate", "--json"))
    assert [e["method"] for e in told if e["event"] == "finish"] == ["gate"]


def test_the_settings_say_how_early_to_warn(replay: Command, trace: MakeTrace, tmp_path: Path) -> None:
    rows = "".join(f"{n / 50:.2f},{max(300, 8000 - 30 * n)},0,800,500\n" for n in range(270))
    slow = tmp_path / "slow.toml"
    slow.write_text("[watch]\ndelay_s = 1.5\nbraking_mps2 = 1.0\n")

    def danger_m(*options: object) -> float:
        told = events(replay(trace("placement: lane-end", rows=rows), "--rep", "0:50:walk", "--json", *options))
        return float(next(e["range_m"] for e in told if e.get("level") == "danger"))

    assert danger_m() < 2.0 < 3.3 < danger_m("--config", slow)


def test_a_go_may_lie_before_the_first_reading(replay: Command, trace: MakeTrace) -> None:
    told = events(replay(trace("background_mm: 2000"), "--rep=-2:20:jog", "--json"))
    assert told[0] == {"t_s": -2.0, "event": "go", "rep": 1}
    assert told[2]["time_s"] == pytest.approx(11.0, abs=0.2)


def test_unknown_metadata_is_kept_quiet_about_and_unparsable_metadata_warned_of(
    replay: Command, trace: MakeTrace
) -> None:
    outcome = replay(trace("weather: mild", "fov_deg: wide", "placement: gte", "background_mm: 2000"), "--json")
    assert outcome.code == 0
    warnings = outcome.err.splitlines()
    assert len(warnings) == 2
    assert "line 2: fov_deg: 'wide' is not a number from 0.1 to 90; ignored" in warnings[0]
    assert "line 3: placement: 'gte' is none of gate, lane-end, belt (did you mean 'gate'?); ignored" in warnings[1]
    assert all(line.startswith("retro-timer: ") for line in warnings)


def test_bad_rows_are_counted_and_reported_and_the_rest_is_judged(replay: Command, trace: MakeTrace) -> None:
    rows = passing_rows(9.0, 12.0).splitlines()
    for at, bad in ((10, "nan,1,,,"), (20, "0.1,2000,,,"), (30, "1,2"), (31, "\x00\xff")):
        rows.insert(at, bad)
    path = trace("background_mm: 2000", rows="\n".join(rows) + "\n11.99,20")
    outcome = replay(path, "--rep", "1:20:jog", "--json")
    assert outcome.code == 0
    assert len([e for e in events(outcome) if e["event"] == "finish"]) == 1
    report = outcome.err.splitlines()
    assert [line.partition("rows ignored: ")[2] for line in report] == [
        "not 5 columns (first at line 33)",
        "out of range (first at line 13)",
        "time runs backwards (first at line 23)",
    ]


def test_a_trace_of_rubbish_only_is_a_session_without_readings(replay: Command, trace: MakeTrace) -> None:
    outcome = replay(trace(rows="a,b,c,d,e\n" * 5), "--rep", "0:5:walk", "--json")
    assert outcome.code == 0
    assert [e["event"] for e in events(outcome)] == ["go", "dnf", "summary"]
    assert events(outcome)[-1]["samples"] == 0
    assert "5 of 5 rows ignored: not a number" in outcome.err


def test_twenty_thousand_rows_are_replayed(replay: Command, trace: MakeTrace) -> None:
    rows = "".join(f"{n * 0.024:.3f},{2000 + n % 5},0,{600 + n % 7},500\n" for n in range(20_000))
    outcome = replay(trace("background_mm: 2000", rows=rows), "--rep", "5:20:walk", "--json")
    assert outcome.code == 0
    assert events(outcome)[-1]["samples"] == 20_000
    assert [e["event"] for e in events(outcome)] == ["go", "dnf", "summary"]


def greatest_memory_kb(folder: Path, rows: int) -> int:
    """Of a replay of so many rows in which nobody comes."""
    path, told, kilobytes = folder / "long.csv", folder / "told", folder / "kilobytes"
    with path.open("w") as file:
        file.write(HEADER + "\n")
        file.writelines(f"{n * 0.024:.3f},{2000 + n % 5},0,{600 + n % 7},500\n" for n in range(rows))
    with told.open("w") as out:
        ran = subprocess.run(
            [sys.executable, "-c", MEASURED, kilobytes, PROGRAM, "replay", path, "--rep", "5:20:walk", "--json"],
            stdout=out,
            env=environment_with(None),
        )
    assert ran.returncode == 0
    assert json.loads(told.read_text().splitlines()[-1])["samples"] == rows
    return int(kilobytes.read_text())


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ten_times_the_rows_are_replayed_in_the_same_memory(tmp_path: Path) -> None:
    """A row kept as a tuple of five numbers alone would be 200 bytes: 36 MB of these 180,000."""
    assert greatest_memory_kb(tmp_path, 200_000) < greatest_memory_kb(tmp_path, 20_000) + 10_000


def test_a_fifo_can_be_replayed_as_it_is_written(tmp_path: Path) -> None:
    done = process("replay", "/dev/stdin", "--rep", "1:20:jog", "--json", stdin=HEADER + "\n" + passing_rows(9.0, 12.0))
    assert done.code == 0
    assert [json.loads(line)["event"] for line in done.lines] == ["go", "crossing", "finish", "summary"]
