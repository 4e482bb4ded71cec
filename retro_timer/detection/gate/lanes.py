"""Lanes told apart by the range of who breaks a thin beam: each lane has a judge of its own, which sees only its lane.

A runner's near shoulder is 0.23 m nearer than the runner; what else of the body is read reaches from an arm outside
that shoulder to the far arm. So readings are sorted into bodies first, and it is the body that is in a lane; a break is
asked again at its end, when all of it is known. A nearer body hides a lane: nothing is known of it then, neither that
it is free nor that it is not.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

import msgspec

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import (
    Body,
    Crossing,
    CrossingWithdrawn,
    DetectionEvent,
    Level,
    Obstacle,
    PassageOver,
)
from retro_timer.detection.expectation import NOBODY, Expectation
from retro_timer.detection.gate.passage import AGREES_MM, ENDED_NS
from retro_timer.detection.gate.pipeline import GatePipeline
from retro_timer.detection.health.sensor_health import Health
from retro_timer.detection.lane_map import LaneMap, near_shoulder_mm
from retro_timer.detection.passages import BeamEntry, Break
from retro_timer.detection.readings import Kind
from retro_timer.ports import RangeSample, RangeStatus

_OWN_READINGS = 3
"""Behind a nearer runner so many readings that agree make a body; more would cost who shows only the last of the back
(0.03 s at 100 readings a second)."""
_OWN_M = 0.03
"""... and as many as so much of the way takes: an edge that mixes that runner with the wall slides between them, by 36
cm or more on those 3 cm; a longer stretch would cost who shows little of the back."""
_OPEN_READINGS = 2
"""... and so many that agree closely in the open field, where nobody beyond is seen: an edge has hardly anything there
to mix with."""
_ONE_BODY_MM = 120.0
"""Half a trunk's depth (24 cm): so far readings of one body agree where its edge is all that shows."""
_BESIDE_PERIODS = 2.5
"""Readings so close behind each other are of one stretch: more joins two bodies, less parts one at a lost reading."""
_UNSURE_NS = 100_000_000
"""Ten readings at 100 Hz settle on which side of a border a near shoulder is: less alarms of the neighbour who arrives,
more keeps an alarm back for longer."""
_REMEMBERED_NS = 3_000_000_000
"""Longer than any break that is timed (2.5 s, of somebody who stops in the beam); more is kept for nothing."""


class LaneJudge:
    """One lane's judge; see `pipeline.Pipeline`. All of a sensor's readings are fed to each."""

    def __init__(self, config: WatchConfig, lanes: LaneMap, lane: int, health: Health) -> None:
        """`health`: of the sensor, as all of its readings tell it."""
        self.lane = lane
        self._lanes = lanes
        self._watch = GatePipeline(msgspec.structs.replace(config, lane_reach_mm=lanes.reach_mm(lane)), health)
        self._hits: deque[tuple[int, int]] = deque()
        """Time and range of this lane's hits of late."""
        self._hidden: deque[int] = deque()
        """When a nearer body stood before this lane, of late."""
        self._beyond: deque[int] = deque()
        """When somebody beyond this lane was seen, of late."""
        self._awaited: Crossing | None = None
        """Somebody is on the line, and so far it may be the edge of somebody nearer."""
        self._announced = False
        self._alarm: Obstacle | None = None
        """The newest one, not told yet: who is in the way may be the neighbour that arrives."""
        self._told_level = Level.CLEAR
        self._expected = NOBODY
        """The newest one with a rep."""

    @property
    def level(self) -> Level:
        """Present obstacle level in this lane."""
        return self._watch.level if self._alarm is None else self._told_level

    @property
    def occupied(self) -> bool:
        """Whether somebody stands in this lane now."""
        return self._watch.occupied

    def feed(
        self, sample: RangeSample, lane: int | None, expectation: Expectation, *, neighbour: bool = False
    ) -> list[DetectionEvent]:
        """Judge one reading of a body in that lane; what changed in this lane comes back, oldest first.

        `neighbour`: the runner of a lane beside this one may arrive now.
        """
        if expectation.rep is not None:
            self._expected = expectation
        seen = self._of_lane(sample, lane)
        told = self._mine(self._watch.feed(seen, expectation), sample.t_ns)
        told = self._surely(told, sample.t_ns, neighbour=neighbour and not expectation.may_arrive(sample.t_ns))
        awaited = self._awaited
        if awaited is not None and self._is_here() and self._is_body():
            self._awaited, self._announced = None, True
            told.append(Crossing(awaited.rep, sample.t_ns))
        elif awaited is not None and (lane is None or lane > self.lane) and self._was_edge(sample.t_ns):
            # Who comes into this lane after them is a body of their own, and not the rest of that one.
            self._hits.clear()
            self._awaited = None
            self._watch.forget_passage()
        return told

    def take_back(self, readings: int, t_ns: int, expectation: Expectation) -> list[DetectionEvent]:
        """So many of the readings that were here of late are of somebody in another lane."""
        if 2 * readings < len(self._break()):
            return []
        self._hits.clear()
        self._awaited = None
        self._watch.forget_passage()
        announced, self._announced = self._announced, False
        if not announced or expectation.rep is None:
            return []
        return [CrossingWithdrawn(expectation.rep, t_ns, "in another lane")]

    def flush(self, t_ns: int, expectation: Expectation) -> list[DetectionEvent]:
        """No more readings come: a break that is still open is decided now."""
        return self._mine(self._watch.flush(t_ns, expectation), t_ns)

    def forget_body(self) -> None:
        """See `crossings.Gate.forget_body`."""
        self._watch.forget_body()

    def _surely(self, events: list[DetectionEvent], t_ns: int, *, neighbour: bool) -> list[DetectionEvent]:
        """Without the alarm of who may be the neighbour on the border, as long as the readings leave that open."""
        told: list[DetectionEvent] = [event for event in events if not isinstance(event, Obstacle)]
        self._alarm = next((event for event in reversed(events) if isinstance(event, Obstacle)), self._alarm)
        alarm = self._alarm
        if alarm is None:
            return told
        unsure = neighbour and alarm.level > self._told_level and self._is_on_border()
        if unsure and t_ns - alarm.t_ns < _UNSURE_NS:
            return told
        self._alarm = None
        if alarm.level is not self._told_level:
            self._told_level = alarm.level
            told.append(msgspec.structs.replace(alarm, t_ns=t_ns))
        return told

    def _is_on_border(self) -> bool:
        ranges = sorted(range_mm for _, range_mm in self._break())
        return bool(ranges) and self._lanes.is_ambiguous(near_shoulder_mm(ranges))

    def _of_lane(self, sample: RangeSample, lane: int | None) -> RangeSample:
        """The reading as this lane's judge is to take it."""
        t_ns = sample.t_ns
        while self._hits and t_ns - self._hits[0][0] > _REMEMBERED_NS:
            self._hits.popleft()
        for seen in (self._hidden, self._beyond):
            while seen and t_ns - seen[0] > _REMEMBERED_NS:
                seen.popleft()
        if lane is not None and lane > self.lane:
            self._beyond.append(t_ns)
        if lane is None or sample.range_mm is None:
            return sample
        if max(1, lane) == self.lane:
            self._hits.append((t_ns, sample.range_mm))
        elif lane < self.lane:
            self._hidden.append(t_ns)
            self._watch.shade(t_ns)
            return RangeSample(t_ns, None, RangeStatus.SIGMA_FAIL, sample.signal_kcps, sample.ambient_kcps)
        elif lane <= self._lanes.count:
            # Somebody beyond this lane: it is free. What is beyond all lanes may be their background.
            wall_mm = self._watch.wall_mm
            status = RangeStatus.SIGNAL_FAIL if wall_mm is None else RangeStatus.VALID
            return RangeSample(t_ns, None if wall_mm is None else round(wall_mm), status, None, sample.ambient_kcps)
        return sample

    def _mine(self, events: Sequence[DetectionEvent], t_ns: int) -> list[DetectionEvent]:
        told: list[DetectionEvent] = []
        for event in events:
            if isinstance(event, Crossing):
                self._awaited, self._announced = event, False
            elif isinstance(event, PassageOver):
                told += self._over(event, t_ns)
            elif isinstance(event, CrossingWithdrawn):
                told += [event] if self._announced else []
                self._awaited, self._announced = None, False
            elif isinstance(event, Body):
                told += [event] if self._is_here() and self._is_body() else []
            elif not isinstance(event, Obstacle) or self._is_here() or not event.level:
                # The end of an alarm tells of nobody.
                told.append(event)
        return told

    def _over(self, event: PassageOver, t_ns: int) -> list[DetectionEvent]:
        announced, self._announced, self._awaited = self._announced, False, None
        assert isinstance(event.passage, Break)
        ranges = sorted(e.range_mm for e in event.passage.entries if e.hit and e.range_mm is not None)
        if not ranges or self._lanes.lane_of(shoulder_mm := near_shoulder_mm(ranges)) != self.lane:
            self._watch.forget_body()
            return [CrossingWithdrawn(event.rep, t_ns, "in another lane")] if announced else []
        spans = self._spans()
        passage = self._without_edges(event.passage)
        hits = _hits(passage.entries)
        if spans and not self._shows_body(hits):
            # The edges of somebody nearer: who comes close behind them in this lane is a body of their own.
            self._watch.forget_body()
            return [CrossingWithdrawn(event.rep, t_ns, "hidden")] if announced else []
        ambiguous = self._lanes.is_ambiguous(shoulder_mm)
        passage = msgspec.structs.replace(passage, before_others_at_edges=self._was_beyond(hits))
        seen = msgspec.structs.replace(event, passage=passage, hidden_ns=spans, ambiguous=ambiguous, lane=self.lane)
        return [seen] if announced else [Crossing(event.rep, t_ns), seen]

    def _without_edges(self, broken: Break) -> Break:
        """Without what is read right beside somebody nearer and shows no body by itself: it is their edge, mixed with
        whoever stands behind."""
        beside_ns = round(_BESIDE_PERIODS * self._watch.spacing.period_ns)
        stretches: list[list[tuple[int, int]]] = []
        for hit in _hits(broken.entries):
            before_ns = stretches[-1][-1][0] if stretches else None
            if before_ns is None or hit[0] - before_ns > beside_ns or self._was_hidden(before_ns, hit[0]):
                stretches.append([])
            stretches[-1].append(hit)
        edges = {
            t_ns
            for stretch in stretches
            if self._was_hidden(stretch[0][0] - beside_ns, stretch[-1][0] + beside_ns) and not self._shows_body(stretch)
            for t_ns, _ in stretch
        }
        if not edges:
            return broken
        own = [BeamEntry(e.t_ns, Kind.REJECTED, False, None, None) if e.t_ns in edges else e for e in broken.entries]
        return msgspec.structs.replace(broken, entries=own)

    def _was_hidden(self, first_ns: int, last_ns: int) -> bool:
        """Whether somebody nearer stood before this lane between two times."""
        return any(first_ns <= at_ns <= last_ns for at_ns in self._hidden)

    def _was_beyond(self, hits: Sequence[tuple[int, int]]) -> bool:
        """Whether somebody beyond this lane was seen at either edge of a break."""
        beside_ns = round(_BESIDE_PERIODS * self._watch.spacing.period_ns)
        return any(abs(at_ns - hits[edge][0]) <= beside_ns for at_ns in self._beyond for edge in (0, -1))

    def _is_here(self) -> bool:
        """Whether who is in the beam now, or was just now, is in this lane."""
        ranges = sorted(range_mm for _, range_mm in self._break())
        return bool(ranges) and self._lanes.lane_of(near_shoulder_mm(ranges)) == self.lane

    def _is_body(self) -> bool:
        return self._shows_body(self._break())

    def _shows_body(self, hits: Sequence[tuple[int, int]]) -> bool:
        """Whether hits (time and range) show a body, and not only the edges of somebody nearer."""
        # By the speed of who came when they did, so that who is a body remains one.
        speed_mps = self._expected.mean_speed_mps(hits[0][0]) if hits else math.inf
        needed = max(_OWN_READINGS, 1e9 * _OWN_M / (speed_mps * self._watch.spacing.period_ns))
        if _agreeing(hits, _ONE_BODY_MM) >= needed:
            return True
        in_open = bool(hits) and self._watch.wall_mm is None and not self._was_beyond(hits)
        return in_open and _agreeing(hits, AGREES_MM) >= _OPEN_READINGS

    def _was_edge(self, t_ns: int) -> bool:
        """Whether what was here of late was the edge of somebody nearer: beside them, of no body, and the lane has been
        seen free since for as long as ends one."""
        hits = self._break()
        if not hits or not self._hidden or t_ns - max(hits[-1][0], self._hidden[-1]) <= ENDED_NS:
            return False
        beside_ns = round(_BESIDE_PERIODS * self._watch.spacing.period_ns)
        beside = any(hits[0][0] - beside_ns <= at_ns <= hits[-1][0] + beside_ns for at_ns in self._hidden)
        return beside and not self._is_body()

    def _break(self) -> list[tuple[int, int]]:
        """Hits of the break in progress, or of the last one: time and range, oldest first."""
        hits: list[tuple[int, int]] = []
        for hit in reversed(self._hits):
            if hits and hits[-1][0] - hit[0] > ENDED_NS:
                break
            hits.append(hit)
        return hits[::-1]

    def _spans(self) -> tuple[tuple[int, int], ...]:
        """From when to when this lane was hidden, of late; a reading's time to either side may be hidden as well."""
        period_ns = self._watch.spacing.period_ns
        spans: list[tuple[int, int]] = []
        for t_ns in self._hidden:
            if spans and t_ns - spans[-1][1] <= _BESIDE_PERIODS * period_ns:
                spans[-1] = (spans[-1][0], t_ns + period_ns)
            else:
                spans.append((t_ns - period_ns, t_ns + period_ns))
        return tuple(spans)


def _hits(entries: Sequence[BeamEntry]) -> list[tuple[int, int]]:
    """Time and range of each hit."""
    return [(e.t_ns, e.range_mm) for e in entries if e.hit and e.range_mm is not None]


def _agreeing(hits: Sequence[tuple[int, int]], within_mm: float) -> int:
    """Of the hits (time and range) of one stretch the most that agree in range with one of them."""
    runs: list[list[int]] = []
    before_ns: int | None = None
    for t_ns, range_mm in hits:
        if before_ns is None or t_ns - before_ns > ENDED_NS:
            runs.append([])
        runs[-1].append(range_mm)
        before_ns = t_ns
    return max((sum(abs(other - one) <= within_mm for other in run) for run in runs for one in run), default=0)
