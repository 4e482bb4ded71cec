"""Who is here, and in which order they go: kept through a power cut, and changed while the session runs."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from retro_timer.training.names import folded
from retro_timer.training.roster import MOST_ATHLETES
from retro_timer.training.session import active_rep, corrections, events, inputs, progress, resting, together
from retro_timer.training.session.effects import Signal, about_athlete
from retro_timer.training.session.state import Athlete, SessionState
from retro_timer.training.session.transition import Transition


def absent(transition: Transition, command: inputs.Absent) -> None:
    """An athlete drops out; if theirs is the rep under way, it ends as a DNF."""
    index = corrections.meant(transition, command.name, present=True)
    if index is None:
        return
    corrections.remember(transition, "absent", index)
    name = transition.state.athletes[index].name
    transition.set_athlete(index, present=False)
    transition.keep_presence(index)
    corrections.told(transition, "absent", {"name": name}, about=[about_athlete(name)])
    turn = transition.state.turn
    if together.leave(transition, index):
        return
    if transition.state.athletes[index].running is not None and not transition.state.wave_of:
        active_rep.give_up_one(transition, index, "stopped")
    else:
        corrections.replan(transition, force=turn is not None and index in turn.whose)


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
    together.miss(transition, index)
    transition.keep_presence(index)
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
    _join(transition, command.name, _group_step(transition.state), max(athlete.order for athlete in athletes) + 1)
    transition.keep_presence(len(athletes))
    _told(transition, len(athletes), "added")


def ledger_seen(transition: Transition, event: inputs.LedgerSeen) -> None:
    """What the results remember of some of them, in place of what was told of those before."""
    rules = transition.state.rules
    told = {folded(one.name) for one in event.athletes}
    others = (one for one in rules.remembered if folded(one.name) not in told)
    transition.set(rules=msgspec.structs.replace(rules, remembered=(*event.athletes, *others)))


def owe(transition: Transition, command: inputs.Owe) -> None:
    """What an athlete missed is made up, once they are through the plan."""
    index = corrections.meant(transition, command.name)
    if index is None:
        return
    athlete = transition.state.athletes[index]
    state = transition.state
    missed = progress.missed(state.steps, state.results, athlete.name, athlete.skipped)
    if not missed:
        active_rep.refuse(transition, "nothing_missed", {"name": athlete.name})
        return
    owed = tuple(~step if step in missed else step for step in athlete.skipped)
    transition.set_athlete(index, skipped=owed)
    transition.keep_presence(index)
    _told(transition, index, "owed", reps=len(progress.owed(state.steps, state.results, athlete.name, owed)))


def order(transition: Transition, command: inputs.Order) -> None:
    """An athlete goes as number so and so among those who have done as much."""
    index = corrections.meant(transition, command.name)
    if index is None:
        return
    athletes = transition.state.athletes
    others = sorted((i for i in range(len(athletes)) if i != index), key=lambda i: (athletes[i].order, i))
    others.insert(command.place - 1, index)
    for place, each in enumerate(others):
        transition.set_athlete(each, order=place)
    _keep_changed(transition, athletes)
    _told(transition, index, "ordered", number=others.index(index) + 1)


def roster(transition: Transition, command: inputs.Roster) -> None:
    """The group is another one, by its names. Whoever is missing on it is out; a rep that they are running they end."""
    before = transition.state.athletes
    unknown = [name for name in command.names if resting.find_athlete(before, name) is None]
    if len(before) + len(unknown) > MOST_ATHLETES:
        active_rep.refuse(transition, "too_many", {"most": MOST_ATHLETES})
        return
    transition.set(rules=msgspec.structs.replace(transition.state.rules, listed=command.listed))
    step = _group_step(transition.state)
    for name in unknown:
        _join(transition, name, step, 0)
    athletes = transition.state.athletes
    listed = [index for name in command.names if (index := resting.find_athlete(athletes, name)) is not None]
    missing = [index for index in range(len(athletes)) if index not in listed]
    for place, index in enumerate((*listed, *missing)):
        transition.set_athlete(index, present=index in listed, order=place)
        if index in listed and index < len(before) and not before[index].present:
            together.miss(transition, index)
    _keep_changed(transition, before)
    transition.beep(Signal.ANSWER)
    transition.say("roster", {"count": len(listed)}, 10.0)
    transition.publish(events.Roster(transition.now_ns, tuple(athletes[index].name for index in listed)))
    turn = transition.state.turn
    alone = transition.state.running is None or transition.state.rolling
    gone = turn is not None and alone and any(index in missing for index in turn.whose)
    corrections.replan(transition, force=gone)


def _group_step(state: SessionState) -> int:
    """The step at which somebody new joins: that of whoever has done least."""
    return min((athlete.next_step for athlete in state.athletes if athlete.present), default=0)


def _join(transition: Transition, name: str, step: int, order: int) -> None:
    """Somebody new, who has missed all before this step, and this one if all are doing it."""
    late = Athlete(name, next_step=step, order=order, skipped=tuple(range(step)))
    transition.set(athletes=(*transition.state.athletes, late))
    transition.look_up(name)
    together.miss(transition, len(transition.state.athletes) - 1)


def _keep_changed(transition: Transition, before: Sequence[Athlete]) -> None:
    """Keep who is another than before, or was not there; what was to be said of their taking part is not true any
    more."""
    athletes = transition.state.athletes
    changed = [index for index in range(len(athletes)) if index >= len(before) or athletes[index] != before[index]]
    if changed:
        transition.keep_presence(*changed)
        transition.unsay(*(about_athlete(athletes[index].name) for index in changed))


def _told(transition: Transition, index: int, key: str, **values: int) -> None:
    name = transition.state.athletes[index].name
    transition.beep(Signal.ANSWER)
    transition.unsay(about_athlete(name))
    transition.say(key, {"name": name, **values}, 10.0, about=[about_athlete(name)])
    transition.publish(events.Presence(transition.now_ns, name, key))
    corrections.replan(transition)
