"""The two lines of a VL53L1X beside its bus: XSHUT, which switches it off, and GPIO1, which says that a frame waits."""

from __future__ import annotations

from typing import Any

import gpiozero


class ShutdownLine:
    """XSHUT: `line(True)` lets the chip run, `line(False)` switches it off. Off until it is called."""

    def __init__(self, pin: int, factory: Any) -> None:
        self._line = gpiozero.DigitalOutputDevice(pin, initial_value=False, pin_factory=factory)

    def __call__(self, up: bool) -> None:
        self._line.value = up

    def close(self) -> None:
        """Give the pin back; the breakout's pull-up then lets the chip run."""
        self._line.close()


class InterruptLine:
    """GPIO1, active low: `line(timeout_s)` waits until a frame waits, and says whether one does."""

    def __init__(self, pin: int, factory: Any) -> None:
        self._line = gpiozero.DigitalInputDevice(pin, pull_up=True, pin_factory=factory)

    def __call__(self, timeout_s: float) -> bool:
        return bool(self._line.wait_for_active(timeout_s))

    def close(self) -> None:
        """Give the pin back."""
        self._line.close()
