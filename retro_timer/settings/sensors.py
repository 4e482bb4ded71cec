"""Each sensor model's figures: rate, cone and range, as detection and the watch's coverage need them."""

from __future__ import annotations

from collections.abc import Mapping

from retro_timer.errors import BadInputError
from retro_timer.ports import SensorSpec
from retro_timer.settings.model import DistanceMode, SensorModel, SensorSettings

_TF_LUNA_RANGE_MM = 5000
"""On clothing of 35 % reflectance, by the square law between the data sheet's 8 m on white and 2.5 m on dark."""
VL53L1X_ADDRESS = 0x29
"""Where every VL53L1X answers after its reset, until it is given another address."""
_MODE_RANGE_MM = {"short": 1360, "medium": 2900, "long": 3600}

_LEAST_BODY_KCPS_M2 = {"vl53l1x": 600.0}
"""Signal times squared range of clothes of 10 % reflectance that fill the cone. A TF-Luna's amplitude is no rate that
falls with the range, an ultrasonic module gives none: for them only the empty beam's own signal counts."""


def least_body_kcps_m2(model: str) -> float:
    """Least signal that a body returns from one metre, by the name of a sensor's model; 0 where it is not known."""
    words = model.lower().split()
    return _LEAST_BODY_KCPS_M2.get(words[0], 0.0) if words else 0.0


def spec_of(settings: SensorSettings) -> SensorSpec:
    """What the program must know of a sensor with these settings."""
    if settings.model is SensorModel.VL53L1X:
        mode = "long" if settings.mode is DistanceMode.AUTO else str(settings.mode)
        period_ns, budget_ns = round(settings.period_ms * 1e6), round(settings.budget_ms * 1e6)
        return _spec(settings, f"VL53L1X {mode}", period_ns, budget_ns, 27.0, (40, _MODE_RANGE_MM[mode]), mode=mode)
    if settings.model is SensorModel.TF_LUNA:
        return _spec(settings, "TF-Luna", 10_000_000, 10_000_000, 2.0, (200, _TF_LUNA_RANGE_MM))
    return _spec(settings, "HC-SR04", 60_000_000, 5_000_000, 15.0, (20, 4000), may_watch=False)


def _spec(
    settings: SensorSettings,
    model: str,
    period_ns: int,
    budget_ns: int,
    fov_deg: float,
    range_mm: tuple[int, int],
    *,
    may_watch: bool = True,
    mode: str = "",
) -> SensorSpec:
    return SensorSpec(
        name=settings.name,
        model=model,
        placement=settings.placement,
        role=settings.role,
        period_ns=period_ns,
        budget_ns=budget_ns,
        fov_deg=fov_deg,
        min_range_mm=range_mm[0],
        max_range_mm=range_mm[1],
        may_watch=may_watch,
        mode=mode,
    )


def check_vl53l1x(sensors: Mapping[str, SensorSettings]) -> None:
    """What several VL53L1X need of each other; `sensors` by the key that names each. Raises BadInputError."""
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
        if sensor.address == VL53L1X_ADDRESS:
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
