"""The beacon's state as other programs see it. Reads only frozen values, so any thread may ask."""

from __future__ import annotations

import msgspec

from retro_timer.beacon.control.protocol.answers import (
    AthleteStatus,
    OnCourse,
    SensorStatus,
    TimerStatus,
    VolumeStatus,
    WatchStatus,
)
from retro_timer.beacon.core import Core
from retro_timer.training.listed import said_as
from retro_timer.training.record import RepRecord
from retro_timer.training.session import progress, turns
from retro_timer.training.session.on_course import ActiveRep
from retro_timer.training.session.remaining import remaining_s
from retro_timer.training.session.state import Athlete, SessionState

_LAST_RESULTS = 12


def snapshot(core: Core) -> TimerStatus:
    """Phase, turn, watch, level and counts; times in seconds."""
    now_ns = core.clock.monotonic_ns()
    state = core.session.state
    watch = core.overview.latest
    covers = watch.coverage
    box = TimerStatus(
        board=core.board.name,
        now_ns=now_ns,
        phase="idle" if state is None else str(state.phase),
        watch=WatchStatus(
            state=str(watch.state),
            reason=watch.reason,
            armed=core.shared.expectation.armed,
            covers=None if covers is None else covers.phrase,
            safe_speed_mps=None if covers is None else round(covers.speed_mps, 2),
            range_m=None if covers is None else round(covers.range_m, 2),
        ),
        sound=core.buzzer.sounding,
        volume=VolumeStatus(core.volume.voice, core.volume.buzzer),
        machine=core.strain(),
        samples=core.samples,
        troubles=core.troubles.texts,
        language=core.settings.voice.language,
        sensors=tuple(_sensor(core, name) for name in core.sensing),
    )
    return box if state is None else _with_session(box, state, now_ns)


def _with_session(box: TimerStatus, state: SessionState, now_ns: int) -> TimerStatus:
    step = state.step
    course = state.running
    return msgspec.structs.replace(
        box,
        title=state.plan.title,
        level=state.level.word,
        reps_done=len([r for r in state.results if r.status == "finished"]),
        athlete=state.athletes[state.turn.athlete].name if state.turn else None,
        wave=tuple(state.athletes[index].name for index in state.turn.whose) if state.waves and state.turn else None,
        then=turns.deck(state, state.turn).get("then") if state.turn else None,
        athletes=tuple(_athlete(state, a, now_ns) for a in state.athletes),
        set=step.set_no if step else None,
        sets=step.sets if step else None,
        rep_in_set=step.rep_no if step else None,
        reps_in_set=step.reps if step else None,
        distance_m=step.distance_m if step else None,
        gait=str(step.gait) if step else None,
        left_s=max(0.0, (state.until_ns - now_ns) / 1e9) if state.until_ns else None,
        session_left_s=remaining_s(state, now_ns),
        running_s=(now_ns - course.record.go_ns) / 1e9 if course else None,
        on_course=tuple(_on_course(active, now_ns) for active in state.on_course),
        unsaved=state.unsaved_reps,
        results=_told(state)[-_LAST_RESULTS:],
    )


def _on_course(active: ActiveRep, now_ns: int) -> OnCourse:
    record = active.record
    running_s = (now_ns - record.go_ns) / 1e9
    return OnCourse(
        record.rep,
        record.athlete,
        running_s,
        record.distance_m,
        str(record.gait),
        active.lane,
        record.place,
        crossings=None if active.crossings_m is None else len(record.splits),
    )


def _told(state: SessionState) -> tuple[RepRecord, ...]:
    """Those that are on disk, or of which it was told that they are not: nothing else is announced."""
    waiting = {(each.record.rep, each.record.revision) for each in state.pending if not each.late}
    return tuple(record for record in state.results if (record.rep, record.revision) not in waiting)


def _athlete(state: SessionState, athlete: Athlete, now_ns: int) -> AthleteStatus:
    owed = progress.owed(state.steps, state.results, athlete.name, athlete.skipped)
    missed = len(progress.missed(state.steps, state.results, athlete.name, athlete.skipped)) + len(owed)
    active = athlete.running
    return AthleteStatus(
        athlete.name,
        athlete.present,
        athlete.next_step,
        missed,
        rests_s=(athlete.rested_ns - now_ns) / 1e9 if athlete.rested_ns > now_ns and active is None else None,
        running_s=(now_ns - active.record.go_ns) / 1e9 if active is not None else None,
        say=said_as((*state.rules.listed, *state.rules.remembered), athlete.name),
    )


def _sensor(core: Core, name: str) -> SensorStatus:
    sensing = core.sensing[name]
    sample = sensing.last_sample
    return SensorStatus(
        name=name,
        model=sensing.spec.model,
        placement=str(sensing.spec.placement),
        state=str(sensing.watch.health.state),
        range_m=None if sample is None or sample.range_mm is None else sample.range_mm / 1000.0,
        status=None if sample is None else sample.status,
        ambient_kcps=None if sample is None else sample.ambient_kcps,
        period_ms=sensing.watch.spacing.period_ns / 1e6,
    )
