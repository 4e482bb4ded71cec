"""fake-rpi's GPIO made stateful: outputs latch, PWM is remembered, inputs have edges."""

from __future__ import annotations

from typing import Any

import pytest

fake = pytest.importorskip("fake_rpi.RPi", reason="fake-rpi is missing: pip install fake-rpi")


class StatefulGPIO(fake._GPIO):  # type: ignore[misc, name-defined]
    """One board's `RPi.GPIO`."""

    def __init__(self) -> None:
        super().__init__()
        self.levels: dict[int, int] = {}
        self.functions: dict[int, int] = {}
        self.pwm: dict[int, StatefulPWM] = {}
        self.edges: dict[int, Any] = {}

    def PWM(self, channel: int, frequency: float) -> StatefulPWM:  # noqa: N802
        return StatefulPWM(self, channel, frequency)

    def setmode(self, mode: int) -> None:
        assert mode == self.BCM

    def setwarnings(self, on: bool) -> None: ...

    def setup(self, channel: int, state: int, pull_up_down: int = 20, initial: int | None = None) -> None:
        self.functions[channel] = state
        if state == self.IN:
            self.levels[channel] = int(pull_up_down == self.PUD_UP)
        elif initial is not None:
            self.levels[channel] = initial

    def gpio_function(self, channel: int) -> int:
        return self.functions.get(channel, int(self.IN))

    def input(self, channel: int) -> int:
        return self.levels.get(channel, 0)

    def output(self, channel: int, state: int) -> None:
        if self.functions.get(channel) != self.OUT:
            raise RuntimeError("The GPIO channel has not been set up as an OUTPUT")
        self.levels[channel] = int(bool(state))

    def add_event_detect(self, channel: int, edge: int, callback: Any = None, bouncetime: int = -666) -> None:
        self.edges[channel] = callback

    def remove_event_detect(self, channel: int) -> None:
        self.edges.pop(channel, None)

    def cleanup(self, channel: int | None = None) -> None:
        for one in [channel] if channel is not None else list(self.functions):
            self.functions.pop(one, None)
            self.levels.pop(one, None)

    def drive(self, channel: int, level: int) -> None:
        """What a finger or a sensor does to an input."""
        if self.levels.get(channel) != level:
            self.levels[channel] = level
            if channel in self.edges:
                self.edges[channel](channel)


class StatefulPWM:
    """A channel's software PWM while it exists."""

    def __init__(self, gpio: StatefulGPIO, channel: int, frequency: float) -> None:
        self._gpio = gpio
        self._channel = channel
        self.frequency = frequency
        self.duty = 0.0
        gpio.pwm[channel] = self

    def start(self, duty: float) -> None:
        self.duty = duty

    def stop(self) -> None:
        self._gpio.pwm.pop(self._channel, None)

    def ChangeDutyCycle(self, duty: float) -> None:  # noqa: N802
        self.duty = duty

    def ChangeFrequency(self, frequency: float) -> None:  # noqa: N802
        self.frequency = frequency
