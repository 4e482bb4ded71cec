"""What the watch tells the session: obstacle levels, and how well it sees."""

from __future__ import annotations

import msgspec

from retro_timer.detection.events import Level, SensorState
from retro_timer.training.record import Flag, RepStatus
from retro_timer.training.session import crowding, inputs, racing, starting
from retro_timer.training.session.effects import About
from retro_timer.training.session.move import Move
from retro_timer.training.session.state import STARTING, Phase


def obstacle(move: Move, event: inputs.ObstacleSeen) -> None:
    """The level changed: told, counted on the rep, and a start under way is recalled."""
    state = move.state
    rising = state.level is Level.CLEAR and event.level is not Level.CLEAR
    move.set(level=event.level)
    if event.level is Level.CLEAR:
        move.set(clear_since_ns=move.now_ns)
    shown = None if event.range_mm is None else round(event.range_mm / 1000.0, 3)
    move.publish("obstacle", event.t_ns, level=event.level.word, range_m=shown)
    if state.phase is Phase.LANE_CHECK and event.level is not state.level:
        move.unsay(About.START)
    if rising and not event.expected:
        move.set(obstacles=state.obstacles + 1)
        _count_on_rep(move)
    if event.level is not Level.CLEAR and not event.expected and state.phase in STARTING:
        starting.recall(move)
    elif state.phase is Phase.LANE_CHECK:
        if event.level is Level.CLEAR and state.level is not Level.CLEAR:
            move.say("lane_clear", within_s=2.0, about=[About.START])
        starting.try_start(move)


def _count_on_rep(move: Move) -> None:
    course = move.state.running
    if course is None:
        return
    index, _ = racing.course_of(move, course.record.rep) or (0, course)
    record = msgspec.structs.replace(course.record, obstacles=course.record.obstacles + 1)
    move.set_athlete(index, course=msgspec.structs.replace(course, record=record))


def watch_changed(move: Move, event: inputs.WatchChanged) -> None:
    """What the watch sees changed: told aloud, since silence never means safe."""
    state = move.state
    changed = event.state is not state.watch_state
    covers_less = event.coverage is not None and (
        state.coverage is None or event.coverage.phrase != state.coverage.phrase
    )
    move.set(watch_state=event.state, watch_reason=event.reason, coverage=event.coverage)
    if changed:
        move.publish("sensor", event.t_ns, state=str(event.state), reason=event.reason)
        move.set(limit_told=False, told_ns=None)
        move.unsay(About.WATCH)
        move.acknowledge(event.state is SensorState.LOST and state.spotter)
        if event.state is SensorState.OK:
            move.set(spotter=False)
        _say_watch(move, event)
    elif covers_less and state.phase is not Phase.IDLE:
        move.unsay(About.WATCH)
        starting.say_coverage(move)
    if event.state is not SensorState.OK:
        _blind_rep(move)
    if event.state is SensorState.LOST and not state.spotter and state.phase in STARTING:
        starting.recall(move)
    elif state.phase is Phase.LANE_CHECK:
        starting.try_start(move)


def _say_watch(move: Move, event: inputs.WatchChanged) -> None:
    if move.state.rules.given_goes:
        return
    about = [About.WATCH]
    if event.state is SensorState.OK:
        move.say("watch_back", within_s=10.0, about=about)
    elif event.state is SensorState.LOST:
        move.say("watch_lost", {"reason": event.reason}, 10.0, urgent=True, about=about)
        if move.state.phase is Phase.RUNNING:
            move.say("manual_finish_offered", within_s=10.0, about=[About.WATCH, About.RUN])
    elif move.state.phase is Phase.RUNNING:
        move.say("degraded", {"reason": event.reason}, 10.0, urgent=True, about=about)


def _blind_rep(move: Move) -> None:
    course = move.state.running
    if course is None or Flag.BLIND in course.record.flags or move.state.rules.watching is None:
        return
    found = racing.course_of(move, course.record.rep)
    if found is not None:
        flags = tuple(sorted((*course.record.flags, Flag.BLIND)))
        record = msgspec.structs.replace(course.record, flags=flags)
        move.set_athlete(found[0], course=msgspec.structs.replace(course, record=record))


def body_seen(move: Move, event: inputs.BodySeen) -> None:
    """Somebody passed who is not timed. A finish that was told already is flagged on the disk, without a word."""
    move.set(other_body_ns=(event.first_ns, event.last_ns))
    for record in move.state.results:
        if record.status is not RepStatus.FINISHED or record.by_hand or Flag.CROWDED in record.flags:
            continue
        if record.time_ns is not None and crowding.is_crowded(move.state, record.go_ns + record.time_ns):
            flags = tuple(sorted((*record.flags, Flag.CROWDED)))
            flagged = msgspec.structs.replace(record, flags=flags, revision=record.revision + 1)
            racing.end_rep(move, flagged, "crowded", event.t_ns)
