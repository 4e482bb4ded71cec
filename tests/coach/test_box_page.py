"""The box's page: what it sees now, its sounds, its language, who follows, and the support pack."""

from __future__ import annotations

import asyncio
import io
import tarfile
from pathlib import Path

import pytest

from retro_timer.beacon.control.protocol import requests
from retro_timer.beacon.control.protocol.answers import (
    AnyAnswer,
    Beeping,
    Done,
    RequestRefusedError,
    SensorStatus,
    WatchStatus,
)
from retro_timer.beacon.control.protocol.base import Request
from retro_timer.beacon.system.strain import Strain
from retro_timer.coach import live, support
from retro_timer.coach.access import Role
from retro_timer.coach.link import Link
from retro_timer.phrases import SOUND_CHECK
from retro_timer.settings.made import ChangeSetting
from tests.coach.test_live_page import BLIND, told
from tests.helpers.browser_made import Browser, Field

GATE = SensorStatus("gate", "vl53l1x", "gate", "ok", 1.236, 0, 812.4, 24.0)
LOST = SensorStatus('<b>"', "tf-luna", "lane-end", "lost", None, None, None, 10.0)
REAR = WatchStatus("ok", "", True, "covers_walk", 1.44, 3.0)
SCRIPT = {"accept": "application/json"}


@pytest.fixture
def field(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Field:
    monkeypatch.setenv("RETRO_TIMER_STATE", str(tmp_path))
    monkeypatch.setenv("RETRO_TIMER_CONFIG", str(tmp_path / "etc"))
    # However slow the machine is that runs this.
    monkeypatch.setattr(live, "FRESH_S", 1e9)
    return Field(tmp_path)


@pytest.fixture
def browser(field: Field) -> Browser:
    return field.phone(Role.COACH)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """What the box is asked; it is in a session from the fourth on."""
    seen: list[Request] = []

    async def ask(_link: Link, request: Request, _within_s: float = 0.0) -> AnyAnswer:
        seen.append(request)
        if len(seen) > 3:
            raise RequestRefusedError("refused", "a session is under way")
        return Beeping(lasts_s=0.1) if isinstance(request, requests.Beep) else Done()

    monkeypatch.setattr(Link, "ask", ask)
    return seen


def test_without_a_box_it_tells_what_it_knows_by_itself(browser: Browser) -> None:
    body = browser.get("/box").body
    for text in (
        "The box does not answer.",
        "GB free",
        "Retro Timer 0.",
        "Sound test",
        "Nobody has the live page open.",
    ):
        assert text in body


def test_it_leads_to_clock_and_power(browser: Browser) -> None:
    assert 'href="/box/power"' in browser.get("/box").body


def test_sensors_light_and_safe_speed_are_as_the_box_has_them(field: Field, browser: Browser) -> None:
    machine = Strain(power_low=True, slowed=True, temperature_c=81.4)
    field.coach.live.hear_status(told(sensors=(GATE, LOST), watch=REAR, machine=machine, troubles=("the <fan>",)), 0, 0)
    for path in ("/box", "/box/now"):
        body = browser.get(path).body
        for text in (
            "1.24",
            "812",
            "1.4</strong> m/s",
            "up to 1.4 metres a second",
            "81 °C",
            "Does not see",
            "&lt;b&gt;&#34;",
            "the &lt;fan&gt;",
        ):
            assert text in body
        assert "<b>" not in body
        assert body.count("<td>–</td>") == 2


def test_a_blind_watch_is_told_with_its_reason(field: Field, browser: Browser) -> None:
    field.coach.live.hear_status(told(sensors=(GATE,), watch=BLIND), 0, 0)
    body = browser.get("/box/now").body
    assert "BLIND: the watch does not see.</strong> sunlight" in body


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "nl", "pt-BR"])
def test_it_is_shown_in_every_language(field: Field, browser: Browser, language: str) -> None:
    field.coach.live.hear_status(told(sensors=(GATE,)), 0, 0)
    assert browser.get("/box", **{"accept-language": language}).status == 200


def test_sounds_are_tested_and_nothing_else_is_said(browser: Browser, asked: list[Request]) -> None:
    for which in ("ready", "go", "voice"):
        assert browser.post("/box/sound", headers=SCRIPT, which=which).status == 200
    assert asked == [requests.Beep("ready"), requests.Beep("go"), requests.Say(SOUND_CHECK)]
    assert browser.post("/box/sound", headers=SCRIPT, which="anthem").status == 409
    assert len(asked) == 3
    refused = browser.post("/box/sound", which="go")
    assert refused.status == 409
    assert "a session is under way" in refused.body


def test_the_language_is_one_of_the_boxs(browser: Browser, asked: list[Request]) -> None:
    assert '<option value="pt-BR" lang="pt-BR">' in browser.get("/box").body
    assert browser.post("/box/language", language="de").status == 303
    assert asked == [requests.Edit(ChangeSetting("voice.language", "de"), "page")]
    assert browser.post("/box/language", language="xx").status == 409
    assert len(asked) == 1


def test_a_pack_that_cannot_be_made_is_told_in_a_line(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(support, "_RUN", "import sys; sys.exit('retro-timer: no room')")
    got = browser.post("/box/support")
    assert got.status == 409
    assert "no room" in got.body


def test_a_pack_that_never_ends_is_given_up(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(support, "_RUN", "import signal; signal.pause()")
    monkeypatch.setattr(support, "_PACK_S", 0.0)
    assert "took more than" in browser.post("/box/support").body


@pytest.mark.slow
def test_the_pack_is_the_programs_own(field: Field, tmp_path: Path) -> None:
    (tmp_path / "coach").mkdir(exist_ok=True)
    pack = asyncio.run(support.support_pack(tmp_path / "coach"))
    with tarfile.open(fileobj=io.BytesIO(pack)) as tar:
        names = {Path(name).name for name in tar.getnames()}
    assert {"contents.txt", "versions.json", "settings.toml"} <= names
    assert not list((tmp_path / "coach").glob("support-*"))
