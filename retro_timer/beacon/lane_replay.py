"""Replays a trace with lanes: each lane has a judge and a session of its own, so that several reps are open at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from retro_timer.beacon.replay import RECORD, Tell
from retro_timer.beacon.session_runner import SessionRunner, session_input
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import DetectionEvent, PassageOver, SensorChange
from retro_timer.detection.gate.lanes import LaneJudge, LaneMap, LaneSorter
from retro_timer.detection.timing import decide
from retro_timer.ports import RangeSample
from retro_timer.store.traces import TraceRep
from retro_timer.training.gaits import Gait
from retro_timer.training.roster import SOLO
from retro_timer.training.session import events, inputs
from retro_timer.training.session.effects import Effect, Publish, Save
from retro_timer.training.session.machine import new_session
from retro_timer.training.session.state import Rules

_OfALane = events.Go | events.Crossing | events.Finish | events.Dnf


class _Lane:
    """One lane: who is seen in it, and whose rep is open there."""

    def __init__(self, lane: int, config: WatchConfig, lanes: LaneMap, tell: Tell, *, runs: bool) -> None:
        """`runs`: whether any rep is replayed there."""
        self.lane = lane
        self.summary: events.Summary | None = None
        self.samples = 0
        self._judge = LaneJudge(config, lanes, lane)
        self._tell = tell
        rules = Rules(timing=config.placement, watching=config.placement, given_goes=True)
        state = new_session(RECORD, SOLO, rules)
        self._runner = SessionRunner(self, state if runs else msgspec.structs.replace(state, steps=()))

    def carry_out(self, effect: Effect, now_ns: int) -> inputs.Input | None:  # noqa: ARG002
        """A rep counts as durable at once; the lanes' summaries are told as one."""
        if isinstance(effect, Save):
            return inputs.Durable(effect.record.rep, effect.record.revision)
        if isinstance(effect, Publish):
            event = effect.event
            if isinstance(event, events.Summary):
                self.summary = event
            elif isinstance(event, _OfALane):
                self._tell(msgspec.structs.replace(event, lane=self.lane), self.samples)
            else:
                self._tell(event, self.samples)
        return None

    def start(self, now_ns: int) -> None:
        """The trace begins."""
        self._runner.put(inputs.Start(), now_ns)

    def feed(self, sample: RangeSample, lane: int | None) -> None:
        """Judge one reading of a body in that lane."""
        self._runner.tick(sample.t_ns)
        self.samples += 1
        for event in self._judge.feed(sample, lane, self._runner.expectation):
            self._pass_on(event, sample.t_ns)

    def take_back(self, readings: int, now_ns: int) -> None:
        """So many of the readings that were here of late turn out to be of somebody in another lane."""
        for event in self._judge.take_back(readings, now_ns, self._runner.expectation):
            self._pass_on(event, now_ns)

    def give_go(self, go_ns: int, number: int, rep: TraceRep) -> None:
        """A rep begins in this lane; one that is still open there ends."""
        self._runner.tick(go_ns)
        self._flush(go_ns)
        if self._runner.state is not None and self._runner.state.running is not None:
            self._runner.put(inputs.Skip(), go_ns)
        self._runner.put(inputs.GoGiven(go_ns, number, rep.distance_m, Gait(rep.gait), rep.athlete), go_ns)

    def end(self, now_ns: int) -> None:
        """Nothing more comes."""
        self._flush(now_ns)
        self._runner.put(inputs.TraceEnd(), now_ns)

    def _flush(self, now_ns: int) -> None:
        for event in self._judge.flush(now_ns, self._runner.expectation):
            self._pass_on(event, now_ns)

    def _pass_on(self, event: DetectionEvent, now_ns: int) -> None:
        if isinstance(event, SensorChange):
            # One sensor watches all lanes; the first lane's judge sees all that it does.
            if self.lane == 1:
                changed = inputs.WatchChanged(event.state, event.reason, None, event.t_ns)
                self._runner.put(changed, now_ns)
            return
        timed = decide(event, self._judge.config) if isinstance(event, PassageOver) else event
        made = session_input(timed, self._judge.config)
        if made is not None:
            self._runner.put(made, now_ns)


class LaneReplay:
    """One run over one trace with lanes; `tell` gets each event as it is decided, and the readings judged by then."""

    def __init__(self, config: WatchConfig, lanes: LaneMap, reps: Sequence[TraceRep], tell: Tell) -> None:
        """A rep that names no lane runs in the first; one of a lane that is not there, and a start by release, is for
        the caller to tell of, and is left out."""
        known = [(number, rep) for number, rep in enumerate(reps, start=1) if may_run(rep, lanes.count)]
        self._goes = sorted(known, key=lambda pair: pair[1].begins_s)
        self._sorter = LaneSorter(lanes)
        used = {rep.lane or 1 for _, rep in known}
        self._lanes = [_Lane(lane, config, lanes, tell, runs=lane in used) for lane in range(1, lanes.count + 1)]
        self._tell = tell

    def run(self, samples: Iterable[RangeSample]) -> None:
        """Judge every sample, then decide what is still open."""
        goes = [(round(rep.begins_s * 1e9), number, rep) for number, rep in reversed(self._goes)]
        now_ns = goes[-1][0] if goes else 0
        started = False
        for sample in samples:
            now_ns = sample.t_ns
            if not started:
                started = True
                self._start(now_ns)
            while goes and goes[-1][0] <= now_ns:
                self._give_go(*goes.pop())
            whose, moved = self._sorter.sort(sample)
            if moved is not None and 1 <= moved.lane <= len(self._lanes):
                self._lanes[moved.lane - 1].take_back(moved.readings, now_ns)
            for lane in self._lanes:
                lane.feed(sample, whose)
        if not started:
            self._start(now_ns)
        while goes:
            now_ns = max(now_ns, goes[-1][0])
            self._give_go(*goes.pop())
        for lane in self._lanes:
            lane.end(now_ns)
        summaries = [lane.summary for lane in self._lanes if lane.summary is not None]
        if summaries:
            whole = msgspec.structs.replace(
                summaries[0],
                reps=sum(one.reps for one in summaries),
                finished=sum(one.finished for one in summaries),
                obstacles=sum(one.obstacles for one in summaries),
            )
            self._tell(whole, self._lanes[0].samples)

    def _start(self, now_ns: int) -> None:
        for lane in self._lanes:
            lane.start(now_ns)

    def _give_go(self, go_ns: int, number: int, rep: TraceRep) -> None:
        self._lanes[(rep.lane or 1) - 1].give_go(go_ns, number, rep)


def may_run(rep: TraceRep, lanes: int) -> bool:
    """Whether a rep can be replayed on so many lanes."""
    return rep.go_s is not None and (rep.lane or 1) <= lanes
