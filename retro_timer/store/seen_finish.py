"""What is to be seen of a disputed finish: the readings that were kept, the outline that fits them, and what lost."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.expectation import ARRIVAL
from retro_timer.detection.gate.crossing_fit import Examined, examine, solve
from retro_timer.detection.gate.line_offset import at_line
from retro_timer.detection.seen import Loser, Picture, Point, Reading, Strip
from retro_timer.detection.solution import Solution
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.ports import RangeSample
from retro_timer.store.finishes import KeptFinish, KeptPassage, finish_of, kept_places, read_finish
from retro_timer.store.results.queries import SessionRow, Wanted, reps, sure_session
from retro_timer.store.space import MOST_FINISHES
from retro_timer.training.record import RepRecord, RepStatus

_SAME_CROSSING_NS = 250_000_000
"""A passage whose own moment lies so near the finish's made it, alone or with another sensor's: the next body is not
nearer than that."""
_STEP_S = 0.005


def picture_of(connection: sqlite3.Connection, state: Path, number: int, rep: int) -> Picture:
    """The picture of one rep's finish.

    Raises BadInputError for a session or a rep that is not there, and for a file that is damaged; RetroTimerError where
    there is no finish, or no readings of it.
    """
    row = sure_session(connection, number)
    kept = next(reps(connection, Wanted(session=number, rep=rep)), None)
    if kept is None:
        every = [each.record for each in reps(connection, Wanted(session=number))]
        there = f"a rep from 1 to {every[-1].rep}" if every else "a session with reps"
        raise BadInputError(f"session {number}, rep {rep}", "not found", there)
    record = kept.record
    if record.time_ns is None:
        raise RetroTimerError(f"session {number}, rep {rep}: {_no_finish(record)}")
    place = finish_of(state, row.uid, record)
    if place is None:
        raise RetroTimerError(f"session {number}, rep {rep}: {_why_none(connection, state, row, record)}")
    return _drawn(row, record, read_finish(place.path))


def _no_finish(record: RepRecord) -> str:
    status = f"DNF, {record.reason}" if record.status is RepStatus.DNF else str(record.status)
    return (
        f"no finish ({status}), and readings are kept around a finish only; "
        "while the timer runs, `retro-timer keep` keeps the last ten minutes"
    )


def _why_none(connection: sqlite3.Connection, state: Path, row: SessionRow, record: RepRecord) -> str:
    if record.method == "clock":
        return "ended by the clock, so there is no crossing to look at"
    places = kept_places(state)
    if not places or places[0].number == 1:
        later = places and _before(connection, row, record, places[0].session_id, places[0].rep)
        if later or not places:
            return (
                "timed before readings were kept around each finish, or by another box; or they had to go, all of "
                "them, when the disk was full"
            )
    elif _before(connection, row, record, places[0].session_id, places[0].rep):
        kept = f"those of the newest {MOST_FINISHES:,} finishes are kept, fewer where the disk is full"
        return f"its readings are gone: {kept}"
    return "its readings could not be kept when it was timed; the timer's log says why"


def _before(connection: sqlite3.Connection, row: SessionRow, record: RepRecord, session_id: str, rep: int) -> bool:
    """Whether a rep is older than the oldest finish that is kept."""
    found = connection.execute("SELECT id FROM session WHERE uid = ?", (session_id,)).fetchone()
    return found is not None and (row.id, record.rep) < (int(found[0]), rep)


def _drawn(row: SessionRow, record: RepRecord, kept: KeptFinish) -> Picture:
    go_ns, finish_s = record.go_ns, (record.time_ns or 0) / 1e9

    def since_go_s(t_ns: int) -> float:
        return (t_ns - go_ns) / 1e9

    made = {} if record.by_hand else _made_by(kept)
    configs = {sensor.name: sensor.config for sensor in kept.sensors}
    strips = []
    for sensor in kept.sensors:
        own = [passage for passage in kept.passages if passage.sensor == sensor.name]
        hits = {entry.t_ns for passage in own for entry in passage.broken.entries if entry.hit}
        readings = [_reading(sample, sample.t_ns in hits, go_ns) for sample in sensor.samples]
        wall_mm = own[-1].broken.wall_mm if own else None
        winner = made.get(sensor.name)
        looks, outline = _fitted(examine(winner.broken, sensor.config), sensor.config, go_ns) if winner else ([], [])
        title = f"{sensor.name}, {sensor.model}"
        strips.append(Strip(title, readings, None if wall_mm is None else wall_mm / 1000.0, looks, outline))
    lost = [passage for passage in kept.passages if made.get(passage.sensor) is not passage]
    losers = [_loser(passage, kept, configs[passage.sensor], go_ns) for passage in lost]
    losers += [
        Loser("", since_go_s(first), since_go_s(last), "passed, and was not timed") for first, last in kept.bodies
    ]
    times = [reading.t_s for strip in strips for reading in strip.readings]
    return Picture(
        title=_title(row, record),
        notes=_notes(record, kept, made),
        finish_s=finish_s,
        uncertainty_s=(record.uncertainty_ns or 0) / 1e9,
        first_s=min([*times, finish_s - 0.5]),
        last_s=max([*times, finish_s + 0.5]),
        strips=strips,
        losers=sorted(losers, key=lambda loser: loser.first_s),
    )


def _made_by(kept: KeptFinish) -> dict[str, KeptPassage]:
    """The passage of each sensor that made the finish."""
    found: dict[str, tuple[int, KeptPassage]] = {}
    for passage in kept.passages:
        config = next(sensor.config for sensor in kept.sensors if sensor.name == passage.sensor)
        solved = at_line(solve(passage.broken, config), config)
        off_ns = abs(solved.back_ns - kept.back_ns)
        if solved.refusal or off_ns > _SAME_CROSSING_NS:
            continue
        if passage.sensor not in found or off_ns < found[passage.sensor][0]:
            found[passage.sensor] = off_ns, passage
    return {name: passage for name, (_, passage) in found.items()}


def _reading(sample: RangeSample, hit: bool, go_ns: int) -> Reading:
    range_m = None if sample.range_mm is None else sample.range_mm / 1000.0
    return Reading((sample.t_ns - go_ns) / 1e9, range_m, sample.signal_kcps, sample.status in (None, 0), hit)


def _fitted(seen: Examined, config: WatchConfig, go_ns: int) -> tuple[list[Point], list[Point]]:
    """The readings that were compared, and the outline that fits them."""
    if seen.thin is not None:
        return _edges(seen, seen.thin, config, go_ns)
    if seen.torso is None or seen.fit is None or seen.alone is None:
        return [], []
    broken, fit = seen.torso.broken, seen.fit
    origin_s = (broken.entries[seen.torso.first].t_ns - go_ns) / 1e9
    reach_s = 3.0 * fit.half_width_s
    count = round(2.0 * reach_s / _STEP_S)
    times = [fit.middle_s - reach_s + 2.0 * reach_s * index / count for index in range(count + 1)]
    outline = [(origin_s + t_s, fit.cover_at(t_s)) for t_s in times]
    looks = [(origin_s + look.t_s, look.cover) for look in seen.alone.looks if abs(look.t_s - fit.middle_s) <= reach_s]
    return looks, outline


def _edges(seen: Examined, found: Solution, config: WatchConfig, go_ns: int) -> tuple[list[Point], list[Point]]:
    """The same of a thin beam, which shows the back's edge: from there on a trunk of the usual depth at its speed."""
    if seen.torso is None or seen.cover is None or found.speed_mps <= 0.0:
        return [], []
    back_s, depth_s = (found.back_ns - go_ns) / 1e9, config.torso_mm / 1000.0 / found.speed_mps
    rise_s = config.cone_half_width_m(seen.torso.ranges.body_mm / 1000.0) / found.speed_mps
    corners = ((-3.0, 0.0), (-1.0, 0.0), (1.0, 1.0))
    rising = [(back_s + share * rise_s, cover) for share, cover in corners]
    falling = [(back_s + depth_s - share * rise_s, cover) for share, cover in reversed(corners)]
    origin_s = (seen.torso.broken.entries[seen.torso.first].t_ns - go_ns) / 1e9
    looks = [(origin_s + look.t_s, look.cover / seen.cover.peak) for look in seen.cover.looks]
    return [one for one in looks if rising[0][0] <= one[0] <= falling[-1][0]], [*rising, *falling]


def _loser(passage: KeptPassage, kept: KeptFinish, config: WatchConfig, go_ns: int) -> Loser:
    times = [entry.t_ns for entry in passage.broken.entries if entry.hit] or [passage.broken.entries[0].t_ns]
    first_s, last_s = (times[0] - go_ns) / 1e9, (times[-1] - go_ns) / 1e9
    return Loser(passage.sensor, first_s, last_s, _why_lost(passage, kept, config, go_ns))


def _why_lost(passage: KeptPassage, kept: KeptFinish, config: WatchConfig, go_ns: int) -> str:
    solved = solve(passage.broken, config)
    if solved.refusal:
        return solved.refusal
    # With several on the course, or in lanes, a passage is no rep's before it is given to one.
    whose = "" if passage.rep in (kept.rep, ARRIVAL) else f", of rep {passage.rep}"
    at_s, around_s = (solved.back_ns - go_ns) / 1e9, solved.uncertainty_ns / 1e9
    return f"a body at {at_s:.2f} s ± {around_s:.2f}{whose}: not this finish"


def _title(row: SessionRow, record: RepRecord) -> str:
    amount = f"{record.distance_m:g} m {record.gait}" if record.distance_m is not None else str(record.gait)
    return f"Session {row.id}, rep {record.rep}: {record.who}, {amount}, {record.official()} s"


def _notes(record: RepRecord, kept: KeptFinish, made: dict[str, KeptPassage]) -> list[str]:
    raw_s, around_s = (record.time_ns or 0) / 1e9, (record.uncertainty_ns or 0) / 1e9
    flags = f", {' '.join(record.flags)}" if record.flags else ""
    notes = [f"from the go {raw_s:.3f} s, with 95 % between {raw_s - around_s:.3f} and {raw_s + around_s:.3f} s"]
    if record.by_hand:
        notes.append(f"stopped by hand{flags}: no outline was fitted, the readings show what the sensor saw")
    elif not made:
        notes.append(f"method {record.method}{flags}: none of the kept breaks gives this time")
    else:
        notes.append(f"method {record.method}{flags}, made by {' and '.join(made)}")
    if record.status is RepStatus.VOID:
        notes.append("this rep is void")
    if kept.rep != record.rep:
        notes.append(f"timed as rep {kept.rep}, given to this one by a correction")
    return notes
