"""What the coach's page may ask of the beacon, request by request, and what it is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from retro_timer.beacon.control.page_door import PageDoor
from retro_timer.beacon.control.protocol import wire
from retro_timer.beacon.control.protocol.commands import COMMANDS
from retro_timer.beacon.control.protocol.requests import REQUESTS
from retro_timer.beacon.control.server import Client
from retro_timer.errors import RetroTimerError
from retro_timer.settings.made import ChangeSetting, make
from retro_timer.training.listed import LONGEST_SAID
from tests.helpers.office import DONE, Asker, Office
from tests.helpers.plans_made import block, plan

REFUSED: dict[str, dict[str, Any]] = {
    "keep": {},
    "forget": {"athlete": "Ann"},
    "announce": {"what": "copied"},
    "readings": {},
    "lend_button": {"seconds": 5},
    "rest": {"sensor": "gate", "seconds": 1},
    "calibrate": {"sensors": {}},
}
MACHINE = {"set_clock": {"unix_s": 1_777_629_600}, "shut_down": {}}
EDITS_REFUSED: list[dict[str, Any]] = [
    {"type": "delete", "session": 1},
    {"type": "date", "session": 1, "started_wall_ns": 1},
    {"type": "setting", "key": "session.roster", "value": "u17"},
    {"type": "setting", "key": "voice.language", "value": "xx"},
    {"type": "setting", "key": "voice.language", "value": None},
    {"type": "setting", "key": "voice.rate_wpm", "value": "de"},
    {"type": "athlete-add", "known": {"name": "Ann"}},
]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.beacon.close()


def ask(office: Office, request: str, **fields: Any) -> Asker:
    """As the server at the page's socket has a line answered."""
    asker = Asker()
    try:
        line = json.dumps({"request": request, **fields}).encode()
        PageDoor(office.handler.take).take(wire.request_of(line), cast(Client, asker))
    except RetroTimerError as error:
        asker.send(wire.error_of(error))
    office.beacon.work()
    return asker


def test_every_request_is_either_the_pages_or_refused_here() -> None:
    looks = {"status", "follow", "log", "newer", "kept_settings", "facts"}
    assert set(REQUESTS) == looks | {"open_pairing", "try_pin", "edit", "say", "beep"} | {*MACHINE, *COMMANDS, *REFUSED}


@pytest.mark.parametrize("request_name", REFUSED)
def test_what_is_not_for_a_page_is_refused(office: Office, request_name: str) -> None:
    (answer,) = ask(office, request_name, **REFUSED[request_name]).sent
    assert answer["why"] == "refused"
    assert answer["error"].startswith(f"'{request_name}' is not for a page to ask")


@pytest.mark.parametrize("edit", EDITS_REFUSED, ids=lambda edit: f"{edit['type']} {edit.get('key', '')}")
def test_an_edit_of_anything_but_reps_notes_plans_and_rosters_is_refused(office: Office, edit: dict[str, Any]) -> None:
    (answer,) = ask(office, "edit", edit=edit).sent
    assert answer["why"] == "refused"
    assert f"'{edit['type']}'" in answer["error"]


@pytest.mark.parametrize("request_name", MACHINE)
def test_a_page_may_ask_for_the_clock_and_for_the_end(office: Office, request_name: str) -> None:
    (answer,) = ask(office, request_name, **MACHINE[request_name]).sent
    assert "this board" in answer["error"], "by the timer, and not at its door"


def test_a_page_looks_and_follows(office: Office) -> None:
    (status,) = ask(office, "status").sent
    assert status["status"]["phase"] == "idle"
    assert ask(office, "follow").sent[0]["answer"] == "following"
    assert [ask(office, name).sent[0]["answer"] for name in ("log", "facts")] == ["log", "facts"]


def test_a_page_opens_a_window_for_another_phone_and_shows_the_pin_itself(office: Office) -> None:
    (answer,) = ask(office, "open_pairing").sent
    assert not any("pair a phone" in text for text in office.beacon.voice.said)
    assert ask(office, "try_pin", pin=answer["pin"]).sent == DONE


def test_a_page_commands_and_the_history_says_that_it_did(office: Office, tmp_path: Path) -> None:
    office.beacon.after(3.0).begin(plan(block(reps=2)), "Ann", "Bea").until("go")
    assert ask(office, "give", name="Bea").sent == DONE
    office.beacon.after(1.0)
    office.beacon.close()
    kept = (tmp_path / "reps.jsonl").read_text(encoding="utf-8")
    assert '"origin":"page"' in kept
    assert '"origin":"ctl"' not in kept


@pytest.mark.parametrize("origin", ["ctl", "edit", "page", "page a phone"])
def test_an_edit_by_a_page_is_told_as_one(office: Office, origin: str, tmp_path: Path) -> None:
    office.beacon.after(3.0).begin(plan(block(reps=1)), "Ann").until("go")
    asker = ask(office, "edit", edit={"type": "note", "session": 1, "text": "windy"}, origin=origin)
    assert asker.answered.wait(60.0)
    (answer,) = asker.sent
    assert answer["answer"] == "edited"
    told = origin if origin.startswith("page") else "page"
    assert f'"origin":"{told}"' in (tmp_path / "reps.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret", "own.toml"])
def test_a_page_starts_a_plan_by_its_name_and_by_no_file(office: Office, path: str) -> None:
    (answer,) = ask(office, "start", plan=path).sent
    assert answer == {
        "answer": "error", "ok": False, "why": "refused", "error": "a page starts a plan by its name, not by a file's",
    }  # fmt: skip


def test_a_page_sets_the_language_that_the_box_speaks(office: Office, tmp_path: Path) -> None:
    asker = ask(office, "edit", edit={"type": "setting", "key": "voice.language", "value": "de"})
    assert asker.answered.wait(60.0)
    assert asker.sent[0]["answer"] == "edited"
    assert 'language = "de"' in (tmp_path / "settings.toml").read_text(encoding="utf-8")


def test_a_page_hears_what_has_been_set_since_the_start(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RETRO_TIMER_STATE", str(tmp_path))
    make(tmp_path, ChangeSetting("voice.language", "de"))
    (answer,) = ask(office, "kept_settings").sent
    assert answer["settings"]["voice"]["language"] == "de"
    assert ask(office, "status").sent[0]["status"]["language"] == "en", "which it speaks until its next start"


def test_a_page_has_a_sound_tested_but_in_no_session(office: Office) -> None:
    assert ask(office, "beep", which="ready").sent[0]["answer"] == "beeping"
    office.beacon.after(3.0).begin(plan(block(reps=1)), "Ann").until("go")
    for name, field in (("beep", {"which": "go"}), ("say", {"text": "Ann"})):
        (answer,) = ask(office, name, **field).sent
        assert "a session is under way" in answer["error"]


def test_a_page_has_a_name_said_and_no_speech(office: Office) -> None:
    assert ask(office, "say", text="x" * LONGEST_SAID).sent == DONE
    (answer,) = ask(office, "say", text="x" * (LONGEST_SAID + 1)).sent
    assert answer["why"] == "refused"


def test_a_page_starts_a_plan_that_the_box_has(office: Office) -> None:
    assert ask(office, "start", plan="first-steps").sent == DONE
