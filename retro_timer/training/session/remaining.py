"""How long a session still takes, at the usual speeds of its gaits and with the rests of its plan."""

from __future__ import annotations

import msgspec

from retro_timer.training.gaits import usual_time_s
from retro_timer.training.plan import Step
from retro_timer.training.session import progress, rolling, starting, turns
from retro_timer.training.session.state import ENDED, Ahead, Athlete, SessionState


def with_ahead(state: SessionState) -> SessionState:
    """The session with what lies ahead of each of its steps, and after the last, added up once for all."""
    least_s = _least_s(state)
    between_s = max(rolling.every_s(state), state.rules.countdown_s + starting.LOOK_S) if state.staggered else None
    at_once = turns.wave_size(state) if state.waves else 1
    ahead = [Ahead(0.0, 0.0, 0.0)]
    own_s = course_s = common_s = 0.0
    for index in range(len(state.steps) - 1, -1, -1):
        way_s = _way_s(state.steps[index])
        is_last = index + 1 == len(state.steps)
        own_s += way_s + (0.0 if is_last else max(turns.rest_after_s(state, index, index + 1), least_s))
        if state.steps[index].relay and not state.solo:
            common_s += least_s
            course_s += way_s
        elif turns.is_for_all(state, state.steps[index]):
            common_s += way_s + least_s
        else:
            course_s += (way_s + least_s) / at_once if between_s is None else between_s
        ahead.append(Ahead(own_s, course_s, common_s))
    return msgspec.structs.replace(state, ahead=tuple(reversed(ahead)))


def remaining_s(state: SessionState, now_ns: int) -> float | None:
    """Seconds until everybody is through; None where nobody knows: before the start, after the end, until the stop.

    Either the course is the limit, on which one is at a time, or the rests of whoever has most to do; what is made up
    comes after the plan, with the rests of whoever owes it. It runs down while somebody rests or runs, and not while
    the session is held or waits for a start.
    """
    turn, running = state.turn, state.running
    waited_for = state.rolling and bool(state.on_course)
    here = {i: a for i, a in enumerate(state.athletes) if a.present and turns.next_of(state, a) < len(state.steps)}
    if (turn is None and not waited_for) or not here or state.steps[-1].open or state.phase in ENDED:
        return None
    if state.rolling or turn is None:
        return _rolling_s(state, here, now_ns)
    doing = {turn.athlete, *turns.others_of(state, turn)} & here.keys()
    begins_s = (state.planned_ns - now_ns) / 1e9 if running is None else 0.0
    passed_s = (now_ns - running.record.go_ns) / 1e9 if running is not None and doing else 0.0
    course_s = state.ahead[min(athlete.next_step for athlete in here.values())].common_s
    course_s += sum(state.ahead[athlete.next_step].course_s for athlete in here.values())
    owed_course_s = owed_after_s = longest_s = 0.0
    for index, athlete in here.items():
        ahead, owed = state.ahead[athlete.next_step], _owed(state, athlete)
        owed_course_s += owed.course_s
        if athlete.next_step < len(state.steps):
            owed_after_s = max(owed_after_s, owed.own_s)
        waits_s = max(0.0, (athlete.rested_ns - now_ns) / 1e9, begins_s if index in doing else 0.0)
        own_s = ahead.own_s + owed.own_s + waits_s
        longest_s = max(longest_s, own_s - passed_s if index in doing else own_s)
    return max(0.0, longest_s, course_s + max(owed_course_s, owed_after_s) - passed_s)


def _rolling_s(state: SessionState, here: dict[int, Athlete], now_ns: int) -> float:
    """The same with several on the course: their goes one after the other, or the longest way of one of them."""
    longest_s = 0.0
    course_s = state.ahead[min(athlete.next_step for athlete in here.values())].common_s
    for athlete in here.values():
        ahead, owed, running = state.ahead[athlete.next_step], _owed(state, athlete), athlete.running
        course_s += ahead.course_s + owed.course_s
        since_s = 0.0 if running is None else (now_ns - running.record.go_ns) / 1e9
        waits_s = 0.0 if running is not None else max(0.0, (athlete.rested_ns - now_ns) / 1e9)
        longest_s = max(longest_s, ahead.own_s + owed.own_s + waits_s - since_s)
    return max(0.0, longest_s, course_s)


def is_half_done(state: SessionState, *, fewer: int = 0) -> bool:
    """Whether those who are here have come through half of their steps, or would have with so many `fewer` done."""
    here = [athlete.next_step for athlete in state.athletes if athlete.present]
    return 2 * (sum(here) - fewer) >= len(here) * len(state.steps)


def _owed(state: SessionState, athlete: Athlete) -> Ahead:
    """What an athlete makes up after the plan, one at a time also where all did it at once."""
    least_s = _least_s(state)
    own_s = course_s = 0.0
    # Once they are through they rest already for the first of it.
    before = len(state.steps) - 1 if athlete.next_step < len(state.steps) else None
    for index in progress.owed(state.steps, state.results, athlete.name, athlete.skipped):
        way_s = _way_s(state.steps[index])
        own_s += way_s + (0.0 if before is None else max(turns.rest_after_s(state, before, index), least_s))
        course_s += way_s + least_s
        before = index
    return Ahead(own_s, course_s, 0.0)


def _way_s(step: Step) -> float:
    """How long a rep of this step usually takes."""
    takes_s = step.duration_s if step.timed_m is None else usual_time_s(step.timed_m, step.gait)
    return takes_s or 0.0


def _least_s(state: SessionState) -> float:
    """The least time between two reps. Alone nobody changes over: the next start comes when the rest is over, or the
    call."""
    return state.rules.get_ready_s if state.solo else state.rules.changeover_s
