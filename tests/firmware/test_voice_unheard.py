"""Where nothing can be heard the voice shows its words and tells the cause, and comes back when it can."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from retro_firmware.voice import open_voice
from retro_firmware.voice.speech import SpeechVoice

from retro_timer.beacon.clock import RealClock
from retro_timer.errors import BoardMissingError
from retro_timer.settings.model import Settings
from tests.firmware.voice_bench import (
    HANGS,
    NO_ESPEAK,
    Speaker,
    needs_aplay,
    needs_pyttsx3,
    until,
    voice_settings,
)
from tests.helpers.clocks import StepClock

pytestmark = [needs_pyttsx3, needs_aplay, pytest.mark.slow]
NOWHERE = "retro-timer-no-such-card"
Make = Callable[..., SpeechVoice]


def spoken_to_the_end(voice: SpeechVoice, text: str) -> None:
    voice.say(text)
    assert voice.speaking
    until(lambda: not voice.speaking, f"the end of '{text}'")


def test_without_a_card_the_words_are_shown_and_the_cause_is_told(make: Make, shown: list[str]) -> None:
    clock = StepClock()
    voice = make(device=NOWHERE, clock=clock)
    assert voice.trouble() == "", "nothing is known before the first word"
    voice.say("Ready.")
    until(lambda: shown == ["Ready."], "it is shown")
    assert "aplay -l" in voice.trouble()
    assert voice.speaking, "a phrase that is read lasts as long as one that is heard"
    clock.advance(5.0)
    until(lambda: not voice.speaking, "it has been read")
    voice.say("Go.")
    until(lambda: shown == ["Ready.", "Go."], "the next one is shown as well")


def test_a_card_that_comes_later_is_used(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shown: list[str]
) -> None:
    clock = StepClock()
    empty = tmp_path / "empty.conf"
    empty.write_text("")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(empty))
    voice = make(clock=clock)
    voice.say("Ready.")
    until(lambda: shown == ["Ready."], "it is shown")
    speaker = Speaker(tmp_path)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(speaker.config))
    clock.advance(60.0)
    spoken_to_the_end(voice, "Go.")
    assert shown == ["Ready."]
    assert len(speaker.heard()) == 1
    assert voice.trouble() == ""


def test_without_espeak_the_words_are_shown_and_the_package_is_told(make: Make, shown: list[str]) -> None:
    voice = make(command=NO_ESPEAK)
    voice.say("Ready.")
    until(lambda: shown == ["Ready."], "it is shown")
    assert "sudo apt install espeak-ng" in voice.trouble()


def test_trouble_with_the_renderer_is_known_from_rendering_ahead(make: Make, shown: list[str]) -> None:
    voice = make(command=NO_ESPEAK)
    voice.prepare(["Ready."])
    until(lambda: "espeak-ng" in voice.trouble(), "the trouble is known")
    assert shown == []


def test_a_renderer_that_hangs_costs_the_sound_and_not_the_words(make: Make, shown: list[str]) -> None:
    voice = make(command=HANGS, answer_s=0.2)
    voice.say("Ready.")
    until(lambda: shown == ["Ready."], "it is shown")
    assert "hangs" in voice.trouble()


def test_nothing_to_say_is_not_said(make: Make, shown: list[str]) -> None:
    voice = make()
    voice.say("  ")
    assert not voice.speaking
    voice.prepare(["", " "])
    assert shown == []


def test_without_pyttsx3_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyttsx3", None)
    with pytest.raises(BoardMissingError, match=r"pip install 'retro-timer\[speech\]'"):
        open_voice(Settings(voice=voice_settings()), RealClock(), tmp_path, print)
