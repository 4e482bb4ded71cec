"""Who is here, and in which order they go: kept through a power cut, and changed while the session runs."""

from __future__ import annotations

from retro_timer.training.roster import MOST_ATHLETES
from retro_timer.training.session import active_rep, corrections, events, inputs, resting, together
from retro_timer.training.session.effects import Signal, about_athlete
from retro_timer.training.session.state import Athlete
from retro_timer.training.session.transition import Transition


def absent(transition: Transition, command: inputs.Absent) -> None:
    """An athlete drops out; if theirs is the rep under way, it ends as a DNF."""
    index = corrections.meant(transition, command.name, present=True)
    if index is None:
        return
    corrections.remember(transition, "absent")
    name = transition.state.athletes[index].name
    transition.set_athlete(index, present=False)
    transition.keep_presence(index)
    corrections.told(transition, "absent", {"name": name}, about=[about_athlete(name)])
    turn = transition.state.turn
    if together.leave(transition, index):
        return
    if turn is None or turn.athlete != index:
        corrections.replan(transition)
    elif transition.state.running is not None:
        active_rep.give_up(transition, "stopped")
    else:
        corrections.replan(transition, force=True)


def present(transition: Transition, command: inputs.Present) -> None:
    """An athlete who had dropped out is back, at the step that they had reached."""
    index = corrections.meant(transition, command.name)
    if index is None:
        return
    athlete = transition.state.athletes[index]
    if athlete.present:
        active_rep.refuse(transition, "here_already", {"name": athlete.name})
        return
    transition.set_athlete(index, present=True)
    _told(transition, index, "present")


def add(transition: Transition, command: inputs.Add) -> None:
    """Somebody comes late: they join at the step that the group is at, and what they missed counts as skipped."""
    athletes = transition.state.athletes
    if resting.find_athlete(athletes, command.name) is not None:
        present(transition, inputs.Present(command.name, origin=command.origin))
        return
    if len(athletes) >= MOST_ATHLETES:
        active_rep.refuse(transition, "too_many", {"most": MOST_ATHLETES})
        return
    step = min((athlete.next_step for athlete in athletes if athlete.present), default=0)
    if transition.state.companions:
        # What all are at has begun without them.
        step += 1
    last = max(athlete.order for athlete in athletes) + 1
    late = Athlete(command.name, next_step=step, order=last, skipped=tuple(range(step)))
    transition.set(athletes=(*athletes, late))
    _told(transition, len(athletes), "added")


def order(transition: Transition, command: inputs.Order) -> None:
    """An athlete goes as number so and so among those who have done as much."""
    index = corrections.meant(transition, command.name)
    if index is None:
        return
    athletes = transition.state.athletes
    others = sorted((i for i in range(len(athletes)) if i != index), key=lambda i: (athletes[i].order, i))
    others.insert(command.place - 1, index)
    for place, each in enumerate(others):
        if athletes[each].order != place:
            transition.set_athlete(each, order=place)
            transition.keep_presence(each)
    _told(transition, index, "ordered", number=others.index(index) + 1)


def _told(transition: Transition, index: int, key: str, **values: int) -> None:
    name = transition.state.athletes[index].name
    transition.beep(Signal.ANSWER)
    transition.keep_presence(index)
    transition.unsay(about_athlete(name))
    transition.say(key, {"name": name, **values}, 10.0, about=[about_athlete(name)])
    transition.publish(events.Presence(transition.now_ns, name, key))
    corrections.replan(transition)
