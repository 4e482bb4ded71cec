"""Runs the very detection and session code over a recorded trace, as fast as it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from retro_timer.beacon.contract import contract_event
from retro_timer.beacon.session_runner import SessionRunner, session_input
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import DetectionEvent, SensorChange, SensorState
from retro_timer.detection.pipeline import pipeline_for
from retro_timer.ports import RangeSample
from retro_timer.store.traces import TraceRep
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Plan, PlanSet
from retro_timer.training.roster import SOLO
from retro_timer.training.session import inputs
from retro_timer.training.session.effects import Effect, Publish, Save
from retro_timer.training.session.machine import new_session
from retro_timer.training.session.state import Rules

_RECORD = Plan(
    title="replay",
    purpose="a recorded trace",
    source="the trace",
    safety="none",
    blocks=(PlanSet(distance_m=20.0),),
)


class Replay:
    """One run over one trace; `tell` gets each contract event in order of decision."""

    def __init__(self, config: WatchConfig, reps: Sequence[TraceRep], tell: Callable[[dict[str, Any]], None]) -> None:
        self._config = config
        self._watch = pipeline_for(config)
        self._goes = sorted(enumerate(reps, start=1), key=lambda pair: pair[1].go_s)
        self._tell = tell
        self._samples = 0
        rules = Rules(timing=config.placement, watching=config.placement, given_goes=True)
        state = new_session(_RECORD, SOLO, rules)
        if not reps:
            state = state.__class__(state.plan, (), state.rules, state.athletes)
        self._runner = SessionRunner(self, state)

    def carry_out(self, effect: Effect, now_ns: int) -> inputs.Input | None:  # noqa: ARG002
        """Replay has no disk and makes no sound: a rep counts as durable at once."""
        if isinstance(effect, Save):
            return inputs.Durable(effect.record.rep, effect.record.revision)
        if isinstance(effect, Publish):
            event = contract_event(effect, 0, self._samples)
            if event is not None:
                self._tell(event)
        return None

    def run(self, samples: Iterable[RangeSample]) -> None:
        """Judge every sample, then decide what is still open."""
        goes = [(round(rep.go_s * 1e9), number, rep) for number, rep in reversed(self._goes)]
        now_ns = goes[-1][0] if goes else 0
        started = False
        for sample in samples:
            now_ns = sample.t_ns
            if not started:
                started = True
                self._runner.put(inputs.Start(), now_ns)
            while goes and goes[-1][0] <= now_ns:
                self._give_go(*goes.pop())
            self._runner.tick(now_ns)
            self._samples += 1
            for event in self._watch.feed(sample, self._runner.expectation):
                self._pass_on(event, now_ns)
        if not started:
            self._runner.put(inputs.Start(), now_ns)
        for event in self._watch.flush(now_ns, self._runner.expectation):
            self._pass_on(event, now_ns)
        while goes:
            now_ns = max(now_ns, goes[-1][0])
            self._give_go(*goes.pop())
        self._runner.put(inputs.TraceEnd(), now_ns)

    def _give_go(self, go_ns: int, number: int, rep: TraceRep) -> None:
        self._runner.tick(go_ns)
        # A break that is still open belongs to the rep before this go.
        for event in self._watch.flush(go_ns, self._runner.expectation):
            self._pass_on(event, go_ns)
        if self._runner.state is not None and self._runner.state.running is not None:
            self._runner.put(inputs.Skip(), go_ns)
        self._runner.put(inputs.GoGiven(go_ns, number, rep.distance_m, Gait(rep.gait)), go_ns)

    def _pass_on(self, event: DetectionEvent, now_ns: int) -> None:
        if isinstance(event, SensorChange):
            self._runner.put(inputs.WatchChanged(SensorState(event.state), event.reason, None, event.t_ns), now_ns)
            return
        made = session_input(event, self._config)
        if made is not None:
            self._runner.put(made, now_ns)
