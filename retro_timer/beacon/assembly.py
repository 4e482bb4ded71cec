"""Parts and rules of a beacon, by its settings and calibration; `app.py` puts them together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from retro_timer.beacon.equipment import Equipment
from retro_timer.beacon.messages import Tone
from retro_timer.beacon.output.sounder import Buzzer
from retro_timer.beacon.output.volume import Volume
from retro_timer.beacon.sensing.coverage import dark_clothing
from retro_timer.beacon.sensing.sensing import Sensing
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.lines import Lines
from retro_timer.detection.people import Braking
from retro_timer.ports import Board, Placement, Role, SensorSpec
from retro_timer.sensors.known import least_body_kcps_m2
from retro_timer.settings.calibration import Calibration
from retro_timer.settings.lanes import lane_gate, lane_map
from retro_timer.settings.model import Settings, TickMode
from retro_timer.settings.session_rules import session_rules
from retro_timer.training.session.rules import Rules


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
        braking=_braking(settings),
    )


def _ticks(settings: Settings, specs: Sequence[SensorSpec]) -> bool:
    """Whether a soft tick tells that the watch lives."""
    tick = settings.watch.tick
    return tick is TickMode.ALWAYS or (
        tick is TickMode.BELT and any(spec.placement is Placement.BELT for spec in specs)
    )


def watch_configs(specs: Sequence[SensorSpec], settings: Settings, calibration: Calibration) -> dict[str, WatchConfig]:
    """How each sensor's readings are judged, by its name."""
    return {spec.name: watch_config(spec, settings, calibration, several=len(specs) > 1) for spec in specs}


def make_buzzer(
    board: Board, settings: Settings, lines: Lines, post: Callable[[Tone], None], fall_silent: Callable[[str], None]
) -> Buzzer:
    """The buzzer, blind by itself for each sensor that keeps watch; `fall_silent` gets one that missed a reading."""
    specs = [sensor.spec for bus in board.buses for sensor in bus.sensors]
    return Buzzer(
        board.sounder,
        board.clock,
        ticks=_ticks(settings, specs),
        watchers=[spec.name for spec in specs if spec.alarms_when_silent],
        pairs=lines.pairs,
        # Its lock is held and an alarm may wait for it: the session's loop tells it later.
        heard=lambda name, frequency_hz, t_ns: post(Tone(name, frequency_hz, t_ns)),
        on_expired=fall_silent,
        volume=settings.buzzer.volume,
    )


def rules_of(made_of: Equipment, sensing: Mapping[str, Sensing], volume: Volume) -> Rules:
    """The rules of a session that begins now: where the lanes are may have been learnt since the one before."""
    return session_rules(
        made_of.settings,
        [sensor.spec for bus in made_of.board.buses for sensor in bus.sensors],
        _braking(made_of.settings),
        dark_clothing((one.spec, one.config.lanes) for one in sensing.values()),
        made_of.listed(),
        start_hears=volume.heard_at_start,
    )


def _braking(settings: Settings) -> Braking:
    return Braking(settings.watch.delay_s, settings.watch.braking_mps2)
