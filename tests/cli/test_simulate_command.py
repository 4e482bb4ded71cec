"""`retro-timer simulate`: the same seed, the same lines; any pace; ended in order; and nothing printed is ever lost."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import signal
import subprocess
import time
import wave
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from retro_timer.store.results.journal import Journal
from tests.helpers.command import PROGRAM, Command, Outcome, environment_with, here, process, quietly
from tests.helpers.plans_made import block, plan, plan_text
from tests.helpers.results_made import WALL_NS, rep
from tests.helpers.transcript import Transcript

DEADLINE_S = 60.0


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    return lambda *args: here(capsys, "simulate", *args)


@pytest.fixture
def short(tmp_path: Path) -> Path:
    path = tmp_path / "short.toml"
    path.write_text(plan_text("reps = 2\ndistance_m = 10"))
    return path


def events(outcome: Outcome) -> list[dict[str, Any]]:
    return [json.loads(line) for line in outcome.lines]


def test_every_finish_has_its_truth_beside_it_within_a_sane_margin(run: Command, short: Path) -> None:
    told = events(run(short, "--json"))
    finishes = [e for e in told if e["event"] == "finish"]
    assert [e["rep"] for e in finishes] == [1, 2]
    for finish in finishes:
        assert list(finish) == ["t_s", "event", "rep", "time_s", "uncertainty_s", "method", "flags", "truth_s"]
        assert finish["time_s"] == pytest.approx(finish["truth_s"], abs=0.1)
    assert [e["event"] for e in told] == ["go", "crossing", "finish"] * 2 + ["summary"]


def test_times_run_on_and_are_seconds_of_the_session(run: Command, short: Path) -> None:
    told = [e["t_s"] for e in events(run(short, "--json"))]
    assert told == sorted(told)
    assert 10.0 < told[0] < 60.0


def test_the_same_seed_prints_the_same_lines_in_another_process_and_another_one_others(
    run: Command, short: Path
) -> None:
    assert process("simulate", short, "--seed", 3, "--json").out == run(short, "--seed", 3, "--json").out
    assert run(short, "--seed", 3, "--json").out != run(short, "--seed", 4, "--json").out


def test_plain_lines_tell_what_is_said_and_measured(run: Command, short: Path) -> None:
    outcome: Outcome = run(short)
    assert (outcome.code, outcome.err) == (0, "")
    for words in ('"Finish line only. No rear watch."', "GO, rep 1", "crossing, rep 1", "by gate", "(true ", "session"):
        assert words in outcome.out


def test_the_scenarios_are_listed_with_what_happens_in_them(run: Command) -> None:
    lines = run("--scenarios").lines
    assert len(lines) >= 12
    assert any(line.startswith("dog-on-the-line") and "dog" in line[20:] for line in lines)


def test_a_group_runs_in_turn(run: Command, short: Path, tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text("Ann\nBea\nCid\n")
    outcome: Outcome = run(short, "--roster", tmp_path / "names.csv")
    assert '"Next: Bea. On deck: Cid."' in outcome.out
    assert outcome.out.count("GO, rep") == 6
    assert '"Ann. Set 1 of 1. Rep 2 of 2. 10 metres, jog."' in outcome.out


@pytest.mark.parametrize("most", [20, pytest.param(60, marks=pytest.mark.slow)])
def test_an_absurd_but_allowed_group_comes_to_its_end(run: Command, tmp_path: Path, most: int) -> None:
    names = [f"{n:02d} " + "Ἀλέξανδρος"[: n % 10 + 1] + "🏃" * (n % 3) for n in range(most)]
    (tmp_path / "names.csv").write_text("\n".join(names), encoding="utf-8")
    once = tmp_path / "once.toml"
    once.write_text(plan_text("reps = 1\ndistance_m = 5", gait="run"))
    told = events(run(once, "--roster", tmp_path / "names.csv", "--json"))
    assert told[-1]["event"] == "summary"
    assert told[-1]["reps"] == most


def test_a_session_without_a_place_to_save_says_so_and_goes_on(run: Command, short: Path, state_dir: Path) -> None:
    state_dir.parent.mkdir(exist_ok=True)
    state_dir.touch()
    outcome: Outcome = run(short)
    assert "rep 1 is NOT SAVED" in outcome.out
    assert '"Not saved: 2 reps."' in outcome.out
    assert "session over: 2 of 2" in outcome.out


def test_a_pace_is_kept(run: Command, short: Path) -> None:
    at_once = run(short, "--json")
    began = time.monotonic()
    paced = run(short, "--json", "--speed", "30")
    assert time.monotonic() - began >= events(paced)[-1]["t_s"] / 30
    assert paced.out == at_once.out


@pytest.mark.slow
def test_what_is_heard_is_rendered_as_sound_written_down_and_drawn(run: Command, short: Path, tmp_path: Path) -> None:
    written, drawn = tmp_path / "day.txt", tmp_path / "day.svg"
    told = run(short, "--wav", tmp_path / "day.wav", "--transcript", written, "--picture", drawn, "--json")
    assert told.code == 0
    heard = Transcript(written)
    assert any("GO, rep 1" in line for _, line in heard.told)
    picture = {element.text for element in ET.parse(drawn).iter()}
    assert {phrase.text for phrase in heard.phrases} <= picture
    assert len([text for text in picture if re.fullmatch(r"Runner: \d\.\d\d s", text or "")]) == 2
    with wave.open(str(tmp_path / "day.wav")) as file:
        assert file.getnframes() / file.getframerate() >= events(told)[-1]["t_s"]
        assert any(file.readframes(file.getnframes()))


def test_there_is_nothing_to_resume_where_nothing_was_cut_off(run: Command, short: Path) -> None:
    assert "no simulated session was cut off" in run("--resume").one_line()
    assert "the session that was cut off has its plan" in run(short, "--resume").one_line()


def test_a_rep_of_before_the_kill_that_is_voided_is_told_and_the_picture_has_the_plans_own_title(
    run: Command, state_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with contextlib.closing(Journal(state_dir)) as journal:
        number = journal.begin(plan(block(distance_m=5.0, reps=2)), ("Runner",), "sim", WALL_NS)
        journal.save(number, rep(1, athlete="Runner"), WALL_NS)
    monkeypatch.setattr("retro_timer.store.results.cut_off.owner_lives", lambda _mark: False)
    scenario, written, drawn = tmp_path / "void.toml", tmp_path / "heard.txt", tmp_path / "heard.svg"
    scenario.write_text('title = "It was a walker"\n[[coach]]\nat_s = 11.0\nsays = "void"\n')
    told = run("--resume", "--scenario", scenario, "--transcript", written, "--picture", drawn)
    assert (told.code, told.err) == (0, "")
    assert any("rep 1 void" in line for _, line in Transcript(written).told)
    assert plan(block()).title in {element.text for element in ET.parse(drawn).iter()}


def test_a_sound_file_that_cannot_be_written_is_told_in_one_line(run: Command, short: Path, tmp_path: Path) -> None:
    outcome = run(short, "--wav", tmp_path / "none" / "day.wav")
    assert outcome.code in (1, 2)
    assert "Traceback" not in outcome.err
    assert "day.wav" in outcome.err


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 130)])
def test_who_ends_a_paced_session_loses_nothing_that_was_printed(short: Path, number: int, code: int) -> None:
    program = subprocess.Popen(
        [str(PROGRAM), "simulate", str(short), "--json", "--speed", "20"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment_with(None),
    )
    assert program.stdout is not None
    told: list[dict[str, Any]] = []
    while not told or told[-1]["event"] != "finish":
        told.append(json.loads(program.stdout.readline()))
    program.send_signal(number)
    rest, err = program.communicate(timeout=DEADLINE_S)
    told += [json.loads(line) for line in rest.splitlines()]
    assert program.returncode == code
    assert "Traceback" not in err
    assert kept_times() == [event["time_s"] for event in told if event["event"] == "finish"]


@pytest.mark.slow
def test_a_reader_that_goes_away_ends_the_simulation_quietly(short: Path) -> None:
    program = subprocess.Popen(
        [str(PROGRAM), "simulate", str(short)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment_with(None),
    )
    assert program.stdout is not None
    assert program.stderr is not None
    program.stdout.readline()
    program.stdout.close()
    err = program.stderr.read()
    program.stderr.close()
    assert program.wait(DEADLINE_S) in (0, 1)
    assert "Traceback" not in err
    assert len(err.splitlines()) <= 1


def kept_times() -> list[float]:
    """Times of `results reps --json`."""
    return [rep["time_s"] for rep in json.loads(quietly("results", "reps", "--json").out) if rep["time_s"] is not None]


def printed_before_it_was_killed(directory: Path, draw: random.Random) -> list[dict[str, Any]]:
    """Whole lines that a simulated session had printed when it was killed at a random moment."""
    path = directory / "many.toml"
    path.write_text(plan_text("sets = 9\nreps = 40\ndistance_m = 10"))
    program = subprocess.Popen(
        [str(PROGRAM), "simulate", str(path), "--json", "--seed", str(draw.randint(1, 99))],
        stdout=subprocess.PIPE,
        env=environment_with(None),
    )
    assert program.stdout is not None
    data = b""
    for _ in range(draw.randint(1, 80)):
        data += program.stdout.readline()
    # Some more instructions, as many as the machine likes, before it is killed.
    for _ in range(draw.randint(0, 20_000)):
        pass
    os.kill(program.pid, signal.SIGKILL)
    data += program.stdout.read()
    program.stdout.close()
    assert program.wait(DEADLINE_S) == -signal.SIGKILL
    whole = data[: data.rfind(b"\n") + 1]
    return [json.loads(line) for line in whole.splitlines()]


MOMENTS = [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, 20))]


@pytest.mark.parametrize("moment", MOMENTS)
def test_kill_9_at_a_random_moment_loses_no_rep_that_was_printed(tmp_path: Path, moment: int) -> None:
    told = printed_before_it_was_killed(tmp_path, random.Random(moment))
    printed = [(e["rep"], e["time_s"]) for e in told if e["event"] == "finish"]
    kept = {
        (rep["rep"], rep["time_s"])
        for rep in json.loads(quietly("results", "reps", "--json").out)
        if rep["status"] == "finished"
    }
    assert set(printed) <= kept
    assert len(kept) - len(printed) in (0, 1)
