"""Who has gone in a record: it knows no roster, so each is made room for as they go."""

from __future__ import annotations

from retro_timer.training.session import active_rep
from retro_timer.training.session.state import Athlete
from retro_timer.training.session.transition import Transition


def place_of(transition: Transition, name: str | None) -> int:
    """Whose rep a recorded go begins, among the athletes: of several nobody is on the course twice."""
    if not transition.state.rolling:
        return 0
    athletes = transition.state.athletes
    wanted = name or athletes[0].name
    places = [index for index, athlete in enumerate(athletes) if athlete.name == wanted]
    if name is not None:
        for index in places:
            active_rep.give_up_one(transition, index, "stopped")
    free = [index for index in places if transition.state.athletes[index].active is None]
    if not free:
        transition.set(athletes=(*transition.state.athletes, Athlete(wanted)))
    return free[0] if free else len(athletes)
