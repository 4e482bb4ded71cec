"""Somebody walks through a gate of two beams each way: what `calibrate --walks` says, waits for and learns of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from retro_timer.beacon.assembly import watch_config
from retro_timer.beacon.control.protocol.facts import Facts, SensorFacts
from retro_timer.detection.events import SensorState
from retro_timer.detection.gate.delay import Delay, Walk, WalkWatch, delay_of, one_walk, walk_of
from retro_timer.detection.solution import NORMAL_95, Solution
from retro_timer.diagnostics.gates import halves
from retro_timer.diagnostics.holder import Holder
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.ports import RangeSample
from retro_timer.sensors.known import kind_of
from retro_timer.settings.calibration import MOST_BEYOND_MM, MOST_LATE_MS, SensorCalibration

_PATIENCE_S = 60.0
"""So long without a walk, and nobody is there."""
_UNMATCHED_NS = 1_500_000_000
"""A walk that the other half has not seen by then it will not see."""
_EASY = ", upright at an easy pace"
"""How to walk where one was refused."""
_TURNED = 1.0 / 3.0
"""Of what turning round changes in the lag, twice the way between the beams at the walk's speed: less is no turn. Two
walks one way differ by a tenth of their pace and the noise of both moments; a tape measure may be wrong by half."""
_OTHER_WAY_ROUND = (
    "the walks went the other way round: begin in the direction of travel, and turn round outside the beams"
)
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
    watching = Watching(facts, pair, each_way, say)
    often = "once" if each_way == 1 else f"{each_way} times"
    say(f"Walk upright through both beams {often} each way: now in the direction of travel, then back, and so on.")
    while not watching.done:
        before = len(watching.walks)
        for came in asked.follow(_PATIENCE_S):
            watching.feed(came)
            if watching.done:
                break
        if len(watching.walks) == before:
            seen = f" ({before} of {watching.wanted} seen before)" if before else ""
            raise RetroTimerError(
                f"nobody walked through both beams within {_PATIENCE_S:g} s{seen}; nothing was learnt"
            )
    return watching.walks


class Watching:
    """Joins what both halves see to walks, and says what is none."""

    def __init__(
        self, facts: Facts, pair: tuple[SensorFacts, SensorFacts], each_way: int, say: Callable[[str], None]
    ) -> None:
        self.walks: list[Walk] = []
        self.wanted = 2 * each_way
        self._say = say
        self._apart_m = _apart_mm(facts, pair) / 1000.0
        self._watches = {
            half.spec.name: WalkWatch(watch_config(half.spec, facts.settings, facts.calibration, several=True))
            for half in pair
        }
        self._seen: dict[str, deque[Solution]] = {name: deque() for name in self._watches}
        self._read_ns = dict.fromkeys(self._watches, 0)
        """Each half's newest reading."""
        self._told_ns = 0
        """Of the last walk that was counted or told of."""

    @property
    def done(self) -> bool:
        """Whether there are as many walks as were asked for."""
        return len(self.walks) >= self.wanted

    def feed(self, came: dict[str, list[RangeSample]]) -> None:
        """What the sensors have read meanwhile, oldest first. Raises RetroTimerError where one of them has stopped."""
        for name, watch in self._watches.items():
            for sample in came.get(name, []):
                self._read_ns[name] = sample.t_ns
                self._seen[name].extend(watch.feed(sample))
        self._match()
        self._give_up(max(self._read_ns.values()) - _UNMATCHED_NS)

    def _match(self) -> None:
        one, other = self._seen
        first, second = self._seen.values()
        while first and second and not self.done:
            number = len(self.walks)
            walk = walk_of(first[0], second[0], back=bool(number % 2))
            if walk is None:
                self._alone(min((one, other), key=lambda name: self._seen[name][0].middle_ns or 0))
                continue
            self._told_ns = max(first.popleft().middle_ns or 0, second.popleft().middle_ns or 0)
            way = "back" if walk.back else "in the direction of travel"
            if self._same_way(walk):
                self._say(f"that went the same way as the walk before, or turned round in the beams: now walk {way}")
                continue
            self.walks.append(walk)
            self._say(f"{number + 1} of {self.wanted}, {way}: {walk.speed_mps:.1f} m/s")

    def _same_way(self, walk: Walk) -> bool:
        """Whether it shows no turn: who comes the other way meets first the beam that they met last. Of beams one above
        the other nobody can tell, nor need to. Raises RetroTimerError for a turn the other way round."""
        if not self.walks or not self._apart_m:
            return False
        before = self.walks[-1]
        turned_s = (-1.0 if walk.back else 1.0) * self._apart_m * (1.0 / walk.speed_mps + 1.0 / before.speed_mps)
        share = (walk.lag_s - before.lag_s) / turned_s
        if share <= -_TURNED:
            raise RetroTimerError(_OTHER_WAY_ROUND)
        return share < _TURNED

    def _give_up(self, until_ns: int) -> None:
        """Whatever was seen until then finds no other half any more."""
        for name, half in self._seen.items():
            while half and (half[0].middle_ns or 0) < until_ns:
                self._alone(name)
        first, second = (watch.refused for watch in self._watches.values())
        for refused in [refused for refused in first if refused.t_ns < until_ns]:
            beside = any(one_walk(refused.t_ns, other.t_ns) for other in second)
            # An arm before the trunk is refused as well: only where no walk was told of it was somebody.
            if beside and not one_walk(refused.t_ns, self._told_ns):
                self._again(refused.t_ns, f"neither beam can time that ({refused.why})", _EASY)
        for watch in self._watches.values():
            watch.refused = [refused for refused in watch.refused if refused.t_ns >= until_ns]

    def _alone(self, name: str) -> None:
        """The oldest one of this half is nobody's in the other half."""
        middle_ns = self._seen[name].popleft().middle_ns or 0
        other, watch = next((other, watch) for other, watch in self._watches.items() if other != name)
        if self._read_ns[other] < middle_ns:
            raise RetroTimerError(f"{other}: gives no readings any more; first mend what retro-timer doctor names")
        why = next((refused.why for refused in watch.refused if one_walk(middle_ns, refused.t_ns)), None)
        if why is None:
            self._again(middle_ns, f"only '{name}' saw that")
        else:
            self._again(middle_ns, f"'{other}' cannot time that ({why})", _EASY)

    def _again(self, t_ns: int, what: str, how: str = "") -> None:
        self._told_ns = t_ns
        self._say(f"{what}: walk through once more, the same way{how}")


def judged(facts: Facts, pair: tuple[SensorFacts, SensorFacts], walks: list[Walk]) -> Learnt:
    """What is kept of the walks, and what is told. Raises RetroTimerError for walks that fit no gate."""
    first, second = pair
    found = delay_of(walks)
    before = {half.spec.name: facts.calibration.of(half.spec.name, str(half.spec.placement)) for half in pair}
    apart_mm = _apart_mm(facts, pair)
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


def _apart_mm(facts: Facts, pair: tuple[SensorFacts, SensorFacts]) -> int:
    """How far the second half's beam is beyond the first's, as far as is known."""
    first_mm, second_mm = (
        half.spec.offset_mm + facts.calibration.of(half.spec.name, str(half.spec.placement)).beyond_mm for half in pair
    )
    return second_mm - first_mm


def _check(found: Delay, apart_mm: int) -> None:
    if apart_mm and found.beyond_m * apart_mm < 0.0:
        raise RetroTimerError(_OTHER_WAY_ROUND)
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
