"""`retro-timer run --board sim` as a real process: its socket, its lock, bad clients, whole sessions."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from retro_timer.beacon.control.client import BeaconClient
from retro_timer.beacon.control.protocol import answers, requests
from retro_timer.beacon.events import BeaconEvent
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
            box.ctl("start", plan="longer")
            assert box.refusal("start", plan="short") == "Not possible now."
            assert box.refusal("finish") == "Not possible now."
            # The first one may still wait for the journal.
            box.phase("brief", "get-ready")
            box.ctl("pause")
            box.phase("paused")
            box.ctl("resume")
            box.to_go()
            until(lambda: [e for e in box.events if e["event"] == "finish"], "the first finish")
            box.ctl("void")
            box.ctl("undo")
            assert box.refusal("give", name="Nobody") == "Nobody of that name."
            box.to_go()
            assert box.status()["watch"]["armed"] is True
            assert box.refusal("finish") == "Too early for a finish."
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
    with timer() as box:
        box.ready()
        follower = subprocess.Popen(
            [str(PROGRAM), "status", "--follow"],
            env=environment_with(box.env),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert follower.stdout is not None
        assert follower.stdout.readline().split() == ["phase", "idle"]
        box.ctl("start", plan="one")
        told = list[str]()
        while not any("session over: 1 of 1" in line for line in told):
            told.append(follower.stdout.readline())
            assert told[-1], told
        assert any("GO, rep 1" in line for line in told)
        assert box.stop() == 0
        _, err = follower.communicate(timeout=DEADLINE_S)
        assert (follower.returncode, err) == (0, "")


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
