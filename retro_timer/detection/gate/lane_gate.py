"""One gate before several lanes, with one rep open or several: what the lanes' judges find is told as of one gate."""

from __future__ import annotations

import msgspec

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import (
    Crossing,
    CrossingWithdrawn,
    DetectionEvent,
    Level,
    PassageOver,
    SensorChange,
)
from retro_timer.detection.expectation import ARRIVAL, Expectation
from retro_timer.detection.gate.lane_watch import Found, LaneWatch
from retro_timer.detection.gate.unseen import UnseenLanes
from retro_timer.detection.health.sensor_health import Health
from retro_timer.detection.health.spacing import Spacing
from retro_timer.detection.lane_map import LaneMap
from retro_timer.ports import RangeSample


class LanePipeline:
    """See `pipeline.Pipeline`. Whoever crosses in any lane may be the runner: the crossing tells the lane."""

    def __init__(self, config: WatchConfig, lanes: LaneMap) -> None:
        self._watch = LaneWatch(config, lanes)
        self._lanes = range(1, lanes.count + 1)
        self._unseen = UnseenLanes(config, lanes)
        self._rep: int | None = None
        self._announced: set[int] = set()
        """Lanes in which somebody is on the line who may be the runner."""

    @property
    def health(self) -> Health:
        """Whether the sensor can be believed."""
        return self._watch.health

    @property
    def spacing(self) -> Spacing:
        """How fast its readings come."""
        return self._watch.spacing

    @property
    def level(self) -> Level:
        """The most urgent level of all lanes."""
        return self._watch.level

    @property
    def occupied(self) -> bool:
        """Whether somebody stands in the beam now."""
        return self._watch.occupied

    def feed(self, sample: RangeSample, expectation: Expectation) -> list[DetectionEvent]:
        """Judge one reading; what changed comes back, oldest first."""
        self._begin(expectation)
        told = self._as_one(self._watch.feed(sample, [expectation] * len(self._lanes)))
        unseen = self._unseen.feed(sample.t_ns, self._watch.read_lane, expectation, self.spacing.period_ns)
        return told if unseen is None else [*told, unseen]

    def lose(self, reason: str, t_ns: int) -> SensorChange | None:
        """The driver has no reading to give."""
        return self._watch.lose(reason, t_ns)

    def flush(self, t_ns: int, expectation: Expectation) -> list[DetectionEvent]:
        """No more readings come: a break that is still open is decided now."""
        self._begin(expectation)
        return self._as_one([found for lane in self._lanes for found in self._watch.flush(lane, t_ns, expectation)])

    def _begin(self, expectation: Expectation) -> None:
        if expectation.rep != self._rep:
            self._rep = expectation.rep
            self._announced.clear()

    def _as_one(self, found: list[Found]) -> list[DetectionEvent]:
        told: list[DetectionEvent] = []
        for lane, event in found:
            if lane is None:
                told.append(event)
            elif isinstance(event, Crossing):
                # One rep has one beep, however many are on the line; of several each has one.
                if not self._announced or event.rep == ARRIVAL:
                    told.append(msgspec.structs.replace(event, lane=lane))
                self._announced.add(lane)
            elif isinstance(event, CrossingWithdrawn):
                self._announced.discard(lane)
                told += [] if self._announced and event.rep != ARRIVAL else [event]
            else:
                if isinstance(event, PassageOver):
                    self._announced.discard(lane)
                told.append(event)
        return told
