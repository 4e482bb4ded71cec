"""Runs the very detection and session code over a recorded trace, as fast as it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from retro_timer.beacon.recorded import leg_of, legs_of, start_of, waves_of
from retro_timer.beacon.sensing.coverage import SensorReport, WatchOverview
from retro_timer.beacon.session_runner import SessionRunner, session_input
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import DetectionEvent, Obstacle, SensorChange
from retro_timer.detection.health.spacing import patience_ns
from retro_timer.detection.lines import Lines, Told
from retro_timer.detection.obstacles import Obstacles
from retro_timer.detection.pipeline import Pipeline, pipeline_for
from retro_timer.ports import FINISH_LINE, HALVES, START_LINE, WATCHED_LINES, RangeSample
from retro_timer.store.traces import TraceRep
from retro_timer.training.plan import Order, Plan, PlanSet
from retro_timer.training.record import RepRecord, StartKind
from retro_timer.training.relay import team_time
from retro_timer.training.roster import SOLO
from retro_timer.training.session import inputs
from retro_timer.training.session.effects import Effect, Publish, Save
from retro_timer.training.session.events import Finish, Relay, SessionEvent
from retro_timer.training.session.machine import new_session
from retro_timer.training.session.rules import Line, Rules

RECORD = Plan(
    title="replay",
    purpose="a recorded trace",
    source="the trace",
    safety="none",
    blocks=(PlanSet(distance_m=20.0),),
)
Tell = Callable[[SessionEvent, int], None]


class _Judge:
    """One sensor's pipeline."""

    def __init__(self, name: str, config: WatchConfig) -> None:
        self.name = name
        self.config = config
        self.watch: Pipeline = pipeline_for(config)
        self.last_ns: int | None = None
        """Time of its newest reading, or of the trace's first one; None before that."""

    @property
    def silent_from_ns(self) -> int | None:
        """When it is silent unless a reading comes; None before the trace begins."""
        # No reading comes faster than its integration, whatever the spacing is taken for before it is learnt.
        period_ns = max(self.watch.spacing.period_ns, self.config.budget_ns or 0)
        return None if self.last_ns is None else self.last_ns + patience_ns(period_ns)


class Replay:
    """One run over one trace; `tell` gets each event in order of decision, and the readings judged by then."""

    def __init__(
        self,
        config: WatchConfig,
        reps: Sequence[TraceRep],
        tell: Tell,
        sensors: Mapping[str, WatchConfig] | None = None,
        lines: Mapping[str, float] | None = None,
        *,
        out_and_back: bool = False,
        order: Order = Order.ROTATION,
    ) -> None:
        """`sensors`: how each of several is judged, by its name; `config` is for whoever is not among them. `lines`:
        distance from the start of each line on the way, by its name. `out_and_back`: the start is at the finish.
        `order`: in rotation a go ends the rep before it, of waves those of the wave before."""
        self._config = config
        self.thirds: list[tuple[str, str]] = []
        """Name and line of each gate that times nothing, because two others of its line do."""
        self._judges: dict[str, _Judge] = {}
        for name, one in (sensors or {}).items():
            self._judges[name] = _Judge(name, self._at_its_line(name, one))
        begun = (pair for pair in enumerate(reps, start=1) if not pair[1].follows)
        self._goes = sorted(begun, key=lambda pair: pair[1].begins_s)
        self._legs = legs_of(reps) if order is Order.ROTATION else {}
        self._team: list[RepRecord] = []
        """The legs of the relay under way that are finished."""
        self._ended_leg: RepRecord | None = None
        """One that was just finished, with which the next one has begun."""
        self._waves = waves_of(reps) if order is Order.WAVES else {}
        self._tell = tell
        self._samples = 0
        known = [judge.config for judge in self._judges.values()] or [config]
        timing = next((one for one in known if one.times and one.line == FINISH_LINE), config)
        at_start = not out_and_back and any(one.line == START_LINE for one in known)
        rules = Rules(
            timing=timing.placement,
            watching=timing.placement,
            given_goes=True,
            lines=tuple(Line(name, at_m) for name, at_m in sorted((lines or {}).items(), key=lambda pair: pair[1])),
            start_line=START_LINE if at_start else FINISH_LINE,
        )
        self._order = order
        state = new_session(recorded_plan(order), SOLO, rules)
        if not reps:
            state = msgspec.structs.replace(state, steps=())
        self._obstacles = Obstacles()
        self._runner = SessionRunner(self, state)
        self._homeward = out_and_back or any(rep.leg is not None for rep in reps)
        self._lines = self._joined()
        self._now_ns = 0
        self._overview = WatchOverview(
            {name: one.config.line for name, one in self._judges.items()},
            lambda change: self._runner.put(change, self._now_ns),
            pairs=self._lines.pairs,
            starting=False,
            # Who starts by a go needs no gate there.
            watched=WATCHED_LINES if any(rep.by_itself for rep in reps) else frozenset((FINISH_LINE,)),
        )

    def carry_out(self, effect: Effect, now_ns: int) -> inputs.Input | None:
        """Replay has no disk and makes no sound: a rep counts as durable at once."""
        if isinstance(effect, Save):
            return inputs.Durable(effect.record.rep, effect.record.revision)
        if isinstance(effect, Publish):
            self._tell(effect.event, self._samples)
            if isinstance(effect.event, Finish) and effect.event.record.start is StartKind.RELAY:
                self._end_leg(effect.event.record, now_ns)
        return None

    def _end_leg(self, leg: RepRecord, now_ns: int) -> None:
        self._team = [*(one for one in self._team if one.rep_no == leg.rep_no), leg]
        if leg.rep + 1 in self._legs:
            self._ended_leg = leg
        elif (team := team_time(self._team)) is not None:
            time_s, uncertainty_s = team.time_ns / 1e9, team.uncertainty_ns / 1e9
            self._tell(Relay(now_ns, leg.rep, team.legs, time_s, uncertainty_s), self._samples)

    def _put(self, event: inputs.Input, now_ns: int) -> None:
        self._runner.put(event, now_ns)
        if self._ended_leg is not None:
            former, self._ended_leg = self._ended_leg, None
            self._runner.put(leg_of(self._legs[former.rep + 1], former), now_ns)

    def run(self, samples: Iterable[RangeSample]) -> None:
        """Judge every sample of one sensor, then decide what is still open."""
        self.run_several(("", sample) for sample in samples)

    def run_several(self, rows: Iterable[tuple[str, RangeSample]]) -> None:
        """The same over readings in order of time, each with its sensor's name."""
        goes = [(round(rep.begins_s * 1e9), number, rep) for number, rep in reversed(self._goes)]
        now_ns = goes[-1][0] if goes else 0
        started = False
        for name, sample in rows:
            now_ns = sample.t_ns
            if not started:
                started = True
                self._runner.put(inputs.Start(), now_ns)
                thirds = {third for third, _ in self.thirds}
                for judge in self._judges.values():
                    # A third gate that never reads is missed by nobody: two others see its line.
                    judge.last_ns = None if judge.name in thirds else now_ns
            while goes and goes[-1][0] <= now_ns:
                self._lose_silent(goes[-1][0])
                self._give_go(*goes.pop())
            self._lose_silent(now_ns)
            self._runner.tick(now_ns)
            self._samples += 1
            judge = self._judge(name)
            judge.last_ns = now_ns
            for event in judge.watch.feed(sample, self._runner.expectation):
                self._pass_on(event, judge, now_ns)
            self._hear(self._lines.tick(now_ns), now_ns)
        if not started:
            self._runner.put(inputs.Start(), now_ns)
        self._flush(now_ns)
        while goes:
            now_ns = max(now_ns, goes[-1][0])
            self._give_go(*goes.pop())
        self._runner.put(inputs.TraceEnd(), now_ns)

    def _judge(self, name: str) -> _Judge:
        judge = self._judges.get(name)
        if judge is None:
            config = self._at_its_line(name, msgspec.structs.replace(self._config, name=name))
            judge = self._judges[name] = _Judge(name, config)
            self._pair_anew()
            self._overview.add(name, judge.config.line, self._lines.pairs)
        return judge

    def _at_its_line(self, name: str, config: WatchConfig) -> WatchConfig:
        """How one more sensor is judged: two gates time a line, a third one keeps watch there."""
        gates = [one.config for one in self._judges.values() if one.config.times_as_gate]
        if not config.times_as_gate or sum(one.line == config.line for one in gates) < HALVES:
            return config
        self.thirds.append((name, config.line))
        return msgspec.structs.replace(config, times=False)

    def _joined(self) -> Lines:
        return Lines((judge.config for judge in self._judges.values()), homeward=self._homeward)

    def _pair_anew(self) -> None:
        """A sensor has appeared that no line describes: what is open is decided by those before it."""
        self._hear(self._lines.flush(self._now_ns), self._now_ns)
        for judge in self._judges.values():
            # One by itself had no need of a name.
            judge.config = msgspec.structs.replace(judge.config, name=judge.name)
        self._lines = self._joined()
        for judge in self._judges.values():
            self._lines.state(judge.name, judge.watch.health.state, judge.watch.health.reason)

    def _lose_silent(self, now_ns: int) -> None:
        """Time comes to `now_ns` before the trace's end: tell of each sensor whose readings have stopped, oldest first.

        Of a single one the next reading tells it: until then nothing happens in the trace.
        """
        self._now_ns = now_ns
        if len(self._judges) == 1:
            return
        silent = [
            (since_ns, judge) for judge in self._judges.values() if (since_ns := judge.silent_from_ns) is not None
        ]
        for since_ns, judge in sorted(silent, key=lambda pair: pair[0]):
            if since_ns < now_ns and (change := judge.watch.lose("silent", since_ns)) is not None:
                self._pass_on(change, judge, now_ns)

    def _flush(self, now_ns: int) -> None:
        self._flush_gates(now_ns)
        self._hear(self._lines.flush(now_ns), now_ns)

    def _flush_gates(self, now_ns: int, *, at_start: bool = False) -> None:
        for judge in self._judges.values():
            if at_start and judge.config.line != START_LINE:
                continue
            for event in judge.watch.flush(now_ns, self._runner.expectation):
                self._pass_on(event, judge, now_ns)

    def _give_go(self, go_ns: int, number: int, rep: TraceRep) -> None:
        self._runner.tick(go_ns)
        wave = self._waves.get(number)
        alone = self._order is Order.ROTATION or (wave is not None and wave.first)
        if alone:
            # A break that is still open belongs to whoever went before this go.
            self._flush(go_ns)
        elif rep.release_from_s is not None:
            # Who has left the start line by now is the one before; at the finish those on the course go on.
            self._flush_gates(go_ns, at_start=True)
        state = self._runner.state
        if alone and state is not None and (state.running is not None or state.given is not None):
            self._runner.put(inputs.Skip(), go_ns)
        self._put(start_of(rep, number, go_ns, wave, alone=self._order is Order.ROTATION), go_ns)

    def _pass_on(self, event: DetectionEvent, judge: _Judge, now_ns: int) -> None:
        if isinstance(event, SensorChange):
            self._lines.state(judge.name, event.state, event.reason)
            self._overview.take(SensorReport(judge.name, event.state, event.reason, None, event.t_ns))
            return
        if not isinstance(event, Obstacle):
            self._hear(self._lines.take(event, judge.config), now_ns)
            return
        before = self._obstacles.level
        self._obstacles.note(judge.name, event, judge.config)
        if self._obstacles.level is not before:
            self._hear([self._obstacles.worst(event.t_ns)], now_ns)

    def _hear(self, told: Iterable[Told], now_ns: int) -> None:
        for event, config in told:
            made = session_input(event, config)
            if made is not None:
                self._put(made, now_ns)


def recorded_plan(order: Order) -> Plan:
    """What a recording runs by."""
    return msgspec.structs.replace(RECORD, order=order)
