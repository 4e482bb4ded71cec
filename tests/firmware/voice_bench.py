"""A bench for speech: the real pyttsx3, espeak-ng and aplay, with ALSA's output led into files that tests can read."""

from __future__ import annotations

import importlib.util
import os
import select
import shutil
import sys
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from retro_timer.settings.model import VoiceSettings

BASE = Path("/usr/share/alsa/alsa.conf")
PATIENCE_S = 120.0
"""For a machine that does many other things; nothing here waits for it when all is well."""

needs_pyttsx3 = pytest.mark.skipif(
    importlib.util.find_spec("pyttsx3") is None or shutil.which("espeak-ng") is None,
    reason="speech is missing: sudo apt install espeak-ng, and pip install 'retro-timer[speech]'",
)
needs_aplay = pytest.mark.skipif(
    shutil.which("aplay") is None or not BASE.is_file(), reason="aplay is missing: sudo apt install alsa-utils"
)
HANGS = (sys.executable, "-c", "import time; time.sleep(600)")
NO_ESPEAK = (
    sys.executable,
    "-c",
    """
import ctypes
def missing(name):
    raise OSError(name + ": cannot open shared object file")
ctypes.cdll.LoadLibrary = missing
from retro_firmware.voice.renderer import serve
serve()
""",
)
"""The real renderer on a machine without libespeak-ng."""


class Speaker:
    """What an ALSA device of its own hears: a file for each sound played, in order."""

    def __init__(self, folder: Path, rate_hz: int = 22_050) -> None:
        self.device = "default"
        self._wav = folder / "heard.wav"
        self.config = folder / "asound.conf"
        self.config.write_text(
            f"</usr/share/alsa/alsa.conf>\n"
            f'pcm.!default {{ type plug; slave {{ pcm "tofile"; rate {rate_hz}; channels 1; format S16_LE }} }}\n'
            f'pcm.tofile {{ type file; slave.pcm "null"; file "{self._wav}"; format "wav"; truncate 0 }}\n'
        )

    def heard(self) -> list[Path]:
        """The sounds so far."""
        return sorted(self._wav.parent.glob(f"{self._wav.name}*"))

    def heard_s(self) -> list[float]:
        """Their lengths."""
        return [seconds(path) for path in self.heard()]


class SlowSpeaker:
    """A card that takes no more than the test reads: sound lasts as long as the test wants."""

    def __init__(self, folder: Path) -> None:
        self._fifo = folder / "card.fifo"
        os.mkfifo(self._fifo)
        self.config = folder / "slow.conf"
        self.config.write_text(
            f"</usr/share/alsa/alsa.conf>\n"
            f'pcm.!default {{ type plug; slave.pcm "tofile" }}\n'
            f'pcm.tofile {{ type file; slave.pcm "null"; file "{self._fifo}"; format "raw" }}\n'
        )
        self._fd = os.open(self._fifo, os.O_RDONLY | os.O_NONBLOCK)

    def wait_for_sound(self) -> None:
        """Until something is played."""
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        until(lambda: any(events & select.POLLIN for _, events in poll.poll(0)), "something is played")

    def rest(self) -> int:
        """Bytes that come until whoever plays has gone."""
        total = 0
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                data = os.read(self._fd, 65_536)
            except BlockingIOError:
                time.sleep(0.002)
                continue
            if not data:
                return total
            total += len(data)
        raise AssertionError("the sound goes on")

    def close(self) -> None:
        os.close(self._fd)


def seconds(path: Path) -> float:
    """Length of a WAV file."""
    with wave.open(os.fspath(path), "rb") as sound:
        return sound.getnframes() / sound.getframerate()


def silence_s(path: Path) -> float:
    """How long a 16-bit WAV file is silent before it sounds."""
    with wave.open(os.fspath(path), "rb") as sound:
        data, rate = sound.readframes(sound.getnframes()), sound.getframerate()
    return (len(data) - len(data.lstrip(b"\0"))) // 2 / rate


def loudest(path: Path) -> int:
    """The largest sample of a 16-bit WAV file."""
    with wave.open(os.fspath(path), "rb") as sound:
        data = sound.readframes(sound.getnframes())
    return max(abs(int.from_bytes(data[i : i + 2], "little", signed=True)) for i in range(0, len(data) - 1, 2))


def until(true: Callable[[], bool], what: str) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.002)


def beep(path: Path, length_s: float) -> Path:
    """A WAV file with a sound in it."""
    with wave.open(os.fspath(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(22_050)
        sound.writeframes(b"\x00\x20\x00\xe0" * round(length_s * 22_050 / 2))
    return path


def voice_settings(**changes: Any) -> VoiceSettings:
    """The settings of the voice under test."""
    return VoiceSettings(**{"rate_wpm": 160, **changes})
