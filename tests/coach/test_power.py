"""The page's forms for the clock and for the end of the box: what is typed, sent, refused and asked once more."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from retro_timer.beacon.control.protocol.answers import Done, RequestRefusedError
from retro_timer.beacon.control.protocol.requests import SetClock, ShutDown
from retro_timer.coach.access import Role
from retro_timer.coach.link import Link
from tests.helpers.browser_made import Browser, Field

NOON_S = 1_777_629_600


class Box:
    """Whoever is asked."""

    def __init__(self) -> None:
        self.asked: list[SetClock | ShutDown] = []
        self.refuses = ""

    async def ask(self, _link: Link, request: SetClock | ShutDown, _within_s: float = 10.0) -> Done:
        self.asked.append(request)
        if self.refuses:
            raise RequestRefusedError("refused", self.refuses)
        return Done()


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Box:
    made = Box()
    monkeypatch.setattr(Link, "ask", lambda link, *words: made.ask(link, *words))
    return made


@pytest.fixture
def coach(box: Box, tmp_path: Path) -> Browser:
    return Field(tmp_path).phone(Role.COACH)


@pytest.fixture
def in_kathmandu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A zone that no machine of ours has by chance."""
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_the_phones_time_becomes_the_boxs(coach: Browser, box: Box) -> None:
    got = coach.post("/box/clock", unix_s=str(NOON_S), typed="")
    assert (got.status, got.header("location")) == (303, "/box/power")
    assert box.asked == [SetClock(NOON_S)]


@pytest.mark.parametrize("typed", ["2026-05-01T15:45", "2026-05-01T15:45:00"])
@pytest.mark.usefixtures("in_kathmandu")
def test_without_a_script_it_is_typed_as_the_boxs_own_zone_has_it(coach: Browser, box: Box, typed: str) -> None:
    assert coach.post("/box/clock", unix_s="", typed=typed).status == 303
    assert box.asked == [SetClock(NOON_S)]


@pytest.mark.parametrize(
    ("unix_s", "typed"),
    [
        ("", ""),
        ("0", ""),
        ("", "soon"),
        ("1" * 4_000, ""),
        ("", "1999-12-31T23:59"),
        ("", "9999-12-31T23:59"),
        ("-5", ""),
    ],
)
def test_what_is_no_time_is_told_and_asked_of_nobody(coach: Browser, box: Box, unix_s: str, typed: str) -> None:
    got = coach.post("/box/clock", unix_s=unix_s, typed=typed)
    assert got.status == 422
    assert "the time" in got.body
    assert box.asked == []


def test_why_the_box_refuses_is_shown(coach: Browser, box: Box) -> None:
    box.refuses = "the network has set the clock: it knows better"
    got = coach.post("/box/clock", unix_s=str(NOON_S))
    assert got.status == 503
    assert box.refuses in got.body


def test_a_tap_ends_nothing_but_asks_once_more(coach: Browser, box: Box) -> None:
    assert 'href="/box/off"' in coach.get("/box/power").body
    assert '<form method="post" action="/box/off"' in coach.get("/box/off").body
    assert box.asked == []
    got = coach.post("/box/off")
    assert box.asked == [ShutDown()]
    assert "The box is shutting down." in got.body


@pytest.mark.parametrize("address", ["/box/clock", "/box/off"])
def test_neither_is_a_viewers(box: Box, tmp_path: Path, address: str) -> None:
    assert Field(tmp_path).phone(Role.VIEWER).post(address, unix_s=str(NOON_S)).status == 403
    assert box.asked == []
