"""Forms of the commands, whatever is written into them."""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.beacon.control.protocol import commands
from retro_timer.beacon.control.protocol.commands import COMMANDS
from retro_timer.coach.access import Role
from retro_timer.coach.commands import ALWAYS, AT_HAND, FORMS, command_of, is_late
from retro_timer.errors import BadInputError
from retro_timer.training.session.state import Phase
from tests.helpers.browser_made import HOST, Field

FIELDS = sorted({field.name for form in FORMS.values() for field in form.fields})
WRITTEN = st.text(max_size=60) | st.sampled_from(
    ["0", "1", "60", "-1", "1e3", "٣", "9" * 40, "Anna", "<script>", "\u202e"]
)


def test_every_command_of_the_protocol_has_a_form() -> None:
    assert list(FORMS) == list(COMMANDS)


def test_a_form_asks_for_what_its_command_takes() -> None:
    assert [(field.name, field.is_number, field.needed) for field in FORMS["give"].fields] == [
        ("name", False, True),
        ("rep", True, False),
    ]
    assert FORMS["pause"].plain
    assert FORMS["void"].plain
    assert not FORMS["order"].plain


def test_buttons_at_hand_are_of_commands_and_phases_that_there_are() -> None:
    assert set(AT_HAND) <= set(COMMANDS)
    assert set(ALWAYS) <= set(COMMANDS)
    assert {phase for phases in AT_HAND.values() for phase in phases} <= {str(phase) for phase in Phase}


def test_what_is_left_empty_is_not_said() -> None:
    assert command_of("give", {"name": " Ann ", "rep": ""}) == commands.Give("Ann")
    assert command_of("give", {"name": "Ann", "rep": "3"}) == commands.Give("Ann", 3)
    assert command_of("swap", {"rep": "3", "other": "4"}) == commands.Swap(3, 4)
    assert command_of("claim", {"place": "2", "name": "Ann", "wave": ""}) == commands.Claim(2, "Ann")
    assert command_of("finish", {"name": ""}) == commands.Finish()
    assert command_of("finish", {"name": "Ann"}) == commands.Finish("Ann")
    assert command_of("start", {"plan": ""}) == commands.Start()
    assert command_of("undo", {"revision": "abc"}) == commands.Undo("abc")


@pytest.mark.parametrize(
    ("tag", "sent", "problem"),
    [
        ("give", {}, "give: name: missing"),
        ("give", {"name": " \t"}, "give: name: missing"),
        ("give", {"name": "Ann", "rep": "0"}, "rep"),
        ("order", {"name": "Ann", "place": "99"}, "place"),
        ("swap", {"rep": "3"}, "swap: other: missing"),
        ("claim", {"place": "9", "name": "Ann"}, "place"),
        ("volume", {"percent": "101"}, "percent"),
        ("volume", {"percent": "loud"}, "'loud' is no number"),
        ("calibrate", {}, "no such command"),
        ("open_pairing", {}, "no such command"),
    ],
)
def test_a_mistake_is_one_line(tag: str, sent: dict[str, str], problem: str) -> None:
    with pytest.raises(BadInputError, match=problem):
        command_of(tag, sent)


@given(st.sampled_from([*COMMANDS, "forget", "", "x"]), st.dictionaries(st.sampled_from([*FIELDS, "version"]), WRITTEN))
def test_whatever_is_sent_is_a_command_of_this_protocol_or_one_line(tag: str, sent: dict[str, str]) -> None:
    with contextlib.suppress(BadInputError):
        command = command_of(tag, sent)
        assert command.tag == tag
        assert command.version == 1
        assert msgspec.json.decode(msgspec.json.encode(command), type=COMMANDS[tag]) == command


@pytest.mark.parametrize(("age_ms", "late"), [(-500, False), (0, False), (3_000, False), (3_001, True), (10**9, True)])
def test_a_command_is_late_three_seconds_after_its_press_but_for_what_holds_the_session(
    age_ms: int, late: bool
) -> None:
    now_ns = 2 * 10**15
    sent = {"pressed_ms": str(now_ns // 10**6 - age_ms)}
    for tag in COMMANDS:
        assert is_late(tag, sent, now_ns) is (late and tag not in ("halt", "stop", "pause"))


def test_a_form_that_tells_no_time_is_not_late() -> None:
    assert not is_late("skip", {}, 10**15)
    assert not is_late("skip", {"pressed_ms": ""}, 10**15)


@pytest.mark.parametrize("pressed", ["now", "-1", "9" * 5_000, "٣", "1e3"])
def test_a_time_that_is_none_is_one_line(pressed: str) -> None:
    with pytest.raises(BadInputError, match=r"pressed_ms: .* is no number"):
        is_late("skip", {"pressed_ms": pressed}, 10**15)


@pytest.mark.parametrize(("tag", "told"), [("skip", "Not done: it was pressed"), ("halt", "no timer answers")])
def test_what_comes_late_does_not_reach_the_box(tmp_path: Path, tag: str, told: str) -> None:
    browser = Field(tmp_path).phone(Role.COACH)
    pressed = browser.coach.live.clock.now_ns // 10**6 - 4_000
    got = browser.post(f"/do/{tag}", headers={"accept": "application/json"}, pressed_ms=str(pressed))
    assert (got.status, msgspec.json.decode(got.body)["ok"]) == (409, False)
    assert told in got.body


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Field:
    return Field(tmp_path_factory.mktemp("coach"))


@given(st.sampled_from(["/do/give", "/do/volume", "/pair", "/look", "/phones/revoke"]), st.binary(max_size=200))
def test_any_bytes_in_a_form_are_answered_and_break_nothing(field: Field, path: str, body: bytes) -> None:
    browser = field.usual(Role.COACH)
    got = browser.ask("POST", path, body, {"origin": f"http://{HOST}"})
    assert got.status in (200, 303, 403, 409, 422, 503)


def test_without_a_box_a_command_says_so(tmp_path: Path) -> None:
    browser = Field(tmp_path).phone(Role.COACH)
    got = browser.post("/do/pause", headers={"accept": "application/json"})
    assert (got.status, msgspec.json.decode(got.body)["ok"]) == (409, False)
    assert "no timer answers" in got.body
    assert "no timer answers" in browser.post("/do/pause").body
