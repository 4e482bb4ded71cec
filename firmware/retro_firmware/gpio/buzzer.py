"""The buzzer on its pin, tonal or active: calls return at once with the instant of the edge."""

from __future__ import annotations

import math
from typing import Any

import gpiozero
from gpiozero.tones import Tone

from retro_timer.ports import Clock
from retro_timer.settings.model import BuzzerKind, BuzzerSettings

_MIDDLE_NOTE = "B5"
_OCTAVES = 2
"""Two octaves each way of 988 Hz: 247 to 3951 Hz, wide of the 500 to 2500 Hz that the sounds use; gpiozero's own span
ends at 880 Hz."""
LOWEST_HZ, HIGHEST_HZ = 250, 3900


def duty(loudness: int) -> float:
    """Share of the period for which the line is high, for a loudness in percent of the greatest amplitude.

    The tone is the fundamental of a rectangular wave, whose amplitude goes with sin(pi * share): greatest at a half.
    """
    return math.asin(loudness / 100.0) / math.pi


class TonalSounder:
    """A passive piezo, driven at the tone's frequency."""

    def __init__(self, pin: int, factory: Any, clock: Clock) -> None:
        self._clock = clock
        self._buzzer = gpiozero.TonalBuzzer(
            pin, mid_tone=Tone(note=_MIDDLE_NOTE), octaves=_OCTAVES, pin_factory=factory
        )

    def on(self, frequency_hz: int, loudness: int = 100) -> int:
        """Sound this tone, or the nearest that the buzzer has."""
        pwm = self._buzzer.pwm_device
        # Not `play`, which always takes half the period and so the greatest loudness, if only for a moment.
        pwm.pin.frequency = min(HIGHEST_HZ, max(LOWEST_HZ, frequency_hz))
        pwm.value = duty(loudness)
        return self._clock.monotonic_ns()

    def off(self) -> None:
        """Fall silent, with the line low: a transistor would keep a loud buzzer under current."""
        pwm = self._buzzer.pwm_device
        pwm.value = 0
        self._buzzer.stop()
        pwm.value = 0

    def close(self) -> None:
        """Give the pin back; safe to call twice."""
        if not self._buzzer.closed:
            self.off()
            self._buzzer.close()


class ActiveSounder:
    """A buzzer with its own pitch: rhythm is all that it can tell."""

    def __init__(self, pin: int, factory: Any, clock: Clock) -> None:
        self._clock = clock
        self._line = gpiozero.DigitalOutputDevice(pin, pin_factory=factory)

    def on(self, frequency_hz: int, loudness: int = 100) -> int:  # noqa: ARG002
        """Sound."""
        self._line.on()
        return self._clock.monotonic_ns()

    def off(self) -> None:
        """Fall silent."""
        self._line.off()

    def close(self) -> None:
        """Give the pin back; safe to call twice."""
        if not self._line.closed:
            self.off()
            self._line.close()


class MuteSounder:
    """For a box whose wiring is not known: a tone on a wrong pin might drive against another part's output."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def on(self, frequency_hz: int, loudness: int = 100) -> int:  # noqa: ARG002
        """No pin hears of it."""
        return self._clock.monotonic_ns()

    def off(self) -> None:
        """Nothing sounds."""

    def close(self) -> None:
        """Nothing to give back."""


def open_sounder(settings: BuzzerSettings, factory: Any, clock: Clock) -> TonalSounder | ActiveSounder:
    """The buzzer of the settings."""
    if settings.kind is BuzzerKind.ACTIVE:
        return ActiveSounder(settings.pin, factory, clock)
    return TonalSounder(settings.pin, factory, clock)
