"""Corrections on the page: each a form, made by the timer, kept with its history, and taken back by its id."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retro_timer.beacon.control.protocol import answers, requests
from retro_timer.beacon.control.protocol.answers import RequestRefusedError
from retro_timer.coach.access import Role
from retro_timer.coach.link import Link
from retro_timer.errors import RetroTimerError
from retro_timer.store.results.edits import carry_out
from retro_timer.store.results.journal import Journal, Stamp
from tests.helpers.browser_made import Browser, Field
from tests.helpers.results_made import WALL_NS, fill


@pytest.fixture
def coach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """Beside a journal that keeps what it is asked to."""
    fill(tmp_path)
    with contextlib.closing(Journal(tmp_path)) as journal:

        async def ask(_link: Link, request: requests.Edit, _within_s: float) -> answers.Edited:
            return answers.Edited(carry_out(journal, request.edit, Stamp(WALL_NS, origin=request.origin)))

        monkeypatch.setattr(Link, "ask", ask)
        yield Field(tmp_path).phone(Role.COACH)


def row(browser: Browser, rep: int) -> str:
    body = browser.get("/results/1").body
    found = re.search(rf'<tr class="\w+">\n<td><a href="/results/1/{rep}".*?</tr>', body, re.DOTALL)
    assert found is not None
    return found[0]


def correct(browser: Browser, rep: int, **fields: str) -> None:
    got = browser.post(f"/results/1/{rep}", None, **fields)
    assert (got.status, got.header("location")) == (303, f"/results/1/{rep}")


@pytest.mark.parametrize(
    ("fields", "seen"),
    [
        ({"kind": "void"}, "does not count"),
        ({"kind": "give", "name": "Bea"}, "<bdi>Bea</bdi>"),
        ({"kind": "set", "time_s": "9,4"}, "<strong>9.4</strong>"),
        ({"kind": "set", "time_s": "9.43"}, "by hand"),
        ({"kind": "note", "text": "<b>=1+1"}, "<bdi>&lt;b&gt;=1+1</bdi>"),
    ],
    ids=lambda value: "-".join(value.values())[:12] if isinstance(value, dict) else "",
)
def test_a_correction_is_made_told_and_taken_back_by_its_id(coach: Browser, fields: dict[str, str], seen: str) -> None:
    before = row(coach, 1)
    correct(coach, 1, **fields)
    assert seen in row(coach, 1)
    history = coach.get("/results/1/1").body.partition("Corrections</h2>")[2]
    (revision,) = re.findall(r'name="revision" value="(\w+)"', history)
    assert "page" in history
    assert coach.post("/results/1", kind="undo", revision=revision).status == 303
    assert row(coach, 1) == before
    history = coach.get("/results/1").body.partition("Corrections</h2>")[2]
    assert "taken back" in history
    assert not re.findall(r'name="revision"', history)


def test_what_is_void_counts_again_and_two_reps_are_swapped(coach: Browser) -> None:
    correct(coach, 1, kind="void")
    assert 'value="restore"' in coach.get("/results/1/1").body
    correct(coach, 1, kind="restore")
    assert "does not count" not in row(coach, 1)
    correct(coach, 1, kind="give", name="Bea")
    correct(coach, 1, kind="swap", other="2")
    assert "<bdi>Ann</bdi>" in row(coach, 1)
    assert "<bdi>Bea</bdi>" in row(coach, 2)
    swapped = coach.get("/results/1").body.partition("Corrections</h2>")[2]
    assert "Bea → Ann" in swapped
    assert "Ann → Bea" in swapped


def test_a_session_has_a_note(coach: Browser) -> None:
    assert coach.post("/results/1", kind="note", text="wind").status == 303
    assert "<bdi>wind</bdi>" in coach.get("/results/1").body


@pytest.mark.parametrize(
    ("address", "fields", "said"),
    [
        ("/results/1/1", {}, "no correction of a rep"),
        ("/results/1/1", {"kind": "explode"}, "no correction of a rep"),
        ("/results/1/1", {"kind": "give"}, "no name"),
        ("/results/1/1", {"kind": "give", "name": "Nobody"}, "nobody of that name"),
        ("/results/1/1", {"kind": "swap", "other": "two"}, "the number of the other rep"),
        ("/results/1/1", {"kind": "swap", "other": "9" * 5_000}, "the number of the other rep"),
        ("/results/1/1", {"kind": "set", "time_s": "1e9"}, "seconds, such as 8.45"),
        ("/results/1/1", {"kind": "set", "time_s": "0"}, "time_s"),
        ("/results/1/1", {"kind": "note", "text": "x" * 10_000}, "length &lt;= 500"),
        ("/results/1/1", {"kind": "restore"}, "changes nothing"),
        ("/results/1/77", {"kind": "void"}, "rep 77: not found"),
        ("/results/99", {"kind": "note", "text": "x"}, "session 99: not found"),
        ("/results/1", {"kind": "undo", "revision": "nope"}, "no such correction"),
        ("/results/1", {"kind": "void"}, "no correction of a session"),
    ],
)
def test_what_cannot_be_is_one_line_with_a_way_back(
    coach: Browser, address: str, fields: dict[str, str], said: str
) -> None:
    got = coach.post(address, None, **fields)
    assert got.status in (409, 422)
    assert said in got.body
    assert f'href="{address}"' in got.body


@pytest.mark.parametrize(
    "error", [RequestRefusedError("refused", "not for a page"), RetroTimerError("no timer answers")]
)
def test_what_the_box_refuses_is_told(coach: Browser, monkeypatch: pytest.MonkeyPatch, error: RetroTimerError) -> None:
    async def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(Link, "ask", refuse)
    got = coach.post("/results/1/1", kind="void")
    assert got.status == 409
    assert str(error) in got.body


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["/results/1", "/results/1/1"]),
    st.dictionaries(st.sampled_from(["kind", "text", "name", "other", "time_s", "revision"]), st.text(max_size=30)),
)
def test_any_form_is_answered(coach: Browser, address: str, fields: dict[str, str]) -> None:
    sent = {name: text.encode("utf-8", "replace").decode() for name, text in fields.items()}
    assert coach.post(address, None, **sent).status in (303, 409, 422)
