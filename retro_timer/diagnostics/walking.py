"""Somebody walks through a gate of two beams each way: what `calibrate --walks` says, waits for and learns of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from retro_timer.beacon.assembly import watch_config
from retro_timer.beacon.control.protocol.facts import Facts, SensorFacts
from retro_timer.detection.events import SensorState
from retro_timer.detection.gate.delay import Delay, Walk, WalkWatch, delay_of, walk_of
from retro_timer.detection.solution import NORMAL_95, Solution
from retro_timer.diagnostics.gates import halves
from retro_timer.diagnostics.holder import Holder
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.sensors.known import kind_of
from retro_timer.settings.calibration import MOST_BEYOND_MM, MOST_LATE_MS, SensorCalibration

_PATIENCE_S = 60.0
"""So long without a walk, and nobody is there."""
_UNMATCHED_NS = 1_500_000_000
"""A walk that the other half has not seen by then it will not see."""
_CLEARLY = 2.0
"""Standard deviations from where the settings have a beam: nearer than that a tape measure is the better word."""


class Learnt(NamedTuple):
    """What the walks told."""

    sensors: dict[str, SensorCalibration]
    told: list[str]
    """A line each."""


def learn_by_walks(
    asked: Holder, facts: Facts, sensor: str | None, each_way: int, say: Callable[[str], None]
) -> Learnt:
    """Wait for the walks and learn from them. Raises RetroTimerError where that cannot be."""
    pair = _pair(facts, sensor)
    walks = _walks(asked, facts, pair, each_way, say)
    return judged(facts, pair, walks)


def _pair(facts: Facts, sensor: str | None) -> tuple[SensorFacts, SensorFacts]:
    pairs = [pair for pair in halves(facts.sensors) if sensor in (None, pair[0].spec.name, pair[1].spec.name)]
    if not pairs:
        raise BadInputError("--walks", "no two gate sensors watch one line", "a gate of two beams (docs/settings.md)")
    if len(pairs) > 1:
        names = ", ".join(pair[0].spec.name for pair in pairs)
        raise BadInputError("--walks", "several gates of two beams", f"--sensor with one of {names}")
    for half in pairs[0]:
        if half.state is not SensorState.OK:
            raise RetroTimerError(
                f"{half.spec.name}: {half.state} by {half.reason}; first mend what retro-timer doctor names"
            )
    return pairs[0]


def _walks(
    asked: Holder, facts: Facts, pair: tuple[SensorFacts, SensorFacts], each_way: int, say: Callable[[str], None]
) -> list[Walk]:
    watches = {
        half.spec.name: WalkWatch(watch_config(half.spec, facts.settings, facts.calibration, several=True))
        for half in pair
    }
    seen: dict[str, deque[Solution]] = {name: deque() for name in watches}
    walks: list[Walk] = []
    often = "once" if each_way == 1 else f"{each_way} times"
    say(f"Walk upright through both beams {often} each way: now in the direction of travel, then back, and so on.")
    while len(walks) < 2 * each_way:
        before = len(walks)
        for came in asked.follow(_PATIENCE_S):
            now_ns = 0
            for name, watch in watches.items():
                for sample in came.get(name, []):
                    now_ns = max(now_ns, sample.t_ns)
                    seen[name].extend(watch.feed(sample))
            walks += _matched(seen, walks, say, 2 * each_way)
            _give_up(seen, now_ns, say)
            if len(walks) >= 2 * each_way:
                break
        if len(walks) == before:
            raise RetroTimerError(f"nobody walked through both beams within {_PATIENCE_S:g} s; nothing was learnt")
    return walks


def _matched(
    seen: dict[str, deque[Solution]], walks: list[Walk], say: Callable[[str], None], wanted: int
) -> list[Walk]:
    first, second = seen.values()
    found: list[Walk] = []
    while first and second and len(walks) + len(found) < wanted:
        number = len(walks) + len(found)
        walk = walk_of(first[0], second[0], back=bool(number % 2))
        if walk is None:
            # The older one is nobody's in the other half.
            older = min((first, second), key=lambda half: half[0].middle_ns or 0)
            older.popleft()
            continue
        first.popleft()
        second.popleft()
        found.append(walk)
        way = "back" if walk.back else "in the direction of travel"
        say(f"{number + 1} of {wanted}, {way}: {walk.speed_mps:.1f} m/s")
    return found


def _give_up(seen: dict[str, deque[Solution]], now_ns: int, say: Callable[[str], None]) -> None:
    for name, half in seen.items():
        while half and now_ns - (half[0].middle_ns or 0) > _UNMATCHED_NS:
            half.popleft()
            say(f"only '{name}' saw that: walk through once more, the same way")


def judged(facts: Facts, pair: tuple[SensorFacts, SensorFacts], walks: list[Walk]) -> Learnt:
    """What is kept of the walks, and what is told. Raises RetroTimerError for walks that fit no gate."""
    first, second = pair
    found = delay_of(walks)
    before = {half.spec.name: facts.calibration.of(half.spec.name, str(half.spec.placement)) for half in pair}
    apart_mm = (second.spec.offset_mm + before[second.spec.name].beyond_mm) - (
        first.spec.offset_mm + before[first.spec.name].beyond_mm
    )
    _check(found, apart_mm)
    kinds = {sensor.name: kind_of(sensor) for sensor in facts.settings.sensors}
    # The half whose driver sees when a reading is ready is right; where neither or both do, the one named first.
    first_is_late = kinds[second.spec.name].knows_its_time and not kinds[first.spec.name].knows_its_time
    late, late_s = (first, -found.late_s) if first_is_late else (second, found.late_s)
    name, sd_ms = late.spec.name, 1000.0 * found.late_sd_s
    other = (second if late is first else first).spec.name
    late_ms = round(before[name].late_ms + 1000.0 * late_s, 1)
    told = [f"{name}: {1000.0 * late_s:+.0f} ms late against '{other}', ± {NORMAL_95 * sd_ms:.0f}; taken off its times"]
    kept = {name: _with(before[name], late, late_ms=late_ms)}
    beyond_mm, beyond_sd_mm = 1000.0 * found.beyond_m, 1000.0 * found.beyond_sd_m
    more_mm = round(beyond_mm - apart_mm)
    stands = f"{second.spec.name}: its beam is {beyond_mm:.0f} mm beyond that of '{first.spec.name}'"
    if abs(more_mm) <= _CLEARLY * beyond_sd_mm:
        told.append(f"{stands}, ± {NORMAL_95 * beyond_sd_mm:.0f}; {apart_mm} mm stay")
    elif not apart_mm:
        told.append(f"{stands} and should be above or below it: turn or move one of them")
    else:
        name = second.spec.name
        kept[name] = _with(kept.get(name, before[name]), second, beyond_mm=before[name].beyond_mm + more_mm)
        told.append(f"{stands}, ± {NORMAL_95 * beyond_sd_mm:.0f}, and not {apart_mm} mm; reckoned with from now on")
    # Each walk's share may be small: what was learnt before is in the sum.
    if any(not _fits(one.late_ms, one.beyond_mm) for one in kept.values()):
        raise _fits_no_gate(found)
    return Learnt(kept, told)


def _check(found: Delay, apart_mm: int) -> None:
    if apart_mm and found.beyond_m * apart_mm < 0.0:
        raise RetroTimerError(
            "the walks went the other way round: begin in the direction of travel, and turn round outside the beams"
        )
    if not _fits(1000.0 * found.late_s, 1000.0 * found.beyond_m - apart_mm):
        raise _fits_no_gate(found)


def _fits(late_ms: float, beyond_mm: float) -> bool:
    return abs(late_ms) <= MOST_LATE_MS and abs(beyond_mm) <= MOST_BEYOND_MM


def _fits_no_gate(found: Delay) -> RetroTimerError:
    return RetroTimerError(
        f"the walks fit no gate ({1000.0 * found.late_s:+.0f} ms, {1000.0 * found.beyond_m:+.0f} mm apart): walk "
        "upright and alone, each time through both beams, the ways in turn"
    )


def _with(before: SensorCalibration, half: SensorFacts, **learnt: float) -> SensorCalibration:
    return msgspec.structs.replace(before, placement=str(half.spec.placement), **learnt)
