"""Who may still come to the line although their rep has ended otherwise: nobody's finish then, nor the next one's."""

from __future__ import annotations

from retro_timer.training.session.on_course import ActiveRep, Ghost
from retro_timer.training.session.state import SessionState
from retro_timer.training.session.transition import Transition, ns

_BESIDE_S = 2.0
"""So close are a press and the crossing that it is for: half a second to react, one to reach the page, and as long
again for who presses ahead of time. More takes the next runner's finish, less leaves them the one before's."""
_KEPT_S = 10.0
"""Who stops in the beam is timed after 2.5 s, by two beams a second later."""


def leave(transition: Transition, active: ActiveRep, by_hand_ns: int | None = None) -> None:
    """A rep over a length has ended with its athlete still out; by a press for a back at the line at `by_hand_ns`."""
    if not transition.state.rolling or not active.arrives:
        return
    until_ns = active.timeout_ns if by_hand_ns is None else transition.now_ns + ns(_KEPT_S)
    kept = (one for one in transition.state.ghosts if one.until_ns > transition.now_ns)
    transition.set(ghosts=(*kept, Ghost(active, until_ns, by_hand_ns)))


def of_rep(state: SessionState, rep: int | None) -> Ghost | None:
    """Whose rep this was, if they have not come yet."""
    return next((one for one in state.ghosts if one.active.record.rep == rep), None)


def pressed_for(state: SessionState, t_ns: int, lane: int | None) -> Ghost | None:
    """Whoever was stopped by hand just before or after an arrival in that lane, and is not on the line already."""
    on_line = {arrival.rep for arrival in state.arrivals}
    near = (
        one
        for one in state.ghosts
        if one.by_hand_ns is not None
        and abs(t_ns - one.by_hand_ns) <= ns(_BESIDE_S)
        and one.active.record.rep not in on_line
        and (lane is None or one.active.crossing_lane in (None, lane))
    )
    return next(near, None)


def on_their_way(state: SessionState, t_ns: int) -> list[ActiveRep]:
    """Who was taken off the course, has not gone anew, and may come all the same."""
    return [one.active for one in state.taken_off if t_ns < one.until_ns]


def came(transition: Transition, ghost: Ghost) -> None:
    """They have passed the line: nothing more comes of them."""
    transition.set(ghosts=tuple(one for one in transition.state.ghosts if one is not ghost))
