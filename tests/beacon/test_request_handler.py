"""What the socket's requests are answered with, whatever is in them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retro_timer.beacon.control.commands import ACTIONS, NAMED, PLAIN, command_of
from retro_timer.beacon.control.request_handler import RequestHandler
from retro_timer.beacon.messages import SetVolume, StartPlan
from retro_timer.settings.loading import load_plan
from retro_timer.training.gaits import Gait
from retro_timer.training.roster import SOLO
from retro_timer.training.session import inputs
from tests.helpers.beacon_made import Beacon, steady
from tests.helpers.complaints import value_or_complaint
from tests.helpers.plans_made import block, plan

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
KEYS = st.sampled_from(["ctl", "status", "follow", "plan", "name", "keep", "press"]) | st.text(max_size=6)
MESSAGES = st.dictionaries(KEYS, JSON | st.sampled_from(ACTIONS), max_size=5)


class Asker:
    """The handler's side of a connection."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.gone: Any = lambda: None

    def on_close(self, action: Any) -> None:
        """What is to be done when the connection has gone."""
        self.gone = action

    def send(self, message: dict[str, Any]) -> None:
        """What the client would read."""
        self.sent.append(json.loads(json.dumps(message)))


def make_start(name: str | None) -> StartPlan:
    return StartPlan(load_plan(name or "first-steps"), SOLO)


class Office:
    """A request handler on a beacon."""

    def __init__(self, directory: Path) -> None:
        self.beacon = Beacon(directory)
        self.beacon.scene["gate"] = steady(2000)
        self.handler = RequestHandler(
            self.beacon.core, self.beacon.inbox.put, make_start, self.beacon.clock.monotonic_ns()
        )

    def ask(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """The answers to a request."""
        client = Asker()
        self.handler.take(message, client)  # type: ignore[arg-type]
        self.beacon.work()
        return client.sent


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.beacon.close()


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = Office(tmp_path_factory.mktemp("busy"))
    made.beacon.after(3.0).begin(plan(block(reps=99), gait=Gait.JOG)).until("go")
    yield made
    made.beacon.close()


def test_the_status_of_an_idle_box(office: Office) -> None:
    office.beacon.after(2.0)
    (answer,) = office.ask({"status": True})
    assert answer["ok"] is True
    status = answer["status"]
    assert status["phase"] == "idle"
    assert status["board"] == "made"
    assert status["watch"] == {
        "state": "ok", "reason": "", "armed": False, "covers": "covers_line_only", "safe_speed_mps": 0.0,
        "range_m": 1.36,
    }  # fmt: skip
    (sensor,) = status["sensors"]
    assert (sensor["name"], sensor["placement"], sensor["state"]) == ("gate", "gate", "ok")
    assert sensor["range_m"] == pytest.approx(2.0, abs=0.01)


def test_the_status_of_a_session_says_whose_turn_it_is(office: Office) -> None:
    office.beacon.after(3.0).begin(plan(block(reps=2)), "Ann", "Bea").until("go").after(1.0)
    status = office.ask({"status": True})[0]["status"]
    assert status["phase"] == "running"
    assert (status["athlete"], status["set"], status["rep_in_set"], status["gait"]) == ("Ann", 1, 1, "jog")
    assert status["running_s"] == pytest.approx(1.0, abs=0.1)
    assert [a["name"] for a in status["athletes"]] == ["Ann", "Bea"]
    assert status["watch"]["armed"] is True


def test_a_follower_gets_the_status_first_and_then_every_event_in_seconds(office: Office) -> None:
    client = Asker()
    office.handler.take({"follow": True}, client)  # type: ignore[arg-type]
    office.beacon.after(3.0).begin(plan(block())).until("go")
    assert client.sent[0]["status"]["phase"] == "idle"
    events = client.sent[1:]
    assert all("t_ns" not in event and isinstance(event["t_s"], float) for event in events)
    assert [event["rep"] for event in events if event["event"] == "go"] == [1]
    assert [event["t_s"] for event in events] == sorted(event["t_s"] for event in events)
    client.gone()
    before = len(client.sent)
    office.beacon.after(5.0)
    assert len(client.sent) == before


@pytest.mark.parametrize("message", [{}, {"statu": True}, {"status": False}, {"x": 1}])
def test_a_request_that_is_none_is_told_what_there_is(office: Office, message: dict[str, Any]) -> None:
    (answer,) = office.ask(message)
    assert answer["ok"] is False
    assert "expected one of status, follow, ctl" in answer["error"]


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"ctl": "strat"}, "no action 'strat' (did you mean 'start'?)"),
        ({"ctl": None}, "expected one of start, pause"),
        ({"ctl": ["start"]}, "expected one of start, pause"),
        ({"ctl": "give"}, "no athlete named"),
        ({"ctl": "give", "name": "  "}, "no athlete named"),
        ({"ctl": "absent", "name": 7}, "no athlete named"),
        ({"ctl": "start", "plan": 7}, "the plan is not a text"),
        ({"ctl": "start", "plan": "fist-steps"}, "did you mean 'first-steps'?"),
        ({"ctl": "start", "plan": "/nowhere/x.toml"}, "cannot be read"),
        ({"ctl": "pause"}, "Not possible now."),
    ],
)
def test_a_wrong_command_is_answered_with_what_is_wrong(office: Office, message: dict[str, Any], words: str) -> None:
    (answer,) = office.ask(message)
    assert answer["ok"] is False
    assert words in answer["error"]
    assert "\n" not in answer["error"]


@pytest.mark.parametrize("name", ["\x00/x.toml", "a\x00.toml", "\ud800/x.toml", "x" * 5000 + "/y", "/", "/dev/null/x"])
def test_a_plans_name_that_no_file_can_have_is_answered_and_harms_nobody(office: Office, name: str) -> None:
    (answer,) = office.ask({"ctl": "start", "plan": name})
    assert answer["ok"] is False
    assert office.ask({"status": True})[0]["ok"] is True


def test_a_plan_without_an_end_is_not_read_to_its_end() -> None:
    """In a process of its own, with little memory, so that reading it all would fail and not the machine."""
    code = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (600_000_000, resource.RLIM_INFINITY))
from retro_timer.errors import BadInputError
from retro_timer.settings.loading import load_plan
try:
    load_plan("/dev/zero")
except BadInputError as error:
    print("refused:", error)
"""
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.startswith("refused:"), done.stderr[-300:]


def test_a_command_that_is_taken_is_answered_with_ok(office: Office) -> None:
    office.beacon.after(3.0)
    assert office.ask({"ctl": "start", "plan": "demo"}) == [{"ok": True}]
    assert office.ask({"ctl": "pause"}) == [{"ok": True}]
    assert office.ask({"ctl": "resume"}) == [{"ok": True}]
    assert office.ask({"ctl": "absent", "name": "Nobody"}) == [{"ok": False, "error": "Nobody of that name."}]
    assert office.ask({"ctl": "stop"}) == [{"ok": True}]


@given(MESSAGES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_message_gets_an_answer_and_the_session_goes_on(busy: Office, message: dict[str, Any]) -> None:
    message = {key: value for key, value in message.items() if key != "keep"}
    if message.get("ctl") in ("stop", "close"):
        message.pop("ctl")
    answers = busy.ask(message)
    assert len(answers) == 1
    assert isinstance(answers[0]["ok"], bool)
    assert answers[0]["ok"] or (answers[0]["error"] and "\n" not in answers[0]["error"])


@given(MESSAGES)
def test_any_message_is_a_command_or_one_line_of_complaint(message: dict[str, Any]) -> None:
    command, complaint = value_or_complaint(
        lambda: command_of(message, lambda name: StartPlan(plan(), (name or "Runner",)))
    )
    assert complaint or isinstance(command, inputs.Command | StartPlan)


def test_every_action_has_a_command() -> None:
    start = StartPlan(plan(), SOLO)
    commands = [command_of({"ctl": action, "name": "Ann", "percent": 50}, lambda _name: start) for action in ACTIONS]
    assert len({type(command) for command in commands}) == len(ACTIONS)
    assert set(ACTIONS) == {"start", "volume", *PLAIN, *NAMED}


def test_the_volume_is_taken_told_said_and_shown_in_the_status(office: Office) -> None:
    assert office.ask({"ctl": "volume", "percent": 30}) == [{"ok": True}]
    office.beacon.after(2.0)
    assert office.beacon.core.buzzer.volume == 30
    (told,) = office.beacon.told("volume")
    assert told["buzzer"] == 30
    assert "Volume 30 percent." in office.beacon.voice.said
    assert office.ask({"status": True})[0]["status"]["volume"] == {"voice": None, "buzzer": 30}


def test_the_volume_is_not_talked_about_while_a_session_is_under_way(busy: Office) -> None:
    busy.ask({"ctl": "volume", "percent": 70})
    busy.beacon.after(1.0)
    assert busy.beacon.told("volume")
    assert "Volume 70 percent." not in busy.beacon.voice.said


@given(SCALARS)
def test_a_volume_is_a_whole_number_from_0_to_100_or_refused(percent: Any) -> None:
    made, complaint = value_or_complaint(lambda: command_of({"ctl": "volume", "percent": percent}, make_start))
    assert made == SetVolume(percent) if made is not None else "from 0 to 100" in complaint
    assert (made is not None) is (type(percent) is int and 0 <= percent <= 100)
