"""A rep under way: the go's edge, crossing and finish, DNF and its revival."""

from __future__ import annotations

import msgspec

from retro_timer.detection.expectation import WatchMode
from retro_timer.ports import LampState, Placement
from retro_timer.training.gaits import Gait, finish_window, sound_delay_s
from retro_timer.training.record import Flag, RepRecord, RepStatus
from retro_timer.training.session import crowding, inputs, resting
from retro_timer.training.session.effects import About, Signal, about_rep
from retro_timer.training.session.move import Move, ns
from retro_timer.training.session.state import Appointment, Course, Item, Phase, Turn

_HAND_UNCERTAINTY_S = 0.3
"""Half-width for a time stopped by hand: two reactions of a person."""
_DECISION_S = 4.0
"""A crossing is timed or taken back within this, also that of a runner who stops in the beam."""


def went_off(move: Move, go_ns: int) -> None:
    """The go sounded: the clock runs from its edge."""
    state = move.state
    turn, step = state.turn, state.step
    if turn is None or step is None:
        return
    _forget_given_up(move)
    belt = state.rules.timing is Placement.BELT
    delay_s = 0.0 if belt or step.distance_m is None else sound_delay_s(step.distance_m)
    record = RepRecord(
        rep=state.reps + 1,
        set_no=step.set_no,
        rep_no=step.rep_no,
        athlete=move.athlete().name,
        distance_m=step.distance_m,
        duration_s=step.duration_s,
        gait=step.gait,
        status=RepStatus.OPEN,
        go_ns=go_ns,
        sound_delay_ns=ns(delay_s),
        flags=(Flag.BLIND,) if _is_blind(move) else (),
    )
    move.set(reps=record.rep, undo=())
    move.unsay(About.TURN, About.REST, About.START)
    open_course(move, turn, record)


def open_course(move: Move, turn: Turn, record: RepRecord) -> None:
    """Put the athlete on the course and arm the watch."""
    agenda = []
    if record.distance_m is not None:
        window = finish_window(record.distance_m, record.gait)
        course = Course(
            record,
            earliest_ns=record.go_ns + ns(window.human_limit_s),
            fast_before_ns=record.go_ns + ns(window.earliest_s),
            timeout_ns=record.go_ns + ns(window.timeout_s),
        )
        agenda.append(Appointment(course.timeout_ns, Item.TIMEOUT))
    else:
        end_ns = record.go_ns + ns(record.duration_s or 0.0)
        course = Course(record, end_ns, end_ns, end_ns)
        agenda.extend(_timed_agenda(record.go_ns, end_ns))
    move.set_athlete(turn.athlete, course=course)
    move.enter(Phase.RUNNING, 0, agenda)
    rules = move.state.rules
    watched = rules.watching is Placement.BELT or (record.distance_m is not None and rules.watching is not None)
    timed = record.distance_m is not None
    move.watch(WatchMode.REP if watched or timed else WatchMode.OFF)
    move.light(LampState.RUNNING)
    move.publish(
        "go",
        record.go_ns,
        rep=record.rep,
        athlete=record.athlete,
        distance_m=record.distance_m,
        duration_s=record.duration_s,
        gait=str(record.gait),
    )
    move.save(record, "")


def _timed_agenda(go_ns: int, end_ns: int) -> list[Appointment]:
    agenda = [Appointment(end_ns, Item.CLOCK_END)]
    length_ns = end_ns - go_ns
    if length_ns >= ns(60.0):
        agenda.append(Appointment(go_ns + length_ns // 2, Item.SAY, "halfway"))
    if length_ns >= ns(25.0):
        agenda.append(Appointment(end_ns - ns(10.0), Item.SAY, "ten_seconds"))
    return agenda


def _is_blind(move: Move) -> bool:
    return move.state.rules.watching is not None and move.state.blind


def _forget_given_up(move: Move) -> None:
    """With the next go a rep that was given up can no longer be revived."""
    for index, athlete in enumerate(move.state.athletes):
        if athlete.course is not None and athlete.course.given_up:
            move.set_athlete(index, course=None)


def course_of(move: Move, rep: int) -> tuple[int, Course] | None:
    """Whose course carries this running number."""
    for index, athlete in enumerate(move.state.athletes):
        if athlete.course is not None and athlete.course.record.rep == rep:
            return index, athlete.course
    return None


def crossing(move: Move, event: inputs.CrossingSeen) -> None:
    """Provisional finish: beep at once."""
    found = course_of(move, event.rep)
    if found is None:
        return
    index, course = found
    move.set_athlete(index, course=msgspec.structs.replace(course, crossing_ns=event.t_ns))
    move.beep(Signal.FINISH)
    move.publish("crossing", event.t_ns, rep=event.rep)


def crossing_taken_back(move: Move, event: inputs.CrossingTakenBack) -> None:
    """It was not the runner: two low tones, and the rep goes on."""
    found = course_of(move, event.rep)
    if found is None:
        return
    index, course = found
    move.set_athlete(index, course=msgspec.structs.replace(course, crossing_ns=None))
    move.beep(Signal.WITHDRAWN)
    move.publish("crossing_withdrawn", event.t_ns, rep=event.rep)
    if not course.given_up and move.now_ns >= course.timeout_ns:
        give_up(move, "timeout")


def finish_seen(move: Move, event: inputs.FinishSeen) -> None:
    """The sensor timed the rep."""
    found = course_of(move, event.rep)
    if found is None:
        return
    _, course = found
    if event.back_ns < course.earliest_ns:
        crossing_taken_back(move, inputs.CrossingTakenBack(event.rep, event.t_ns, "faster than any human"))
        return
    time_ns = event.back_ns - course.record.go_ns
    crowded = event.crowded or crowding.is_crowded(move.state, event.back_ns)
    _finish(move, event.rep, time_ns, event.uncertainty_ns, event.method, event.t_ns, crowded=crowded)


def _finish(
    move: Move, rep: int, time_ns: int, uncertainty_ns: int, method: str, t_ns: int, *, crowded: bool = False
) -> None:
    found = course_of(move, rep)
    if found is None:
        return
    index, course = found
    flags = set(course.record.flags)
    if method == "manual":
        flags.add(Flag.MANUAL)
    if course.record.go_ns + time_ns < course.fast_before_ns:
        flags.add(Flag.FAST)
    if course.given_up:
        flags.add(Flag.LATE)
    if crowded:
        flags.add(Flag.CROWDED)
    record = msgspec.structs.replace(
        course.record,
        status=RepStatus.FINISHED,
        time_ns=time_ns,
        uncertainty_ns=uncertainty_ns,
        method=method,
        flags=tuple(sorted(flags)),
        reason="",
        revision=course.record.revision + 1,
    )
    revived = course.given_up
    end_rep(move, record, "finish", t_ns)
    move.set_athlete(index, course=None)
    if not revived:
        resting.after_rep(move, index, course.record.go_ns + time_ns)
    elif move.state.expectation.mode is WatchMode.REP:
        resting.run_out(move)


def end_rep(move: Move, record: RepRecord, kind: str, t_ns: int) -> None:
    """Keep the newest word on a rep and put it on disk; `kind` is announced once it is there."""
    former = next((r.revision for r in move.state.results if r.rep == record.rep), 0)
    if record.revision <= former:
        # A correction came between: the disk keeps the highest revision.
        record = msgspec.structs.replace(record, revision=former + 1)
    move.unsay(about_rep(record.rep), About.RUN)
    results = [r for r in move.state.results if r.rep != record.rep]
    move.set(results=(*results, record))
    move.save(record, kind, t_ns)


def clock_end(move: Move) -> None:
    """A timed step is over."""
    course = move.state.running
    if course is None:
        return
    length_ns = course.earliest_ns - course.record.go_ns
    move.beep(Signal.FINISH)
    _finish(move, course.record.rep, length_ns, 0, "clock", course.earliest_ns)


def by_hand(move: Move) -> None:
    """Stop the clock by hand."""
    course = move.state.running
    if course is None:
        refuse(move, "nothing_to_finish")
        return
    timed_step = course.record.distance_m is None
    if not timed_step and move.now_ns < course.earliest_ns:
        refuse(move, "too_early")
        return
    move.beep(Signal.FINISH)
    move.publish("crossing", rep=course.record.rep)
    time_ns = move.now_ns - course.record.go_ns
    _finish(move, course.record.rep, time_ns, ns(_HAND_UNCERTAINTY_S), "manual", move.now_ns)


def refuse(move: Move, key: str, values: dict[str, str | int] | None = None) -> None:
    """Say why a command was not taken."""
    move.beep(Signal.REFUSAL)
    move.publish("refused", why=key, values=values or {})
    move.say(key, values or {}, within_s=5.0)


def timeout(move: Move) -> None:
    """Nobody came in twice the gait's latest time. Whoever is on the line just then came in time."""
    course = move.state.running
    if course is None:
        return
    if course.crossing_ns is not None and move.now_ns < course.crossing_ns + ns(_DECISION_S):
        move.appoint(course.crossing_ns + ns(_DECISION_S), Item.TIMEOUT)
        return
    give_up(move, "timeout")


def give_up(move: Move, reason: str) -> None:
    """DNF. After a timeout it is provisional: until the next go a crossing revives it."""
    state = move.state
    for index, athlete in enumerate(state.athletes):
        course = athlete.course
        if course is None or course.given_up:
            continue
        record = msgspec.structs.replace(
            course.record, status=RepStatus.DNF, reason=reason, revision=course.record.revision + 1
        )
        end_rep(move, record, "dnf", move.now_ns)
        provisional = reason == "timeout"
        kept = msgspec.structs.replace(course, record=record, given_up=True) if provisional else None
        move.set_athlete(index, course=kept)
        resting.after_rep(move, index, move.now_ns, keep_watch=provisional)


def go_given(move: Move, event: inputs.GoGiven) -> None:
    """A recorded go is a fact: this rep runs."""
    _forget_given_up(move)
    record = RepRecord(
        rep=event.rep,
        set_no=1,
        rep_no=event.rep,
        athlete=move.state.athletes[0].name,
        distance_m=event.distance_m,
        duration_s=None,
        gait=Gait(event.gait),
        status=RepStatus.OPEN,
        go_ns=event.t_ns,
        sound_delay_ns=ns(sound_delay_s(event.distance_m)),
        flags=(Flag.BLIND,) if _is_blind(move) else (),
    )
    move.set(reps=move.state.reps + 1)
    open_course(move, Turn(0, 0), record)


def trace_end(move: Move) -> None:
    """Nothing more comes: an open rep did not finish."""
    if move.state.running is not None:
        give_up(move, "trace-end")
    resting.end_session(move, Phase.DONE)
