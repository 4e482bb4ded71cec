"""An activity as the bytes of a FIT file, by fit-tool.

A message of fit-tool's own comes with every field of its kind, a record with 88 of which two are used, and there is one
for each second: what a kind's first one has used is all that the others get.
"""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from fit_tool.base_type import BaseType
from fit_tool.data_message import DataMessage
from fit_tool.developer_field import DeveloperField
from fit_tool.exceptions import FitError
from fit_tool.field import Field
from fit_tool.fit_file_builder import FitFileBuilder
from fit_tool.profile.messages.activity_message import ActivityMessage
from fit_tool.profile.messages.developer_data_id_message import DeveloperDataIdMessage
from fit_tool.profile.messages.event_message import EventMessage
from fit_tool.profile.messages.field_description_message import FieldDescriptionMessage
from fit_tool.profile.messages.file_id_message import FileIdMessage
from fit_tool.profile.messages.lap_message import LapMessage
from fit_tool.profile.messages.record_message import RecordMessage
from fit_tool.profile.messages.session_message import SessionMessage
from fit_tool.profile.messages.workout_message import WorkoutMessage
from fit_tool.profile.messages.workout_step_message import WorkoutStepMessage
from fit_tool.profile.profile_type import (
    Activity as ActivityKind,
)
from fit_tool.profile.profile_type import (
    Event,
    EventType,
    FileType,
    Intensity,
    LapTrigger,
    Manufacturer,
    SessionTrigger,
    Sport,
    SubSport,
    WorkoutStepDuration,
    WorkoutStepTarget,
)

from retro_timer.errors import RetroTimerError
from retro_timer.store.exchange.fit.activity import Activity, Lap
from retro_timer.training.record import RepRecord

_APPLICATION = uuid.uuid5(uuid.NAMESPACE_DNS, "retro-timer").bytes
_SPORT = {"sport": Sport.RUNNING, "sub_sport": SubSport.TRACK}
_LONGEST_TEXT = 60
"""Bytes of UTF-8. A field holds 255 with its end; platforms show less."""
_KINDS = (
    FileIdMessage, DeveloperDataIdMessage, FieldDescriptionMessage, EventMessage, WorkoutMessage, WorkoutStepMessage,
    RecordMessage, LapMessage, SessionMessage, ActivityMessage,
)  # fmt: skip
"""The place of each is its local number: a kind is described once, not anew where another came between."""
_REST_LAP = len(_KINDS)
_FIELDS: dict[tuple[type[DataMessage], tuple[str, ...]], tuple[type[Field], ...]] = {}
"""Of the messages of a kind with these values."""
_DEVELOPER = (
    (0, "uncertainty", BaseType.FLOAT32, "s"),
    (1, "obstacles", BaseType.UINT16, "warnings"),
    (2, "gait", BaseType.STRING, ""),
    (3, "shown_time", BaseType.FLOAT32, "s"),
)
"""What a rep's lap has besides: number, name, kind and unit."""


def fit_bytes(activity: Activity) -> bytes:
    """The file, checked by fit-tool's rules. Raises RetroTimerError for what a FIT file cannot hold."""
    builder = FitFileBuilder(auto_define=True, strict=True)
    try:
        for message in _messages(activity):
            builder.add(message)
        encoded: bytes = builder.build_bytes()
    except FitError as error:
        where = f"session {activity.session}, {activity.athlete}"
        raise RetroTimerError(f"{where}: nothing that a FIT file can hold ({error})") from None
    return encoded


def _messages(activity: Activity) -> Iterator[DataMessage]:
    start_ms = activity.start_s * 1000
    end_ms = _moment(activity, activity.laps[-1].end_ms)
    yield _message(
        FileIdMessage,
        type=FileType.ACTIVITY,
        manufacturer=Manufacturer.DEVELOPMENT.value,
        product=0,
        serial_number=zlib.crc32(f"{activity.uid} {activity.athlete}".encode()) % (2**32 - 2) + 1,
        time_created=start_ms,
    )
    yield _message(DeveloperDataIdMessage, application_id=_APPLICATION, developer_data_index=0)
    for number, name, kind, unit in _DEVELOPER:
        values = {"field_name": name, "units": unit, "fit_base_type_id": kind.value, "field_definition_number": number}
        yield _message(FieldDescriptionMessage, developer_data_index=0, **values)
    yield _message(EventMessage, timestamp=start_ms, event=Event.TIMER, event_type=EventType.START)
    yield from _workout(activity)
    yield from _records_and_laps(activity)
    yield _message(EventMessage, timestamp=end_ms, event=Event.TIMER, event_type=EventType.STOP_ALL)
    length_s = activity.laps[-1].end_ms / 1000.0
    times: dict[str, Any] = {"timestamp": end_ms, "total_timer_time": length_s}
    yield _message(
        SessionMessage,
        **times,
        **_SPORT,
        message_index=0,
        start_time=start_ms,
        total_elapsed_time=length_s,
        total_distance=activity.distance_m,
        first_lap_index=0,
        num_laps=len(activity.laps),
        event=Event.SESSION,
        event_type=EventType.STOP,
        trigger=SessionTrigger.ACTIVITY_END,
    )
    ends = {"event": Event.ACTIVITY, "event_type": EventType.STOP}
    yield _message(ActivityMessage, **times, **ends, num_sessions=1, type=ActivityKind.MANUAL)


def _workout(activity: Activity) -> Iterator[DataMessage]:
    """A step for each lap: without them equal reps are taken for laps that a watch made by itself."""
    name = _text(activity.title)
    yield _message(WorkoutMessage, **_SPORT, workout_name=name, num_valid_steps=len(activity.laps))
    for index, lap in enumerate(activity.laps):
        rep = lap.rep
        if rep is None:
            what: dict[str, Any] = {"workout_step_name": "Rest", "intensity": Intensity.REST}
        else:
            what = {"workout_step_name": _text(f"Rep {rep.rep}, {rep.gait}"), "intensity": Intensity.ACTIVE}
        if rep is None or rep.distance_m is None:
            until: dict[str, Any] = {"duration_type": WorkoutStepDuration.TIME}
            until["duration_time"] = (lap.end_ms - lap.start_ms) / 1000.0
        else:
            until = {"duration_type": WorkoutStepDuration.DISTANCE, "duration_distance": rep.distance_m}
        yield _message(WorkoutStepMessage, message_index=index, **what, **until, target_type=WorkoutStepTarget.OPEN)


def _records_and_laps(activity: Activity) -> Iterator[DataMessage]:
    """A record each second of a rep and at both ends of a rest, none twice, and each lap behind its own."""
    before_m, last_s = 0.0, -1
    for index, lap in enumerate(activity.laps):
        first_s, end_s = lap.start_ms // 1000, lap.end_ms // 1000
        for second in range(first_s, end_s + 1) if lap.rep else (first_s, end_s):
            if second > last_s:
                covered_m = lap.distance_m if second == end_s else lap.distance_at(second - lap.start_ms / 1000.0)
                moment_ms = (activity.start_s + second) * 1000
                yield _message(RecordMessage, timestamp=moment_ms, distance=before_m + covered_m)
                last_s = second
        before_m += lap.distance_m
        yield _lap(activity, index, lap)


def _message(
    kind: type[DataMessage],
    *,
    local: int | None = None,
    developer: Sequence[DeveloperField] = (),
    **values: Any,
) -> DataMessage:
    """A message with these values, by fit-tool's names for them."""
    number, made = _KINDS.index(kind) if local is None else local, list(developer)
    known = _FIELDS.get((kind, tuple(values)))
    if known is None:
        message: DataMessage = kind(local_id=number, developer_fields=made)
    else:
        message, fields = object.__new__(kind), [field() for field in known]
        DataMessage.__init__(message, number, kind.ID, name=kind.NAME, fields=fields, developer_fields=made)
    for name, value in values.items():
        setattr(message, name, value)
    if known is None:
        used = tuple(type(field) for field in message.fields if field.is_valid())
        # A field whose value is none would be lacking where it has one.
        if len(used) == len(values):
            _FIELDS[kind, tuple(values)] = used
    return message


def _lap(activity: Activity, index: int, lap: Lap) -> DataMessage:
    rep, length_s = lap.rep, (lap.end_ms - lap.start_ms) / 1000.0
    trigger = LapTrigger.DISTANCE if rep is not None and rep.distance_m is not None else LapTrigger.TIME
    return _message(
        LapMessage,
        local=_REST_LAP if rep is None else None,
        developer=() if rep is None else _developer_fields(rep),
        message_index=index,
        timestamp=_moment(activity, lap.end_ms),
        start_time=_moment(activity, lap.start_ms),
        total_elapsed_time=length_s,
        total_timer_time=length_s,
        total_distance=lap.distance_m,
        intensity=Intensity.REST if rep is None else Intensity.ACTIVE,
        workout_step_index=index,
        event=Event.LAP,
        event_type=EventType.STOP,
        lap_trigger=trigger,
        **_SPORT,
    )


def _developer_fields(rep: RepRecord) -> list[DeveloperField]:
    spread_s = None if rep.uncertainty_ns is None else rep.uncertainty_ns / 1e9
    values = (spread_s, min(rep.obstacles, 65_534), str(rep.gait), rep.official_s())
    made = list[DeveloperField]()
    for (number, name, kind, unit), value in zip(_DEVELOPER, values, strict=True):
        field = DeveloperField(number, name, kind, units=unit, growable=True, developer_data_index=0)
        if value is not None:
            field.set_value(0, value)
            made.append(field)
    return made


def _moment(activity: Activity, lap_ms: int) -> int:
    """A moment as FIT has it, in whole seconds; as milliseconds since 1970, which fit-tool takes."""
    return (activity.start_s + lap_ms // 1000) * 1000


def _text(text: str) -> str:
    return text.encode("utf-8", "ignore")[:_LONGEST_TEXT].decode("utf-8", "ignore") or "-"
