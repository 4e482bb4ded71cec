"""One step in the making: the state as changed so far, and the effects collected on the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from retro_timer.detection.expectation import NOBODY, Expectation, LineAhead, WatchMode
from retro_timer.ports import FINISH_LINE, START_LINE, LampState, Placement
from retro_timer.training.gaits import SPEEDS, Gait, human_limit_s
from retro_timer.training.listed import spoken
from retro_timer.training.plan import SELF_STARTED, Course, StartMethod
from retro_timer.training.record import NS_PER_S, Presence, RepRecord, StartKind
from retro_timer.training.session import events
from retro_timer.training.session.agenda import Appointment, Item
from retro_timer.training.session.awaited import crossings_expected, several_awaited
from retro_timer.training.session.effects import (
    About,
    Acknowledge,
    Beep,
    Close,
    Effect,
    GoTone,
    KeepPresence,
    Light,
    LookUp,
    Measure,
    Publish,
    Save,
    Say,
    Signal,
    Unsay,
    Watch,
)
from retro_timer.training.session.pending import Pending
from retro_timer.training.session.state import STARTING, Athlete, Phase, SessionState


def ns(seconds: float) -> int:
    """Whole nanoseconds in so many seconds."""
    return round(seconds * NS_PER_S)


_KEPT = frozenset((Item.WATCH_OFF, Item.RESULT_LATE, Item.TIMEOUT, Item.OFFER_OVER))
"""Appointments that a change of the phase leaves alone."""
_OF_THE_MOMENT = frozenset((About.REST, About.START, About.RUN, About.HOLD, About.LINE))
"""What is said of these is not true any more when somebody asks for it again."""


def limit_s(distance_m: float, start: StartKind) -> float:
    """Seconds below which nobody covers `distance_m` after this kind of start."""
    return human_limit_s(distance_m, flying=start is StartKind.FLYING)


def start_method(state: SessionState) -> StartMethod:
    """How the rep of the present turn is started: a timed step by a countdown where its athlete would start it."""
    if state.given is not None:
        return StartMethod.FLYING if state.given.flying else StartMethod.RELEASE
    step = state.step
    timed = step is not None and step.distance_m is None
    return StartMethod.COUNTDOWN if timed and state.plan.start in SELF_STARTED else state.plan.start


class Transition:
    """Lives for one call of `machine.step`; everything it holds is replaced, never changed in place."""

    def __init__(self, state: SessionState, now_ns: int) -> None:
        self.state = state
        self.now_ns = now_ns
        self.effects: list[Effect] = []
        self._correction = self._origin = ""

    def set(self, **changes: Any) -> None:
        """Replace fields of the state."""
        self.state = msgspec.structs.replace(self.state, **changes)

    def set_athlete(self, index: int, **changes: Any) -> None:
        """Replace fields of one athlete."""
        athletes = list(self.state.athletes)
        athletes[index] = msgspec.structs.replace(athletes[index], **changes)
        self.set(athletes=tuple(athletes))

    def enter(self, phase: Phase, until_ns: int = 0, agenda: list[Appointment] | None = None) -> None:
        """Change the phase: the old agenda is void, but for what has its own time.

        With the end of a start whatever was held back during it is said.
        """
        kept = [a for a in self.state.agenda if a.item in _KEPT]
        items = tuple(sorted([*(agenda or []), *kept], key=lambda a: a.at_ns))
        self.set(phase=phase, since_ns=self.now_ns, until_ns=until_ns, agenda=items, told_ns=None)
        self.publish(self._phase_told())
        if phase not in STARTING:
            self.effects.extend(self.state.held)
            self.set(held=())

    def appoint(self, at_ns: int, item: Item, key: str = "", values: dict[str, Any] | None = None) -> None:
        """Add one appointment to the agenda."""
        added = (*self.state.agenda, Appointment(at_ns, item, key, values or {}))
        self.set(agenda=tuple(sorted(added, key=lambda a: a.at_ns)))

    def say(
        self,
        key: str,
        values: dict[str, Any] | None = None,
        within_s: float | None = 20.0,
        *,
        urgent: bool = False,
        about: Sequence[str] = (),
    ) -> None:
        """Speak, if it can begin within so many seconds; None: whenever that is.

        During a start only what is urgent is said: everything else waits until the go.
        """
        expires_ns = None if within_s is None else self.now_ns + ns(within_s)
        said = Say(key, values or {}, expires_ns, urgent, tuple(about))
        if not _OF_THE_MOMENT.intersection(about):
            self.set(last_said=said)
        said = msgspec.structs.replace(said, values=self._heard(said.values))
        if self.state.phase in STARTING and not urgent:
            self.set(held=(*self.state.held, said))
        else:
            self.effects.append(said)

    def unsay(self, *about: str) -> None:
        """These things have changed: what was to be said of them is taken back."""
        gone = frozenset(about)
        last = self.state.last_said
        self.set(
            held=tuple(said for said in self.state.held if not gone.intersection(said.about)),
            last_said=None if last is not None and gone.intersection(last.about) else last,
        )
        if About.TURN in gone:
            self.set(called=None, decked={}, delayed=())
        self.effects.append(Unsay(tuple(about)))

    def measure(self, key: str, values: dict[str, Any]) -> None:
        """Ask how long a phrase will take."""
        self.effects.append(Measure(key, self._heard(values)))

    def _heard(self, values: dict[str, Any]) -> dict[str, Any]:
        """With names as they are said."""
        rules = self.state.rules
        return spoken((*rules.listed, *rules.remembered), values) if rules.listed or rules.remembered else values

    def beep(self, signal: Signal) -> None:
        """Sound a signal."""
        self.effects.append(Beep(signal))

    def publish(self, event: events.SessionEvent) -> None:
        """Tell whoever listens."""
        self.effects.append(Publish(event))

    def light(self, lamp: LampState) -> None:
        """Show a state on the lamp."""
        self.effects.append(Light(lamp))

    def acknowledge(self, blind: bool) -> None:
        """Let the blind alarm fall to a tick, or sound in full again."""
        self.effects.append(Acknowledge(blind))

    def go_tone(self) -> None:
        """Ask for the go."""
        self.effects.append(GoTone())

    def close(self, outcome: str) -> None:
        """End the session in the journal."""
        self.effects.append(Close(outcome))

    def correct(self, kind: str, origin: str) -> None:
        """What is saved from here on is somebody's correction."""
        self._correction, self._origin = kind, origin

    def save(
        self,
        record: RepRecord,
        kind: str,
        t_ns: int | None = None,
        line: str = "",
        *,
        aside: bool = False,
        together: bool = False,
    ) -> None:
        """Put a rep on disk; what `kind` announces follows when it is there. `line`: the split's."""
        late = any(waiting.late for waiting in self.state.pending)
        waiting = Pending(record, self.now_ns if t_ns is None else t_ns, kind, late, line, aside, together)
        self.set(pending=(*self.state.pending, waiting))
        self.effects.append(Save(record, self._correction, self._origin))

    def save_together(self, words: Sequence[tuple[RepRecord, str]]) -> None:
        """Put several reps on disk as one correction, each with what is told of it then; it is said for none."""
        late = any(waiting.late for waiting in self.state.pending)
        waiting = [Pending(record, self.now_ns, kind, late, aside=True) for record, kind in words]
        self.set(pending=(*self.state.pending, *waiting))
        first, *others = (record for record, _ in words)
        self.effects.append(Save(first, self._correction, self._origin, tuple(others)))

    def keep_presence(self, *indices: int) -> None:
        """Put on disk whether athletes are here, their places, and what they skipped."""
        athletes = [self.state.athletes[index] for index in indices]
        self.effects.append(KeepPresence(tuple(Presence(a.name, a.present, a.order, a.skipped) for a in athletes)))

    def look_up(self, *names: str) -> None:
        """Ask what the results know of somebody."""
        self.effects.append(LookUp(names))

    def watch(self, mode: WatchMode) -> None:
        """Publish a new expectation for the sensors."""
        expectation = self._expectation(mode)
        if expectation != self.state.expectation:
            self.set(expectation=expectation)
            self.effects.append(Watch(expectation))

    def athlete(self) -> Athlete:
        """The athlete whose turn it is."""
        turn = self.state.turn
        return self.state.athletes[turn.athlete if turn is not None else 0]

    def _phase_told(self) -> events.Phase:
        state, step = self.state, self.state.step
        told = events.Phase(self.now_ns, str(state.phase), state.until_ns or None)
        if step is None:
            return told
        return events.Phase(
            told.t_ns,
            told.phase,
            told.until_ns,
            athlete=self.athlete().name,
            set=step.set_no,
            sets=step.sets,
            rep_in_set=step.rep_no,
            reps_in_set=step.reps,
            distance_m=step.distance_m,
            duration_s=step.duration_s,
            gait=str(step.gait),
            start=str(start_method(state)),
            course=str(state.plan.course),
        )

    def _expectation(self, mode: WatchMode) -> Expectation:
        step = self.state.step
        releases = mode is WatchMode.RELEASE
        # With others on the course the start is their own gate's: the finish goes on as before any go.
        several = several_awaited(self.state, WatchMode.LANE if releases else mode) if self.state.rolling else None
        if several is not None:
            starter = self._wished(self._start_awaited(mode)) if releases else None
            return self._wished(msgspec.structs.replace(several, starter=starter))
        active = next((a.active for a in self.state.athletes if a.active is not None), None)
        if mode is WatchMode.OFF or (mode is WatchMode.RUNOUT and self.state.rules.timing is Placement.GATE):
            return self._wished(NOBODY)
        assumed = SPEEDS[step.gait].fast_mps if step is not None else 1.5
        if mode in (WatchMode.RELEASE, WatchMode.FLYING):
            return self._wished(self._start_awaited(mode))
        if mode is WatchMode.REP and active is not None and active.crossings_m is not None:
            return self._wished(crossings_expected(active, active.crossings_m))
        over_a_length = active is not None and active.record.distance_m is not None
        if mode not in (WatchMode.REP, WatchMode.HANDOVER) or active is None or not over_a_length:
            return self._wished(Expectation(mode, assumed_speed_mps=assumed))
        record = active.record
        expected = Expectation(
            mode,
            rep=record.rep,
            go_ns=record.go_ns,
            earliest_ns=active.earliest_ns,
            distance_m=record.distance_m or 0.0,
            slow_speed_mps=SPEEDS[record.gait].slow_mps,
            assumed_speed_mps=SPEEDS[record.gait].fast_mps,
            lines=self._lines_of(record),
        )
        return self._wished(expected)

    def _start_awaited(self, mode: WatchMode) -> Expectation:
        """Who starts by themselves: from now on, at their gait."""
        state = self.state
        gait = state.given.gait if state.given is not None else state.step.gait if state.step is not None else Gait.JOG
        flying = mode is WatchMode.FLYING
        own_line = FINISH_LINE if state.plan.course is Course.OUT_AND_BACK else state.rules.start_line
        return Expectation(
            mode,
            rep=state.reps + 1 if flying else None,
            go_ns=self.now_ns,
            earliest_ns=self.now_ns,
            slow_speed_mps=SPEEDS[gait].slow_mps,
            assumed_speed_mps=SPEEDS[gait].fast_mps,
            start_line=START_LINE if flying else own_line,
        )

    def _lines_of(self, record: RepRecord) -> tuple[LineAhead, ...]:
        """Where splits of a rep are taken: between its start and its finish."""
        length_m = record.distance_m or 0.0
        return tuple(
            LineAhead(line.name, line.distance_m, record.go_ns + ns(limit_s(line.distance_m, record.start)))
            for line in self.state.rules.lines
            if 0.0 < line.distance_m < length_m
        )

    def _wished(self, expectation: Expectation) -> Expectation:
        return msgspec.structs.replace(expectation, background_ns=self.state.background_ns)
