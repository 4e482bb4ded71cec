"""Pairs a phone: for two minutes after somebody at the box has asked for it, whoever knows the PIN comes in.

The PIN is drawn and judged by the beacon, which has no network. The page's process learns only that of a window which a
coach opens on the page, to show it there.
"""

from __future__ import annotations

import hmac
import re
import secrets
import threading

from retro_timer.beacon.control.protocol.answers import RequestRefusedError
from retro_timer.beacon.control.protocol.requests import NOT_THE_PIN
from retro_timer.ports import Clock
from retro_timer.training.session.effects import Say

PIN_PHRASE = "pairing_pin"
"""The phrase that speaks it."""
WINDOW_S = 120.0
"""Time to type it on one phone after another; whoever stands near hears it as well."""
MOST_WRONG = 10
"""Of all phones together: ten guesses at a million numbers."""
_DIGITS = 6


class PairingWindow:
    """Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._pin = ""
        self._until_ns = 0
        self._wrong = 0

    def open(self) -> str:
        """Draw a PIN, which takes the place of one before it."""
        with self._lock:
            self._pin = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
            self._until_ns = self._clock.monotonic_ns() + round(WINDOW_S * 1e9)
            self._wrong = 0
            return self._pin

    def try_pin(self, pin: str) -> None:
        """Raise RequestRefusedError unless this is the PIN of the window that is open."""
        with self._lock:
            if not self._pin or self._clock.monotonic_ns() >= self._until_ns:
                raise RequestRefusedError("refused", "no phone is being paired: press the box's button five times")
            if hmac.compare_digest(pin.encode(), self._pin.encode()):
                return
            self._wrong += 1
            if self._wrong >= MOST_WRONG:
                self._pin = ""
                raise RequestRefusedError("refused", f"{MOST_WRONG} wrong PINs: five presses draw a new one")
            raise RequestRefusedError("refused", NOT_THE_PIN)


def spoken_pin(pin: str) -> Say:
    """Digit by digit."""
    return Say(PIN_PHRASE, {"pin": " ".join(pin)})


def without_pin(key: str, text: str) -> str:
    """What is spoken, as it may be told to whoever follows: a viewer must not read the PIN there."""
    return re.sub(r"\d", "·", text) if key == PIN_PHRASE else text
