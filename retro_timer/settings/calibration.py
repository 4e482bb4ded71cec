"""What `calibrate` has learnt of each sensor and its place; kept apart from the settings a coach writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from retro_timer.errors import RetroTimerError
from retro_timer.settings.paths import there
from retro_timer.settings.tables import read_toml
from retro_timer.settings.whole import write_whole

NAME = "calibration.toml"
MOST_LATE_MS, MOST_BEYOND_MM = 100.0, 200
"""Of one half of a dual gate against the other, to either side: more is another line's, or no sensor's delay."""


class SensorCalibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One sensor's."""

    placement: str = ""
    """Where it stood when this was learnt: elsewhere it does not hold."""
    background_mm: Annotated[int, Meta(ge=100, le=100_000)] | None = None
    """Range of what stands behind the empty lane; None for an open field."""
    noise_mm: Annotated[float, Meta(ge=0.0, le=1000.0)] = 0.0
    offset_mm: Annotated[int, Meta(ge=-200, le=200)] = 0
    """Added to every range so that a target at a known distance reads right."""
    late_ms: Annotated[float, Meta(ge=-MOST_LATE_MS, le=MOST_LATE_MS)] = 0.0
    """Half of a dual gate: how much later than the other half it tells of the same moment; taken off its times."""
    beyond_mm: Annotated[int, Meta(ge=-MOST_BEYOND_MM, le=MOST_BEYOND_MM)] = 0
    """Half of a dual gate: how much farther along the lane its beam is than `offset_mm` of the settings says."""
    ambient_kcps: Annotated[float, Meta(ge=0.0)] | None = None
    first_lane_mm: Annotated[int, Meta(ge=-2000, le=8000)] | None = None
    """Near edge of lane 1, as one walk a lane has shown it; the settings' where None."""
    first_lane_set_mm: Annotated[int, Meta(ge=0, le=5000)] | None = None
    """What the settings said of that edge then: once they say something else, the walks no longer hold."""
    range_m: Annotated[float, Meta(ge=0.0, le=50.0)] | None = None
    """How far it saw in that light."""

    @property
    def late_ns(self) -> int:
        """As `late_ms`, in nanoseconds."""
        return round(self.late_ms * 1e6)


class SoundCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whether the box is heard at the start line, as somebody there has answered."""

    heard: bool | None = None
    """None as long as nobody has answered."""
    voice: Annotated[int, Meta(ge=0, le=100)] | None = None
    """How loud the voice was then, in percent; None for one that only prints."""
    buzzer: Annotated[int, Meta(ge=0, le=100)] = 0

    def holds(self, voice: int | None, buzzer: int) -> bool:
        """Whether it was heard, and nothing is quieter now or speaks that did not then."""
        as_loud = voice == self.voice or (voice is not None and self.voice is not None and voice > self.voice)
        return self.heard is True and as_loud and buzzer >= self.buzzer


class Calibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Of the sensors by their names, and of the sound."""

    sensors: dict[str, SensorCalibration] = {}
    sound: SoundCheck = SoundCheck()

    def of(self, name: str, placement: str) -> SensorCalibration:
        """A sensor's calibration, or an empty one where none was made at this placement."""
        found = self.sensors.get(name)
        return found if found is not None and found.placement == placement else SensorCalibration()


def load_calibration(directory: Path) -> Calibration:
    """The calibration in a state directory; an empty one when there is none. Raises BadInputError."""
    path = directory / NAME
    return read_calibration(path) if there(path) else Calibration()


def read_calibration(path: Path) -> Calibration:
    """A calibration's file. Raises BadInputError."""
    return read_toml(path, Calibration, "a calibration in TOML")


def format_calibration(calibration: Calibration) -> str:
    """As the text of calibration.toml."""
    lines = ["# Written by `retro-timer calibrate` and `doctor --hear`. Delete a table to forget it.\n"]
    for name, sensor in sorted(calibration.sensors.items()):
        lines += [f"\n[sensors.{name}]\n", *_fields(sensor)]
    if calibration.sound.heard is not None:
        lines += ["\n[sound]\n", *_fields(calibration.sound)]
    return "".join(lines)


def _fields(table: SensorCalibration | SoundCheck) -> Iterator[str]:
    for field in table.__struct_fields__:
        value = getattr(table, field)
        if isinstance(value, bool):
            yield f"{field} = {str(value).lower()}\n"
        elif value is not None:
            yield f'{field} = "{value}"\n' if isinstance(value, str) else f"{field} = {value}\n"


def save_calibration(directory: Path, calibration: Calibration) -> Path:
    """Write calibration.toml into a state directory: the old one or the new one is there, whenever the plug is pulled.

    Raises RetroTimerError when it cannot be written.
    """
    path = directory / NAME
    try:
        directory.mkdir(parents=True, exist_ok=True)
        write_whole(path, format_calibration(calibration).encode())
    except OSError as error:
        raise RetroTimerError(f"{path}: not written ({error.strerror}); see: df -h {directory}") from None
    return path
