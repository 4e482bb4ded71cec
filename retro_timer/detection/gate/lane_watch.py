"""One gate before several lanes: whose each reading is, what each lane's judge finds, and what they find together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import DetectionEvent, Level, Obstacle, SensorChange
from retro_timer.detection.expectation import Expectation
from retro_timer.detection.gate.lane_sorter import LaneSorter
from retro_timer.detection.gate.lane_wait import LaneWait
from retro_timer.detection.gate.lanes import LaneJudge
from retro_timer.detection.gate.pipeline import GatePipeline
from retro_timer.detection.health.sensor_health import Health
from retro_timer.detection.health.spacing import Spacing
from retro_timer.detection.lane_map import LaneMap
from retro_timer.detection.obstacles import Obstacles
from retro_timer.ports import RangeSample

Found = tuple[int | None, DetectionEvent]
"""In which lane, and what; None for what all of them have in common: the obstacle and the sensor."""


class LaneWatch:
    """Fed every reading in order, and for each lane what may be expected there, the first lane's first."""

    def __init__(self, config: WatchConfig, lanes: LaneMap) -> None:
        everywhere = msgspec.structs.replace(config, lane_reach_mm=lanes.reach_mm(lanes.count))
        # A lane is shown a part of the readings and some of them changed: only who takes them all as they are can say
        # whether the sensor is to be believed.
        self._sensor = GatePipeline(everywhere)
        self._judges = [LaneJudge(config, lanes, lane, self._sensor.health) for lane in range(1, lanes.count + 1)]
        self._waits = [LaneWait() for _ in self._judges]
        self._sorter = LaneSorter(lanes)
        self._obstacles = Obstacles()
        self._config = config
        self.read_lane: int | None = None
        """In whose lane the body of the last reading is, as in `LaneSorter.sort`."""

    @property
    def health(self) -> Health:
        """Whether the sensor can be believed."""
        return self._sensor.health

    @property
    def spacing(self) -> Spacing:
        """How fast its readings come."""
        return self._sensor.spacing

    @property
    def level(self) -> Level:
        """The most urgent level of all lanes."""
        return max(judge.level for judge in self._judges)

    @property
    def occupied(self) -> bool:
        """Whether somebody stands in the beam now."""
        return any(judge.occupied for judge in self._judges)

    def lose(self, reason: str, t_ns: int) -> SensorChange | None:
        """The driver has no reading to give."""
        return self._sensor.lose(reason, t_ns)

    def feed(self, sample: RangeSample, expected: Sequence[Expectation]) -> list[Found]:
        """Judge one reading; what changed comes back, oldest first."""
        whole = self._sensor.feed(sample, expected[0])
        found: list[Found] = [(None, event) for event in whole if isinstance(event, SensorChange)]
        self.read_lane, moved = self._sorter.sort(sample)
        if moved is not None and 1 <= moved.lane <= len(self._judges):
            expectation = expected[moved.lane - 1]
            there = self._judges[moved.lane - 1].take_back(moved.readings, sample.t_ns, expectation)
            found += self._together(moved.lane, there, sample.t_ns, expectation)
        arriving = [one.may_arrive(sample.t_ns) for one in expected]
        for place, (judge, expectation) in enumerate(zip(self._judges, expected, strict=True)):
            neighbour = any(arriving[max(0, place - 1) : place + 2])
            there = judge.feed(sample, self.read_lane, expectation, neighbour=neighbour)
            found += self._together(judge.lane, there, sample.t_ns, expectation)
        return found

    def flush(self, lane: int, t_ns: int, expectation: Expectation) -> list[Found]:
        """No more readings come for who is in that lane: a break that is still open is decided now."""
        found = self._together(lane, self._judges[lane - 1].flush(t_ns, expectation), t_ns, expectation)
        return found + [(lane, event) for event in self._waits[lane - 1].flush(t_ns)]

    def _together(
        self, lane: int, events: Iterable[DetectionEvent], t_ns: int, expectation: Expectation
    ) -> list[Found]:
        found: list[Found] = []
        wait = self._waits[lane - 1]
        told = wait.pass_on(events, t_ns, expectation)
        if wait.holds:
            # Who comes close behind a part that may be nobody's is no arm of theirs.
            self._judges[lane - 1].forget_body()
        for event in told:
            if not isinstance(event, Obstacle):
                found.append((lane, event))
                continue
            # The level is the most urgent of all lanes.
            before = self._obstacles.level
            self._obstacles.note(str(lane), event, self._config)
            if self._obstacles.level is not before:
                found.append((None, self._obstacles.worst(event.t_ns)[0]))
        return found
