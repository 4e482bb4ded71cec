"""Random commands, sightings, faults and a treacherous disk against the session: what must never happen, never does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from retro_timer.detection.events import Level, SensorState
from retro_timer.detection.expectation import ARRIVAL
from retro_timer.ports import Placement
from retro_timer.training.gaits import Gait, walk_back_s
from retro_timer.training.plan import Order, StartMethod
from retro_timer.training.record import RepRecord, RepStatus, changed
from retro_timer.training.session import effects, events, inputs
from retro_timer.training.session.machine import recovered_session
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import ENDED, RESTING, STARTING, Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import LINE_ONLY, Drive

# Thousands of sessions: on a busy machine longer than another test may take.
pytestmark = pytest.mark.timeout(900)

NAMES = ("Ann", "Bea", "Cid")
SPOKEN_RESULTS = {"result", "result_of", "result_rep", "result_rep_of", "dnf", "timed_over"}
ENDS = (RepStatus.FINISHED, RepStatus.DNF, RepStatus.VOID)

PLAIN = st.sampled_from(
    [
        inputs.Start(), inputs.Pause(), inputs.Resume(), inputs.Skip(), inputs.Void(), inputs.ManualFinish(),
        inputs.Undo(), inputs.Spotter(), inputs.Repeat(), inputs.Recover(), inputs.Halt(),
    ]
)  # fmt: skip
NAMED = st.sampled_from(
    [
        inputs.Give, inputs.Absent, inputs.Out, inputs.Present, inputs.Add, inputs.Owe,
        lambda name: inputs.Order(name, 1), lambda name: inputs.Roster((name,)),
        lambda name: inputs.Roster((NAMES[2], name)),
    ]
)  # fmt: skip
SOMEBODY = st.sampled_from([*NAMES, "ann", "Nobody"])
PLANS = st.sampled_from(
    [
        plan(block(reps=3)),
        plan(block(sets=2, reps=2, distance_m=10.0), gait=Gait.RUN, start=StartMethod.MARKS_SET_GO, rest_s=5.0),
        plan(block(reps=2), block(duration_s=60.0), block(reps=2), start=StartMethod.BUTTON, rest_s=0.0),
        plan(block(reps=2, distance_m=30.0), gait=Gait.WALK, start=StartMethod.AUTO, walk_out_s=0.0),
        *(
            plan(
                block(reps=2),
                block(duration_s=60.0),
                block(reps=2),
                order=Order.ROLLING,
                every_s=every_s,
                lanes_apart=True,
                rest_s=rest_s,
            )
            for every_s, rest_s in ((5.0, 0.0), (9.0, 30.0))
        ),
        *(
            plan(block(reps=2), block(duration_s=60.0), block(reps=2), order=Order.WAVES, wave_size=2, rest_s=rest_s)
            for rest_s in (0.0, 30.0)
        ),
        plan(block(reps=2), block(duration_s=60.0), block(reps=2), order=Order.WAVES, wave_size=3, rest_s=10.0),
    ]
)
RULES = st.sampled_from(
    [
        Rules(),
        Rules(timing=Placement.LANE_END, watching=Placement.LANE_END),
        Rules(timing=Placement.BELT, watching=Placement.BELT),
        Rules(watching=None),
        Rules(countdown_s=1.0, get_ready_s=2.0, changeover_s=5.0, seed=5),
    ]
)


def fitting(of: Any, rules: Rules) -> Rules:
    """Several on the course need a gate, and waves of two have lanes here; a plan for them is refused before anything
    else."""
    if of.order is Order.ROTATION:
        return rules
    watching = None if rules.watching is None else Placement.GATE
    lanes = 2 if of.order is Order.WAVES and of.wave_size == 2 else 1
    return msgspec.structs.replace(rules, timing=Placement.GATE, watching=watching, lanes=lanes)


def _as_said(records: Sequence[RepRecord]) -> dict[int, RepRecord]:
    """Whatever their revisions are."""
    return {record.rep: msgspec.structs.replace(record, revision=0) for record in records}


class SessionMachine(RuleBasedStateMachine):
    """Drives one session; `waiting` holds saves that the disk has not answered."""

    @initialize(of=PLANS, rules=RULES, athletes=st.sampled_from([1, 2, 3, 3]), refuses=st.booleans())
    def a_session_begins(self, of: Any, rules: Rules, athletes: int, refuses: bool) -> None:
        self.backs: Counter[int] = Counter()
        self._take(Drive(of, NAMES[:athletes], fitting(of, rules), disk=self._disk))
        self.drive.buzzer_refuses = refuses
        self.drive.begin()
        self._look()

    def _take(self, drive: Drive) -> None:
        self.drive = drive
        self.waiting: list[RepRecord] = []
        self.answered: set[tuple[int, int]] = set()
        self.failed: set[tuple[int, int]] = set()
        self.read = 0
        self.hurried = False
        self.gos: dict[int, int] = {r.rep: 0 for r in drive.state.results}
        self.runners = {r.rep: r.athlete for r in drive.state.results}
        self.told_last: dict[int, str] = {}
        self.cause: Any = None
        self.closed = 0
        self.starting = self.recalled = False
        self.blind = SensorState.OK
        self.level = Level.CLEAR

    def _disk(self, record: RepRecord) -> None:
        self.waiting.append(record)

    # What may happen.

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

    @precondition(lambda self: self.drive.state.rolling and self.drive.state.results)
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

    # What must hold after each step.

    def _put(self, event: inputs.Input) -> None:
        # Somebody asked for a start before the rest is over, or gave an athlete somebody else's.
        self.hurried |= isinstance(event, inputs.Skip | inputs.Give | inputs.Void | inputs.Undo)
        if isinstance(event, inputs.FinishSeen):
            self.backs[event.back_ns] += 1
        self.cause = event
        self.drive.put(event)
        self._look()

    def _answer(self, index: int, works: bool) -> None:
        record = self.waiting.pop(index)
        key = (record.rep, record.revision)
        (self.answered if works else self.failed).add(key)
        if works:
            saved = next(save for save in self.drive.of(effects.Save) if record in (save.record, *save.also))
            self._put(inputs.Durable(*key, saved.correction, "00000000000000aa" if saved.correction else ""))
        else:
            self._put(inputs.NotSaved(*key, "disk full"))

    def _look(self) -> None:
        """Everything that came of the last step."""
        answering = isinstance(self.cause, inputs.Durable | inputs.NotSaved)
        new, self.read = self.drive.effects[self.read :], len(self.drive.effects)
        for _, effect in new:
            if isinstance(effect, effects.Publish):
                self._published(effect.event, answering)
            elif isinstance(effect, effects.Say):
                if effect.key in SPOKEN_RESULTS:
                    # What came during a start was said after it, hence not always in the step of the answer.
                    heard = {effects.about_rep(rep) for rep, _ in self.answered | self.failed}
                    assert heard & set(effect.about), f"'{effect.key}' was said although no disk has answered"
            elif isinstance(effect, effects.Close):
                self.closed += 1
                assert self.closed == 1, "a session ends once"
                assert not self.waiting, "the session was closed before everything was on disk"

    def _published(self, event: events.SessionEvent, answering: bool) -> None:
        record = getattr(event, "record", None)
        if record is not None:
            told = (record.rep, record.revision)
            assert told in self.answered | self.failed, f"'{event.tag}' told a word on a rep that no disk has"
        if isinstance(event, events.Phase):
            entered = Phase(event.phase)
            assert self.recalled or not self.starting or entered in {*STARTING, Phase.RUNNING}, (
                "a start was dropped, and whoever waits for the go was not told"
            )
            self.starting, self.recalled = entered in STARTING, False
        elif isinstance(event, events.Recall):
            self.recalled = True
        if isinstance(event, events.Go):
            self._went(event)
        elif isinstance(event, events.Finish | events.Dnf | events.Void):
            assert answering, f"'{event.tag}' was told although no disk has answered"
            key = (self.cause.rep, self.cause.revision)
            assert event.rep == key[0]
            assert key in self.answered | self.failed
            self.told_last[key[0]] = event.tag
        elif isinstance(event, events.NotSaved):
            assert isinstance(self.cause, inputs.NotSaved)
        elif isinstance(event, events.Summary):
            finished = [r for r in self.drive.state.results if r.status is RepStatus.FINISHED]
            assert event.reps == max(self.gos, default=0)
            assert event.finished == len(finished)

    def _went(self, event: events.Go) -> None:
        state, rep = self.drive.state, event.rep
        assert rep == max(self.gos, default=0) + 1, "rep numbers count up"
        self.gos[rep] = event.t_ns
        self.runners[rep] = event.athlete
        # Of a wave whose places are nobody's the disk does not say who ran.
        if state.rolling and event.distance_m is not None and event.athlete and not self.hurried:
            own = (r for r in state.results if r.athlete == event.athlete and r.go_ns < event.t_ns and r.distance_m)
            ended_ns = [r.go_ns + r.time_ns for r in own if r.time_ns is not None]
            least_ns = round(walk_back_s(event.distance_m) * 1e9)
            assert all(event.t_ns >= end_ns + least_ns for end_ns in ended_ns), "a start before the end of the rest"
        matters = state.rules.watching is not None and (
            event.distance_m is not None or state.rules.watching is Placement.BELT
        )
        if matters:
            assert self.level is Level.CLEAR, "go was given while something stood in the lane"
            assert self.blind is not SensorState.LOST or state.spotter, "go without watch and without spotter"

    @invariant()
    def never_two_reps_at_once(self) -> None:
        if hasattr(self, "drive"):
            state = self.drive.state
            running = [a for a in state.athletes if a.active is not None and not a.active.given_up]
            if state.rolling:
                assert len({a.name for a in running}) == len(running), "somebody is on the course twice"
                own = [(a.active.record, a.name) for a in running if a.active is not None]
                assert all(record.athlete == name for record, name in own if record.place is None)
                assert running or state.phase is not Phase.RUNNING
                return
            assert len(running) <= 1
            assert bool(running) == (state.phase is Phase.RUNNING)

    @invariant()
    def each_crossing_is_at_most_one_result(self) -> None:
        if hasattr(self, "drive"):
            timed = [r for r in self.drive.state.results if r.method == "gate" and r.status is RepStatus.FINISHED]
            backs = Counter(r.go_ns + r.time_ns for r in timed if r.time_ns is not None)
            assert all(count <= self.backs[back_ns] for back_ns, count in backs.items())

    @invariant()
    def the_sensors_await_whoever_is_on_the_course(self) -> None:
        if not hasattr(self, "drive") or not self.drive.state.rolling:
            return
        state = self.drive.state
        coming = sum(one.arrives for one in state.on_course)
        assert len(state.expectation.awaited) >= coming
        if coming:
            assert state.expectation.rep == ARRIVAL
            assert state.deadline_ns is not None, "nobody is given up"

    @invariant()
    def results_are_consistent(self) -> None:
        if not hasattr(self, "drive"):
            return
        state = self.drive.state
        places = {(s.set_no, s.rep_no) for s in state.steps}
        numbers = [record.rep for record in state.results]
        assert len(numbers) == len(set(numbers))
        under_way = [*(active.record for active in state.on_course), *state.companions]
        assert state.running is not None or not state.companions
        assert sorted([*numbers, *(record.rep for record in under_way)]) == sorted(self.gos)
        assert len({record.who for record in under_way}) == len(under_way)
        counted: set[tuple[str, int, int]] = set()
        for record in state.results:
            assert record.status in ENDS
            assert record.status is not RepStatus.FINISHED or (record.time_ns or 0) > 0
            assert record.status is not RepStatus.DNF or record.time_ns is None
            assert (record.set_no, record.rep_no) in places
            assert record.athlete in {a.name for a in state.athletes} or record.place is not None
            whose = record.athlete or f"{record.wave} {record.who}"
            place = (whose, record.set_no, record.rep_no)
            given = self.runners.get(record.rep) != record.athlete  # It may then be one too many of theirs.
            if record.status is not RepStatus.VOID and record.reason != "interrupted" and not given:
                assert place not in counted, "the same rep of the same athlete counts twice"
                counted.add(place)

    @invariant()
    def the_agenda_lies_ahead_and_is_short(self) -> None:
        if hasattr(self, "drive"):
            agenda = self.drive.state.agenda
            assert list(agenda) == sorted(agenda, key=lambda a: a.at_ns)
            assert len(agenda) < 40

    def teardown(self) -> None:
        if hasattr(self, "drive"):
            self._end()

    def _end(self) -> None:
        """Stopped at any moment, a session comes to its end, with everything told."""
        self._put(inputs.Stop())
        while self.waiting:
            self._answer(0, True)
        self.cause = None
        self.drive.wait(30.0)
        self._look()
        state = self.drive.state
        assert state.phase in ENDED
        assert self.closed == 1
        assert state.pending == ()
        assert state.running is None
        by_rep = {record.rep: record for record in state.results}
        assert sorted(by_rep) == sorted(self.gos), "every go ends in exactly one of finish, DNF and void"
        own = {rep for rep, go_ns in self.gos.items() if go_ns}
        assert own <= set(self.told_last), "the end of a rep was never told"


TestSessionMachine = SessionMachine.TestCase
TestSessionMachine.settings = settings(max_examples=min(2 * settings().max_examples, 1000), stateful_step_count=40)
