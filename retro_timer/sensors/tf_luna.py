"""Benewake's TF-Luna: a thin beam on a serial port, 100 readings a second, metres of range in the sun."""

from __future__ import annotations

from retro_timer.header import GROUND, UART_PINS, UART_PORTS, V5
from retro_timer.ports import SensorSpec
from retro_timer.sensors.kind import Buy, Module, ReturnedLight, SensorKind, Serial, Terminal
from retro_timer.sensors.settings import SensorSettings

_PERSON_RANGE_MM = 5000
"""On clothing of 35 % reflectance, by the square law between the data sheet's 8 m on white and 2.5 m on dark."""
OPTICS = ReturnedLight(
    amplitude_m2=30_000.0, least_amplitude=100.0, nearest_mm=200.0, farthest_mm=8000.0, noise_mm=15.0, step_mm=10
)
"""0.2-8 m on white, 2.5 m on dark, in whole centimetres; by the data sheet an amplitude below 100 is unreliable."""


def _spec(sensor: SensorSettings, _mode: str) -> SensorSpec:
    return SensorSpec(
        name=sensor.name,
        model="TF-Luna",
        placement=sensor.placement,
        role=sensor.role,
        period_ns=10_000_000,
        budget_ns=10_000_000,
        fov_deg=2.0,
        min_range_mm=200,
        max_range_mm=_PERSON_RANGE_MM,
    )


def _module(sensor: SensorSettings) -> Module:
    if sensor.port not in UART_PORTS:
        note = "On a USB adapter: no wire to the header. Its lines are 3.3 V."
        return Module(f"TF-Luna on {sensor.port}", notes=(note,))
    txd, rxd = UART_PINS
    terminals = (
        Terminal("1: 5V", V5),
        Terminal("2: RXD", txd, "TXD"),
        Terminal("3: TXD", rxd, "RXD"),
        Terminal("4: GND", GROUND),
    )
    note = "Its lines are 3.3 V although it runs on 5 V. Leave pin 5 open: wired to ground it would speak I2C."
    return Module("TF-Luna", terminals, (note,))


TF_LUNA = SensorKind(
    name="tf-luna",
    shown="TF-Luna",
    keys=("port",),
    connection=Serial(),
    spec=_spec,
    module=_module,
    buy=Buy("TF-Luna", "0 or 1", "lane-end, jogging, sun: with its cable of six wires", 70, 150),
    optics={"": OPTICS},
)
"""Entry point `tf-luna`."""
