"""An HC-SR04 on gpiozero's mock pins: hears the trigger fall and moves the echo line as the scene asks."""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from gpiozero.pins.mock import MockFactory

from retro_firmware.hc_sr04.sensor import SOUND_MPS
from retro_timer.sim.optics import Scene

_BURST_S = 0.00045
"""From the trigger's end to the echo line's rise: eight cycles of 40 kHz and the chip's delay."""
_NO_ECHO_S = 0.038
_FARTHEST_MM = 4000.0
_LEAST_COVER = 0.05
"""A surface that fills less of the cone returns too little sound."""
_NOISE_MM = 3.0


class EchoFault(StrEnum):
    """How the sensor fails."""

    SILENT = "silent"
    """The echo line never rises."""
    STUCK = "stuck"
    """The echo line stays high."""


class HcSr04Twin:
    """The sensor. Make it before the driver: the pins that it makes in the factory are the ones the driver gets."""

    def __init__(
        self, factory: MockFactory, trigger_pin: int, echo_pin: int, name: str, scene: Scene, seed: int = 1
    ) -> None:
        self.pings = 0
        """Triggers heard so far."""
        self.fault: EchoFault | None = None
        self.heard: Callable[[], None] | None = None
        """Called on the twin's thread at each trigger."""
        self.name = name
        self._scene = scene
        self._rng = random.Random(f"{seed}:{name}")
        self._pings: queue.SimpleQueue[float | None] = queue.SimpleQueue()
        factory.pin(trigger_pin, pin_class=_trigger_class(factory.pin_class), on_fall=self._on_trigger)
        self._echo = factory.pin(echo_pin, pin_class=_echo_class(factory.pin_class))
        self._thread = threading.Thread(target=self._answer, name=f"hc-sr04-{name}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hear no more; safe to call twice."""
        if self._thread.is_alive():
            self._pings.put(None)
            self._thread.join()

    def _on_trigger(self) -> None:
        self.pings += 1
        self._pings.put(time.monotonic())

    def _answer(self) -> None:
        while (pinged := self._pings.get()) is not None:
            if self.heard is not None:
                self.heard()
            if self.fault is EchoFault.SILENT:
                continue
            rise = pinged + _BURST_S
            flight_s = self._flight_s(rise)
            # Both edges carry their true times, whenever this thread gets to run.
            self._echo.move(True, rise)
            if self.fault is EchoFault.STUCK:
                continue
            time.sleep(max(0.0, rise + flight_s - time.monotonic()))
            self._echo.move(False, rise + flight_s)

    def _flight_s(self, rise: float) -> float:
        view = self._scene.view(self.name, round(rise * 1e9))
        seen = [s.range_mm for s in view.surfaces if s.cover >= _LEAST_COVER and s.range_mm <= _FARTHEST_MM]
        if not seen:
            return _NO_ECHO_S
        range_mm = max(1.0, min(seen) + _NOISE_MM * self._rng.gauss(0.0, 1.0))
        return 2.0 * range_mm / 1000.0 / SOUND_MPS

    def release(self) -> None:
        """Let a stuck echo line fall."""
        self.fault = None
        self._echo.move(False, time.monotonic())


def _trigger_class(base: Any) -> Any:
    """The factory's own kind of pin, which tells when it falls; a factory takes no other kind beside its own."""

    class TriggerPin(base):  # type: ignore[misc]
        def __init__(self, factory: Any, info: Any, on_fall: Any) -> None:
            super().__init__(factory, info)
            self._on_fall = on_fall

        def _change_state(self, value: Any) -> Any:
            changed = super()._change_state(value)
            if changed and not value and self._function == "output":
                self._on_fall()
            return changed

    return TriggerPin


def _echo_class(base: Any) -> Any:
    """The factory's own kind of pin, whose edges carry the time that they are given."""

    class EchoPin(base):  # type: ignore[misc]
        _edge_at = 0.0

        def move(self, level: bool, at: float) -> None:
            self._edge_at = at
            if level:
                self.drive_high()
            else:
                self.drive_low()

        def _call_when_changed(self) -> None:
            callback = self._get_when_changed()
            if callback is not None:
                callback(self._edge_at, self._state)

    return EchoPin
