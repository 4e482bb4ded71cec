"""The button on its pin, to ground: edges debounced here, since not every pin library does it, or does it alike."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any

import gpiozero

from retro_timer.ports import Clock
from retro_timer.settings.model import ButtonSettings

QUIET_NS = 10_000_000
"""A level that holds this long is meant: contacts bounce for less, and what a long cable catches is far shorter."""
_RELEASE_LOOK_S = 0.05
"""A pressed button is looked at this often: a release whose edge went unheard must not become a long hold."""


class Debouncer:
    """Edges in, strokes out, each with the instant at which it began. Pure: every instant is given to it."""

    def __init__(self, quiet_ns: int = QUIET_NS) -> None:
        self.pressed = False
        """The level that is meant, after the last stroke."""
        self._quiet_ns = quiet_ns
        self._began_ns: int | None = None
        """The first edge of the bouncing that may become a stroke."""
        self._last_ns = 0

    @property
    def due_ns(self) -> int | None:
        """When `settle` is to be called; None while nothing bounces."""
        return None if self._began_ns is None else self._last_ns + self._quiet_ns

    def edge(self, t_ns: int) -> None:
        """The line moved."""
        if self._began_ns is None:
            self._began_ns = t_ns
        self._last_ns = t_ns

    def settle(self, pressed: bool, now_ns: int) -> int | None:
        """The line was found so after a quiet time: when the stroke began, or None when it is where it was before."""
        began_ns, due_ns = self._began_ns, self.due_ns
        if began_ns is None or due_ns is None or now_ns < due_ns:
            return None
        self._began_ns = None
        if pressed == self.pressed:
            return None
        self.pressed = pressed
        return began_ns


class GpioButton:
    """The pin library's thread only notes the edges; a thread of the button's own settles and reports them."""

    def __init__(self, settings: ButtonSettings, factory: Any, clock: Clock) -> None:
        self._clock = clock
        # Not gpiozero.Button, whose thread for held buttons would run beside ours.
        self._line = gpiozero.DigitalInputDevice(settings.pin, pull_up=True, pin_factory=factory)
        self._edges: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._debouncer = Debouncer()
        self._on_edge: Callable[[bool, int], None] = lambda _pressed, _t_ns: None
        self._thread = threading.Thread(target=self._run, name="button", daemon=True)

    @property
    def pressed(self) -> bool:
        """The line's level now, as it is."""
        return bool(self._line.is_active)

    def listen(self, on_edge: Callable[[bool, int], None]) -> None:
        """`on_edge(pressed, t_ns)` from now on; a button that is held already counts from its next press."""
        self._on_edge = on_edge
        self._line.when_activated = self._moved
        self._line.when_deactivated = self._moved
        self._thread.start()

    def close(self) -> None:
        """Hear no more and give the pin back; safe to call twice."""
        if self._line.closed:
            return
        self._line.close()
        if self._thread.is_alive():
            self._edges.put(None)
            self._thread.join(timeout=2.0)

    def _moved(self) -> None:
        self._edges.put(self._clock.monotonic_ns())

    def _run(self) -> None:
        while True:
            try:
                t_ns = self._edges.get(timeout=self._wait_s())
            except queue.Empty:
                self._look()
                continue
            if t_ns is None:
                return
            self._debouncer.edge(t_ns)

    def _wait_s(self) -> float | None:
        due_ns = self._debouncer.due_ns
        if due_ns is not None:
            return max(0.0, (due_ns - self._clock.monotonic_ns()) / 1e9)
        return _RELEASE_LOOK_S if self._debouncer.pressed else None

    def _look(self) -> None:
        """Read the line anew: a library that reads the level after the edge may have told the wrong one."""
        debouncer, now_ns = self._debouncer, self._clock.monotonic_ns()
        pressed = not self._line.closed and self.pressed
        if debouncer.due_ns is None:
            if not pressed:
                debouncer.edge(now_ns)
            return
        began_ns = debouncer.settle(pressed, now_ns)
        if began_ns is not None:
            self._on_edge(pressed, began_ns)


def open_button(settings: ButtonSettings, factory: Any, clock: Clock) -> GpioButton:
    """The button of the settings."""
    return GpioButton(settings, factory, clock)
