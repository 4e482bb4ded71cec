"""What the socket's requests are answered with, whatever is in them."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retro_timer.beacon.control.ledger import LedgerRequests
from retro_timer.beacon.control.protocol import commands, requests, wire
from retro_timer.beacon.control.protocol.answers import AnyAnswer, RequestRefusedError
from retro_timer.beacon.control.protocol.base import Answer, Request
from retro_timer.beacon.control.protocol.commands import COMMANDS
from retro_timer.beacon.control.protocol.requests import REQUESTS
from retro_timer.beacon.control.request_handler import RequestHandler
from retro_timer.beacon.diagnostics import Diagnostics
from retro_timer.beacon.events import EVENTS, BeaconEvent
from retro_timer.beacon.messages import StartPlan
from retro_timer.beacon.recording.flight_recorder import FlightRecorder
from retro_timer.beacon.recording.logbook import Logbook
from retro_timer.errors import RetroTimerError
from retro_timer.settings.calibration import Calibration
from retro_timer.settings.group import Group, Roster
from retro_timer.settings.loading import load_plan
from retro_timer.settings.made import WriteRoster, make
from retro_timer.settings.own import load_own
from retro_timer.store.results.writer_lock import WriterLock
from retro_timer.training.gaits import Gait
from retro_timer.training.roster import SOLO
from retro_timer.training.session import inputs
from retro_timer.training.session.events import Event
from tests.helpers.beacon_made import Beacon, steady
from tests.helpers.plans_made import block, plan, plan_text

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


DONE = [{"answer": "done", "ok": True}]


class Asker:
    """The handler's side of a connection."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.gone: Any = lambda: None
        self.answered = threading.Event()

    def on_close(self, action: Any) -> None:
        """What is to be done when the connection has gone."""
        self.gone = action

    def send(self, message: AnyAnswer | BeaconEvent) -> None:
        """What the client would read."""
        self.sent.append(json.loads(wire.line_of(message)))
        self.answered.set()


class Office:
    """A request handler on a beacon."""

    def __init__(self, directory: Path) -> None:
        self.beacon = Beacon(directory)
        self.beacon.scene["gate"] = steady(2000)
        core = self.beacon.core
        self.group = Group(Roster(SOLO))
        logbook = Logbook(core)
        self.handler = RequestHandler(
            core,
            self.beacon.inbox.put,
            self.make_start,
            self.group,
            self.beacon.clock.monotonic_ns(),
            logbook=logbook,
            flight_recorder=FlightRecorder(core, directory, lambda _trouble: None),
            ledger=LedgerRequests(core, self.beacon.inbox.put, logbook, beside=(directory / "etc",)),
            diagnostics=Diagnostics(core, self.beacon.voice, Calibration(), directory, lambda _trouble: None),
        )

    def make_start(self, name: str | None) -> StartPlan:
        """A plan with whoever trains now."""
        return StartPlan(load_plan(name or "first-steps"), self.group.athletes)

    def ask(self, request: str, **fields: Any) -> list[dict[str, Any]]:
        """The answers to a request."""
        return self.take(json.dumps({"request": request, **fields}).encode())

    def edit(self, **fields: Any) -> dict[str, Any]:
        """The answer to a change of what is kept, which the journal's thread gives."""
        return self.wait("edit", edit=fields)

    def wait(self, request: str, **fields: Any) -> dict[str, Any]:
        """The answer to a request that another thread may give."""
        client = Asker()
        self.handler.take(wire.request_of(json.dumps({"request": request, **fields}).encode()), client)
        self.beacon.work()
        assert client.answered.wait(60.0)
        (answer,) = client.sent
        return answer

    def take(self, line: bytes) -> list[dict[str, Any]]:
        """The answers to a line, as the server has them made."""
        client = Asker()
        try:
            self.handler.take(wire.request_of(line), client)
        except RetroTimerError as error:
            client.send(wire.error_of(error))
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


def test_what_is_made_on_the_box_is_written_by_the_journals_thread_and_a_mistake_is_answered(
    office: Office, tmp_path: Path
) -> None:
    answer = office.edit(type="roster-write", name="monday", text="Ann\nBen\n")
    assert answer["done"]["words"] == f"wrote {tmp_path}/rosters/monday.csv"
    assert (tmp_path / "rosters" / "monday.csv").read_text() == "Ann\nBen\n"
    answer = office.edit(type="setting", key="session.athlete", value="Kim")
    assert answer["ok"] is True
    (answer,) = office.ask("edit", edit={"type": "plan-write", "name": "../etc", "text": ""})
    assert (answer["why"], "edit.name" in answer["error"]) == ("malformed", True)
    answer = office.edit(type="setting", key="button.pin", value=4)
    assert "pins and hardware are not set on the box" in answer["error"]


@pytest.fixture
def groups(state_dir: Path, office: Office) -> Path:
    """The folder of rosters on the box: monday's has Ann and Ben."""
    make(state_dir, WriteRoster("monday", "Ann\nBen\n"))
    office.beacon.after(3.0)
    return state_dir / "rosters"


def taking_part(office: Office) -> list[str]:
    athletes = office.ask("status")[0]["status"]["athletes"]
    return [athlete["name"] for athlete in athletes if athlete["present"]]


def test_a_roster_is_whom_the_next_sessions_begin_with_and_is_read_anew(
    office: Office, groups: Path, tmp_path: Path
) -> None:
    assert office.wait("roster", name="monday") == DONE[0]
    assert office.ask("start", plan="demo") == DONE
    assert taking_part(office) == ["Ann", "Ben"]
    assert office.ask("stop") == DONE
    (groups / "monday.csv").write_text("Ben\nCem\n")
    assert office.wait("roster") == DONE[0]
    assert office.ask("start", plan="demo") == DONE
    assert taking_part(office) == ["Ben", "Cem"]
    assert load_own(tmp_path, print) == {"session": {"roster": "monday"}}, "after a power cut as well"


def test_in_a_session_a_roster_changes_who_takes_part_by_their_names(office: Office, groups: Path) -> None:
    office.beacon.begin(plan(block(reps=2)), "Ann", "Dee")
    (groups / "monday.csv").write_text("Cem\nann\n")
    assert office.wait("roster", name="monday") == DONE[0]
    assert taking_part(office) == ["Ann", "Cem"]
    (told,) = office.beacon.told("roster")
    assert list(told["athletes"]) == ["Cem", "Ann"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "no roster is in force that could be read anew; expected one of monday"),
        ({"name": "munday"}, "did you mean 'monday'?"),
    ],
)
@pytest.mark.usefixtures("groups")
def test_a_roster_that_is_not_there_is_refused_and_nothing_changes(
    office: Office, fields: dict[str, str], words: str
) -> None:
    (answer,) = office.ask("roster", **fields)
    assert words in answer["error"]
    assert office.group.athletes == SOLO


def test_a_roster_that_the_session_refuses_is_none_for_the_next_either(office: Office, groups: Path) -> None:
    (groups / "monday.csv").write_text("\n".join(f"Athlete number {number}" for number in range(60)))
    office.beacon.begin(plan(block(reps=2)), "Ann")
    assert "No more than 60 athletes." in office.wait("roster", name="monday")["error"]
    assert office.group.athletes == SOLO


def run_a_session(office: Office) -> None:
    """Ann and Bea's, in which nobody runs."""
    office.beacon.after(3.0).begin(plan(block()), "Ann", "Bea").until("phase").after(1.0)
    assert office.ask("stop") == DONE
    office.beacon.after(1.0)


def test_who_is_forgotten_stands_in_no_file_and_in_nothing_that_the_timer_remembers(
    office: Office, tmp_path: Path
) -> None:
    run_a_session(office)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "group.csv").write_text("Ann\n")
    done = office.wait("forget", athlete="ann")["done"]
    assert (done["called"], done["left"]) == (["removed 1"], [str(tmp_path / "etc" / "group.csv")] * 2)
    office.beacon.work()
    for asked in ("status", "log"):
        assert "Ann" not in json.dumps(office.ask(asked))
    assert b"Ann" not in (tmp_path / "reps.jsonl").read_bytes()
    assert office.wait("edit", edit={"type": "note", "session": 1, "text": "wind"})["ok"] is True


def test_nobody_is_forgotten_while_a_session_is_open(office: Office) -> None:
    office.beacon.after(3.0).begin(plan(block()), "Ann", "Bea")
    assert "a session is open: end it" in office.wait("forget", athlete="ann")["error"]


def test_a_start_waits_until_somebody_is_forgotten(office: Office) -> None:
    run_a_session(office)
    client = Asker()
    office.handler.take(requests.Forget("Bea"), client)
    office.beacon.inbox.put(StartPlan(plan(block()), ("Ann",)))
    assert office.beacon.core.session.state is not None
    office.beacon.work()
    assert client.answered.wait(60.0)
    office.beacon.until("session")
    assert [answer["answer"] for answer in client.sent] == ["forgotten"]
    assert office.ask("status")[0]["status"]["athletes"][0]["name"] == "Ann"


def test_who_cannot_be_forgotten_keeps_no_start_waiting(office: Office) -> None:
    run_a_session(office)
    assert "nobody of that name" in office.wait("forget", athlete="Zoe")["error"]
    office.beacon.work()
    assert office.ask("start", plan="demo") == DONE
    assert office.ask("status")[0]["status"]["phase"] == "brief"


def test_beside_another_timer_nobody_is_forgotten(office: Office, tmp_path: Path) -> None:
    run_a_session(office)
    other = WriterLock(tmp_path)
    other.take()
    assert "another timer writes there" in office.wait("forget", athlete="ann")["error"]
    other.leave()
    assert office.wait("forget", athlete="ann")["ok"] is True


def test_a_folder_that_takes_no_plan_keeps_no_rep_from_the_disk(office: Office, tmp_path: Path) -> None:
    (tmp_path / "plans").write_text("no folder")
    answer = office.edit(type="plan-write", name="hill", text=plan_text("distance_m = 20"))
    assert "hill.toml: cannot be written" in answer["error"]
    office.beacon.after(3.0).begin(plan(block())).until("go")
    assert office.ask("status")[0]["status"]["unsaved"] == 0


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
    of_somebody = {name: ["Ann"] for name in ("give", "absent", "present", "add")}
    words = {"volume": ["50"], "order": ["Ann", "2"]} | of_somebody
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
