"""Whose turn is next: of the rested whoever has done least; and what all do at once when all have come to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

import msgspec

from retro_timer.ports import Placement
from retro_timer.training.gaits import usual_time_s, walk_back_s
from retro_timer.training.plan import Course, Step
from retro_timer.training.session import lanes, progress
from retro_timer.training.session.state import Athlete, SessionState, Turn
from retro_timer.training.session.transition import ns


def next_turn(state: SessionState, start_ns: int) -> Turn | None:
    """The turn of whoever may start at `start_ns` and has done least, in the roster's order.

    Where nobody is rested by then, that of whoever is rested first; None when everybody is through.
    """
    waiting = {i: a for i, a in enumerate(state.athletes) if a.present and a.next_step < len(state.steps)}
    owing = {
        i: a for i, a in enumerate(state.athletes) if a.present and i not in waiting and owed_step(state, a) is not None
    }
    away = _away(state)
    if not waiting and not owing:
        return None
    # Who is on the course has not done the step yet that all wait to do at once.
    least = min((athlete.next_step for athlete in waiting.values()), default=len(state.steps))
    may = owing | {
        i: a for i, a in waiting.items() if a.next_step == least or not is_for_all(state, state.steps[a.next_step])
    }
    may = {i: a for i, a in may.items() if i not in away}
    if not may:
        return None
    rested_ns = {i: _rested_ns(state, a, waiting.values()) for i, a in may.items()}

    def place(index: int) -> tuple[int, int, int, int]:
        athlete, late_ns = may[index], max(0, rested_ns[index] - start_ns)
        return late_ns, athlete.next_step, athlete.order, index

    index = min(may, key=place)
    step = next_of(state, may[index])
    if not state.waves or state.steps[step].distance_m is None:
        return Turn(index, step)
    alike = (i for i in sorted(may, key=place) if next_of(state, may[i]) == step)
    return _wave(state, tuple(islice(alike, wave_size(state))), step)


def wave_size(state: SessionState) -> int:
    """How many go at once, one a lane, or before a single lane as many as the plan has it."""
    lanes_count = state.rules.lanes
    size = state.plan.wave_size or lanes_count
    return size if lanes_count == 1 else min(size, lanes_count)


def _wave(state: SessionState, indices: Sequence[int], step: int) -> Turn:
    """In the order of the group, each in a lane of their own where the gate tells lanes."""
    first, *others = sorted(indices, key=lambda index: (state.athletes[index].order, index))
    names = [state.athletes[index].name for index in (first, *others)]
    return Turn(first, step, tuple(others), lanes.lanes_for(state, names) if state.rules.lanes > 1 else ())


def _away(state: SessionState) -> frozenset[int]:
    """Who is on the course already, where one may start while others are on it."""
    if not state.rolling:
        return frozenset()
    return frozenset(i for i, a in enumerate(state.athletes) if a.running is not None)


def next_of(state: SessionState, athlete: Athlete) -> int:
    """Index of the step that an athlete does next, by the plan or made up; `len(steps)` when there is none."""
    if athlete.next_step < len(state.steps):
        return athlete.next_step
    owed = owed_step(state, athlete)
    return len(state.steps) if owed is None else owed


def owed_step(state: SessionState, athlete: Athlete) -> int | None:
    """The first of the steps that an athlete missed and makes up, once through the plan; None without one."""
    return next(iter(progress.owed(state.steps, state.results, athlete.name, athlete.skipped)), None)


def rested_ns(state: SessionState, turn: Turn) -> int:
    """From when on a turn may start: the end of the rest of everybody whose it is, and with their lane free."""
    end_ns = max(state.athletes[index].rested_ns for index in (turn.athlete, *others_of(state, turn)))
    return max(end_ns, lane_free_ns(state, turn))


def lane_free_ns(state: SessionState, turn: Turn) -> int:
    """From when on a turn meets nobody in its lane; 0 for at any time, as for a step that needs none."""
    if state.steps[turn.step].distance_m is None:
        return 0
    return lanes.free_ns(state, state.athletes[turn.athlete].name)


def others_of(state: SessionState, turn: Turn) -> tuple[int, ...]:
    """Who does a turn's step along with its athlete."""
    if turn.others:
        return turn.others
    if not is_for_all(state, state.steps[turn.step]):
        return ()
    return tuple(
        index
        for index, athlete in enumerate(state.athletes)
        if athlete.present and athlete.next_step == turn.step and index != turn.athlete
    )


def deck(state: SessionState, turn: Turn) -> dict[str, str]:
    """Who is next, and who is on deck after them, unless that is the same athlete again, or everybody."""
    step, athletes = state.steps[turn.step], list(state.athletes)
    took_s = step.duration_s if step.timed_m is None else usual_time_s(step.timed_m, step.gait)
    ended_ns = state.planned_ns + ns(took_s or 0.0)
    for index in turn.whose:
        athletes[index] = _done(state, athletes[index], turn.step, ended_ns)
    then = msgspec.structs.replace(state, athletes=tuple(athletes))
    after = next_turn(then, ended_ns + ns(state.rules.changeover_s))
    names = {"name": athletes[turn.athlete].name}
    if after is not None and after.athlete != turn.athlete and not others_of(then, after):
        names["then"] = athletes[after.athlete].name
    return names


def _done(state: SessionState, now: Athlete, step: int, ended_ns: int) -> Athlete:
    """An athlete once they have done a step."""
    done = msgspec.structs.replace(
        now,
        next_step=max(now.next_step, step + 1),
        skipped=tuple(step if each == ~step else each for each in now.skipped),
    )
    return msgspec.structs.replace(done, rested_ns=ended_ns + ns(rest_after_s(state, step, next_of(state, done))))


def rest_after_s(state: SessionState, step_index: int, next_index: int) -> float:
    """The longer of the plan's rest and the walk to the start of what the athlete does next, which for another length
    is another one; `len(steps)` for nothing."""
    step = state.steps[step_index]
    at_start = step.relay or state.rules.timing is Placement.BELT or state.plan.course is Course.OUT_AND_BACK
    if step.distance_m is None or at_start:
        return step.rest_s
    after = state.steps[next_index] if next_index < len(state.steps) else step
    return max(step.rest_s, walk_back_s(after.distance_m or step.distance_m))


def in_order(state: SessionState, step: int) -> list[int]:
    """Who is to do a step next, in the order of the group."""
    waiting = [i for i, a in enumerate(state.athletes) if a.present and a.next_step == step and a.running is None]
    return sorted(waiting, key=lambda index: (state.athletes[index].order, index))


def is_for_all(state: SessionState, step: Step) -> bool:
    """A group does by the clock at once what needs neither the lane nor the one treadmill that there is; and a relay
    begins when all have come to it."""
    return not state.solo and (is_by_the_clock(step) or step.relay)


def is_by_the_clock(step: Step) -> bool:
    """Whether a step needs neither the lane nor a treadmill."""
    return step.distance_m is None and step.speed_kmh is None and step.incline_percent is None


def _rested_ns(state: SessionState, athlete: Athlete, waiting: Iterable[Athlete]) -> int:
    if athlete.next_step >= len(state.steps) or not is_for_all(state, state.steps[athlete.next_step]):
        return max(athlete.rested_ns, lanes.free_ns(state, athlete.name))
    return max(other.rested_ns for other in waiting if other.next_step == athlete.next_step)
