"""A timer that is killed, interrupted, or whose reader goes away: nothing is lost, and it goes on."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from retro_timer.store.results.database import NAME, open_for_reading
from retro_timer.store.results.snapshot import open_snapshot
from tests.helpers.command import PROGRAM, environment_with, process
from tests.helpers.timer_process import Timer, raw_connection, timer, until

pytestmark = pytest.mark.slow


def reps_on_disk(box: Timer) -> int:
    """Reps in its database, those that still run among them."""
    database = open_for_reading(box.state)
    assert database is not None
    with contextlib.closing(database) as reading:
        return int(reading.execute("SELECT count(*) FROM rep").fetchone()[0])


def test_sigterm_during_a_rep_ends_cleanly_loses_nothing_and_leaves_a_recording_that_replays(tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    with timer("--plan", "longer", "--record", path, "--json") as box:
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
    assert [e["time_s"] for e in told if e["event"] == "finish"][: len(live)] == pytest.approx(live, abs=0.03)


def test_sigterm_is_obeyed_without_speaking_to_the_end(tmp_path: Path) -> None:
    """systemd waits, and whoever pulled the plug does not: words are worth less than a quick stop."""
    config = tmp_path / "config"
    (config / "plans").mkdir(parents=True)
    (config / "config.toml").write_text("[voice]\nkind = 'text'\nrate_wpm = 80\n")
    with timer("--plan", "first-steps", env={"RETRO_TIMER_CONFIG": str(config)}) as box:
        box.ready()
        until(lambda: "First steps." in box.out, "the brief is spoken")
        box.signal(signal.SIGTERM)
        assert box.ended() == 0
        assert "Flat, barrier-free ground." not in box.out, "the brief's last words"


def test_ctrl_c_is_exit_130() -> None:
    with timer() as box:
        box.ready().signal(signal.SIGINT)
        assert box.ended() == 130
        assert "Traceback" not in box.err


def test_a_session_that_kill_9_cut_off_is_offered_and_goes_on_at_the_next_rep() -> None:
    with timer("--plan", "longer", "--json") as box:
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
            until(lambda: _runs(box), "a rep runs")
        finally:
            os.close(read)
