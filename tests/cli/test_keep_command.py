"""`retro-timer keep` through real processes: what is kept of a live session replays to the very same results."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers.command import process, quietly
from tests.helpers.timer_process import timer, until

pytestmark = pytest.mark.slow


def test_what_a_running_timer_keeps_replays_to_the_same_finishes() -> None:
    with timer("--plan", "short", "--json") as box:
        box.ready().to_go()
        until(lambda: [e for e in box.events if e["event"] == "finish"], "the first finish")
        box.to_go()
        until(lambda: len([e for e in box.events if e["event"] == "finish"]) == 2, "the second finish")
        kept = quietly("keep", env=box.env)
        assert (kept.code, kept.err) == (0, "")
        path = Path(kept.lines[0])
        assert path.is_file()
        live = [e for e in box.events if e["event"] == "finish"]
        replayed = quietly("replay", path, "--json", env=box.env)
        assert (replayed.code, replayed.err) == (0, "")
        again = [e for e in map(json.loads, replayed.lines) if e["event"] == "finish"]
        assert [e["rep"] for e in again] == [e["rep"] for e in live] == [1, 2]
        assert [e["time_s"] for e in again] == pytest.approx([e["time_s"] for e in live], abs=0.005)
        assert [e["flags"] for e in again] == [e["flags"] for e in live]


def test_without_a_running_timer_it_is_one_line() -> None:
    outcome = process("keep")
    assert outcome.code == 1
    assert "no timer runs here" in outcome.one_line()
