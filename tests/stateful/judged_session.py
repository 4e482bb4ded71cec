"""A session whose every step is looked at: what must never happen, whatever is done to it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant

from retro_timer.detection.events import Level, SensorState
from retro_timer.detection.expectation import ARRIVAL
from retro_timer.ports import Placement
from retro_timer.training.gaits import walk_back_s
from retro_timer.training.record import RepRecord, RepStatus, StartKind
from retro_timer.training.session import effects, events, inputs
from retro_timer.training.session.state import ENDED, STARTING, Phase
from tests.helpers.session_drive import Drive

SPOKEN_RESULTS = {"result", "result_of", "result_rep", "result_rep_of", "dnf", "timed_over"}
ENDS = (RepStatus.FINISHED, RepStatus.DNF, RepStatus.VOID)


class JudgedSession(RuleBasedStateMachine):
    """Drives one session; `waiting` holds saves that the disk has not answered."""

    backs: Counter[int]
    """How often detection told a finish at each moment."""

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
        # A relay's next leg begins at the line, by nobody's word.
        handed_over = any(
            r.start is StartKind.RELAY and r.go_ns + (r.time_ns or 0) == event.t_ns for r in state.results
        )
        if matters and not handed_over:
            # Whoever leaves the beam may be what is seen, and is expected there.
            released = event.start == StartKind.RELEASE
            assert released or self.level is Level.CLEAR, "go was given while something stood in the lane"
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
