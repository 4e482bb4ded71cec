"""Random commands, sightings, faults and a treacherous disk against the session: what must never happen, never does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from retro_timer.detection.events import Level, SensorState, Stand, StandEnd
from retro_timer.detection.expectation import ARRIVAL
from retro_timer.training.record import RepRecord, RepStatus, changed
from retro_timer.training.session import inputs
from retro_timer.training.session.machine import recovered_session
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import ENDED, RESTING, STARTING, Phase
from tests.helpers.session_drive import LINE_ONLY, Drive
from tests.stateful.drawn_sessions import NAMED, NAMES, PLAIN, PLANS, RULES, SOMEBODY, fitting
from tests.stateful.judged_session import JudgedSession

# Thousands of sessions: on a busy machine longer than another test may take.
pytestmark = pytest.mark.timeout(900)


def _as_said(records: Sequence[RepRecord]) -> dict[int, RepRecord]:
    """Whatever their revisions are."""
    return {record.rep: msgspec.structs.replace(record, revision=0) for record in records}


class SessionMachine(JudgedSession):
    """What may happen to a session."""

    @initialize(of=PLANS, rules=RULES, athletes=st.sampled_from([1, 2, 3, 3]), refuses=st.booleans())
    def a_session_begins(self, of: Any, rules: Rules, athletes: int, refuses: bool) -> None:
        self.backs: Counter[int] = Counter()
        self._take(Drive(of, NAMES[:athletes], fitting(of, rules), disk=self._disk))
        self.drive.buzzer_refuses = refuses
        self.drive.begin()
        self._look()

    @rule(command=PLAIN)
    def a_command(self, command: inputs.Command) -> None:
        self._put(command)

    @precondition(lambda self: len(self.drive.state.athletes) > 1)
    @rule(kind=NAMED, name=SOMEBODY)
    def a_command_with_a_name(self, kind: Callable[[str], inputs.Command], name: str) -> None:
        self._put(kind(name))

    @precondition(lambda self: self.drive.state.results and self.drive.state.phase not in ENDED)
    @rule(
        first=st.sampled_from(
            [inputs.Void(), *(inputs.Give(n) for n in NAMES), *(inputs.Absent(n) for n in NAMES[1:])]
        ),
        then=st.sampled_from([None, inputs.Undo(), inputs.Void(), inputs.Pause()]),
    )
    def a_correction_and_its_regret(self, first: inputs.Command, then: inputs.Command | None) -> None:
        self._put(first)
        if then is not None:
            self._put(then)

    @precondition(lambda self: self.drive.state.running is not None)
    @rule(
        command=st.sampled_from(
            [inputs.Void(), inputs.Pause(), inputs.Skip(), *map(inputs.Give, NAMES), *map(inputs.Absent, NAMES)]
        )
    )
    def a_command_on_the_course(self, command: inputs.Command) -> None:
        self._put(command)

    @precondition(lambda self: self.drive.phase in ENDED)
    @rule(of=PLANS, rules=RULES, athletes=st.sampled_from([2, 3]), refuses=st.booleans())
    def another_session_begins(self, of: Any, rules: Rules, athletes: int, refuses: bool) -> None:
        self._end()
        self.a_session_begins(of, rules, athletes, refuses)

    @precondition(lambda self: self.drive.phase in (Phase.PAUSED, Phase.RECOVERABLE, Phase.AWAIT_PRESS))
    @rule()
    def a_press(self) -> None:
        self._put(inputs.Start())

    @precondition(lambda self: self.drive.phase in (Phase.LANE_CHECK, Phase.AWAIT_RELEASE))
    @rule(ready_s=st.floats(0.0, 5.0), decided_s=st.floats(0.1, 1.0))
    def whoever_stands_at_the_start_leaves_it(self, ready_s: float, decided_s: float) -> None:
        """Before the tone or after it."""
        self._put(inputs.StandSeen(Stand.STEADY, StandEnd.NONE, self.drive.now_ns))
        self.time_passes(ready_s)
        now_ns = self.drive.now_ns
        self._put(inputs.StartSeen(now_ns - round(decided_s * 1e9), 70_000_000, now_ns))

    @precondition(lambda self: self.drive.phase in STARTING)
    @rule(then=st.sampled_from(["level", "watch", "both"]))
    def something_comes_in_the_way_of_a_start(self, then: str) -> None:
        if then != "watch":
            self.the_watch_sees(Level.WARNING, False, True)
        if then != "level":
            self.the_watch_changes(SensorState.LOST)
        self.time_passes(8.0)

    @precondition(lambda self: self.drive.state.running is None)
    @rule()
    def as_far_as_the_next_countdown(self) -> None:
        for _ in range(200):
            state = self.drive.state
            if state.phase in STARTING or state.running is not None or state.deadline_ns is None:
                return
            self.until_the_next_appointment()

    @rule()
    def until_the_next_appointment(self) -> None:
        deadline = self.drive.state.deadline_ns
        if deadline is not None:
            self.time_passes(max(0, deadline - self.drive.now_ns) / 1e9)

    @rule(seconds=st.floats(0.01, 40.0))
    def time_passes(self, seconds: float) -> None:
        self.cause = None
        self.drive.wait(seconds)
        self._look()

    @rule()
    def as_far_as_the_next_go(self) -> None:
        for _ in range(200):
            state = self.drive.state
            if state.phase is Phase.RUNNING or state.deadline_ns is None:
                return
            self.until_the_next_appointment()

    @precondition(lambda self: self.gos)
    @rule(
        data=st.data(),
        kind=st.sampled_from(["crossing", "withdrawn", "finish", "whole"]),
        seconds=st.floats(0.0, 30.0),
    )
    def detection_reports_some_rep(self, data: st.DataObject, kind: str, seconds: float) -> None:
        rep = data.draw(st.sampled_from(sorted(self.gos)))
        now_ns = self.drive.now_ns
        back_ns = max(self.gos[rep], now_ns - round(seconds * 1e9))
        if kind in ("crossing", "whole"):
            self._put(inputs.CrossingSeen(rep, now_ns))
        if kind == "withdrawn":
            self._put(inputs.CrossingTakenBack(rep, now_ns, "too brief"))
        if kind in ("finish", "whole"):
            self._put(inputs.FinishSeen(rep, back_ns, 20_000_000, "gate", now_ns))

    @precondition(lambda self: self.drive.state.running is not None)
    @rule(seconds=st.floats(2.0, 20.0))
    def the_runner_finishes(self, seconds: float) -> None:
        active = self.drive.state.running
        assert active is not None
        self.time_passes(seconds)
        if self.drive.state.running is not None:
            now_ns = self.drive.now_ns
            self._put(inputs.CrossingSeen(active.record.rep, now_ns))
            self._put(inputs.FinishSeen(active.record.rep, now_ns, 20_000_000, "gate", now_ns))

    @precondition(lambda self: self.drive.state.rolling and self.drive.state.on_course)
    @rule(seconds=st.floats(0.0, 20.0), kind=st.sampled_from(["crossing", "withdrawn", "finish", "whole", "whole"]))
    def somebody_arrives(self, seconds: float, kind: str) -> None:
        """A body at the line; whose it is the session decides."""
        self.time_passes(seconds)
        now_ns = self.drive.now_ns
        before = {r.rep for r in self.drive.state.results if r.status is RepStatus.FINISHED}
        if kind in ("crossing", "whole"):
            self._put(inputs.CrossingSeen(ARRIVAL, now_ns))
        if kind == "withdrawn":
            self._put(inputs.CrossingTakenBack(ARRIVAL, now_ns, "too brief"))
        if kind in ("finish", "whole"):
            self._put(inputs.FinishSeen(ARRIVAL, now_ns, 20_000_000, "gate", now_ns))
        after = {r.rep for r in self.drive.state.results if r.status is RepStatus.FINISHED}
        assert len(after - before) <= 1, "a crossing became more than one result"

    def _unclaimed(self) -> list[RepRecord]:
        """Places that are nobody's, as the disk has them."""
        kept = (r for r in self.drive.state.results if (r.rep, r.revision) in self.answered)
        return [record for record in kept if record.place and not record.athlete]

    @precondition(lambda self: self._unclaimed())
    @rule(data=st.data())
    def somebody_claims_a_place(self, data: st.DataObject) -> None:
        """As the journal answers: nobody has two places of a wave."""
        state, record = self.drive.state, data.draw(st.sampled_from(self._unclaimed()))
        taken = {r.athlete for r in state.results if r.wave == record.wave}
        free = [athlete.name for athlete in state.athletes if athlete.name not in taken]
        if free:
            claimed = changed(record, athlete=data.draw(st.sampled_from(free)))
            self.answered.add((claimed.rep, claimed.revision))
            self._put(inputs.Amended("claim", "00000000000000bb", (claimed,)))

    @precondition(lambda self: self.drive.state.results)
    @rule(data=st.data(), kind=st.sampled_from(["out", "nobody", "nobody", "give", "swap"]), regret=st.booleans())
    def finishes_change_hands(self, data: st.DataObject, kind: str, regret: bool) -> None:
        """Several reps become others at once; one undo takes all of it back, as long as nothing came of it since."""
        reps, before = sorted(r.rep for r in self.drive.state.results), self.drive.state.results
        rep, other = data.draw(st.sampled_from(reps)), data.draw(st.sampled_from(reps))
        name = data.draw(st.sampled_from(NAMES))
        said: dict[str, inputs.Command] = {
            "out": inputs.Out(name),
            "nobody": inputs.Nobody(rep),
            "give": inputs.Give(name, rep),
            "swap": inputs.Swap(rep, other),
        }
        corrections = len(self.drive.state.undo)
        self._put(said[kind])
        if regret and len(self.drive.state.undo) > corrections and self.drive.phase not in ENDED:
            self._put(inputs.Undo())
            after = _as_said(self.drive.state.results)
            if all(count == 1 for count in self.backs.values()):
                assert all(after.get(rep) == record for rep, record in _as_said(before).items())

    @rule(level=st.sampled_from(list(Level)), expected=st.booleans(), heard=st.booleans())
    def the_watch_sees(self, level: Level, expected: bool, heard: bool) -> None:
        if not heard:
            # The buzzer knows before the session does.
            self.drive.arbiter.level("watch", level)
            return
        self.level = level
        self.cause = "level"
        self.drive.obstacle(level, expected=expected)
        self._look()

    @rule(state=st.sampled_from(list(SensorState)))
    def the_watch_changes(self, state: SensorState) -> None:
        self.blind = state
        self.cause = "watch"
        self.drive.watch(state, "silent", None if state is SensorState.LOST else LINE_ONLY)
        self._look()

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), works=st.booleans())
    def the_disk_answers_one(self, data: st.DataObject, works: bool) -> None:
        self._answer(data.draw(st.integers(0, len(self.waiting) - 1)), works)

    @precondition(lambda self: self.waiting)
    @rule()
    def the_disk_answers_everything(self) -> None:
        while self.waiting:
            self._answer(0, True)

    @rule(rep=st.integers(0, 9), revision=st.integers(0, 9))
    def the_disk_answers_what_nobody_asked(self, rep: int, revision: int) -> None:
        if (rep, revision) not in {(r.rep, r.revision) for r in self.waiting}:
            self._put(inputs.Durable(rep, revision))

    @precondition(lambda self: not self.waiting and self.drive.phase in RESTING)
    @rule()
    def the_plug_is_pulled(self) -> None:
        """What is on disk is all that is left."""
        state = self.drive.state
        recovered = recovered_session(state.plan, [a.name for a in state.athletes], state.rules, state.results)
        now_ns, runners = self.drive.now_ns, self.runners
        self._take(Drive(state.plan, state=recovered, disk=self._disk))
        self.drive.now_ns, self.runners = now_ns, runners


TestSessionMachine = SessionMachine.TestCase
TestSessionMachine.settings = settings(max_examples=min(2 * settings().max_examples, 1000), stateful_step_count=40)
