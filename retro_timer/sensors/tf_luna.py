"""Benewake's TF-Luna: a thin beam on a serial port, 100 or 250 readings a second, metres of range in the sun."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from retro_timer.errors import BadInputError
from retro_timer.header import EXTRA_UARTS, FURTHER_PORTS, GROUND, HEADER_UART, UART_PORTS, V5
from retro_timer.ports import SensorSpec
from retro_timer.sensors.kind import Buy, Module, ReturnedLight, SensorKind, Serial, Terminal
from retro_timer.sensors.settings import SensorSettings

_PERSON_RANGE_MM = 5000
"""On clothing of 35 % reflectance, by the square law between the data sheet's 8 m on white and 2.5 m on dark."""
_DARK_RANGE_MM = 2500
"""On clothing of 10 %, by the data sheet."""
OPTICS = ReturnedLight(
    amplitude_m2=30_000.0, least_amplitude=100.0, nearest_mm=200.0, farthest_mm=8000.0, noise_mm=15.0, step_mm=10
)
"""0.2-8 m on white, 2.5 m on dark, in whole centimetres; by the data sheet an amplitude below 100 is unreliable."""
FINE_OPTICS = msgspec.structs.replace(OPTICS, step_mm=1)
"""The same in the format of millimetres, which firmware after 0.0.5 has."""
RATES_HZ = (100, 125, 250)
"""It measures 500 times a second and sends the mean of 5, 4 or 2 of them (manual, section 5.5). Slower ones would only
blur a break."""


_USB = ("/dev/ttyUSB", "/dev/ttyACM")
_EXTRA = ", ".join(map(str, EXTRA_UARTS))


def _spec(sensor: SensorSettings, _mode: str) -> SensorSpec:
    return SensorSpec(
        name=sensor.name,
        model="TF-Luna",
        placement=sensor.placement,
        role=sensor.role,
        period_ns=1_000_000_000 // sensor.rate_hz,
        budget_ns=1_000_000_000 // sensor.rate_hz,
        fov_deg=2.0,
        min_range_mm=200,
        max_range_mm=_PERSON_RANGE_MM,
        dark_range_mm=_DARK_RANGE_MM,
    )


def _check(sensor: SensorSettings, key: str) -> None:
    if sensor.rate_hz not in RATES_HZ:
        raise BadInputError(f"{key}.rate_hz", str(sensor.rate_hz), f"one of {', '.join(map(str, RATES_HZ))}")
    if sensor.txd_pin is None:
        if sensor.port not in UART_PORTS and sensor.port.startswith(FURTHER_PORTS):
            raise BadInputError(f"{key}.txd_pin", f"missing for {sensor.port}", f"{_EXTRA}: the TXD of its pair")
        return
    if sensor.txd_pin not in EXTRA_UARTS:
        expected = f"{_EXTRA} (a further pair of a Pi 4 or 5), or no txd_pin for header pins 8 and 10"
        raise BadInputError(f"{key}.txd_pin", str(sensor.txd_pin), expected)
    if sensor.port in UART_PORTS or sensor.port.startswith(_USB):
        expected = "the port of that pair, such as /dev/ttyAMA3 (ls /dev/ttyAMA* after the reboot)"
        raise BadInputError(f"{key}.port", f"{sensor.port} with txd_pin {sensor.txd_pin}", expected)


def _check_together(sensors: Mapping[str, SensorSettings]) -> None:
    owners: dict[str, str] = {}
    for key, sensor in sensors.items():
        port = "the header's pair" if sensor.port in UART_PORTS else sensor.port
        if port in owners:
            raise BadInputError(
                f"{key}.port",
                f"{sensor.port} for '{sensor.name}' belongs to '{owners[port]}'",
                "a port of its own: a USB adapter (/dev/ttyUSB0), or on a Pi 4 or 5 a further pair by txd_pin",
            )
        owners[port] = sensor.name


def _module(sensor: SensorSettings) -> Module:
    if sensor.port not in UART_PORTS and sensor.txd_pin is None:
        note = "On a USB adapter: no wire to the header. Its lines are 3.3 V."
        return Module(f"TF-Luna on {sensor.port}", notes=(note,))
    txd = HEADER_UART if sensor.txd_pin is None else sensor.txd_pin
    rxd = txd + 1
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
    keys=("port", "rate_hz", "txd_pin"),
    connection=Serial(),
    spec=_spec,
    check=_check,
    check_together=_check_together,
    tells_lanes=True,
    module=_module,
    buy=Buy("TF-Luna", "0 or 1", "lane-end, jogging, sun: with its cable of six wires", 70, 150),
    optics={"": OPTICS},
)
"""Entry point `tf-luna`."""
