"""What the socket's requests are answered with, whatever is in them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retro_timer.beacon.control.protocol import commands, requests, wire
from retro_timer.beacon.control.protocol.answers import AnyAnswer, RequestRefusedError
from retro_timer.beacon.control.protocol.base import Answer, Request
from retro_timer.beacon.control.protocol.commands import COMMANDS
from retro_timer.beacon.control.protocol.requests import REQUESTS
from retro_timer.beacon.events import EVENTS
from retro_timer.beacon.messages import StartPlan
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Order
from retro_timer.training.roster import SOLO
from retro_timer.training.session import inputs
from retro_timer.training.session.events import Event
from tests.helpers.office import DONE, Asker, Office
from tests.helpers.plans_made import block, plan

NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | st.text(max_size=30)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
ASKED = st.sampled_from([name for name in REQUESTS if name not in ("keep", "stop", "close")])
KEYS = st.sampled_from(["version", "plan", "name", "percent", "text", "which", "press"]) | st.text(max_size=6)
MESSAGES = st.builds(
    lambda name, fields: {**fields, "request": name}, ASKED | JSON, st.dictionaries(KEYS, JSON | ASKED, max_size=5)
)


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
    (answer,) = office.ask("status")
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
    status = office.ask("status")[0]["status"]
    assert status["phase"] == "running"
    assert (status["athlete"], status["set"], status["rep_in_set"], status["gait"]) == ("Ann", 1, 1, "jog")
    assert status["running_s"] == pytest.approx(1.0, abs=0.1)
    assert [a["name"] for a in status["athletes"]] == ["Ann", "Bea"]
    assert status["watch"]["armed"] is True


def test_the_status_tells_everybody_on_the_course_in_order_of_their_go(office: Office) -> None:
    of = plan(block(), order=Order.ROLLING, every_s=5.0, lanes_apart=True)
    office.beacon.after(3.0).begin(of, "Ann", "Bea", "Cid").until("go").after(6.0)
    status = office.ask("status")[0]["status"]
    assert [(one["rep"], one["athlete"], one["distance_m"]) for one in status["on_course"]] == [
        (1, "Ann", 20.0), (2, "Bea", 20.0),
    ]  # fmt: skip
    first, second = (one["running_s"] for one in status["on_course"])
    assert first - second == pytest.approx(5.0, abs=0.1)
    assert status["running_s"] == first
    assert status["athlete"] == "Cid"


def test_the_status_tells_who_goes_in_the_next_wave(office: Office) -> None:
    office.beacon.after(3.0).begin(plan(block(), order=Order.WAVES), "Ann", "Bea").until("go")
    assert office.ask("status")[0]["status"]["wave"] == ["Ann"], "before one lane a wave is of one"


def test_a_follower_gets_the_status_first_and_then_every_event_but_each_tone(office: Office) -> None:
    client = Asker()
    office.handler.take(requests.Follow(), client)
    office.beacon.work()
    office.beacon.after(3.0).begin(plan(block())).until("go")
    assert client.sent[0]["status"]["phase"] == "idle"
    events = client.sent[1:]
    assert client.sent[0]["origin_ns"] <= min(event["t_ns"] for event in events)
    assert [event["rep"] for event in events if event["event"] == "go"] == [1]
    assert {event["event"] for event in events} >= {"session", "phase", "said", "sound", "go"}
    assert "tone" not in {event["event"] for event in events}
    client.gone()
    before = len(client.sent)
    office.beacon.after(5.0)
    assert len(client.sent) == before


def test_what_a_follower_has_from_the_status_is_not_told_again_and_all_after_it_is(office: Office) -> None:
    """However the asking falls between two commands."""
    client = Asker()
    office.beacon.after(3.0)
    office.beacon.inbox.put(StartPlan(plan(block()), SOLO))
    office.handler.take(requests.Follow(), client)
    office.beacon.put(inputs.Pause())
    assert client.sent[0]["status"]["phase"] == "brief"
    assert [event["phase"] for event in client.sent[1:] if event["event"] == "phase"] == ["paused"]
    assert "session" not in {event["event"] for event in client.sent[1:]}


@pytest.mark.parametrize(
    ("request_", "fields", "words"),
    [
        ("give", {}, "request 'give': name: missing"),
        ("give", {"name": "  "}, "request 'give': name: ' ' is out of range; expected text matching"),
        ("absent", {"name": 7}, "request 'absent': name: 7 is a whole number; expected text"),
        ("start", {"plan": 7}, "request 'start': plan: 7 is a whole number; expected str or null"),
        ("start", {"plan": "fist-steps"}, "did you mean 'first-steps'?"),
        ("start", {"plan": "/nowhere/x.toml"}, "cannot be read"),
        ("pause", {}, "Not possible now."),
        ("keep", {}, "no readings yet: nothing to keep"),
        ("calibrate", {"sensors": {"gat": {}}}, "no sensor 'gat' (did you mean 'gate'?)"),
    ],
)
def test_a_request_that_cannot_be_carried_out_is_answered_with_what_is_wrong(
    office: Office, request_: str, fields: dict[str, Any], words: str
) -> None:
    (answer,) = office.ask(request_, **fields)
    assert (answer["answer"], answer["ok"]) == ("error", False)
    assert words in answer["error"]
    assert "\n" not in answer["error"]


@pytest.mark.parametrize("name", ["\x00/x.toml", "a\x00.toml", "\ud800/x.toml", "x" * 5000 + "/y", "/", "/dev/null/x"])
def test_a_plans_name_that_no_file_can_have_is_answered_and_harms_nobody(office: Office, name: str) -> None:
    (answer,) = office.ask("start", plan=name)
    assert answer["ok"] is False
    assert office.ask("status")[0]["ok"] is True


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
    assert office.ask("start", plan="demo") == DONE
    assert office.ask("pause") == DONE
    assert office.ask("resume") == DONE
    assert office.ask("absent", name="Nobody") == [
        {"answer": "error", "ok": False, "error": "Nobody of that name.", "why": "refused"}
    ]
    assert office.ask("stop") == DONE


@given(MESSAGES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_message_gets_an_answer_and_the_session_goes_on(busy: Office, message: dict[str, Any]) -> None:
    answers = busy.take(json.dumps(message).encode())
    assert len(answers) == 1
    assert isinstance(answers[0]["ok"], bool)
    assert answers[0]["ok"] or (answers[0]["error"] and "\n" not in answers[0]["error"])


def test_every_command_asks_for_something_of_its_own() -> None:
    of_somebody = {name: ["Ann"] for name in ("give", "out", "absent", "present", "add", "owe")}
    words = {
        "volume": ["50"],
        "swap": ["1", "2"],
        "nobody": ["1"],
        "claim": ["1", "Ann"],
        "order": ["Ann", "2"],
    } | of_somebody
    made = [kind.typed(words.get(name, [])) for name, kind in COMMANDS.items()]
    asked = [type(command.asked() if isinstance(command, commands.SessionCommand) else command) for command in made]
    assert len(set(asked)) == len(COMMANDS)


@pytest.mark.parametrize("base", [Request, Answer, Event])
def test_every_message_that_is_written_down_is_one_that_can_be_sent(base: type) -> None:
    def leaves(kind: type) -> set[type]:
        below: list[type] = kind.__subclasses__()
        return {kind}.union(*map(leaves, below)) - ({kind} if below else set())

    known = {*REQUESTS.values(), *EVENTS.values(), *get_args(AnyAnswer)}
    assert leaves(base) <= known


def test_the_volume_is_taken_told_said_and_shown_in_the_status(office: Office) -> None:
    assert office.ask("volume", percent=30) == DONE
    office.beacon.after(2.0)
    assert office.beacon.core.buzzer.volume == 30
    (told,) = office.beacon.told("volume")
    assert told["buzzer"] == 30
    assert "Volume 30 percent." in office.beacon.voice.said
    assert office.ask("status")[0]["status"]["volume"] == {"voice": None, "buzzer": 30}


def test_the_volume_is_not_talked_about_while_a_session_is_under_way(busy: Office) -> None:
    busy.ask("volume", percent=70)
    busy.beacon.after(1.0)
    assert busy.beacon.told("volume")
    assert "Volume 70 percent." not in busy.beacon.voice.said


@given(SCALARS)
def test_a_volume_is_a_whole_number_from_0_to_100_or_refused(percent: Any) -> None:
    line = json.dumps({"request": "volume", "percent": percent}).encode()
    if type(percent) is int and 0 <= percent <= 100:
        assert wire.request_of(line) == commands.Volume(percent)
    else:
        with pytest.raises(RequestRefusedError, match=r"^request 'volume': percent: .*; expected "):
            wire.request_of(line)


@pytest.mark.parametrize("request_", ["start", "roster"])
def test_a_file_that_is_slow_to_read_holds_up_no_other_request(tmp_path: Path, request_: str) -> None:
    waiting: list[Callable[[], None]] = []
    office = Office(tmp_path, aside=waiting.append)
    assert office.ask(request_) == []
    assert office.ask("status")[0]["ok"] is True
    office.beacon.after(3.0).begin(plan(block(reps=2)), "Ann").until("go")
    assert office.ask("halt") == DONE
    assert len(waiting) == 1
    office.beacon.close()


@pytest.mark.parametrize("request_", ["halt", "stop"])
def test_a_start_that_was_still_being_read_at_a_halt_or_stop_is_dropped(tmp_path: Path, request_: str) -> None:
    waiting: list[Callable[[], None]] = []
    office, client = Office(tmp_path, aside=waiting.append), Asker()
    office.handler.take(commands.Start(), client)
    office.ask(request_)
    waiting.pop()()
    office.beacon.work()
    assert client.sent[0]["error"] == "a halt or stop came while the plan was read: start anew"
    assert office.ask("status")[0]["status"]["phase"] == "idle"
    office.beacon.close()


def test_what_fails_while_a_file_is_read_is_answered(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_name: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(office.group, "read", fails)
    (answer,) = office.ask("roster")
    assert (answer["ok"], answer["why"]) == (False, "failed")
