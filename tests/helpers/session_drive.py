"""Drives a session by hand: the test is its clock, its sensors, its buzzer and its disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from retro_timer.beacon.output import sounds
from retro_timer.beacon.output.arbiter import Arbiter
from retro_timer.beacon.session_runner import SessionRunner
from retro_timer.detection.events import Level, SensorState, Stand, StandEnd
from retro_timer.ports import Placement
from retro_timer.training.plan import Plan
from retro_timer.training.record import RepRecord
from retro_timer.training.safe_speed import Coverage
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.machine import new_session
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import Phase, SessionState
from tests.helpers.plans_made import block
from tests.helpers.plans_made import plan as make_plan

S = 1_000_000_000
BEGIN_NS = 5_000 * S
LINE_ONLY = Coverage(Placement.GATE, 1.3, 0.0, None)

Answering = Callable[[RepRecord], inputs.Input | None]


def on_disk(record: RepRecord) -> inputs.Input:
    """A disk that answers at once."""
    return inputs.Durable(record.rep, record.revision)


def no_disk(record: RepRecord) -> inputs.Input:
    """A disk that is full."""
    return inputs.NotSaved(record.rep, record.revision, "disk full")


def silent_disk(record: RepRecord) -> None:
    """A disk that has not answered yet."""


class Watched:
    """What is seen of a session that somebody runs."""

    runner: SessionRunner

    @property
    def state(self) -> SessionState:
        """The session now."""
        assert self.runner.state is not None
        return self.runner.state

    @property
    def phase(self) -> Phase:
        """Where it stands."""
        return self.state.phase


class Drive(Watched):
    """A session in a test's hands. Times are seconds from the test's beginning."""

    def __init__(
        self,
        plan: Plan | None = None,
        names: Sequence[str] = ("Runner",),
        rules: Rules | None = None,
        *,
        disk: Answering = on_disk,
        state: SessionState | None = None,
        coverage: Coverage | None = LINE_ONLY,
    ) -> None:
        self.plan = plan or make_plan()
        fresh = new_session(self.plan, names, rules or Rules()) if state is None else state
        fresh = msgspec.structs.replace(fresh, coverage=coverage, clear_since_ns=BEGIN_NS)
        self.runner = SessionRunner(self, fresh)
        self.now_ns = BEGIN_NS
        self.disk = disk
        self.arbiter = Arbiter(ticks=False)
        """The buzzer's: an alarm that holds it refuses a go."""
        self.buzzer_refuses = True
        """False: the buzzer sounds every go that is asked for, so that the session alone must be careful."""
        self.tone_delay_ns = 0
        """From the request of the go to its edge."""
        self.effects: list[tuple[int, effects.Effect]] = []

    # The outlet of the runner.

    def carry_out(self, effect: effects.Effect, now_ns: int) -> inputs.Input | None:
        """Note an effect, and answer it as the surroundings would."""
        self.effects.append((now_ns, effect))
        if isinstance(effect, effects.GoTone):
            sounded = self.arbiter.sound(sounds.GO, now_ns) or not self.buzzer_refuses
            return inputs.WentOff(now_ns + self.tone_delay_ns) if sounded else inputs.GoBlocked()
        if isinstance(effect, effects.Watch):
            self.arbiter.arm(effect.expectation.armed, now_ns, 0)
        elif isinstance(effect, effects.Acknowledge):
            self.arbiter.acknowledge(effect.blind)
        elif isinstance(effect, effects.Save):
            return self._saved(effect)
        return None

    def _saved(self, save: effects.Save) -> inputs.Input | None:
        """The disk's answer; of several at once what it answers of the others comes before it."""
        *others, last = [self.disk(record) for record in (save.record, *save.also)]
        for answer in others:
            if answer is not None:
                self.put(answer)
        return last

    # Time.

    @property
    def now_s(self) -> float:
        """Seconds since the beginning."""
        return (self.now_ns - BEGIN_NS) / S

    def wait(self, seconds: float) -> Drive:
        """Let time pass; every appointment is kept at its own instant."""
        return self._to(self.now_ns + round(seconds * S))

    def _to(self, end_ns: int) -> Drive:
        kept = 0
        while (deadline := self.state.deadline_ns) is not None and deadline <= end_ns:
            self.now_ns = max(self.now_ns, deadline)
            self.runner.tick(self.now_ns)
            kept += 1
            assert kept < 10_000, "the session keeps appointments without end"
        self.now_ns = max(self.now_ns, end_ns)
        return self

    def until(self, phase: Phase, within_s: float = 600.0) -> Drive:
        """Let time pass until the session enters a phase."""
        end_ns = self.now_ns + round(within_s * S)
        while self.phase is not phase:
            deadline = self.state.deadline_ns
            assert deadline is not None, f"nothing is appointed in {self.phase} while {phase} is waited for"
            assert deadline <= end_ns, f"still {self.phase} after {within_s} s; {phase} was waited for"
            self.now_ns = max(self.now_ns, deadline)
            self.runner.tick(self.now_ns)
        return self

    # What happens to it.

    def put(self, event: inputs.Input) -> Drive:
        """Any input, now."""
        self.runner.put(event, self.now_ns)
        return self

    def begin(self) -> Drive:
        """Start the session."""
        return self.put(inputs.Start())

    def to_go(self) -> Drive:
        """Let time pass until the next go."""
        return self.until(Phase.RUNNING)

    def finish(self, time_s: float | None = None, *, rep: int | None = None, lane: int | None = None) -> Drive:
        """The runner's back reaches the line `time_s` after the go, and the sensor sees it."""
        active = self.state.running
        go_ns = active.record.go_ns if active is not None else 0
        number = rep if rep is not None else (active.record.rep if active is not None else 0)
        back_ns = self.now_ns if time_s is None else go_ns + round(time_s * S)
        self._to(max(self.now_ns, back_ns))
        self.put(inputs.CrossingSeen(number, self.now_ns, lane))
        self._to(self.now_ns + S // 2)
        return self.put(inputs.FinishSeen(number, back_ns, 20_000_000, "gate", self.now_ns, lane=lane))

    def stand(self, stand: Stand = Stand.STEADY, reason: StandEnd = StandEnd.NONE) -> Drive:
        """The gate at the start sees somebody stand, or not any more."""
        return self.put(inputs.StandSeen(stand, reason, self.now_ns))

    def leave(self, ago_s: float = 0.8, uncertainty_s: float = 0.07) -> Drive:
        """The athlete left the beam so long ago, and the gate has just decided it."""
        start_ns = self.now_ns - round(ago_s * S)
        return self.put(inputs.StartSeen(start_ns, round(uncertainty_s * S), self.now_ns))

    def pass_line(self, line: str, time_s: float, uncertainty_s: float = 0.02) -> Drive:
        """The runner's back passes a line on the way `time_s` after the start."""
        active = self.state.running
        assert active is not None, "nobody is on the way"
        back_ns = active.record.go_ns + round(time_s * S)
        self._to(max(self.now_ns, back_ns + S // 2))
        return self.put(inputs.SplitSeen(active.record.rep, line, back_ns, round(uncertainty_s * S), self.now_ns))

    def obstacle(self, level: Level = Level.WARNING, range_mm: int | None = 700, *, expected: bool = False) -> Drive:
        """The watch sees something, or nothing any more."""
        self.arbiter.level("watch", level)
        shown = None if level is Level.CLEAR else range_mm
        return self.put(inputs.ObstacleSeen(level, shown, expected, self.now_ns))

    def watch(self, state: SensorState, reason: str = "sunlight", coverage: Coverage | None = LINE_ONLY) -> Drive:
        """The watch's sensor changes its state; the buzzer knows it before the session does."""
        self.arbiter.blind(state is not SensorState.OK)
        why = "" if state is SensorState.OK else reason
        return self.put(inputs.WatchChanged(state, why, coverage, self.now_ns))

    # What came of it.

    def of(self, kind: type, since: int = 0) -> list[Any]:
        """Every effect of a kind, oldest first."""
        return [effect for _, effect in self.effects[since:] if isinstance(effect, kind)]

    def said(self, since: int = 0) -> list[str]:
        """Keys of what was said."""
        return [say.key for say in self.of(effects.Say, since)]

    def spoken(self, key: str) -> dict[str, Any]:
        """Values of the newest phrase with a key."""
        found: list[dict[str, Any]] = [say.values for say in self.of(effects.Say) if say.key == key]
        assert found, f"'{key}' was never said; said were {self.said()}"
        return found[-1]

    def said_at_s(self, key: str) -> float:
        """When a phrase was last said."""
        return [(t - BEGIN_NS) / S for t, e in self.effects if isinstance(e, effects.Say) and e.key == key][-1]

    def beeps(self, since: int = 0) -> list[effects.Signal]:
        """Signals that were sounded."""
        return [beep.signal for beep in self.of(effects.Beep, since)]

    def events(self, *names: str, since: int = 0) -> list[Any]:
        """Published events, of these names or all."""
        told = [published.event for published in self.of(effects.Publish, since)]
        return [event for event in told if not names or event.tag in names]

    def refused(self, since: int = 0) -> list[str]:
        """Why commands were refused."""
        return [event.why for event in self.events("refused", since=since)]

    @property
    def mark(self) -> int:
        """A place in the effects, for `since`."""
        return len(self.effects)

    @property
    def results(self) -> dict[int, RepRecord]:
        """The newest word on each rep that has ended."""
        return {record.rep: record for record in self.state.results}

    @property
    def asked_for_go(self) -> int:
        """How often the go tone was asked for."""
        return len(self.of(effects.GoTone))


def two_reps(**fields: object) -> Drive:
    """A session of two reps that has begun."""
    return Drive(make_plan(block(reps=2), **fields)).begin()
