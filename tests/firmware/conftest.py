"""A voice on a card that plays into a file, and what is shown in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from retro_firmware.voice.cache import SpeechCache
from retro_firmware.voice.player import Player
from retro_firmware.voice.rendering import COMMAND, RenderProcess
from retro_firmware.voice.speech import SpeechVoice

from retro_timer.beacon.clock import RealClock
from retro_timer.ports import Clock
from tests.firmware.voice_bench import (
    SlowSpeaker,
    Speaker,
    voice_settings,
)

Make = Callable[..., SpeechVoice]
"""Makes a voice, each closed at the test's end."""


@pytest.fixture
def shown() -> list[str]:
    return []


@pytest.fixture
def make(tmp_path: Path, shown: list[str]) -> Iterator[Make]:
    made: list[SpeechVoice] = []

    def build(
        *,
        command: tuple[str, ...] = COMMAND,
        device: str = "default",
        clock: Clock | None = None,
        answer_s: float = 20.0,
    ) -> SpeechVoice:
        clock = clock or RealClock()
        folder = tmp_path / "speech"
        folder.mkdir(exist_ok=True)
        voice = SpeechVoice(
            voice_settings(device=device),
            clock,
            SpeechCache(folder),
            RenderProcess(command, answer_s, clock.monotonic_ns),
            Player(device),
            shown.append,
            "pyttsx3 under test",
        )
        made.append(voice)
        return voice

    yield build
    for voice in made:
        voice.close()


@pytest.fixture
def speaker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Speaker:
    speaker = Speaker(tmp_path)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(speaker.config))
    return speaker


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowSpeaker]:
    speaker = SlowSpeaker(tmp_path)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(speaker.config))
    yield speaker
    speaker.close()
