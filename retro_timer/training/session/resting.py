"""Between reps: announcing what is on disk, rest and recovery, whose turn is next, and the end."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from retro_timer.detection.expectation import WatchMode
from retro_timer.ports import LampState, Placement
from retro_timer.training.gaits import walk_back_s
from retro_timer.training.record import RepRecord, RepStatus
from retro_timer.training.session import starting
from retro_timer.training.session.move import Move, ns
from retro_timer.training.session.state import (
    ENDED,
    RESTING,
    Appointment,
    Athlete,
    Item,
    Pending,
    Phase,
    SessionState,
    Turn,
)

_HALFWAY_LEAST_S = 40.0
_CUE_LEAST_S = 18.0
_TURN_CALL_S = 16.0
_TURN_CALL_LEAST_S = 2.0
_NEXT_START_LEAST_S = 20.0
_RESULT_FIRST_S = 0.5
"""In a short rest the call leaves the journal this long, so that the result is heard before what comes next."""


def after_rep(move: Move, index: int, ended_ns: int, *, keep_watch: bool = False) -> None:
    """One athlete's rep has ended: their rest begins, and the next turn is looked for."""
    state = move.state
    if state.rules.given_goes:
        move.enter(Phase.AWAIT_GO)
        if not keep_watch:
            run_out(move)
        return
    turn, step = state.turn, state.step
    if turn is None or step is None:
        return
    rest_s = rest_after_s(state, turn.step)
    move.set_athlete(index, next_step=turn.step + 1, rest_from_ns=ended_ns, rested_ns=ended_ns + ns(rest_s))
    if not keep_watch:
        run_out(move)
    move.light(LampState.CLEAR)
    to_next_turn(move, ends_set=step.ends_set)


def run_out(move: Move) -> None:
    """Watch a runner who brakes beyond the line for a while."""
    move.watch(WatchMode.RUNOUT)
    if move.state.expectation.mode is WatchMode.RUNOUT:
        move.appoint(move.now_ns + ns(move.state.rules.runout_s), Item.WATCH_OFF)


def rest_after_s(state: SessionState, step_index: int) -> float:
    """The longer of the plan's rest and the walk back to the start."""
    step = state.steps[step_index]
    if step.distance_m is None or state.rules.timing is Placement.BELT:
        return step.rest_s
    return max(step.rest_s, walk_back_s(step.distance_m))


def to_next_turn(move: Move, *, ends_set: bool = False) -> None:
    """Rest until the next athlete may start; end the session when nobody is left."""
    turn = starting.next_turn(move)
    move.set(turn=turn)
    if turn is None:
        end_session(move, Phase.DONE)
        return
    if move.state.pause_after:
        move.set(pause_after=False)
        move.enter(Phase.PAUSED)
        move.say("paused")
        return
    state = move.state
    athlete = state.athletes[turn.athlete]
    least_s = state.rules.get_ready_s
    if state.reps:
        least_s = least_s + starting.LOOK_S if state.solo else state.rules.changeover_s
    until_ns = max(move.now_ns + ns(least_s), athlete.rested_ns)
    phase = Phase.RECOVERY if ends_set and state.solo else Phase.REST
    move.enter(phase, until_ns, _rest_agenda(move, turn, until_ns))


def _rest_agenda(move: Move, turn: Turn, until_ns: int) -> list[Appointment]:
    state, now_ns = move.state, move.now_ns
    length_s = (until_ns - now_ns) / 1e9
    look_ns = until_ns - ns(state.rules.countdown_s + starting.LOOK_S)
    agenda = [Appointment(max(now_ns, look_ns), Item.NEXT_PHASE)]
    if length_s >= _HALFWAY_LEAST_S:
        agenda.append(Appointment(now_ns + ns(length_s / 2.0), Item.SAY, "halfway"))
    cues = state.plan.cues
    if cues and length_s >= _CUE_LEAST_S:
        cue = cues[state.cue % len(cues)]
        move.set(cue=state.cue + 1)
        agenda.append(Appointment(now_ns + ns(length_s * 0.35), Item.SAY, "cue", {"cue": cue}))
    # The call must come before the lane is looked at, however short the rest is.
    call_ns = min(until_ns - ns(_TURN_CALL_S), look_ns - ns(_TURN_CALL_LEAST_S))
    after_result_ns = min(now_ns + ns(_RESULT_FIRST_S), max(now_ns, look_ns))
    agenda.append(Appointment(max(after_result_ns, call_ns), Item.SAY, "turn"))
    if not state.solo:
        deck_ns = min(now_ns + ns(length_s * 0.2), max(now_ns, call_ns))
        agenda.append(Appointment(deck_ns, Item.SAY, "deck", deck(state, turn)))
    if length_s >= 15.0:
        agenda.append(Appointment(until_ns - ns(10.0), Item.SAY, "ten_seconds"))
    return agenda


def deck(state: SessionState, turn: Turn) -> dict[str, str | int | float]:
    """Who is next, and who is on deck after them."""
    athletes = list(state.athletes)
    athletes[turn.athlete] = msgspec.structs.replace(athletes[turn.athlete], next_step=turn.step + 1)
    waiting = sorted((a.next_step, i) for i, a in enumerate(athletes) if a.present and a.next_step < len(state.steps))
    names: dict[str, str | int | float] = {"name": athletes[turn.athlete].name}
    if waiting:
        names["then"] = athletes[waiting[0][1]].name
    return names


def say_item(move: Move, appointment: Appointment) -> None:
    """A phrase that the agenda holds."""
    if appointment.key == "turn":
        starting.say_turn(move)
    elif appointment.key == "deck":
        both = "then" in appointment.values
        move.say("next_and_deck" if both else "next", dict(appointment.values), 8.0)
    elif appointment.key == "ten_seconds":
        # Worthless three seconds later.
        move.say("ten_seconds", within_s=2.0)
    else:
        move.say(appointment.key, dict(appointment.values), 6.0)


def durable(move: Move, rep: int, revision: int, trouble: str = "") -> None:
    """A rep is on disk, or cannot be put there: now it may be announced."""
    state = move.state
    waiting = next((p for p in state.pending if p.record.rep == rep and p.record.revision == revision), None)
    if waiting is None:
        _saved_after_all(move, rep, revision)
        return
    move.set(pending=tuple(p for p in state.pending if p is not waiting))
    if not trouble:
        move.set(unsaved=_without(state.unsaved, rep, revision))
    else:
        move.set(unsaved=state.unsaved | {(rep, revision)})
        move.publish("not_saved", rep=rep, reason=trouble)
        if waiting.kind:
            _say_not_saved(move, waiting.record)
    _announce(move, waiting)
    if move.state.phase in ENDED:
        _conclude(move)


def _say_not_saved(move: Move, record: RepRecord) -> None:
    if move.state.solo:
        move.say("not_saved", {"rep": record.rep_no}, 30.0)
    else:
        move.say("not_saved_of", {"rep": record.rep_no, "name": record.athlete}, 30.0)


def _without(unsaved: frozenset[tuple[int, int]], rep: int, revision: int) -> frozenset[tuple[int, int]]:
    """A word on a rep is on disk: what was said of it before is of no consequence any more."""
    return frozenset((other, older) for other, older in unsaved if other != rep or older > revision)


def _saved_after_all(move: Move, rep: int, revision: int) -> None:
    """What was announced as not saved is on disk now; it is said once everything is."""
    state = move.state
    left = _without(state.unsaved, rep, revision)
    if left == state.unsaved:
        return
    move.set(unsaved=left)
    if not left:
        move.publish("saved_after_all")
        if any((record.rep, record.revision) == (rep, revision) for record in state.results):
            move.say("saved_after_all", within_s=30.0)


def _announce(move: Move, waiting: Pending) -> None:
    record = waiting.record
    if waiting.kind == "finish":
        time_ns, uncertainty_ns = record.time_ns or 0, record.uncertainty_ns or 0
        move.publish(
            "finish",
            waiting.t_ns,
            rep=record.rep,
            time_s=time_ns / 1e9,
            uncertainty_s=uncertainty_ns / 1e9,
            method=record.method,
            flags=[str(flag) for flag in record.flags],
            record=msgspec.to_builtins(record),
        )
        if record.method == "clock":
            move.say("timed_over")
        elif move.state.solo:
            move.say("result", {"time": record.official()})
        else:
            move.say("result_of", {"time": record.official(), "name": record.athlete})
        _say_rest(move, record)
    elif waiting.kind == "dnf":
        move.publish("dnf", waiting.t_ns, rep=record.rep, reason=record.reason, record=msgspec.to_builtins(record))
        move.say("dnf", {"name": record.athlete, "rep": record.rep_no})
        _say_rest(move, record)
    elif waiting.kind:
        move.publish(waiting.kind, waiting.t_ns, rep=record.rep, record=msgspec.to_builtins(record))


def _say_rest(move: Move, record: RepRecord) -> None:
    state = move.state
    average = set_average(state, record)
    if average is not None:
        move.say("set_average", {"time": average, "set": record.set_no}, 30.0)
    if state.phase not in RESTING:
        return
    left_s = (state.until_ns - move.now_ns) / 1e9
    if left_s < (12.0 if state.solo else _NEXT_START_LEAST_S):
        return
    if not state.solo:
        # Each athlete rests from their own finish: what is left here is the time until whoever is next goes.
        move.say("next_start", {"seconds": 5 * round(left_s / 5.0)}, 8.0)
    elif state.phase is Phase.RECOVERY and left_s >= 90.0:
        move.say("recovery", {"minutes": f"{left_s / 60.0:.0f}"})
    else:
        move.say("rest", {"seconds": 5 * round(left_s / 5.0)}, 8.0)


def set_average(state: SessionState, record: RepRecord) -> str | None:
    """The athlete's mean shown time in the set that this rep ended; None before its end or with under two times."""
    of_set = [r for r in state.results if r.athlete == record.athlete and r.set_no == record.set_no]
    reps = next((s.reps for s in state.steps if s.set_no == record.set_no), 0)
    if record.rep_no != reps:
        return None
    times = [t for r in of_set if r.status is RepStatus.FINISHED and r.distance_m and (t := r.official_s()) is not None]
    return f"{sum(times) / len(times):.2f}" if len(times) >= 2 else None


def end_session(move: Move, phase: Phase) -> None:
    """Nothing more is started. The summary waits for what is not on disk yet."""
    move.enter(phase)
    if move.state.expectation.mode is not WatchMode.RUNOUT:
        move.watch(WatchMode.OFF)
    move.light(LampState.OFF)
    _conclude(move)


def _conclude(move: Move) -> None:
    state = move.state
    if state.pending or state.concluded:
        return
    move.set(concluded=True)
    times = [r for r in state.results if r.status is RepStatus.FINISHED]
    move.publish("summary", reps=state.reps, finished=len(times), obstacles=state.obstacles)
    best = _best(times)
    values = {"finished": len(times), "reps": state.reps}
    if best is not None:
        move.say("summary_best", {**values, "best": best}, 60.0)
    else:
        move.say("summary", values, 60.0)
    if state.unsaved:
        move.say("summary_unsaved", {"count": state.unsaved_reps}, 60.0)
    move.close("done" if state.phase is Phase.DONE else "stopped")


def _best(records: Sequence[RepRecord]) -> str | None:
    times = [(t, r) for r in records if r.distance_m is not None and (t := r.official_s()) is not None]
    return min(times, key=lambda pair: pair[0])[1].official() if times else None


def find_athlete(athletes: Sequence[Athlete], name: str) -> int | None:
    """Index of the athlete of that name, whatever its capitals."""
    wanted = name.strip().lower()
    return next((i for i, a in enumerate(athletes) if a.name.lower() == wanted), None)
