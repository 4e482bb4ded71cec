"""From settings and calibration to what detection needs to know."""

from __future__ import annotations

from collections.abc import Sequence

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.people import Braking
from retro_timer.ports import Placement, Role, SensorSpec
from retro_timer.sensors.known import least_body_kcps_m2
from retro_timer.settings.calibration import Calibration
from retro_timer.settings.lanes import lane_gate, lane_map
from retro_timer.settings.model import Settings, TickMode


def watch_config(
    spec: SensorSpec, settings: Settings, calibration: Calibration, *, several: bool = False
) -> WatchConfig:
    """How a sensor's readings are judged; `several`: there are others."""
    learnt = calibration.of(spec.name, str(spec.placement))
    gate = lane_gate(settings)
    lanes = lane_map(settings, calibration) if gate is not None and gate.name == spec.name else None
    return WatchConfig(
        name=spec.name if several else "",
        placement=spec.placement,
        line=spec.line,
        offset_mm=spec.offset_mm + learnt.beyond_mm,
        times=spec.role is not Role.WATCH,
        watches=spec.role is not Role.TIMING and spec.may_watch,
        fov_deg=spec.fov_deg,
        period_ns=spec.period_ns,
        budget_ns=spec.budget_ns,
        background_mm=learnt.background_mm,
        open_field=learnt.background_mm is None and learnt.range_m is not None,
        background_noise_mm=learnt.noise_mm,
        lane_reach_mm=settings.course.lane_reach_m * 1000.0 if lanes is None else lanes.reach_mm(lanes.count),
        lanes=lanes,
        least_body_kcps_m2=least_body_kcps_m2(spec.model),
        torso_mm=settings.course.torso_mm,
        finish_range_mm=round(settings.course.finish_range_m * 1000),
        braking=Braking(settings.watch.delay_s, settings.watch.braking_mps2),
    )


def ticks(settings: Settings, specs: Sequence[SensorSpec]) -> bool:
    """Whether a soft tick tells that the watch lives."""
    tick = settings.watch.tick
    return tick is TickMode.ALWAYS or (
        tick is TickMode.BELT and any(spec.placement is Placement.BELT for spec in specs)
    )
