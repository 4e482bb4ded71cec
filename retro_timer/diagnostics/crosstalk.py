"""Check of a gate of two beams: does either half see the other's light? Each is looked at with the other off and on.

Sensors of one kind range when they like, and take each other's pulses for light of the place or for an echo.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from retro_timer.beacon.control.protocol import answers, requests
from retro_timer.beacon.control.protocol.facts import Facts
from retro_timer.detection.events import SensorState
from retro_timer.detection.survey import Survey, survey
from retro_timer.diagnostics.findings import Finding, Verdict
from retro_timer.diagnostics.gates import halves
from retro_timer.diagnostics.holder import Holder
from retro_timer.sensors.known import kind_of

_SPARE_S = 10.0
"""Longer off than it is looked without it: a slow answer must not switch it on too early, a broken-off check may not
leave it off for ever."""
_LEAST_READINGS = 12
"""Fewer tell no share and no scatter."""
_NOISIER, _NOISIER_MM = 1.5, 5.0
"""Scatter of ranges with the other half on, against without: 60 readings know it to a tenth."""
_OFF_MM = 15.0
"""How far the middle range moves: three times what the sensor's own middle of a second scatters by."""
_MORE_DOUBTED, _MORE_TARGETS = 0.1, 0.05
"""Share of doubted readings, and of targets, that come with the other half: chance gives a third of that."""
_BRIGHTER, _BRIGHTER_KCPS = 1.25, 300.0
"""Light of the place with the other half on, against without; less is a leaf's shadow."""
_MEND = "turn them apart, both away from what shines back, 5° down and never face to face; then look again"


class Sight(msgspec.Struct, frozen=True):
    """One half, with the other one on, off, and on again."""

    on: Survey
    off: Survey
    again: Survey


def look_for_crosstalk(asked: Holder, facts: Facts, on: Mapping[str, Survey], seconds: float) -> Iterator[Finding]:
    """Switches each half off for `seconds`, as far as a sensor may rest so long, where no session is under way; `on`:
    what was seen with all of them on.
    """
    seconds = min(seconds, requests.LONGEST_REST_S - _SPARE_S)
    models = {sensor.name: kind_of(sensor) for sensor in facts.settings.sensors}
    for first, second in halves(facts.sensors):
        names = first.spec.name, second.spec.name
        kinds = [models.get(name) for name in names]
        if kinds[0] is None or kinds[0] is not kinds[1] or not kinds[0].dark_when_stopped:
            # Of different colours, or no stop makes them dark.
            continue
        if first.state is not SensorState.OK or second.state is not SensorState.OK or facts.busy:
            continue
        off = {name: _without(asked, other, seconds)[name] for name, other in (names, names[::-1])}
        asked.wait_until_it_sees()
        again = {name: survey(samples) for name, samples in asked.collect(seconds).items()}
        for name, other in (names, names[::-1]):
            yield judge_crosstalk(name, other, Sight(on[name], off[name], again[name]))


def _without(asked: Holder, other: str, seconds: float) -> dict[str, Survey]:
    asked.ask(requests.Rest(other, seconds + _SPARE_S), answers.Done)
    try:
        return {name: survey(samples) for name, samples in asked.collect(seconds).items()}
    finally:
        asked.ask(requests.Rest(other, 0.0), answers.Done)


def judge_crosstalk(name: str, other: str, seen: Sight) -> Finding:
    """Whether the other half shows in what this one sees."""
    label = f"{name}: light of '{other}'"
    if min(one.readings for one in (seen.on, seen.off, seen.again)) < _LEAST_READINGS:
        return Finding(label, Verdict.NONE, "too few readings to compare: a longer look with --for")
    told = [text for text in (_noise(seen), _moved(seen), _doubt(seen), _targets(seen), _light(seen)) if text]
    if not told:
        return Finding(label, Verdict.OK, "none: it sees the same with the other half off and on")
    return Finding(label, Verdict.POOR, f"with the other half on {', '.join(told)}", _MEND)


def _noise(seen: Sight) -> str:
    on_mm, off_mm = min(seen.on.noise_mm, seen.again.noise_mm), seen.off.noise_mm
    if not off_mm or on_mm < max(_NOISIER * off_mm, off_mm + _NOISIER_MM):
        return ""
    return f"its readings scatter by {on_mm:.0f} mm and without it by {off_mm:.0f}"


def _moved(seen: Sight) -> str:
    """Both times to the same side: what moves by itself does not come back."""
    if seen.on.range_mm is None or seen.off.range_mm is None or seen.again.range_mm is None:
        return ""
    offs_mm = seen.on.range_mm - seen.off.range_mm, seen.again.range_mm - seen.off.range_mm
    least_mm = min(offs_mm, key=abs)
    if abs(least_mm) < max(_OFF_MM, seen.off.noise_mm) or offs_mm[0] * offs_mm[1] < 0.0:
        return ""
    return f"it reads {least_mm:+.0f} mm"


def _doubt(seen: Sight) -> str:
    more = min(seen.on.rejected_share, seen.again.rejected_share) - seen.off.rejected_share
    return "" if more < _MORE_DOUBTED else f"it doubts {100 * more:.0f} % more of its readings"


def _targets(seen: Sight) -> str:
    more = min(seen.on.target_share, seen.again.target_share) - seen.off.target_share
    return "" if more < _MORE_TARGETS else f"it sees something in {100 * more:.0f} % more of its readings"


def _light(seen: Sight) -> str:
    lights = [one.ambient_kcps for one in (seen.on, seen.again, seen.off)]
    if lights[0] is None or lights[1] is None or lights[2] is None:
        return ""
    on_kcps, off_kcps = min(lights[0], lights[1]), lights[2]
    if on_kcps < max(_BRIGHTER * off_kcps, off_kcps + _BRIGHTER_KCPS):
        return ""
    return f"the light is {on_kcps:.0f} kcps and without it {off_kcps:.0f}"
