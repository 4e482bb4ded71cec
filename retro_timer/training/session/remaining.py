"""How long a session still takes, at the usual speeds of its gaits and with the rests of its plan."""

from __future__ import annotations

import msgspec

from retro_timer.training.gaits import usual_time_s
from retro_timer.training.session import turns
from retro_timer.training.session.state import ENDED, Ahead, SessionState


def with_ahead(state: SessionState) -> SessionState:
    """The session with what lies ahead of each of its steps added up, once for all."""
    # Alone nobody changes over: the next start comes when the rest is over, or the call.
    least_s = state.rules.get_ready_s if state.solo else state.rules.changeover_s
    ahead: list[Ahead] = []
    own_s = course_s = common_s = 0.0
    for index in range(len(state.steps) - 1, -1, -1):
        step = state.steps[index]
        takes_s = step.duration_s if step.distance_m is None else usual_time_s(step.distance_m, step.gait)
        way_s = takes_s or 0.0
        own_s += way_s + (max(turns.rest_after_s(state, index), least_s) if ahead else 0.0)
        if turns.is_for_all(state, step):
            common_s += way_s + least_s
        else:
            course_s += way_s + least_s
        ahead.append(Ahead(own_s, course_s, common_s))
    return msgspec.structs.replace(state, ahead=tuple(reversed(ahead)))


def remaining_s(state: SessionState, now_ns: int) -> float | None:
    """Seconds until everybody is through; None where nobody knows: before the start, after the end, until the stop.

    Either the course is the limit, on which one is at a time, or the rests of whoever has most to do.
    """
    turn, running = state.turn, state.running
    here = [a for a in state.athletes if a.present and a.next_step < len(state.steps)]
    if turn is None or not here or not state.ahead or state.steps[-1].open or state.phase in ENDED:
        return None
    least = min(athlete.next_step for athlete in here)
    course_s = state.ahead[least].common_s + sum(state.ahead[athlete.next_step].course_s for athlete in here)
    own_s = max(state.ahead[a.next_step].own_s + max(0.0, (a.rested_ns - now_ns) / 1e9) for a in here)
    begins_s = (state.planned_ns - now_ns) / 1e9 if running is None else (running.record.go_ns - now_ns) / 1e9
    own_s = max(own_s, state.ahead[turn.step].own_s + begins_s) if running is None else own_s + begins_s
    return max(0.0, own_s, course_s + min(0.0, begins_s))
