"""What `calibrate` learns from a stretch of readings: the empty lane, the offset, and how far one sees. Pure."""

from __future__ import annotations

import msgspec

from retro_timer.beacon.control.protocol.facts import SensorFacts
from retro_timer.beacon.sensing.coverage import seen_range_m
from retro_timer.detection.background import NEAREST_BACKGROUND_MM
from retro_timer.detection.events import SensorState
from retro_timer.detection.survey import Survey
from retro_timer.errors import RetroTimerError
from retro_timer.ports import Placement
from retro_timer.settings.calibration import SensorCalibration

LEAST_READINGS = 20
_ALWAYS, _NEVER = 0.8, 0.1
"""Share of readings with a target from which one always stands there, and up to which none does."""
_STEADY_MM, _STEADY_SHARE = 40.0, 0.05
"""Scatter and drift of what stands still, at the most."""
_LARGEST_OFFSET_MM = 200
_DOUBTED = 0.3


def learn_lane(sensor: SensorFacts, seen: Survey, before: SensorCalibration) -> SensorCalibration:
    """The empty lane in this light; what else was learnt stays.

    Raises RetroTimerError that says why nothing can be learnt.
    """
    name, placement = sensor.spec.name, sensor.spec.placement
    _check_sees(sensor, seen)
    background_mm, noise_mm = None, 0.0
    if placement is not Placement.BELT and seen.target_share > _NEVER:
        background_mm, noise_mm = _background(name, seen)
    range_m = seen_range_m(sensor.spec, seen.ambient_kcps)
    return msgspec.structs.replace(
        before,
        placement=str(placement),
        background_mm=background_mm,
        noise_mm=round(noise_mm, 1),
        ambient_kcps=None if seen.ambient_kcps is None else round(seen.ambient_kcps, 1),
        range_m=round(range_m, 2),
    )


def learn_offset(sensor: SensorFacts, seen: Survey, target_mm: int, before: SensorCalibration) -> SensorCalibration:
    """The offset by which a target at a known distance reads right; the background that was learnt moves with it.

    Raises RetroTimerError that says why nothing can be learnt.
    """
    name = sensor.spec.name
    _check_sees(sensor, seen)
    if seen.range_mm is None or seen.target_share < _ALWAYS:
        raise RetroTimerError(
            f"{name}: no target in {100 * (1 - seen.target_share):.0f} % of the readings; set a bright, flat "
            f"one of 30 cm or more at {target_mm / 1000:g} m, square to the sensor"
        )
    _check_still(name, seen)
    change_mm = round(target_mm - seen.range_mm)
    offset_mm = before.offset_mm + change_mm
    if abs(offset_mm) > _LARGEST_OFFSET_MM:
        raise RetroTimerError(
            f"{name}: reads {seen.range_mm / 1000:.2f} m for a target said to be at {target_mm / 1000:g} m; an "
            f"offset is {_LARGEST_OFFSET_MM} mm at the most: measure from its window; nothing else may be in view"
        )
    background_mm = None if before.background_mm is None else before.background_mm + change_mm
    kept = msgspec.structs.replace(before, placement=str(sensor.spec.placement), offset_mm=offset_mm)
    return msgspec.structs.replace(kept, background_mm=background_mm)


def _check_sees(sensor: SensorFacts, seen: Survey) -> None:
    name = sensor.spec.name
    if seen.readings < LEAST_READINGS:
        why = f"{sensor.state}: {sensor.reason}" if sensor.reason else f"{seen.readings} readings"
        raise RetroTimerError(f"{name}: gives no readings to learn from ({why}); see: retro-timer doctor")
    if sensor.state is not SensorState.OK and sensor.reason != "background-gone":
        # Gone is the background of the calibration before: just what is learnt anew.
        raise RetroTimerError(f"{name}: {sensor.state} by {sensor.reason}; first mend what retro-timer doctor names")
    if seen.rejected_share > _DOUBTED:
        raise RetroTimerError(
            f"{name}: doubts {100 * seen.rejected_share:.0f} % of its own readings; clean the lens, give it a hood"
        )


def _background(name: str, seen: Survey) -> tuple[int, float]:
    """Range and noise of what stands behind the lane."""
    if seen.range_mm is None or seen.target_share < _ALWAYS:
        raise RetroTimerError(
            f"{name}: sees something in {100 * seen.target_share:.0f} % of its readings only; keep the lane empty, or "
            f"point the sensor squarely at the background or well beside it"
        )
    if seen.range_mm < NEAREST_BACKGROUND_MM:
        raise RetroTimerError(
            f"{name}: something stands at {seen.range_mm / 1000:.2f} m; nearer than {NEAREST_BACKGROUND_MM / 1000:g} m "
            f"it is in the way and no background: clear it away or turn the sensor"
        )
    _check_still(name, seen)
    return round(seen.range_mm), seen.noise_mm


def _check_still(name: str, seen: Survey) -> None:
    limit_mm = max(_STEADY_MM, _STEADY_SHARE * (seen.range_mm or 0.0))
    moved_mm = max(seen.noise_mm, abs(seen.drift_mm))
    if moved_mm > limit_mm:
        raise RetroTimerError(
            f"{name}: what it sees moves by {moved_mm:.0f} mm; keep the lane empty and the sensor still"
        )
