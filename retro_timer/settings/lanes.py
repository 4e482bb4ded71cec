"""The lanes across a gate: where they are by settings and calibration, and whether its sensor can tell them apart."""

from __future__ import annotations

from retro_timer.detection.lane_map import LaneMap
from retro_timer.errors import BadInputError
from retro_timer.ports import FINISH_LINE, Placement, Role
from retro_timer.sensors.known import kind_of, kinds, shown, spec_of
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.calibration import Calibration
from retro_timer.settings.model import Settings


def lane_gate(settings: Settings) -> SensorSettings | None:
    """The sensor that tells lanes apart; None where there is one lane."""
    return settings.timing if settings.course.lanes > 1 else None


def lane_map(settings: Settings, calibration: Calibration) -> LaneMap | None:
    """Where the lanes are from that sensor; None where there is one.

    What a walk taught goes before the settings, for as long as they are as they were then.
    """
    gate, course = lane_gate(settings), settings.course
    if gate is None:
        return None
    learnt = calibration.of(gate.name, str(gate.placement))
    first_mm = 1000.0 * course.first_lane_m
    if learnt.first_lane_mm is not None and learnt.first_lane_set_mm in (None, first_lane_set_mm(settings)):
        first_mm = float(learnt.first_lane_mm)
    return LaneMap(course.lanes, 1000.0 * course.lane_width_m, first_mm)


def first_lane_set_mm(settings: Settings) -> int:
    """Near edge of lane 1 by the settings alone."""
    return round(1000.0 * settings.course.first_lane_m)


def check_lanes(settings: Settings, where: str) -> None:
    """Refuse lanes that the sensor at the finish cannot tell apart, or does not see. Raises BadInputError."""
    gate, count = lane_gate(settings), settings.course.lanes
    if gate is None:
        return
    key = f"{where}: course.lanes"
    if gate.placement is not Placement.GATE:
        raise BadInputError(
            key, f"{count} with '{gate.name}' as {gate.placement}, which looks along one", "1, or a gate across them"
        )
    if not kind_of(gate).tells_lanes:
        able = shown([kind for kind in kinds() if kind.tells_lanes])
        raise BadInputError(
            key,
            f"{count} before '{gate.name}', a {kind_of(gate).shown}: its wide cone sees several bodies as one range",
            f"1, or a {able} as the gate, whose thin beam reads the nearest body alone",
        )
    others = [
        sensor
        for sensor in settings.sensors
        if sensor is not gate
        and sensor.placement is Placement.GATE
        and sensor.line == FINISH_LINE
        and sensor.role is not Role.WATCH
    ]
    if others:
        raise BadInputError(
            key, f"{count} with '{gate.name}' and '{others[0].name}' as one gate of two beams", "1, or one beam"
        )
    lanes = LaneMap(count, 1000.0 * settings.course.lane_width_m, 1000.0 * settings.course.first_lane_m)
    farthest_m, seen_m = lanes.middle_mm(count) / 1000.0, spec_of(gate).max_range_mm / 1000.0
    if farthest_m > seen_m:
        raise BadInputError(
            key,
            f"{count}, of which the last is run at {farthest_m:.1f} m and '{gate.name}' sees a person to {seen_m:g} m",
            "fewer lanes, or the box nearer to them (course.first_lane_m)",
        )
