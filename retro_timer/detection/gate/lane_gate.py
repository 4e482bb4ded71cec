"""One gate before several lanes: a judge for each, and what they find put together, since one rep is open at a time."""

from __future__ import annotations

import msgspec

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import (
    Crossing,
    CrossingWithdrawn,
    DetectionEvent,
    Level,
    Obstacle,
    PassageOver,
    SensorChange,
)
from retro_timer.detection.expectation import Expectation
from retro_timer.detection.gate.lanes import LaneJudge, LaneSorter
from retro_timer.detection.gate.unseen import UnseenLanes
from retro_timer.detection.health.sensor_health import Health
from retro_timer.detection.health.spacing import Spacing
from retro_timer.detection.lane_map import LaneMap
from retro_timer.detection.obstacles import Obstacles
from retro_timer.ports import RangeSample

_OfALane = tuple[LaneJudge, DetectionEvent]


class LanePipeline:
    """See `pipeline.Pipeline`. Whoever crosses in any lane may be the runner: the crossing tells the lane."""

    def __init__(self, config: WatchConfig, lanes: LaneMap) -> None:
        self._judges = [LaneJudge(config, lanes, lane) for lane in range(1, lanes.count + 1)]
        self._sorter = LaneSorter(lanes)
        self._unseen = UnseenLanes(config, lanes)
        self._obstacles = Obstacles()
        self._config = config
        self._rep: int | None = None
        self._announced: set[int] = set()
        """Lanes in which somebody is on the line who may be the runner."""

    @property
    def health(self) -> Health:
        """Whether the sensor can be believed: the first lane's judge sees all that the sensor does."""
        return self._judges[0].health

    @property
    def spacing(self) -> Spacing:
        """How fast its readings come."""
        return self._judges[0].spacing

    @property
    def level(self) -> Level:
        """The most urgent level of all lanes."""
        return max(judge.level for judge in self._judges)

    @property
    def occupied(self) -> bool:
        """Whether somebody stands in the beam now."""
        return any(judge.occupied for judge in self._judges)

    def feed(self, sample: RangeSample, expectation: Expectation) -> list[DetectionEvent]:
        """Judge one reading; what changed comes back, oldest first."""
        self._begin(expectation)
        lane, moved = self._sorter.sort(sample)
        found: list[_OfALane] = []
        if moved is not None and 1 <= moved.lane <= len(self._judges):
            judge = self._judges[moved.lane - 1]
            found += [(judge, event) for event in judge.take_back(moved.readings, sample.t_ns, expectation)]
        for judge in self._judges:
            found += [(judge, event) for event in judge.feed(sample, lane, expectation)]
        told = self._together(found)
        unseen = self._unseen.feed(sample.t_ns, lane, expectation, self.spacing.period_ns)
        return told if unseen is None else [*told, unseen]

    def lose(self, reason: str, t_ns: int) -> SensorChange | None:
        """The driver has no reading to give."""
        changes = [judge.lose(reason, t_ns) for judge in self._judges]
        return changes[0]

    def flush(self, t_ns: int, expectation: Expectation) -> list[DetectionEvent]:
        """No more readings come: a break that is still open is decided now."""
        self._begin(expectation)
        return self._together([(judge, e) for judge in self._judges for e in judge.flush(t_ns, expectation)])

    def _begin(self, expectation: Expectation) -> None:
        if expectation.rep != self._rep:
            self._rep = expectation.rep
            self._announced.clear()

    def _together(self, found: list[_OfALane]) -> list[DetectionEvent]:
        told: list[DetectionEvent] = []
        for judge, event in found:
            if isinstance(event, SensorChange):
                told += [event] if judge is self._judges[0] else []
            elif isinstance(event, Obstacle):
                told += self._obstacle(judge, event)
            elif isinstance(event, Crossing):
                # One rep has one beep, however many are on the line.
                if not self._announced:
                    told.append(msgspec.structs.replace(event, lane=judge.lane))
                self._announced.add(judge.lane)
            elif isinstance(event, CrossingWithdrawn):
                self._announced.discard(judge.lane)
                told += [] if self._announced else [event]
            else:
                if isinstance(event, PassageOver):
                    self._announced.discard(judge.lane)
                told.append(event)
        return told

    def _obstacle(self, judge: LaneJudge, event: Obstacle) -> list[DetectionEvent]:
        """The level is the most urgent of all lanes."""
        before = self._obstacles.level
        self._obstacles.note(str(judge.lane), event, self._config)
        if self._obstacles.level is before:
            return []
        worst, _ = self._obstacles.worst(event.t_ns)
        return [worst]
