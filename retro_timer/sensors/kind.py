"""What a sensor model's file holds: one `SensorKind`, from its name in config.toml to how the simulator draws it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import msgspec

from retro_timer.ports import SensorSpec
from retro_timer.sensors.settings import SensorSettings


class I2c(msgspec.Struct, frozen=True):
    """Connected to an I2C bus: `bus` and `address` of the settings."""

    hz: int
    """Clock that the bus should have."""
    why: str
    """What that clock gains, for whoever reads the boot configuration."""


class Serial(msgspec.Struct, frozen=True):
    """Connected to a serial port: `port` of the settings."""


class OwnPins(msgspec.Struct, frozen=True):
    """Connected to pins of the header that it shares with nobody."""


Connection = I2c | Serial | OwnPins


class Terminal(NamedTuple):
    """A terminal of a part that is to be wired."""

    name: str
    """As it is printed on the part."""
    to: int | str
    """GPIO number, or the name of a supply (`retro_timer.header`)."""
    function: str = ""
    """What that pin does: 'SDA'."""
    through: str = ""
    """What sits in the wire."""


class Module(msgspec.Struct, frozen=True):
    """A sensor as it is wired under its settings."""

    what: str
    terminals: tuple[Terminal, ...] = ()
    notes: tuple[str, ...] = ()
    """What a builder must know besides the wires, a line each."""


class Buy(msgspec.Struct, frozen=True):
    """A part to buy."""

    name: str
    count: str
    look_for: str
    usual_ma: int | None = None
    """At 5 V while a session runs; None for a part that draws nothing."""
    most_ma: int | None = None
    """At 5 V for moments: what cable and supply must stand."""


class PhotonCounting(msgspec.Struct, frozen=True):
    """A sensor that counts photons by their time of flight, and is blinded by the sun."""

    dark_range_m: float
    bright_range_m: float
    """In strong ambient light (`training.safe_speed.STRONG_AMBIENT_KCPS`)."""
    ambient_share: float
    """How much of the ambient rate falls into the ranging window."""
    phantoms: float
    """How often the sun passes for a valid range, of the best mode's rate."""


class ReturnedLight(msgspec.Struct, frozen=True):
    """A sensor that reports a range and the amplitude of the light that came back."""

    amplitude_m2: float
    """Amplitude of a white target that fills the cone at 1 m."""
    least_amplitude: float
    """Below it the sensor gives no range."""
    nearest_mm: float
    farthest_mm: float
    noise_mm: float
    """Standard deviation of a range."""
    step_mm: int
    """The unit of its reports."""


Optics = PhotonCounting | ReturnedLight


def _no_check(_sensor: SensorSettings, _key: str) -> None:
    """Nothing that the types do not say."""


def _no_check_together(_sensors: Mapping[str, SensorSettings]) -> None:
    """Several do not mind each other."""


def _one_mode(_sensor: SensorSettings, _ambient_kcps: float | None) -> str:
    return ""


class SensorKind(msgspec.Struct, frozen=True, kw_only=True):
    """All that the program knows of a sensor model; its driver and its twin have entry points of their own."""

    name: str
    """`model` of config.toml, and the name of its entry points."""
    shown: str
    """As its maker writes it."""
    keys: tuple[str, ...]
    """Fields of SensorSettings that this model reads beside name, model, placement and role."""
    connection: Connection
    pins: Mapping[str, str] = {}
    """Keys that give it a pin of the header, and the terminal that goes there."""
    spec: Callable[[SensorSettings, str], SensorSpec]
    """Its figures in a ranging mode."""
    mode: Callable[[SensorSettings, float | None], str] = _one_mode
    """The ranging mode under the settings in an ambient rate (kcps, None if not known); empty where it has one."""
    check: Callable[[SensorSettings, str], None] = _no_check
    """What the types cannot say of its settings; the second argument is the table's key. Raises BadInputError."""
    check_together: Callable[[Mapping[str, SensorSettings]], None] = _no_check_together
    """What several of it need of each other, each by its table's key. Raises BadInputError."""
    dark_when_stopped: bool = False
    """Whether a sensor that is stopped sends nothing that another one of its model could see."""
    knows_its_time: bool = False
    """Whether its driver sees when a reading is ready; one that only sends it may be late by what nobody tells."""
    least_body_kcps_m2: float = 0.0
    """Least signal that a body which fills the cone returns from one metre: rate times squared range.

    0 where the signal is no rate that falls with the range: only the empty beam's own signal counts then.
    """
    tells_lanes: bool = False
    """Whether its range is that of the nearest body alone, so that as a gate it tells in which lane somebody is."""
    module: Callable[[SensorSettings], Module]
    """Its terminals for the wiring table and the drawings."""
    buy: Buy
    optics: Mapping[str, Optics]
    """How the simulator draws its readings, by ranging mode."""

    def spec_in(self, sensor: SensorSettings, mode: str) -> SensorSpec:
        """Its figures in a ranging mode, and the line that it watches."""
        return msgspec.structs.replace(self.spec(sensor, mode), line=sensor.line, offset_mm=sensor.offset_mm)
