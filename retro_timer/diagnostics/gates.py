"""Check of a gate of two beams: how its halves stand, and whether both see. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from retro_timer.beacon.control.protocol.facts import SensorFacts
from retro_timer.detection.events import SensorState
from retro_timer.detection.gate.beam import THIN_DEG
from retro_timer.diagnostics.findings import Finding, Verdict
from retro_timer.ports import HALVES, Placement, Role, SensorSpec
from retro_timer.settings.calibration import Calibration


def halves(sensors: Sequence[SensorFacts]) -> list[tuple[SensorFacts, SensorFacts]]:
    """The two sensors of each dual gate, as they are named."""
    by_line: dict[str, list[SensorFacts]] = {}
    for sensor in sensors:
        if sensor.spec.placement is Placement.GATE and sensor.spec.role is not Role.WATCH:
            by_line.setdefault(sensor.spec.line, []).append(sensor)
    return [(found[0], found[1]) for found in by_line.values() if len(found) == HALVES]


def spared(sensors: Sequence[SensorFacts]) -> frozenset[str]:
    """Sensors that the watch can do without: the other half of their gate sees."""
    found = [half for pair in halves(sensors) for half in (pair, pair[::-1])]
    return frozenset(one.spec.name for one, other in found if other.state is SensorState.OK)


def check_gates(sensors: Sequence[SensorFacts], calibration: Calibration) -> Iterator[Finding]:
    """How each gate of two beams stands: whoever wired it sees whether that is how it was meant."""
    for first, second in halves(sensors):
        name = f"{first.spec.line}: two beams"
        stand = ((_stands_mm(half.spec, calibration), half.spec.name) for half in (first, second))
        (near_mm, near), (far_mm, far) = sorted(stand, key=lambda half: half[0])
        apart_mm = far_mm - near_mm
        stands = f"'{first.spec.name}' above '{second.spec.name}', the upper one times"
        if apart_mm:
            stands = f"'{far}' {apart_mm} mm behind '{near}' in the direction of travel, both time"
            if near_mm >= 0 and min(half.spec.fov_deg for half in (first, second)) > THIN_DEG:
                stands += f"; better known with '{near}' before the line, offset_mm = {-apart_mm}, and '{far}' on it"
        blind = [half.spec.name for half in (first, second) if half.state is not SensorState.OK]
        if not blind:
            yield Finding(name, Verdict.OK, stands)
        else:
            words = " and ".join(f"'{one}'" for one in blind)
            yield Finding(name, Verdict.POOR, f"{stands}; blind: {words}", "see above; a half that sees goes on alone")
        if first.spec.model.partition(" ")[0] != second.spec.model.partition(" ")[0]:
            yield _delay(first.spec, second.spec, calibration)


def _stands_mm(half: SensorSpec, calibration: Calibration) -> int:
    """How far along the lane its beam is: by the settings, and by what walks have taught."""
    return half.offset_mm + calibration.of(half.name, str(half.placement)).beyond_mm


def _delay(first: SensorSpec, second: SensorSpec, calibration: Calibration) -> Finding:
    """Halves of different models tell of one moment at different times."""
    name = f"{first.line}: delay between the beams"
    late = [(spec.name, calibration.of(spec.name, str(spec.placement)).late_ms) for spec in (first, second)]
    told = [f"'{half}' by {late_ms:+.1f} ms" for half, late_ms in late if late_ms]
    if told:
        return Finding(name, Verdict.OK, f"learnt: {' and '.join(told)}, taken off its times")
    return Finding(name, Verdict.NONE, "not learnt, of different models: retro-timer calibrate --walks 5")
