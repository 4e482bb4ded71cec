"""The status lamp: each state has a rhythm of its own, the same on a single LED, and on three a colour besides.

No state is a steady light: a light that has stopped moving tells that the box is dead, and not that all is well.
"""

from __future__ import annotations

import threading
from typing import Any

import gpiozero

from retro_timer.ports import Clock, LampState
from retro_timer.settings.model import LampKind, LampSettings

_MS = 1_000_000
Colour = tuple[int, int, int]
DARK: Colour = (0, 0, 0)
COLOURS: dict[LampState, Colour] = {
    LampState.OFF: DARK,
    LampState.TROUBLE: (0, 1, 1),
    LampState.CLEAR: (0, 1, 0),
    LampState.RUNNING: (0, 0, 1),
    LampState.CAUTION: (1, 1, 0),
    LampState.DANGER: (1, 0, 0),
    LampState.BLIND: (1, 0, 1),
}
RHYTHMS_MS: dict[LampState, tuple[int, ...]] = {
    # Three flashes and a long pause.
    LampState.TROUBLE: (120, 180, 120, 180, 120, 1780),
    # A short pulse every two seconds.
    LampState.CLEAR: (80, 1920),
    # On, with a wink every two seconds.
    LampState.RUNNING: (1880, 120),
    # Even and slow.
    LampState.CAUTION: (500, 500),
    # Even and fast.
    LampState.DANGER: (125, 125),
    # Two flashes and a pause.
    LampState.BLIND: (120, 180, 120, 1080),
}
"""Milliseconds lit and dark in turn, from the moment in which the state began."""


def lit(state: LampState, since_ns: int, now_ns: int) -> tuple[bool, int | None]:
    """Whether the lamp is lit in a state that began at `since_ns`, and when that changes; None when it never does."""
    rhythm = RHYTHMS_MS.get(state)
    if rhythm is None:
        return False, None
    length_ns = sum(rhythm) * _MS
    round_ns = since_ns + (now_ns - since_ns) // length_ns * length_ns
    passed_ns = round_ns
    for index, part in enumerate(rhythm):
        passed_ns += part * _MS
        if now_ns < passed_ns:
            return index % 2 == 0, passed_ns
    return False, passed_ns


class GpioLamp:
    """One thread drives it; `show` may be called from any other and returns at once."""

    def __init__(self, settings: LampSettings, factory: Any, clock: Clock) -> None:
        self._clock = clock
        self._single = settings.kind is LampKind.SINGLE
        self._led: Any
        if self._single:
            self._led = gpiozero.LED(settings.pins[0], pin_factory=factory)
        else:
            # Colours at full strength: no software PWM has to run for them.
            self._led = gpiozero.RGBLED(*settings.pins, pwm=False, pin_factory=factory)
        self._state = LampState.OFF
        self._since_ns = clock.monotonic_ns()
        self._changed = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="lamp", daemon=True)
        self._thread.start()

    def show(self, state: LampState) -> None:
        """Show a state; its rhythm begins anew only when it was another one."""
        if state is not self._state:
            self._since_ns = self._clock.monotonic_ns()
            self._state = state
            self._changed.set()

    def close(self) -> None:
        """Go dark and give the pins back; safe to call twice."""
        if self._closing:
            return
        self._closing = True
        self._changed.set()
        self._thread.join(timeout=2.0)
        self._led.close()

    def _run(self) -> None:
        while not self._closing:
            self._changed.clear()
            now_ns = self._clock.monotonic_ns()
            state = self._state
            bright, until_ns = lit(state, self._since_ns, now_ns)
            self._light(COLOURS[state] if bright else DARK)
            self._changed.wait(None if until_ns is None else max(0.0, (until_ns - now_ns) / 1e9))
        self._light(DARK)

    def _light(self, colour: Colour) -> None:
        if self._single:
            self._led.value = 1 if any(colour) else 0
        else:
            self._led.value = colour


class NoLamp:
    """A box without one."""

    def show(self, state: LampState) -> None:
        """Nothing shows it."""

    def close(self) -> None:
        """Nothing to give back."""


def open_lamp(settings: LampSettings, factory: Any, clock: Clock) -> GpioLamp | NoLamp:
    """The lamp of the settings, dark."""
    return NoLamp() if settings.kind is LampKind.NONE else GpioLamp(settings, factory, clock)
