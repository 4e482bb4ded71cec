"""The HC-SR04: sound on two pins, for timing at a gate only, since its last value outlives its echo."""

from __future__ import annotations

from retro_timer.errors import BadInputError
from retro_timer.header import GROUND, V5
from retro_timer.ports import Role, SensorSpec
from retro_timer.sensors.kind import Buy, Module, OwnPins, ReturnedLight, SensorKind, Terminal
from retro_timer.sensors.settings import SensorSettings

ECHO_DIVIDER = "1 kΩ, with 2 kΩ to GND"
"""5 V · 2 / (1 + 2) = 3.3 V: the Pi's pins do not stand more."""


def _spec(sensor: SensorSettings, _mode: str) -> SensorSpec:
    return SensorSpec(
        name=sensor.name,
        model="HC-SR04",
        placement=sensor.placement,
        role=sensor.role,
        # From ping to ping: the echoes of the one before must have died (data sheet).
        period_ns=60_000_000,
        budget_ns=5_000_000,
        fov_deg=15.0,
        min_range_mm=20,
        max_range_mm=4000,
        may_watch=False,
    )


def _check(sensor: SensorSettings, key: str) -> None:
    if sensor.role is not Role.TIMING:
        raise BadInputError(
            f"{key}.role",
            f"'{sensor.role}' for an hc-sr04, whose last value outlives its echo",
            "timing: it may not keep watch",
        )
    if sensor.trigger_pin is None or sensor.echo_pin is None:
        raise BadInputError(key, "an hc-sr04 without its pins", "trigger_pin and echo_pin")


def _module(sensor: SensorSettings) -> Module:
    assert sensor.trigger_pin is not None
    assert sensor.echo_pin is not None
    terminals = (
        Terminal("VCC", V5),
        Terminal("Trig", sensor.trigger_pin),
        Terminal("Echo", sensor.echo_pin, "", ECHO_DIVIDER),
        Terminal("GND", GROUND),
    )
    note = "Echo gives 5 V, which destroys a pin of the Pi: never without its divider or a level shifter."
    return Module("HC-SR04", terminals, (note,))


HC_SR04 = SensorKind(
    name="hc-sr04",
    shown="HC-SR04",
    keys=("trigger_pin", "echo_pin"),
    connection=OwnPins(),
    pins={"trigger_pin": "trigger", "echo_pin": "echo"},
    dark_when_stopped=True,
    knows_its_time=True,
    spec=_spec,
    check=_check,
    module=_module,
    buy=Buy("HC-SR04", "0 or 1", "a gate only; with 1 kΩ and 2 kΩ for its echo", 15, 20),
    # The simulator knows no sound: a returned echo is drawn as returned light. The board `twin` draws sound.
    optics={
        "": ReturnedLight(
            amplitude_m2=30_000.0,
            least_amplitude=100.0,
            nearest_mm=200.0,
            farthest_mm=8000.0,
            noise_mm=15.0,
            step_mm=10,
        )
    },
)
"""Entry point `hc-sr04`."""
