"""When a phone may be paired, and what a wrong PIN is worth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retro_timer.beacon.control.pairing import MOST_WRONG, PIN_PHRASE, PairingWindow, without_pin
from retro_timer.beacon.control.protocol.answers import RequestRefusedError
from tests.helpers.clocks import StepClock
from tests.helpers.office import Asker, Office
from tests.helpers.plans_made import block, plan


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.beacon.close()


def wrong(pin: str) -> str:
    """Another one."""
    return f"{(int(pin) + 1) % 1_000_000:06}"


def test_a_pin_has_six_digits_and_lets_one_phone_after_another_in() -> None:
    window = PairingWindow(StepClock())
    pin = window.open()
    assert len(pin) == 6
    assert pin.isdecimal()
    window.try_pin(pin)
    window.try_pin(pin)


def test_nobody_is_paired_before_a_window_is_open() -> None:
    with pytest.raises(RequestRefusedError, match="no phone is being paired"):
        PairingWindow(StepClock()).try_pin("000000")


def test_a_window_closes_after_two_minutes() -> None:
    clock = StepClock()
    window = PairingWindow(clock)
    pin = window.open()
    clock.advance(119.9)
    window.try_pin(pin)
    clock.advance(0.2)
    with pytest.raises(RequestRefusedError, match="no phone is being paired"):
        window.try_pin(pin)


def test_ten_wrong_tries_in_all_void_the_pin() -> None:
    window = PairingWindow(StepClock())
    pin = window.open()
    for _ in range(MOST_WRONG - 1):
        with pytest.raises(RequestRefusedError, match="not the PIN"):
            window.try_pin(wrong(pin))
    window.try_pin(pin)
    with pytest.raises(RequestRefusedError, match="10 wrong PINs"):
        window.try_pin(wrong(pin))
    with pytest.raises(RequestRefusedError, match="no phone is being paired"):
        window.try_pin(pin)


def test_a_new_window_has_a_pin_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([7, 471108])
    monkeypatch.setattr("secrets.randbelow", lambda _below: next(drawn))
    window = PairingWindow(StepClock())
    assert window.open() == "000007"
    assert window.open() == "471108"
    with pytest.raises(RequestRefusedError, match="not the PIN"):
        window.try_pin("000007")
    window.try_pin("471108")


def test_the_box_answers_with_the_pin_and_speaks_it(office: Office) -> None:
    (answer,) = office.ask("open_pairing")
    assert answer["lasts_s"] == 120.0
    assert f"To pair a phone: {' '.join(answer['pin'])}." in office.beacon.voice.said
    assert office.ask("try_pin", pin=answer["pin"])[0]["ok"]
    assert office.ask("try_pin", pin=wrong(answer["pin"]))[0]["error"] == "not the PIN"


def test_in_a_session_it_is_not_spoken(office: Office) -> None:
    office.beacon.after(3.0).begin(plan(block(reps=2)), "Ann").until("go")
    (answer,) = office.ask("open_pairing")
    assert answer["ok"]
    assert not any("pair a phone" in text for text in office.beacon.voice.said)


def test_who_follows_reads_no_pin(office: Office) -> None:
    viewer = Asker()
    office.beacon.core.event_bus.subscribe(viewer.send)
    (answer,) = office.ask("open_pairing")
    (said,) = (event for event in viewer.sent if event.get("key") == PIN_PHRASE)
    assert said["text"] == "To pair a phone: · · · · · ·."
    assert " ".join(answer["pin"]) not in str(viewer.sent)


def test_other_words_keep_their_figures() -> None:
    assert without_pin("result", "11.43 seconds.") == "11.43 seconds."
