"""What comes next by the plans' progression: walk 20 and 30 m, jog 20, 30 and 40 m, then conditioning."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from retro_timer.training.gaits import Gait
from retro_timer.training.progress.attended import Attended, Effort

_GAITS = tuple(Gait)
"""From the slowest on."""
_LADDER = (
    (Gait.WALK, 20.0, "first-steps"),
    (Gait.WALK, 30.0, "first-steps"),
    (Gait.JOG, 20.0, "jog-progression"),
    (Gait.JOG, 30.0, "jog-progression"),
    (Gait.JOG, 40.0, "jog-progression"),
)
"""Lengths and order are the retro running guide's, whose plans are the shipped ones."""
_SESSIONS = 2
_ROUNDS = 4
"""The guide has 4 to 5 rounds, and the next length "once coordinated". That no rep of two sessions is given up stands
for that: no source has a figure."""


class NextStep(msgspec.Struct, frozen=True):
    """What to do next, and why."""

    step: str
    plan: str
    """The shipped plan that has it."""
    rule: str
    """Why, in a sentence."""


def next_step(history: Sequence[Attended]) -> NextStep:
    """The step after the longest that is mastered. `history`: from the oldest session to the newest."""
    mastered = [_mastered(history, gait, distance_m) for gait, distance_m, _ in _LADDER]
    last = max((place for place, how in enumerate(mastered) if how), default=-1)
    if last < 0:
        gait, distance_m, plan = _LADDER[0]
        return NextStep(f"{gait} {distance_m:g} m", plan, f"{_rule(gait, distance_m)}: not yet, so it comes first")
    done, length_m, _ = _LADDER[last]
    because = f"{_rule(done, length_m)}: so it was in sessions {' and '.join(map(str, mastered[last]))}"
    if last + 1 == len(_LADDER):
        return NextStep("conditioning: sets of 50 m jog", "conditioning", because)
    gait, distance_m, plan = _LADDER[last + 1]
    return NextStep(f"{gait} {distance_m:g} m", plan, because)


def _rule(gait: Gait, distance_m: float) -> str:
    return (
        f"{gait} {distance_m:g} m is mastered once its last {_SESSIONS} sessions have {_ROUNDS} finished reps or more,"
        " and none that was given up"
    )


def _mastered(history: Sequence[Attended], gait: Gait, distance_m: float) -> tuple[int, ...]:
    """The sessions that show it; none where it is not. Whoever goes further, or faster, masters what is less."""
    found = list[tuple[int, list[Effort]]]()
    for attended in reversed(history):
        efforts = [effort for effort in attended.efforts if _covers(effort, gait, distance_m)]
        if efforts:
            found.append((attended.session, efforts))
        if len(found) == _SESSIONS:
            break
    efforts = [effort for _, several in found for effort in several]
    finished = sum(effort.finished for effort in efforts)
    given_up = sum(effort.reps for effort in efforts) - finished
    shown = len(found) == _SESSIONS and finished >= _ROUNDS and not given_up
    return tuple(sorted(session for session, _ in found)) if shown else ()


def _covers(effort: Effort, gait: Gait, distance_m: float) -> bool:
    faster = _GAITS.index(effort.kind.gait) >= _GAITS.index(gait)
    return faster and effort.kind.distance_m >= distance_m
