"""`retro-timer run --board sim` as a real process: socket, signals, lock, bad clients, power cuts."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from retro_timer.beacon.control.client import BeaconClient
from retro_timer.beacon.control.protocol import answers, requests
from retro_timer.beacon.events import BeaconEvent
from retro_timer.store.results.database import NAME, open_for_reading
from retro_timer.store.results.snapshot import open_snapshot
from tests.helpers.command import PROGRAM, Outcome, environment_with, process, quietly
from tests.helpers.timer_process import DEADLINE_S, Timer, add_entry_point, raw_connection, timer, until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def idle() -> Iterator[Timer]:
    """A timer that waits for somebody to start a session; the tests that share it leave it so."""
    with timer() as made:
        yield made.ready()


def command(running: Timer, *args: object) -> Outcome:
    """A command of the same home."""
    return quietly(*args, env=running.env)


def reps_on_disk(box: Timer) -> int:
    """Reps in its database, those that still run among them."""
    database = open_for_reading(box.state)
    assert database is not None
    with contextlib.closing(database) as reading:
        return int(reading.execute("SELECT count(*) FROM rep").fetchone()[0])


# An idle box.


def test_status_tells_people_what_the_box_does_and_sees(idle: Timer) -> None:
    done = command(idle, "status")
    assert done.code == 0
    assert done.lines[0].split() == ["phase", "idle"]
    assert "watch    ok, off, finish line only, no rear watch" in done.out
    assert "sensor   gate (VL53L1X short, gate): ok" in done.out


def test_a_box_that_sees_says_that_it_is_ready_and_never_that_it_is_not(idle: Timer) -> None:
    until(lambda: '"Finish line only. No rear watch."' in idle.out, "what the watch covers is said")
    assert '"Ready."' in idle.out
    assert "Not ready" not in idle.out
    assert "watch lost" not in idle.out


def test_status_as_json_is_one_object(idle: Timer) -> None:
    done = command(idle, "status", "--json")
    (line,) = done.lines
    assert json.loads(line)["board"] == "sim"


@pytest.mark.parametrize("action", ["pause", "resume", "skip", "void", "finish", "undo", "repeat", "stop", "recover"])
def test_a_command_that_is_refused_is_exit_1_and_one_line(idle: Timer, action: str) -> None:
    done = command(idle, "ctl", action)
    assert done.code == 1
    assert done.err == "retro-timer: Not possible now.\n"
    assert done.out == ""


def test_a_plan_that_is_not_there_is_refused_with_a_hint_by_the_timer_itself(idle: Timer) -> None:
    done = command(idle, "ctl", "start", "shrt")
    assert done.code == 1
    assert "did you mean 'short'?" in done.err
    assert len(done.err.splitlines()) == 1


def test_a_second_timer_is_refused_and_told_who_holds_the_board(idle: Timer) -> None:
    done = process("run", "--board", "sim", env=idle.env)
    assert done.code == 1
    (line,) = done.err.splitlines()
    assert f"held by process {idle.process.pid}" in line
    assert "retro-timer ctl" in line
    assert idle.answers()


def test_garbage_on_the_socket_is_answered_and_harms_nobody(idle: Timer) -> None:
    with raw_connection(idle.socket) as line:
        line.sendall(b"\x00\xff garbage\n" + b"[" * 5000 + b"\n" + b'{"request": "start", "plan": "\\u0000/x"}\n')
        answers = line.makefile("rb")
        for _ in range(3):
            assert json.loads(answers.readline())["ok"] is False
    assert idle.status()["phase"] == "idle"


def test_clients_that_die_or_never_read_cost_the_timer_nothing(idle: Timer) -> None:
    deaf = [raw_connection(idle.socket) for _ in range(10)]
    for line in deaf:
        line.sendall(b'{"request": "follow"}\n')
    deaf[0].close()
    samples = idle.status()["samples"]
    until(lambda: idle.status()["samples"] > samples + 20, "readings go on")
    for line in deaf:
        line.close()
    assert idle.answers()


def test_the_program_on_the_box_loads_no_terminal_arts_and_no_web(idle: Timer) -> None:
    maps = Path(f"/proc/{idle.process.pid}/maps").read_text()
    assert "_asyncio" not in maps
    code = (
        "import sys, threading\nfrom retro_timer.cli import run\n"
        "from retro_timer.beacon.service import Service\n"
        "Service.run = lambda *_: print('LOADED', *sorted(sys.modules), file=sys.stderr)\n"
        "from retro_timer.cli.main import main\nmain(sys.argv[1:])\n"
    )
    with_home = environment_with({**idle.env, "RETRO_TIMER_STATE": str(idle.home / "other")})
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, "run", "--board", "sim"],
        env=with_home,
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE_S,
    )
    loaded = set(done.stderr.partition("LOADED ")[2].split())
    assert "retro_timer.beacon.service" in loaded
    assert not loaded & {"rich", "asyncio", "starlette", "uvicorn", "gpiozero", "numpy"}


# A session.


def test_a_whole_session_is_steered_followed_finished_and_kept() -> None:
    with timer("--json") as box:
        box.ready()
        heard: list[BeaconEvent] = []
        with BeaconClient(box.socket) as client:
            client.ask(requests.Follow(), answers.Following)
            listening = threading.Thread(target=lambda: heard.extend(client.events()), daemon=True)
            listening.start()
            box.ctl("start", plan="short")
            assert box.refusal("start", plan="short") == "Not possible now."
            assert box.refusal("finish") == "Not possible now."
            # The first one may still wait for the journal.
            box.phase("brief", "get-ready")
            box.ctl("pause")
            box.phase("paused")
            box.ctl("resume")
            box.to_go()
            assert box.status()["watch"]["armed"] is True
            assert box.refusal("finish") == "Too early for a finish."
            until(lambda: [e for e in box.events if e["event"] == "finish"], "the first finish")
            box.ctl("void")
            box.ctl("undo")
            assert box.refusal("give", name="Nobody") == "Nobody of that name."
            box.to_go()
            box.ctl("skip")
            box.ctl("stop")
            until(lambda: any(e["event"] == "summary" for e in box.events), "the summary")
            assert box.stop() == 0
            listening.join(DEADLINE_S)
        assert not listening.is_alive()
        assert not box.socket.exists()
        kept = box.results()
        told = [event for event in box.events if event["event"] == "finish"]
        assert [(rep["rep"], rep["time_s"]) for rep in kept if rep["status"] == "finished"] == [
            (event["rep"], event["time_s"]) for event in told
        ]
        assert [(rep["rep"], rep["status"], rep["reason"]) for rep in kept][1] == (2, "dnf", "stopped")
        names = [event.tag for event in heard]
        assert {"phase", "go", "crossing", "finish", "void", "said", "summary"} <= set(names)
        assert "Traceback" not in box.err


def test_status_follow_shows_a_session_to_its_end_and_ends_with_the_timer() -> None:
    with timer("--plan", "one", "--once") as box:
        until(box.answers, "the timer answers")
        follower = subprocess.Popen(
            [str(PROGRAM), "status", "--follow"],
            env=environment_with(box.env),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        box.to_go()
        assert box.ended() == 0
        out, err = follower.communicate(timeout=DEADLINE_S)
        assert "Traceback" not in err
        assert follower.returncode == 0
        assert "GO, rep 1" in out
        assert "session over: 1 of 1" in out


# Its end.


def test_sigterm_during_a_rep_ends_cleanly_loses_nothing_and_leaves_a_recording_that_replays(tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    with timer("--plan", "short", "--record", path, "--json") as box:
        box.ready().to_go()
        until(lambda: [e for e in box.events if e["event"] == "finish"], "the first finish")
        box.to_go()
        assert box.stop() == 0
        assert box.err == ""
        assert not box.socket.exists()
        snapshot = open_snapshot(box.state / NAME)
        assert snapshot is not None, "for whoever may read and not write there"
        with contextlib.closing(snapshot):
            assert snapshot.execute("SELECT count(*) FROM rep").fetchone() == (2,)
        live = [e["time_s"] for e in box.events if e["event"] == "finish"]
        assert [rep["time_s"] for rep in box.results() if rep["status"] == "finished"] == live
    outcome = process("replay", path, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    told = [json.loads(line) for line in outcome.lines]
    assert [e["rep"] for e in told if e["event"] == "go"] == [1, 2]
    assert [e["time_s"] for e in told if e["event"] == "finish"][:1] == pytest.approx(live, abs=0.03)


def test_sigterm_is_obeyed_without_speaking_to_the_end(tmp_path: Path) -> None:
    """systemd waits, and whoever pulled the plug does not: words are worth less than a quick stop."""
    config = tmp_path / "config"
    (config / "plans").mkdir(parents=True)
    (config / "config.toml").write_text("[voice]\nkind = 'text'\nrate_wpm = 80\n")
    with timer("--plan", "first-steps", env={"RETRO_TIMER_CONFIG": str(config)}) as box:
        box.ready()
        until(lambda: "First steps." in box.out, "the brief is spoken")
        box.signal(signal.SIGTERM)
        assert box.ended(within_s=8.0) == 0


def test_ctrl_c_is_exit_130() -> None:
    with timer() as box:
        box.ready().signal(signal.SIGINT)
        assert box.ended() == 130
        assert "Traceback" not in box.err


def test_a_session_that_kill_9_cut_off_is_offered_and_goes_on_at_the_next_rep() -> None:
    with timer("--plan", "short", "--json") as box:
        box.ready().to_go()
        until(lambda: [e for e in box.events if e["event"] == "finish"], "the first finish")
        box.to_go()
        # A go is told before it is on disk: only a finish waits for that.
        until(lambda: reps_on_disk(box) == 2, "the second go is on disk")
        box.signal(signal.SIGKILL)
        box.ended()
        assert open_snapshot(box.state / NAME) is None
        first = [e for e in box.events if e["event"] == "finish"]
        assert [rep["time_s"] for rep in box.results() if rep["time_s"]] == [e["time_s"] for e in first]
        box.out_path.write_text("")
        with timer("--json", home=box.home) as again:
            again.ready().phase("recoverable")
            assert again.status()["title"] == "Test plan"
            again.ctl("recover")
            again.to_go()
            assert [e["rep"] for e in again.events if e["event"] == "go"] == [3]
            until(lambda: [e for e in again.events if e["event"] == "finish"], "the next finish")
            assert again.stop() == 0
            kept = again.results()
            assert [(r["session"], r["rep"], r["status"], r["reason"]) for r in kept] == [
                (1, 1, "finished", ""),
                (1, 2, "dnf", "interrupted"),
                (1, 3, "finished", ""),
            ]


def test_a_session_that_was_cut_off_can_be_closed_and_is_not_offered_again() -> None:
    with timer("--plan", "short") as box:
        box.ready().to_go()
        box.signal(signal.SIGKILL)
        box.ended()
        with timer(home=box.home) as again:
            again.ready().phase("recoverable")
            again.ctl("close")
            assert again.status()["phase"] == "stopped"
            assert again.stop() == 0
        listed = json.loads(
            subprocess.run(
                [str(PROGRAM), "results", "list", "--json"],
                env=environment_with(box.env),
                capture_output=True,
                check=True,
            ).stdout
        )
        assert [row["outcome"] for row in listed] == ["interrupted"]
        with timer(home=box.home) as third:
            assert third.ready().status()["phase"] == "idle"
            third.stop()


def test_a_lock_and_a_socket_that_kill_9_left_behind_hold_nobody_up() -> None:
    with timer() as box:
        box.ready().signal(signal.SIGKILL)
        box.ended()
        assert box.socket.exists()
        with timer(home=box.home) as again:
            again.ready()
            assert again.stop() == 0


def test_the_timer_goes_on_when_nobody_reads_its_lines_any_more() -> None:
    read, write = os.pipe()
    with timer("--plan", "short", stdout=write) as box:
        os.close(write)
        box.ready()
        os.close(read)
        box.to_go()
        assert box.stop() == 0
        assert box.err == ""


def _runs(box: Timer) -> bool:
    """Whether a rep runs; words before it are skipped, without waiting for an answer that may never come."""
    phase = box.status()["phase"]
    if phase in ("brief", "get-ready"):
        with raw_connection(box.socket) as line:
            line.sendall(b'{"request": "skip"}\n')
    return bool(phase == "running")


def test_the_timer_goes_on_when_whoever_reads_its_lines_has_stopped_reading() -> None:
    """A terminal after Ctrl-S, `| less`, a full log: the session must not wait for it."""
    import fcntl

    read, write = os.pipe()
    fcntl.fcntl(write, 1031, 4096)  # F_SETPIPE_SZ: full after some dozens of lines.
    with timer("--plan", "short", stdout=write) as box:
        os.write(write, b"x" * 4000)
        os.close(write)
        until(box.answers, "the timer answers")
        try:
            until(lambda: _runs(box), "a rep runs", 20.0)
        finally:
            os.close(read)


# Boards that are not there.


def test_a_board_whose_driver_is_missing_is_exit_2_and_names_the_extra(tmp_path: Path) -> None:
    add_entry_point(tmp_path, "retro_timer.boards", "ghost", "no_such_driver.boards:open_ghost")
    env = {"PYTHONPATH": str(tmp_path)}
    outcome = process("run", "--board", "ghost", env=env)
    assert outcome.code == 2
    line = outcome.one_line()
    assert "board 'ghost': not installed (no_such_driver is missing)" in line
    assert "pip install 'retro-timer[ghost]'" in line


def test_a_board_from_elsewhere_is_known_by_its_entry_point(tmp_path: Path) -> None:
    add_entry_point(tmp_path, "retro_timer.boards", "ghost", "no_such_driver:open_ghost")
    env = {"PYTHONPATH": str(tmp_path)}
    assert "ghost" in process("run", "--board", "gost", env=env).one_line()
