"""Who is called and when: a call comes after the result before it, and no start before its call has been heard.

The order within a rest is result, next and on deck, the call of the turn, countdown. Every wait has its limit: a call
waits for a result that is not on disk yet for RESULT_WAIT_S, and only once as long as the journal does not answer; a
start waits for the voice as long as that says that it needs, and at most VOICE_GRACE_S longer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from retro_timer.detection.events import Stand
from retro_timer.training import orders
from retro_timer.training.plan import StartMethod, Step
from retro_timer.training.session import inputs, turns
from retro_timer.training.session.agenda import Appointment, Item
from retro_timer.training.session.effects import About, Say
from retro_timer.training.session.pending import Pending
from retro_timer.training.session.state import RESTING, Phase, SessionState
from retro_timer.training.session.transition import Transition, ns, start_method

RESULT_WAIT_S = 8.0
"""A call waits this long for the result before it. An SD card that collects its garbage answers within a second or two;
a disk that needs longer is as good as none, and a group must not stand and wait for it."""
VOICE_GRACE_S = 15.0
"""After this a voice that does not come to its end is not waited for: the voice aloud gives up rendering a phrase after
10 s and a sound card after 5 s."""
_HINTS = {
    StartMethod.BUTTON: "press_for_go",
    StartMethod.RELEASE: "stand_in_beam",
    StartMethod.FLYING: "run_over_start",
}
"""What the start waits for."""
CALL_LEAD_S = 16.0
"""The call begins this long before the go, or sooner where it takes long."""
CALL_AGAIN = "call again"
"""What the agenda holds for whoever was called and does not come."""
_CALL_AGAIN_S = 20.0
"""Walking 20 m back to the line takes 17 s: who has not come by then has not heard. Each time after twice as long."""
_CALL_AGAIN_SELDOM_S = 600.0
"""And no more seldom: whoever comes back from a break of that length is told that the box still waits."""
_CALL_END_S = 11.0
"""So long before the go the call is over: just before "Ten seconds."."""
_BEFORE_COUNTDOWN_S = 1.0
"""With others on the course: so long before the countdown."""


Call = tuple[str, dict[str, Any]]
"""A phrase's key and its values."""


def call_of_turn(transition: Transition) -> Call | None:
    """The call's phrase: set, rep, athlete, distance and gait of the present turn."""
    step, turn = transition.state.step, transition.state.turn
    if step is None or turn is None:
        return None
    if transition.state.staggered and step.distance_m is not None:
        return "turn_rolling", {"name": transition.athlete().name}
    values: dict[str, Any] = {
        "set": step.set_no,
        "sets": step.sets,
        "rep": step.rep_no,
        "reps": step.reps,
        "gait": str(step.gait),
        "name": transition.athlete().name,
    }
    if step.distance_m is not None:
        values["distance"] = f"{step.distance_m:g}"
        if step.crossings:
            return _call_of_crossings(step, values)
        if step.relay and not transition.state.solo:
            return "turn_relay", {**values, "count": 1 + len(turns.others_of(transition.state, turn))}
        if step.open:
            return "turn_open_solo" if transition.state.solo else "turn_open", values
        return "turn_solo" if transition.state.solo else "turn", values
    values["minutes"] = f"{(step.duration_s or 0.0) / 60.0:g}"
    if turns.others_of(transition.state, turn):
        return "turn_together_open" if step.open else "turn_together", values
    if step.speed_kmh is None:
        return "turn_timed_open" if step.open else "turn_timed", values
    return "turn_treadmill", values | {"speed": f"{step.speed_kmh:.1f}", "incline": f"{step.incline_percent or 0:g}"}


def _call_of_crossings(step: Step, values: dict[str, Any]) -> Call:
    values["seconds"] = f"{step.duration_s or 0.0:g}"
    return "turn_crossings_open" if step.open else "turn_crossings", values


def calls_of_turn(transition: Transition) -> list[Call]:
    """The phrases of a call: of a wave what it runs, and then each one's name, and lane if there are several."""
    state, turn, call = transition.state, transition.state.turn, call_of_turn(transition)
    if call is None or turn is None or not (turn.lanes or turn.others) or state.solo:
        return [] if call is None else [call]
    key, values = call
    what = {name: value for name, value in values.items() if name != "name"}
    names = [state.athletes[index].name for index in turn.whose]
    each: list[Call] = [("turn_rolling", {"name": name}) for name in names]
    if turn.lanes:
        each = [("turn_lane", {"name": name, "lane": lane}) for name, lane in zip(names, turn.lanes, strict=True)]
    return [("turn_wave_open" if key == "turn_open" else "turn_wave", what), *each]


def say_next_leg(transition: Transition, step: int) -> None:
    """Whose leg of a relay comes after the one that has begun."""
    following = turns.in_order(transition.state, step)
    if following:
        name = transition.state.athletes[following[0]].name
        transition.say("relay_next", {"name": name}, 10.0, about=[About.RUN])


def ask_length(transition: Transition) -> None:
    """How long will the call of the present turn take?"""
    transition.set(call_s=0.0)
    for call in calls_of_turn(transition):
        transition.measure(*call)


def measured(transition: Transition, event: inputs.Measured) -> None:
    """The call begins early enough for its length, that of a wave for all of its parts."""
    transition.set(call_s=transition.state.call_s + event.seconds)
    state = transition.state
    if state.phase not in RESTING:
        return
    call_ns = max(transition.now_ns, state.until_ns - ns(_lead_s(state, state.call_s)))
    moved = [
        msgspec.structs.replace(a, at_ns=min(a.at_ns, call_ns))
        if a.item is Item.SAY and a.key in ("deck", "turn")
        else a
        for a in state.agenda
    ]
    transition.set(agenda=tuple(sorted(moved, key=lambda a: a.at_ns)))


def _lead_s(state: SessionState, call_s: float) -> float:
    """How long before the go a call of this length begins; with others on the course nobody steps up any sooner."""
    if state.staggered:
        return max(orders.CALL_LEAD_S, call_s + state.rules.countdown_s + _BEFORE_COUNTDOWN_S)
    return max(CALL_LEAD_S, call_s + _CALL_END_S)


def ensure_called(transition: Transition) -> None:
    """Call the present turn unless that has been done, or waits only for a result."""
    if transition.state.called != transition.state.turn and not any(a.key == "turn" for a in transition.state.delayed):
        say_item(transition, Appointment(transition.now_ns, Item.SAY, "turn"))


def say_item(transition: Transition, appointment: Appointment) -> None:
    """A phrase that the agenda holds. What comes after a rep waits for its result."""
    if awaits_result(transition.state):
        if appointment.key != "ten_seconds":
            _delay(transition, appointment)
        return
    about = About.RUN if transition.state.phase is Phase.RUNNING else About.REST
    if appointment.key == "turn":
        _say_turn(transition)
    elif appointment.key == "deck":
        _say_deck(transition)
    elif appointment.key == CALL_AGAIN:
        _call_again(transition, appointment)
    elif appointment.key == "ten_seconds":
        # Worthless three seconds later.
        transition.say("ten_seconds", within_s=2.0, about=[about])
    else:
        if appointment.key == "session_half":
            transition.set(half_told=True)
        transition.say(appointment.key, dict(appointment.values), 6.0, about=[about])


def _say_turn(transition: Transition) -> None:
    for call in calls_of_turn(transition):
        transition.set(called=transition.state.turn)
        transition.say(*call, within_s=None, about=[About.TURN])


def when_missed(state: SessionState, now_ns: int, after_s: float = _CALL_AGAIN_S) -> list[Appointment]:
    """While a start waits for its athlete they are called again; who trains alone knows whose turn it is."""
    return [] if state.solo else [Appointment(now_ns + ns(after_s), Item.SAY, CALL_AGAIN, {"after_s": after_s})]


def _call_again(transition: Transition, appointment: Appointment) -> None:
    state, found = transition.state, calls_of_turn(transition)
    if found and state.stand is Stand.EMPTY:
        for call in found:
            transition.say(*call, within_s=5.0 if len(found) == 1 else 20.0, about=[About.TURN])
        hint = _HINTS.get(start_method(state))
        if hint is not None:
            transition.say(hint, within_s=15.0, about=[About.START])
    next_s = min(2.0 * float(appointment.values["after_s"]), _CALL_AGAIN_SELDOM_S)
    (again,) = when_missed(state, transition.now_ns, next_s)
    transition.appoint(again.at_ns, again.item, again.key, again.values)


def _say_deck(transition: Transition) -> None:
    turn = transition.state.turn
    if turn is not None and not turns.others_of(transition.state, turn):
        names = turns.deck(transition.state, turn)
        transition.set(decked=names)
        transition.say("next_and_deck" if "then" in names else "next", names, None, about=[About.TURN])


def mind_deck(transition: Transition) -> None:
    """Somebody has come, gone, or been given a rep: who was called on deck may not be it any more."""
    turn, told = transition.state.turn, transition.state.decked
    if turn is None or not told or turns.deck(transition.state, turn) == told:
        return
    called = transition.state.called
    transition.unsay(About.TURN)
    _say_deck(transition)
    if called is not None:
        ensure_called(transition)


def is_to_be_told(state: SessionState, waiting: Pending) -> bool:
    """Whether this is still the newest word on its rep, but for a flag that is not said."""
    record = waiting.record
    said = (record.rep, record.status, record.athlete, record.time_ns)
    return any(
        r.rep == record.rep and (r.revision == record.revision or (r.rep, r.status, r.athlete, r.time_ns) == said)
        for r in state.results
    )


def awaits_result(state: SessionState) -> bool:
    """Whether a result is about to be on disk, and worth waiting for."""
    return any(p.kind in ("finish", "dnf", "given") and not p.late and is_to_be_told(state, p) for p in state.pending)


def _delay(transition: Transition, appointment: Appointment) -> None:
    if not transition.state.delayed:
        transition.appoint(transition.now_ns + ns(RESULT_WAIT_S), Item.RESULT_LATE)
    transition.set(delayed=(*transition.state.delayed, appointment))


def result_late(transition: Transition) -> None:
    """The result has been waited for long enough; nothing waits for this disk again until it has answered."""
    transition.set(pending=tuple(msgspec.structs.replace(p, late=True) for p in transition.state.pending))
    release(transition)


def release(transition: Transition) -> None:
    """Say what has waited for a result, as things are now, unless there is still one to wait for."""
    if awaits_result(transition.state):
        return
    delayed = transition.state.delayed
    transition.set(delayed=(), agenda=tuple(a for a in transition.state.agenda if a.item is not Item.RESULT_LATE))
    for appointment in in_order(delayed):
        if appointment.key in ("deck", "turn", CALL_AGAIN) or transition.state.phase in RESTING:
            say_item(transition, appointment)


def in_order(appointments: Sequence[Appointment]) -> list[Appointment]:
    """Who is on deck is said before the call, and everything else before both."""
    return sorted(appointments, key=lambda a: ("deck", "turn").index(a.key) if a.key in ("deck", "turn") else -1)


def speech(transition: Transition, event: inputs.Speech) -> bool:
    """The voice tells how far it is; False for a report that a newer one has overtaken."""
    if event.number <= transition.state.speech_number:
        return False
    transition.set(speech_until_ns=event.until_ns, speech_number=event.number)
    return True


def until_heard_ns(transition: Transition) -> int | None:
    """When to look again whether everything has been heard that comes before a start; None when it has."""
    state, now_ns = transition.state, transition.now_ns
    if any(isinstance(effect, Say) for effect in transition.effects):
        # Said in this very step: the voice has not told yet how long it needs for that.
        return now_ns
    if state.delayed:
        late = [a.at_ns for a in state.agenda if a.item is Item.RESULT_LATE]
        return late[0] if late else None
    if not state.speech_until_ns:
        return None
    end_ns = state.speech_until_ns + ns(VOICE_GRACE_S)
    return end_ns if now_ns < end_ns else None
