"""Checks of the sensors: do they answer, how fast, how steadily, in what light, and what does the watch cover? Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from retro_timer.beacon.control.protocol.facts import Facts, SensorFacts
from retro_timer.beacon.sensing.coverage import sensor_coverage
from retro_timer.detection.events import SensorState
from retro_timer.detection.people import Braking
from retro_timer.detection.survey import Survey
from retro_timer.diagnostics.findings import Finding, Verdict
from retro_timer.diagnostics.gates import check_gates, spared
from retro_timer.phrases import Catalogue
from retro_timer.ports import Placement, Role, SensorSpec
from retro_timer.sensors.known import may_watch, shown
from retro_timer.settings.calibration import SensorCalibration
from retro_timer.training.safe_speed import STRONG_AMBIENT_KCPS, Coverage

_FAST_ENOUGH = 0.85
"""Share of the expected rate below which readings are too few to be called ok: the alarm is late by as much."""
_TOO_SLOW = 0.5
_STEADY_MM = 15.0
"""Mean scatter of a VL53L1X is 5 to 12 mm by the data sheet's ±20 mm; beyond this something disturbs it."""
_STEADY_SHARE = 0.02
_SEEN_SHARE = 0.5
"""A target in fewer readings is none that noise can be told by."""
_DOUBTED_SHARE = 0.3
_WIRES = "check its wires: retro-timer wiring"
_MENDS = {
    "phantoms": "nothing shiny or transparent before the lens; turn it away from fence and cover",
    "noise": "fix sensor and background: one of them moves; nothing shiny before the lens",
    "rejected": "clean the lens; nothing may stand before it nearer than 4 cm",
    "covered": "clear the lens; then look again",
    "background-gone": "turn the sensor back, or learn the lane anew: retro-timer calibrate",
    "hardware": "cut its power for a second; if it comes again, replace the sensor",
    "frozen": "cut its power for a second; if it comes again, shorten its cable",
    "reset": "its supply dips: a shorter, thicker cable and a power bank of 3 A",
    "garbage": "shorten its cable (50 cm at 400 kHz) and keep it away from the speaker's",
    "slow-bus": "set the bus to 400 kHz: retro-timer wiring --boot",
}
"""What to do by the reason of a sensor's state; for sunlight see `_sun_mend`."""


def check_sensors(facts: Facts, surveys: Mapping[str, Survey], catalogue: Catalogue) -> Iterator[Finding]:
    """Every sensor in turn, then what the watch covers."""
    braking = Braking(facts.settings.watch.delay_s, facts.settings.watch.braking_mps2)
    unneeded = spared(facts.sensors)
    for sensor in facts.sensors:
        yield from _check_sensor(sensor, surveys.get(sensor.spec.name), watch=sensor.spec.name not in unneeded)
        yield _lane(sensor.spec, facts.calibration.of(sensor.spec.name, str(sensor.spec.placement)))
    yield from check_gates(facts.sensors, facts.calibration)
    yield _coverage(facts, surveys, braking, catalogue)


def _check_sensor(sensor: SensorFacts, seen: Survey | None, *, watch: bool) -> Iterator[Finding]:
    """`watch`: the box cannot keep watch without it."""
    name = sensor.spec.name
    yield _state(sensor, watch=watch)
    if seen is None or seen.rate_hz is None:
        return
    yield _rate(name, seen.rate_hz, 1e9 / sensor.spec.period_ns)
    yield _noise(sensor, seen)
    if seen.ambient_kcps is not None:
        yield _light(sensor, seen.ambient_kcps)


def _state(sensor: SensorFacts, *, watch: bool) -> Finding:
    spec, name = sensor.spec, f"{sensor.spec.name}: sensor"
    what = sensor.identity or spec.model
    if sensor.state is SensorState.OK and not sensor.trouble:
        return Finding(name, Verdict.OK, f"{what}; placement {spec.placement}")
    reason = sensor.reason or sensor.trouble.partition(":")[0]
    told = f"{sensor.state}: {reason}"
    mend = _sun_mend() if reason == "sunlight" else _MENDS.get(reason, _WIRES)
    if sensor.trouble:
        # The driver's own word names the cause and its command.
        _, _, mend = sensor.trouble.partition(f"{spec.name}: ")
        mend = mend or sensor.trouble
    return Finding(name, Verdict.WRONG, f"{spec.model}: {told}", mend, watch=watch)


def _sun_mend() -> str:
    unblinded = shown([kind for kind, spec in may_watch() if spec.bright_range_mm is None])
    return f"a hood over the sensor, shade, or a {unblinded}; without: a spotter"


def _rate(name: str, rate_hz: float, expected_hz: float) -> Finding:
    found = f"{rate_hz:.1f} readings a second"
    if rate_hz >= _FAST_ENOUGH * expected_hz:
        return Finding(f"{name}: rate", Verdict.OK, found)
    verdict = Verdict.WRONG if rate_hz < _TOO_SLOW * expected_hz else Verdict.POOR
    mend = "the bus at 400 kHz (retro-timer wiring --boot), a shorter cable, nothing else that keeps the machine busy"
    return Finding(f"{name}: rate", verdict, f"{found} of {expected_hz:.0f}", mend, watch=True)


def _noise(sensor: SensorFacts, seen: Survey) -> Finding:
    label, reach_mm = f"{sensor.spec.name}: range", sensor.spec.max_range_mm
    if seen.rejected_share > _DOUBTED_SHARE:
        found = f"the sensor doubts {100 * seen.rejected_share:.0f} % of its readings"
        mend = _sun_mend() if sensor.reason == "sunlight" else _MENDS["rejected"]
        return Finding(label, Verdict.POOR, found, mend)
    if seen.range_mm is None or seen.target_share < _SEEN_SHARE:
        return Finding(label, Verdict.NONE, f"nothing stands within its {reach_mm / 1000:.1f} m: no noise to measure")
    found = f"{seen.range_mm / 1000:.2f} m, readings scatter by {seen.noise_mm:.0f} mm"
    if seen.noise_mm <= max(_STEADY_MM, _STEADY_SHARE * seen.range_mm):
        return Finding(label, Verdict.OK, found)
    return Finding(label, Verdict.POOR, found, _MENDS["noise"])


def _light(sensor: SensorFacts, ambient_kcps: float) -> Finding:
    found = f"{ambient_kcps:.0f} kcps ambient, of {STRONG_AMBIENT_KCPS:.0f} in strong sun"
    if sensor.reason == "sunlight":
        return Finding(f"{sensor.spec.name}: light", Verdict.POOR, f"{found}: too bright", _sun_mend())
    return Finding(f"{sensor.spec.name}: light", Verdict.OK, found)


def _lane(spec: SensorSpec, learnt: SensorCalibration) -> Finding:
    """What calibration knows of its lane."""
    name = f"{spec.name}: lane"
    if learnt.range_m is None and learnt.background_mm is None and learnt.ambient_kcps is None:
        found = "not learnt; retro-timer calibrate lets the box tell when its background is gone"
        return Finding(name, Verdict.NONE, found)
    behind = "open" if learnt.background_mm is None else f"background at {learnt.background_mm / 1000:.2f} m"
    offset = f", offset {learnt.offset_mm:+d} mm" if learnt.offset_mm else ""
    light = "" if learnt.ambient_kcps is None else f", at {learnt.ambient_kcps:.0f} kcps"
    return Finding(name, Verdict.OK, f"learnt: {behind}{offset}{light}")


def _coverage(facts: Facts, surveys: Mapping[str, Survey], braking: Braking, catalogue: Catalogue) -> Finding:
    """What the watch covers in this light."""
    watching = [s for s in facts.sensors if s.spec.role is not Role.TIMING and s.spec.may_watch]
    if not watching:
        return Finding(
            "watch",
            Verdict.WRONG,
            "no sensor keeps watch: all are for timing only",
            f"a {shown([kind for kind, _ in may_watch()])} with the role watch or both; until then a spotter",
            watch=True,
        )
    covers = [c for c in (_covers(s, surveys.get(s.spec.name), braking) for s in watching) if c is not None]
    if not covers:
        return Finding("watch", Verdict.WRONG, "no sensor that keeps watch sees anything", "see above", watch=True)
    rear = [c for c in covers if c.placement is not Placement.GATE]
    best = min(rear, key=lambda c: c.range_m) if rear else covers[0]
    told = catalogue.render(best.phrase, best.spoken)
    # The phrase has no range where that says little; here it is what one came for.
    found = f"sees {best.range_m:.1f} m in this light. {told}"
    unneeded = spared(facts.sensors)
    if any(s.state is not SensorState.OK and s.spec.name not in unneeded for s in watching):
        return Finding("watch", Verdict.WRONG, found, "see above", watch=True)
    if rear and best.gait is None:
        farthest, spec = may_watch()[-1]
        sees = f"a {farthest.shown} sees {spec.max_range_mm / 1000:g} m of a person"
        return Finding("watch", Verdict.POOR, found, f"{sees}; or a slower pace and a spotter")
    return Finding("watch", Verdict.OK, found)


def _covers(sensor: SensorFacts, seen: Survey | None, braking: Braking) -> Coverage | None:
    ambient_kcps = None if seen is None else seen.ambient_kcps
    return sensor_coverage(sensor.spec, sensor.state, ambient_kcps, braking)
