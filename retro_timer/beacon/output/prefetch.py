"""What the session will say soon if nothing unexpected happens, so that it can be rendered before it is wanted.

The session is pure: a copy of it is let run on, and whatever it says on the way is noted down.
"""

from __future__ import annotations

from collections import deque

from retro_timer.training.session import effects, inputs
from retro_timer.training.session.machine import step
from retro_timer.training.session.state import STARTING, SessionState

_MOST_INPUTS = 40
_UNKNOWABLE = frozenset(
    (
        *("result", "result_of", "result_rep", "result_rep_of", "set_average", "best_so_far", "dnf"),
        *("summary", "summary_best", "summary_best_of", "summary_of", "summary_of_full", "summary_of_reps"),
        *(
            "week",
            "week_of",
            "week_more",
            "week_more_of",
            "your_best",
            "your_best_of",
            "place_result",
            "place_not_timed",
        ),
        *("crossings", "crossings_of", "relay_time"),
    )
)
"""They carry a time that nobody has run yet, or what became of it."""


def worth_asking(state: SessionState) -> bool:
    """Not while a start is under way: the go must not wait."""
    return state.phase not in STARTING


def phrases_ahead(state: SessionState, now_ns: int) -> list[tuple[str, dict[str, object]]]:
    """Phrases with their values, in the order of speech, each once."""
    said: list[tuple[str, dict[str, object]]] = []
    waiting: deque[inputs.Input] = deque()
    for _ in range(_MOST_INPUTS):
        if not waiting:
            event, now_ns = _next_of(state, now_ns)
            if event is None:
                break
            waiting.append(event)
        state, done = step(state, waiting.popleft(), now_ns)
        for effect in done:
            if isinstance(effect, effects.Say) and effect.key not in _UNKNOWABLE:
                said.append((effect.key, effect.values))
            elif isinstance(effect, effects.GoTone):
                waiting.append(inputs.WentOff(now_ns))
            elif isinstance(effect, effects.Save):
                waiting.append(inputs.Durable(effect.record.rep, effect.record.revision))
    return [phrase for index, phrase in enumerate(said) if phrase not in said[:index]]


def _next_of(state: SessionState, now_ns: int) -> tuple[inputs.Input | None, int]:
    """What happens next in an uneventful session, and when."""
    course = state.running
    if course is not None and course.record.distance_m is not None:
        finish_ns = max(now_ns, course.fast_before_ns)
        return inputs.FinishSeen(course.record.rep, finish_ns, 0, "gate", finish_ns), finish_ns
    if state.deadline_ns is None:
        return None, now_ns
    return inputs.Tick(), max(now_ns, state.deadline_ns)
