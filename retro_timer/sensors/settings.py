"""A table [[sensors]] of config.toml: the keys of all models in one flat struct, since a coach edits one file.

Each model's value names the keys that are its own (`SensorKind.keys`) and checks them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from retro_timer.ports import FINISH_LINE, Placement, Role

Pin = Annotated[int, Meta(ge=0, le=27, description="GPIO number (BCM), not the header's pin number.")]
Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")]


class DistanceMode(StrEnum):
    """Ranging mode of a sensor that has several."""

    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"
    AUTO = "auto"
    """By ambient light: long in the dark, short in the sun."""


class SensorSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One sensor: what it is, where it looks, what it is for, how it is wired."""

    name: Annotated[Name, Meta(description="Short name for events and messages.")] = "gate"
    model: Annotated[str, Meta(description="What it is.")] = "vl53l1x"
    placement: Annotated[Placement, Meta(description="gate, lane-end or belt.")] = Placement.GATE
    role: Annotated[Role, Meta(description="timing, watch or both.")] = Role.BOTH
    line: Annotated[
        Name, Meta(description="gate: the line that it watches: finish, start or the name of a table [lines.NAME].")
    ] = FINISH_LINE
    offset_mm: Annotated[
        int,
        Meta(
            ge=-2000,
            le=2000,
            description="gate: its beam is so far beyond the line, along the lane, or before it, below 0; the same for"
            " one above another.",
        ),
    ] = 0
    mode: Annotated[DistanceMode, Meta(description="short, medium, long, or auto by the light.")] = DistanceMode.SHORT
    budget_ms: Annotated[float, Meta(ge=20.0, le=1000.0, description="integration time of a reading.")] = 20.0
    period_ms: Annotated[
        float, Meta(ge=4.0, le=1000.0, description="time between readings, at least budget_ms + 4.")
    ] = 24.0
    bus: Annotated[int, Meta(ge=0, le=22, description="number of the I2C bus, /dev/i2c-N.")] = 1
    address: Annotated[int, Meta(ge=0x08, le=0x77, description="I2C address; with several, each gets its own.")] = 0x29
    xshut_pin: Annotated[Pin, Meta(description="pin that resets it; needed with several.")] | None = None
    interrupt_pin: Annotated[Pin, Meta(description="pin wired to its GPIO1.")] | None = None
    port: Annotated[str, Meta(min_length=1, description="serial port.")] = "/dev/serial0"
    rate_hz: Annotated[int, Meta(ge=1, le=250, description="TF-Luna: readings a second, 100, 125 or 250.")] = 100
    txd_pin: (
        Annotated[Pin, Meta(description="TF-Luna: TXD of a further serial pair of a Pi 4 or 5: 0, 4, 8 or 12.")] | None
    ) = None
    trigger_pin: Annotated[Pin, Meta(description="trigger.")] | None = None
    echo_pin: Annotated[Pin, Meta(description="echo, through a level shifter.")] | None = None

    @property
    def times_as_gate(self) -> bool:
        """Whether it is a gate, or half of one, that times its line."""
        return self.role is not Role.WATCH and self.placement is Placement.GATE
