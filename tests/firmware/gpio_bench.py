"""A bench for pins: gpiozero's mock pins, and its real RPi.GPIO pins on a stateful fake-rpi."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

pytest.importorskip("gpiozero", reason="gpiozero is missing: pip install 'retro-timer[twin]'")

from gpiozero.pins.mock import MockFactory, MockPWMPin

PATIENCE_S = 60.0
PI_4B = "c03114"
"""Revision code of a Pi 4B, which a factory asks the machine for."""


def mock_factory() -> Any:
    """gpiozero's mock pins, with PWM."""
    return MockFactory(pin_class=MockPWMPin)


def until(true: Callable[[], bool], what: str) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.001)


def pretend_rpi_gpio(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put the stateful GPIO where `RPi.GPIO` is looked for, on a machine that says it is a Pi 4B; gives the GPIO."""
    from tests.firmware.fake_gpio import StatefulGPIO

    gpio = StatefulGPIO()
    package: Any = ModuleType("RPi")
    package.GPIO = gpio
    monkeypatch.setitem(sys.modules, "RPi", package)
    monkeypatch.setitem(sys.modules, "RPi.GPIO", gpio)
    monkeypatch.delitem(sys.modules, "gpiozero.pins.rpigpio", raising=False)
    local = importlib.import_module("gpiozero.pins.local")
    monkeypatch.setattr(local, "get_pi_revision", lambda: int(PI_4B, 16))
    monkeypatch.setattr(local.LocalPiFactory, "pins", {})
    return gpio
