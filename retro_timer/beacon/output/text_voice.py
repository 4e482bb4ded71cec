"""The voice that prints: for a machine without a speaker, and for simulations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from retro_timer.phrases.speaking_time import estimated_s
from retro_timer.ports import Clock, Voice
from retro_timer.settings.model import Settings


class TextVoice:
    """Takes as long for a phrase as speaking it would, so that what would be late aloud is late in print as well."""

    def __init__(self, clock: Clock, rate_wpm: int, show: Callable[[str], None]) -> None:
        self._clock = clock
        self._rate_wpm = rate_wpm
        self._show = show
        self._until_ns = 0

    @property
    def speaking(self) -> bool:
        """Whether a speaker would still be talking."""
        return self._clock.monotonic_ns() < self._until_ns

    def prepare(self, texts: Sequence[str]) -> None:
        """Nothing to render."""

    def seconds(self, text: str) -> float:
        """As long as speaking it would take."""
        return estimated_s(text, self._rate_wpm)

    def say(self, text: str) -> None:
        """Print the phrase."""
        self._show(text)
        self._until_ns = self._clock.monotonic_ns() + round(self.seconds(text) * 1e9)

    def cut(self) -> None:
        """Be silent at once."""
        self._until_ns = 0

    def trouble(self) -> str:
        """It prints because it was asked to: no trouble."""
        return ""

    def close(self) -> None:
        """Nothing to give back."""


def open_voice(settings: Settings, clock: Clock, cache: Path, show: Callable[[str], None]) -> Voice:  # noqa: ARG001
    """Entry point `text`: `show` gets each phrase as it would be spoken."""
    return TextVoice(clock, settings.voice.rate_wpm, show)
