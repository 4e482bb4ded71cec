"""Each sensor model's figures: rate, cone and range, as detection and the watch's coverage need them."""

from __future__ import annotations

from retro_timer.ports import SensorSpec
from retro_timer.settings.model import DistanceMode, SensorModel, SensorSettings

_TF_LUNA_RANGE_MM = 5000
"""On clothing of 35 % reflectance, by the square law between the data sheet's 8 m on white and 2.5 m on dark."""
_MODE_RANGE_MM = {"short": 1360, "medium": 2900, "long": 3600}


def spec_of(settings: SensorSettings) -> SensorSpec:
    """What the program must know of a sensor with these settings."""
    if settings.model is SensorModel.VL53L1X:
        mode = "long" if settings.mode is DistanceMode.AUTO else str(settings.mode)
        period_ns, budget_ns = round(settings.period_ms * 1e6), round(settings.budget_ms * 1e6)
        return _spec(settings, f"VL53L1X {mode}", period_ns, budget_ns, 27.0, (40, _MODE_RANGE_MM[mode]))
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
    )
