"""Whatever comes through the socket of a running timer, it answers each line, and the session goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.beacon.control.protocol.requests import REQUESTS
from tests.helpers.fuzzing import few
from tests.helpers.timer_process import Timer, raw_connection, timer, until

pytestmark = pytest.mark.slow

NOT_ASKED = ("follow", "keep", "stop", "close")
"""Answers without an end, files that would fill the disk, and what would end the session."""
ASKED = [name for name in REQUESTS if name not in NOT_ASKED]
FIELDS = ["request", "version", "plan", "name", "percent", "after_ns", "which", "text", "seconds", "sensors", "nothing"]
KEYS = st.sampled_from(FIELDS) | st.text(max_size=8)
WORDS = st.sampled_from([*ASKED, "go", "ready", "gate", "one", "Runner", "", "x" * 400])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
LIKELY = st.fixed_dictionaries({"request": st.sampled_from(ASKED)}, optional=dict.fromkeys(FIELDS[1:], WORDS | VALUES))
CALIBRATIONS = st.fixed_dictionaries(
    {
        "request": st.just("calibrate"),
        "sensors": st.dictionaries(
            st.sampled_from(["gate", "rear"]),
            st.fixed_dictionaries(
                {}, optional={"placement": WORDS, "background_mm": VALUES, "offset_mm": VALUES, "range_m": VALUES}
            ),
            max_size=2,
        ),
    }
)
MESSAGES = LIKELY | CALIBRATIONS | st.dictionaries(KEYS, VALUES, max_size=4)


@pytest.fixture(scope="module")
def box() -> Iterator[Timer]:
    """A timer that is in a session most of the time: `start` is among the messages."""
    with timer("--json") as made:
        yield made.ready()


def answers(box: Timer, lines: list[bytes]) -> list[dict[str, Any]]:
    """One answer to each line, in whatever order."""
    with raw_connection(box.socket) as connection:
        connection.sendall(b"".join(lines))
        file = connection.makefile("rb")
        return [json.loads(file.readline()) for _ in lines]


@few(40)
@given(messages=st.lists(MESSAGES, min_size=1, max_size=5))
def test_every_message_is_answered_once_in_one_line_and_the_timer_lives(box: Timer, messages: list[Any]) -> None:
    harmless = [m for m in messages if m.get("request") not in NOT_ASKED]
    for answer in answers(box, [json.dumps(message).encode() + b"\n" for message in harmless]):
        assert isinstance(answer["ok"], bool)
        assert answer["ok"] or (answer["error"] and "\n" not in answer["error"])
    assert_alive(box)


@few(40)
@given(pieces=st.lists(st.binary(min_size=1, max_size=60).filter(lambda data: b"\n" not in data), max_size=5))
def test_every_line_of_rubbish_is_answered_once(box: Timer, pieces: list[bytes]) -> None:
    for answer in answers(box, [piece + b"\n" for piece in pieces]):
        assert isinstance(answer["ok"], bool)
    assert_alive(box)


def assert_alive(box: Timer) -> None:
    assert box.process.poll() is None
    assert box.answers()
    assert "Traceback" not in box.err


def test_after_all_that_a_session_can_be_ended_and_the_next_one_runs(box: Timer) -> None:
    if box.status()["phase"] not in ("idle", "done", "stopped"):
        box.ctl("stop")
    box.phase("idle", "done", "stopped")
    before = len(box.results())
    box.ctl("start", plan="one")
    box.to_go()
    until(lambda: len(box.results()) > before, "a rep is kept")
    assert "Traceback" not in box.err
