"""What the holder of the board tells of it: how each sensor does, what it reads, and what else there is to know."""

from __future__ import annotations

import msgspec

from retro_timer.beacon.control.protocol.base import Answer
from retro_timer.detection.events import SensorState
from retro_timer.ports import RangeSample, SensorSpec
from retro_timer.settings.calibration import Calibration
from retro_timer.settings.model import Settings


class SensorFacts(msgspec.Struct, frozen=True):
    """A sensor and how it does."""

    spec: SensorSpec
    identity: str
    """What answers; empty when nothing does or the sensor cannot tell."""
    trouble: str
    """Why it did not start when that was last tried."""
    state: SensorState
    reason: str


class Facts(Answer, frozen=True):
    """The board, and what its holder knows."""

    board: str
    pid: int
    now_ns: int
    """The board's monotonic clock."""
    settings: Settings
    calibration: Calibration
    sensors: tuple[SensorFacts, ...]
    busy: bool
    """Whether a session is under way."""
    realtime: bool
    """Whether the sensors' threads run before all others."""
    state_dir: str
    speaking: bool
    voice_trouble: str
    voice_volume: int | None
    """In percent, as it is now; None for a voice that only prints."""
    troubles: tuple[str, ...]
    """What is to be mended: files that could not be read, and what was used instead."""
    button_pressed: bool | None
    """None without a button, or with one that does not tell."""
    pressed_ns: int | None
    """When the button was last pressed while it was lent."""


class SensorReadings(msgspec.Struct, frozen=True):
    """A sensor's latest readings and what is thought of it."""

    name: str
    state: SensorState
    reason: str
    samples: tuple[RangeSample, ...]


class Readings(Answer, frozen=True):
    """All sensors' readings."""

    now_ns: int
    sensors: tuple[SensorReadings, ...]
