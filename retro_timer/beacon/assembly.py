"""From settings and calibration to what detection and session need to know."""

from __future__ import annotations

from collections.abc import Sequence

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.people import Braking
from retro_timer.ports import FINISH_LINE, START_LINE, Placement, Role, SensorSpec
from retro_timer.sensors.known import least_body_kcps_m2
from retro_timer.settings.calibration import Calibration
from retro_timer.settings.lanes import lane_gate, lane_map
from retro_timer.settings.model import Settings, TickMode
from retro_timer.training.listed import Listed
from retro_timer.training.safe_speed import DarkClothing
from retro_timer.training.session.rules import Line, Rules


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


def session_rules(
    settings: Settings,
    specs: Sequence[SensorSpec],
    braking: Braking,
    dark_clothing: DarkClothing | None = None,
    listed: tuple[Listed, ...] = (),
    *,
    start_hears: bool = True,
) -> Rules:
    """How a session goes with these sensors. `dark_clothing`: as `coverage.dark_clothing` tells it. `listed`: what the
    roster says. `start_hears`: somebody at the start line has answered that the box is heard there.
    """
    timers = [spec for spec in specs if spec.role is not Role.WATCH]
    timing = next((spec.placement for spec in timers if spec.line == FINISH_LINE), Placement.GATE)
    watched = {spec.line for spec in timers if spec.placement is Placement.GATE}
    on_the_way = [Line(name, line.distance_m) for name, line in settings.lines.items() if name in watched]
    watching = [spec.placement for spec in specs if spec.role is not Role.TIMING and spec.may_watch]
    rear = [placement for placement in watching if placement is not Placement.GATE]
    return Rules(
        timing=timing,
        watching=(rear or watching or [None])[0],
        finish_range_m=settings.course.finish_range_m,
        allow_short_runout=settings.course.allow_short_runout,
        braking=braking,
        get_ready_s=settings.session.get_ready_s,
        countdown_s=float(settings.session.countdown_s),
        changeover_s=settings.session.changeover_s,
        lines=tuple(sorted(on_the_way, key=lambda line: line.distance_m)),
        dark_clothing=dark_clothing,
        lanes=settings.course.lanes,
        listed=listed,
        start_hears=start_hears,
        detail=settings.voice.detail,
        start_line=START_LINE if START_LINE in watched else FINISH_LINE,
    )


def ticks(settings: Settings, specs: Sequence[SensorSpec]) -> bool:
    """Whether a soft tick tells that the watch lives."""
    tick = settings.watch.tick
    return tick is TickMode.ALWAYS or (
        tick is TickMode.BELT and any(spec.placement is Placement.BELT for spec in specs)
    )
