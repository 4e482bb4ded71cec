"""ST's VL53L1X: a time-of-flight sensor on I2C whose range depends on its mode and on the light."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from retro_timer.errors import BadInputError
from retro_timer.header import GROUND, I2C_PINS, V33
from retro_timer.ports import SensorSpec
from retro_timer.sensors.kind import Buy, I2c, Module, PhotonCounting, SensorKind, Terminal
from retro_timer.sensors.settings import DistanceMode, SensorSettings

ADDRESS = 0x29
"""Where every VL53L1X answers after its reset, until it is given another address."""
RANGE_M: dict[str, tuple[float, float]] = {"short": (1.36, 1.35), "medium": (2.90, 0.76), "long": (3.60, 0.73)}
"""DS12385: longest range in the dark and in strong ambient light (200 kcps per SPAD), in metres, by ranging mode."""
BRIGHT_KCPS = 8_000.0
"""Where long mode begins to see targets that are not there (recorded at 8,900 lux; the rate is the simulator's)."""
# The longer the mode, the more of the ambient rate falls into the ranging window.
OPTICS: dict[str, PhotonCounting] = {
    "short": PhotonCounting(*RANGE_M["short"], ambient_share=0.004, phantoms=1.0),
    "medium": PhotonCounting(*RANGE_M["medium"], ambient_share=0.06, phantoms=4.0),
    "long": PhotonCounting(*RANGE_M["long"], ambient_share=0.10, phantoms=4.0),
}
BUS_CLOCKS = 1_960
"""Of the bus for a reading, its block read twice and the handshake: 4.9 ms at 400 kHz, reckoned by the bytes."""
MOST_OF_BUS = 0.9
"""Of a bus's time for readings: what is left takes a handshake that has to be tried again."""
GUARD_MS = 4.0
"""The C driver refuses a period shorter than the budget and this."""


def bus_share(sensors: Iterable[SensorSettings], hz: int) -> float:
    """How much of a bus's time sensors need, each at its own period; 1 for all of it."""
    return sum(1000.0 * BUS_CLOCKS / hz / sensor.period_ms for sensor in sensors)


def _mode(sensor: SensorSettings, ambient_kcps: float | None) -> str:
    if sensor.mode is not DistanceMode.AUTO:
        return str(sensor.mode)
    return "short" if ambient_kcps is not None and ambient_kcps > BRIGHT_KCPS else "long"


def _spec(sensor: SensorSettings, mode: str) -> SensorSpec:
    dark_m, bright_m = RANGE_M[mode]
    return SensorSpec(
        name=sensor.name,
        model=f"VL53L1X {mode}",
        placement=sensor.placement,
        role=sensor.role,
        period_ns=round(sensor.period_ms * 1e6),
        budget_ns=round(sensor.budget_ms * 1e6),
        fov_deg=27.0,
        min_range_mm=40,
        max_range_mm=round(1000.0 * dark_m),
        bright_range_mm=round(1000.0 * bright_m),
        mode=mode,
    )


def _check(sensor: SensorSettings, key: str) -> None:
    if sensor.period_ms < sensor.budget_ms + GUARD_MS:
        raise BadInputError(
            f"{key}.period_ms", f"{sensor.period_ms:g} with budget_ms {sensor.budget_ms:g}", "at least budget_ms + 4"
        )
    if sensor.mode != "short" and sensor.budget_ms < 33.0:
        raise BadInputError(
            f"{key}.budget_ms", f"{sensor.budget_ms:g} in mode {sensor.mode}", "at least 33; 20 goes with mode short"
        )


def _check_together(sensors: Mapping[str, SensorSettings]) -> None:
    if len({sensor.bus for sensor in sensors.values()}) > 1:
        key, second = next((key, s) for key, s in sensors.items() if s.bus != next(iter(sensors.values())).bus)
        raise BadInputError(
            f"{key}.bus",
            f"{second.bus} for '{second.name}': VL53L1X on two buses",
            "all on one bus, since their driver's state is one per process",
        )
    if len(sensors) < 2:
        return
    owners: dict[int, str] = {}
    for key, sensor in sensors.items():
        if sensor.xshut_pin is None:
            raise BadInputError(
                f"{key}.xshut_pin",
                f"missing for '{sensor.name}', one of several VL53L1X",
                "the pin wired to its XSHUT: all answer at 0x29 until they are woken one after the other",
            )
        if sensor.address == ADDRESS:
            raise BadInputError(
                f"{key}.address",
                f"0x29 for '{sensor.name}', one of several VL53L1X, where each of them wakes up",
                f"an address of its own such as 0x{0x30 + len(owners):02x}",
            )
        if sensor.address in owners:
            raise BadInputError(
                f"{key}.address",
                f"0x{sensor.address:02x} for '{sensor.name}' belongs to '{owners[sensor.address]}'",
                "an address of its own for each",
            )
        owners[sensor.address] = sensor.name


def _module(sensor: SensorSettings) -> Module:
    terminals = [Terminal("VIN", V33), Terminal("GND", GROUND)]
    notes = ["A breakout with its own regulator and pull-ups; at 400 kHz its cable may have 50 cm."]
    if sensor.bus in I2C_PINS:
        sda, scl = I2C_PINS[sensor.bus]
        terminals += [Terminal("SDA", sda, "SDA"), Terminal("SCL", scl, "SCL")]
    else:
        notes.append(f"SDA and SCL go to the pins that the overlay of I2C bus {sensor.bus} names.")
    if sensor.xshut_pin is not None:
        terminals.append(Terminal("XSHUT", sensor.xshut_pin))
    if sensor.interrupt_pin is not None:
        terminals.append(Terminal("GPIO1", sensor.interrupt_pin))
    return Module("VL53L1X", tuple(terminals), tuple(notes))


VL53L1X = SensorKind(
    name="vl53l1x",
    shown="VL53L1X",
    keys=("mode", "budget_ms", "period_ms", "bus", "address", "xshut_pin", "interrupt_pin"),
    connection=I2c(400_000, "a reading takes 5 ms of bus then, and 19 ms of its 24 at the usual 100 kHz."),
    pins={"xshut_pin": "XSHUT", "interrupt_pin": "GPIO1"},
    spec=_spec,
    mode=_mode,
    check=_check,
    check_together=_check_together,
    dark_when_stopped=True,
    knows_its_time=True,
    # Clothes of 10 % reflectance.
    least_body_kcps_m2=600.0,
    module=_module,
    buy=Buy(
        "VL53L1X breakout",
        "1 or 2",
        "gate, belt: 3.3 V, with regulator, pull-ups and XSHUT brought out; not a VL53L0X",
        18,
        40,
    ),
    optics=OPTICS,
)
"""Entry point `vl53l1x`."""
