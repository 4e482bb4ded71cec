"""Replays a trace with lanes: each lane has a judge and a session of its own, so that several reps are open at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from retro_timer.beacon.recorded import OfWave, start_of, waves_of
from retro_timer.beacon.replay import Tell, recorded_plan
from retro_timer.beacon.session_runner import SessionRunner, session_input
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import PassageOver, SensorChange
from retro_timer.detection.expectation import Expectation
from retro_timer.detection.gate.lane_watch import Found, LaneWatch
from retro_timer.detection.lane_map import LaneMap
from retro_timer.detection.timing import decide
from retro_timer.ports import RangeSample
from retro_timer.store.traces import TraceRep
from retro_timer.training.plan import Order
from retro_timer.training.roster import SOLO
from retro_timer.training.session import events, inputs
from retro_timer.training.session.effects import Effect, Publish, Save
from retro_timer.training.session.machine import new_session
from retro_timer.training.session.rules import Rules

_OfALane = events.Go | events.Crossing | events.Finish | events.Dnf
_OfTheWatch = events.Obstacle | events.Sensor


class _Whole(Protocol):
    """What the lanes have in common: the sensor and whoever listens."""

    def tell(self, event: events.SessionEvent) -> None:
        """An event of one of them."""

    def flush(self, lane: int, expectation: Expectation, now_ns: int) -> None:
        """A break in that lane that is still open is decided now."""


class _Course:
    """A session of its own: a lane's, or one of a rep that has no lane, where nobody is seen."""

    def __init__(self, lane: int | None, config: WatchConfig, whole: _Whole, *, runs: bool, several: bool) -> None:
        """`lane`: None where there is none. `runs`: whether any rep is replayed there. `several`: more than one may be
        on the course there."""
        self._several = several
        self.lane = lane
        self.summary: events.Summary | None = None
        self._whole = whole
        rules = Rules(timing=config.placement, watching=config.placement, given_goes=True)
        state = new_session(recorded_plan(Order.ROLLING if several else Order.ROTATION), SOLO, rules)
        self._runner = SessionRunner(self, state if runs else msgspec.structs.replace(state, steps=()))

    def carry_out(self, effect: Effect, now_ns: int) -> inputs.Input | None:  # noqa: ARG002
        """A rep counts as durable at once; the summaries are told as one, and the first lane tells what all watch."""
        if isinstance(effect, Save):
            return inputs.Durable(effect.record.rep, effect.record.revision)
        if isinstance(effect, Publish):
            event = effect.event
            if isinstance(event, events.Summary):
                self.summary = event
            elif isinstance(event, _OfALane):
                self._whole.tell(msgspec.structs.replace(event, lane=self.lane))
            elif self.lane == 1 or not isinstance(event, _OfTheWatch):
                self._whole.tell(event)
        return None

    def put(self, event: inputs.Input, now_ns: int) -> None:
        """Something happens here."""
        self._runner.put(event, now_ns)

    def tick(self, now_ns: int) -> None:
        """Keep the appointments that are due."""
        self._runner.tick(now_ns)

    def begin_rep(self, at_ns: int, number: int, rep: TraceRep, of_wave: OfWave | None) -> None:
        """A rep begins here; one that is still open ends."""
        self._runner.tick(at_ns)
        if not self._several:
            self.end_open(at_ns)
        self._runner.put(start_of(rep, number, at_ns, of_wave, in_lane=True), at_ns)

    def end_open(self, at_ns: int) -> None:
        """What is still open here ends, as it does with a go after it."""
        self.flush(at_ns)
        if self._runner.state is not None and self._runner.state.running is not None:
            self._runner.put(inputs.Skip(), at_ns)

    def flush(self, now_ns: int) -> None:
        """Who is in the beam still is decided on: here nobody."""


class _Lane(_Course):
    """One lane, whose rep is open there."""

    def __init__(self, lane: int, config: WatchConfig, whole: _Whole, *, runs: bool, several: bool) -> None:
        """`runs`, `several`: as of any course."""
        super().__init__(lane, config, whole, runs=runs, several=several)
        self._lane = lane

    @property
    def expectation(self) -> Expectation:
        """What may be expected here."""
        return self._runner.expectation

    def flush(self, now_ns: int) -> None:
        """A break that is still open is decided now."""
        self._whole.flush(self._lane, self.expectation, now_ns)


class LaneReplay:
    """One run over one trace with lanes; `tell` gets each event as it is decided, and the readings judged by then."""

    def __init__(
        self,
        config: WatchConfig,
        lanes: LaneMap,
        reps: Sequence[TraceRep],
        tell: Tell,
        *,
        order: Order = Order.ROTATION,
    ) -> None:
        """A rep that names no lane runs in the first. One that has none (see `has_lane`) is begun all the same, since a
        go is a fact, and nobody finishes it; a relay's later leg has none and never begins. `order`: in rotation a go
        ends the rep before it in its lane, of waves those of the wave before in every lane."""
        several = order is Order.ROLLING
        self._waves = waves_of(reps) if order is Order.WAVES else {}
        begun = (pair for pair in enumerate(reps, start=1) if not pair[1].follows)
        numbered = sorted(begun, key=lambda pair: pair[1].begins_s)
        used = {rep.lane or 1 for rep in reps if has_lane(rep, lanes.count)}
        self._lanes = [
            _Lane(lane, config, self, runs=lane in used, several=several) for lane in range(1, lanes.count + 1)
        ]
        self._courses: list[_Course] = [*self._lanes]
        self._begins: list[tuple[int, int, TraceRep, _Course]] = []
        """When which rep begins where, the earliest last."""
        for number, rep in reversed(numbered):
            if has_lane(rep, lanes.count):
                course: _Course = self._lanes[(rep.lane or 1) - 1]
            else:
                course = _Course(None, config, self, runs=True, several=several)
                self._courses.append(course)
            self._begins.append((round(rep.begins_s * 1e9), number, rep, course))
        self._config = msgspec.structs.replace(config, lanes=lanes)
        self._watch = LaneWatch(config, lanes)
        self._samples = 0
        self._tell = tell

    def tell(self, event: events.SessionEvent) -> None:
        """An event of one lane, or of all."""
        self._tell(event, self._samples)

    def flush(self, lane: int, expectation: Expectation, now_ns: int) -> None:
        """A break in that lane that is still open is decided now."""
        self._pass_on(self._watch.flush(lane, now_ns, expectation), now_ns)

    def run(self, samples: Iterable[RangeSample]) -> None:
        """Judge every sample, then decide what is still open."""
        now_ns = self._begins[-1][0] if self._begins else 0
        started = False
        for sample in samples:
            now_ns = sample.t_ns
            if not started:
                started = True
                self._put(inputs.Start(), now_ns)
            self._begin_until(now_ns)
            for course in self._courses:
                course.tick(now_ns)
            self._samples += 1
            self._pass_on(self._watch.feed(sample, [lane.expectation for lane in self._lanes]), now_ns)
        if not started:
            self._put(inputs.Start(), now_ns)
        if self._begins:
            now_ns = max(now_ns, self._begins[0][0])
            self._begin_until(now_ns)
        for lane in self._lanes:
            lane.flush(now_ns)
        self._put(inputs.TraceEnd(), now_ns)
        self._tell_summary()

    def _sees(self, event: SensorChange, now_ns: int) -> None:
        name, state, reason = self._config.name, event.state, event.reason
        if name:
            self._put(inputs.SensorChanged(name, self._config.line, state, reason, event.t_ns), now_ns)
        self._put(inputs.WatchChanged(state, reason, None, event.t_ns, of_several=bool(name)), now_ns)

    def _pass_on(self, found: Iterable[Found], now_ns: int) -> None:
        for lane, event in found:
            if isinstance(event, SensorChange):
                self._sees(event, now_ns)
                continue
            made = session_input(decide(event, self._config) if isinstance(event, PassageOver) else event, self._config)
            if made is None:
                continue
            if lane is None:
                self._put(made, now_ns)
            else:
                self._lanes[lane - 1].put(made, now_ns)

    def _begin_until(self, now_ns: int) -> None:
        while self._begins and self._begins[-1][0] <= now_ns:
            at_ns, number, rep, course = self._begins.pop()
            of_wave = self._waves.get(number)
            for other in self._courses if of_wave is not None and of_wave.first else ():
                other.tick(at_ns)
                other.end_open(at_ns)
            course.begin_rep(at_ns, number, rep, of_wave)

    def _put(self, event: inputs.Input, now_ns: int) -> None:
        for course in self._courses:
            course.put(event, now_ns)

    def _tell_summary(self) -> None:
        found = [course.summary for course in self._courses if course.summary is not None]
        if found:
            reps, finished = sum(one.reps for one in found), sum(one.finished for one in found)
            # Each of them has counted the obstacles of all lanes.
            self.tell(msgspec.structs.replace(found[0], reps=reps, finished=finished))


def has_lane(rep: TraceRep, lanes: int) -> bool:
    """Whether a rep can be seen in one of so many lanes; a start by release shows in none."""
    return rep.go_s is not None and not rep.lane_unclear and (rep.lane or 1) <= lanes
