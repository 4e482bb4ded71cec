"""How loud voice and buzzer are, while the timer runs."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from retro_timer.beacon.output.sounder import Buzzer
from retro_timer.ports import Voice
from retro_timer.settings.calibration import SoundCheck
from retro_timer.settings.model import BuzzerKind, Settings


@runtime_checkable
class Loud(Protocol):
    """A voice whose loudness can be changed."""

    volume: int
    """In percent, from the next phrase on."""


class Volume:
    """Holds until the timer ends: at the next start the settings count again, so that a box which somebody has turned
    down for a hall is not unheard at the next track.
    """

    def __init__(self, settings: Settings, buzzer: Buzzer, voice: Voice, check: SoundCheck) -> None:
        self._check = check
        self._buzzer = buzzer
        self._voice = voice
        self._buzzer_follows = settings.buzzer.kind is BuzzerKind.TONAL

    @property
    def heard_at_start(self) -> bool:
        """Whether somebody at the start line has heard the box when it was as loud as it is now."""
        return self._check.holds(self.voice, self.buzzer)

    def checked(self, check: SoundCheck) -> None:
        """Somebody has made a sound check."""
        self._check = check

    def set(self, percent: int) -> None:
        """Voice and buzzer, 0 to 100; of an active buzzer, which knows on and off, only the voice."""
        if isinstance(self._voice, Loud):
            self._voice.volume = percent
        if self._buzzer_follows:
            self._buzzer.volume = percent

    @property
    def voice(self) -> int | None:
        """Of the voice now, in percent; None for one that only prints."""
        return self._voice.volume if isinstance(self._voice, Loud) else None

    @property
    def buzzer(self) -> int:
        """Of the buzzer now, in percent."""
        return self._buzzer.volume
