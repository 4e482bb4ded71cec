"""What the watch tells the session: obstacle levels, and how well it sees."""

from __future__ import annotations

import msgspec

from retro_timer.detection.events import Level, SensorState
from retro_timer.training.record import Flag
from retro_timer.training.session import crowding, events, finishing, inputs, starting
from retro_timer.training.session.effects import About
from retro_timer.training.session.state import STARTING, Phase
from retro_timer.training.session.transition import Transition


def obstacle(transition: Transition, event: inputs.ObstacleSeen) -> None:
    """The level changed: told, counted on the rep, and a start under way is recalled."""
    state = transition.state
    rising = state.level is Level.CLEAR and event.level is not Level.CLEAR
    transition.set(level=event.level)
    if event.level is Level.CLEAR:
        transition.set(clear_since_ns=transition.now_ns)
    shown = None if event.range_mm is None else round(event.range_mm / 1000.0, 3)
    transition.publish(events.Obstacle(event.t_ns, event.level.word, shown, event.sensor or None))
    if state.phase is Phase.LANE_CHECK and event.level is not state.level:
        transition.unsay(About.START)
    if rising and not event.expected:
        transition.set(obstacles=state.obstacles + 1)
        _count_on_rep(transition)
    waits = state.phase in STARTING or state.phase is Phase.AWAIT_RELEASE
    if event.level is not Level.CLEAR and not event.expected and waits:
        starting.recall(transition)
    elif state.phase is Phase.LANE_CHECK:
        if event.level is Level.CLEAR and state.level is not Level.CLEAR:
            transition.say("lane_clear", within_s=2.0, about=[About.START])
        starting.try_start(transition)


def _count_on_rep(transition: Transition) -> None:
    for index, athlete in enumerate(transition.state.athletes):
        active = athlete.running
        if active is not None:
            record = msgspec.structs.replace(active.record, obstacles=active.record.obstacles + 1)
            transition.set_athlete(index, active=msgspec.structs.replace(active, record=record))


def watch_changed(transition: Transition, event: inputs.WatchChanged) -> None:
    """What the watch sees changed: told aloud, since silence never means safe."""
    state = transition.state
    other_state = event.state is not state.watch_state
    covers_less = event.coverage is not None and (
        state.coverage is None or event.coverage.phrase != state.coverage.phrase
    )
    transition.set(watch_state=event.state, watch_reason=event.reason, coverage=event.coverage)
    if other_state:
        if not event.of_several:
            transition.publish(events.Sensor(event.t_ns, str(event.state), event.reason))
        transition.set(limit_told=False, told_ns=None)
        transition.unsay(About.WATCH)
        transition.acknowledge(event.state is SensorState.LOST and state.spotter)
        if event.state is SensorState.OK:
            transition.set(spotter=False)
        _say_watch(transition, event)
    elif covers_less and state.phase is not Phase.IDLE:
        transition.unsay(About.WATCH)
        starting.say_coverage(transition)
    if event.state is not SensorState.OK:
        _blind_rep(transition)
    awaited = state.phase is Phase.AWAIT_RELEASE
    if event.state is SensorState.LOST and (awaited or (not state.spotter and state.phase in STARTING)):
        starting.recall(transition)
    elif state.phase is Phase.LANE_CHECK:
        starting.try_start(transition)


def sensor_changed(transition: Transition, event: inputs.SensorChanged) -> None:
    """One of several sensors sees better or worse; what the watch as a whole sees is told by WatchChanged."""
    transition.publish(events.Sensor(event.t_ns, str(event.state), event.reason, event.sensor, event.line))


def gate_alone(transition: Transition, event: inputs.GateAlone) -> None:
    """One half of a dual gate goes on alone, or both see again: told once, at the change."""
    if transition.state.rules.given_goes:
        return
    transition.unsay(About.GATE)
    transition.say(*event.said, 20.0 if event.blind else 10.0, about=[About.GATE])


def line_sees(transition: Transition, event: inputs.LineSees) -> None:
    """A gate on the way is blind, or sees again: told once, at the change. Reps go on without that line's splits."""
    if transition.state.rules.given_goes:
        return
    transition.say(*event.said, 20.0 if event.reason else 10.0, about=[About.GATE])


def _say_watch(transition: Transition, event: inputs.WatchChanged) -> None:
    if transition.state.rules.given_goes:
        return
    about = [About.WATCH]
    if event.state is SensorState.OK:
        transition.say("watch_back", within_s=10.0, about=about)
    elif event.state is SensorState.LOST:
        transition.say("watch_lost", {"reason": event.reason}, 10.0, urgent=True, about=about)
        _offer_by_hand(transition)
    elif transition.state.on_course:
        transition.say("degraded", {"reason": event.reason}, 10.0, urgent=True, about=about)


def _offer_by_hand(transition: Transition) -> None:
    """Of several on the course each is told by name: so the clock of each can be stopped."""
    out = [active.record.athlete for active in transition.state.on_course]
    if len(out) > 1 and all(out):
        transition.say("manual_finish_of", {"names": " or ".join(out)}, 10.0, about=[About.WATCH])
    elif out:
        transition.say("manual_finish_offered", within_s=10.0, about=[About.WATCH, About.RUN])


def _blind_rep(transition: Transition) -> None:
    if transition.state.rules.watching is None:
        return
    for index, athlete in enumerate(transition.state.athletes):
        active = athlete.running
        if active is None or Flag.BLIND in active.record.flags:
            continue
        flags = tuple(sorted((*active.record.flags, Flag.BLIND)))
        record = msgspec.structs.replace(active.record, flags=flags)
        transition.set_athlete(index, active=msgspec.structs.replace(active, record=record))


def body_seen(transition: Transition, event: inputs.BodySeen) -> None:
    """Somebody passed who is not timed. A finish that was told already is flagged on the disk, without a word."""
    transition.set(other_body_ns=(event.first_ns, event.last_ns))
    finishing.flag_crowded(transition, crowding.beside_body(transition.state), event.t_ns)
