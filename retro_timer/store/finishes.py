"""The readings around each finish, as small files: what a marshal looks at when a result is disputed.

A file is a trace, compressed by gzip, so that `gunzip` makes something of it that `replay` reads; what only a picture
needs stands in a key that replay ignores. Files are numbered as they come: the clock of a box may be wrong.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.passages import BeamEntry, Break
from retro_timer.detection.readings import Kind
from retro_timer.errors import BadInputError
from retro_timer.ports import RangeSample
from retro_timer.store.space import FINISHES, make_room_for_finish
from retro_timer.store.traces import HEADER, SENSOR_COLUMN, format_rep, format_row, format_sensor, parse_row
from retro_timer.training.gaits import Gait
from retro_timer.training.record import RepRecord

MOST_BYTES = 10_000
"""Of one file. Where several fast sensors have more to tell, the ends of the three seconds are cut off."""
_CUT = 0.9
_KEPT = "# kept: "
_MARKS = "tnrav"
"""A reading's kind in a passage, by its number, a capital for a hit; a dash for a reading that is none of it."""
_NAME = re.compile(r"(\d{8})-([0-9a-z]+)-(\d+)-(-?\d+)\.csv\.gz")


class KeptSensor(msgspec.Struct, frozen=True):
    """One sensor and what it read."""

    name: str
    model: str
    config: WatchConfig
    samples: Sequence[RangeSample] = ()
    """Oldest first; their times are the box's, in nanoseconds."""


class KeptPassage(msgspec.Struct, frozen=True):
    """A break of a beam that was looked at as a finish."""

    sensor: str
    rep: int
    broken: Break


class KeptFinish(msgspec.Struct, frozen=True):
    """Everything that is kept of one finish. All times are on the monotonic clock of the run that timed it."""

    session_id: str
    """The session's random id; its number may be another one in another database."""
    rep: int
    go_ns: int
    back_ns: int
    distance_m: float | None
    gait: Gait
    sensors: Sequence[KeptSensor]
    passages: Sequence[KeptPassage] = ()
    bodies: Sequence[tuple[int, int]] = ()
    """First and last reading of whoever passed and was not timed."""


class Place(NamedTuple):
    """One file, by its name."""

    number: int
    session_id: str
    rep: int
    back_ns: int
    path: Path


class _Passage(msgspec.Struct, frozen=True):
    """A passage in the file's head; its readings are marked, beginning with the sensor's reading `first`."""

    sensor: str
    rep: int
    first: int
    marks: str
    broken: Break


class _Head(msgspec.Struct, frozen=True):
    """The line `# kept`."""

    origin_ns: int
    kept: KeptFinish
    passages: Sequence[_Passage]


def keep_finish(state: Path, kept: KeptFinish) -> Path:
    """Write one finish into the state directory, at the cost of the oldest if need be; returns its file.

    It is whole or not there, and not synced: what is durable never waits for it. Raises OSError.
    """
    folder = state / FINISHES
    folder.mkdir(parents=True, exist_ok=True)
    # Counted before any has to go: where all of them do, a file with number 1 would be taken for the first of all.
    number = max((place.number for place in kept_places(state)), default=0) + 1
    make_room_for_finish(folder)
    path = folder / f"{number:08d}-{kept.session_id}-{kept.rep}-{kept.back_ns}.csv.gz"
    fresh = path.with_suffix(".new")
    try:
        fresh.write_bytes(encode_finish(kept))
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return path


def kept_places(state: Path) -> list[Place]:
    """What is kept, oldest first."""
    found = ((_NAME.fullmatch(path.name), path) for path in (state / FINISHES).glob("*.csv.gz"))
    return sorted(
        Place(int(name[1]), name[2], int(name[3]), int(name[4]), path) for name, path in found if name is not None
    )


def finish_of(state: Path, session_id: str, record: RepRecord) -> Place | None:
    """Where the readings of a rep's finish are kept, if they are."""
    if record.time_ns is None:
        return None
    return find_finish(state, session_id, record.rep, record.go_ns + record.time_ns)


def find_finish(state: Path, session_id: str, rep: int, back_ns: int) -> Place | None:
    """The finish of a rep: the one at that moment, whoever's it was then, else the newest of that rep."""
    of_session = [place for place in kept_places(state) if place.session_id == session_id]
    at_moment = [place for place in of_session if place.back_ns == back_ns]
    of_rep = [place for place in of_session if place.rep == rep]
    found = at_moment or of_rep
    return found[-1] if found else None


def read_finish(path: Path) -> KeptFinish:
    """Raises BadInputError for a file that is damaged."""
    try:
        return decode_finish(path.read_bytes())
    except (OSError, EOFError, zlib.error, ValueError, IndexError) as error:
        raise BadInputError(
            str(path), f"damaged ({' '.join(str(error).split())})", "samples that were kept; delete the file"
        ) from None


def encode_finish(kept: KeptFinish) -> bytes:
    """The file's content, of at most MOST_BYTES."""
    first_ns, last_ns = _bounds(kept)
    before_ns, after_ns = kept.back_ns - first_ns, last_ns - kept.back_ns
    while True:
        data = gzip.compress("".join(_lines(kept)).encode(), mtime=0)
        if len(data) <= MOST_BYTES:
            return data
        before_ns, after_ns = round(_CUT * before_ns), round(_CUT * after_ns)
        kept = msgspec.structs.replace(
            kept,
            sensors=[
                msgspec.structs.replace(
                    sensor, samples=[s for s in sensor.samples if -before_ns <= s.t_ns - kept.back_ns <= after_ns]
                )
                for sensor in kept.sensors
            ],
        )


def _bounds(kept: KeptFinish) -> tuple[int, int]:
    times = [sample.t_ns for sensor in kept.sensors for sample in sensor.samples]
    return min(times, default=kept.back_ns), max(times, default=kept.back_ns)


def _lines(kept: KeptFinish) -> Iterator[str]:
    origin_ns, _ = _bounds(kept)
    bare = msgspec.structs.replace(
        kept, passages=(), sensors=[msgspec.structs.replace(sensor, samples=()) for sensor in kept.sensors]
    )
    marked = [marks for passage in kept.passages if (marks := _marked(passage, kept.sensors)) is not None]
    yield f"{_KEPT}{msgspec.json.encode(_Head(origin_ns, bare, marked)).decode()}\n"
    several = len(kept.sensors) > 1
    for sensor in kept.sensors:
        yield from _sensor_lines(sensor)
    if not several:
        yield from _surroundings(kept)
    if kept.distance_m is not None:
        yield f"# rep: {format_rep((kept.go_ns - origin_ns) / 1e9, kept.distance_m, kept.gait)}\n"
    yield f"{HEADER}{SENSOR_COLUMN if several else ''}\n"
    rows = [(sample, sensor.name) for sensor in kept.sensors for sample in sensor.samples]
    for sample, name in sorted(rows, key=lambda row: row[0].t_ns):
        yield format_row(sample, origin_ns, name if several else "")


def _sensor_lines(sensor: KeptSensor) -> Iterator[str]:
    config = sensor.config
    described = format_sensor(
        sensor.model, config.placement, config.line, config.offset_mm, config.fov_deg, config.budget_ns
    )
    yield f"# sensor {sensor.name}: {described}\n"


def _surroundings(kept: KeptFinish) -> Iterator[str]:
    """What stood behind the lane of a gate that is alone, and how deep a chest it was told of."""
    walls = [passage.broken.wall_mm for passage in kept.passages if passage.broken.wall_mm is not None]
    if walls:
        yield f"# background_mm: {walls[-1]:.0f}\n"
    for sensor in kept.sensors:
        yield f"# torso_mm: {sensor.config.torso_mm:g}\n"


def _marked(passage: KeptPassage, sensors: Sequence[KeptSensor]) -> _Passage | None:
    """A passage with its readings as marks beside the sensor's; None when none of them is kept."""
    samples = next((sensor.samples for sensor in sensors if sensor.name == passage.sensor), ())
    entries = {entry.t_ns: entry for entry in passage.broken.entries}
    inside = [index for index, sample in enumerate(samples) if sample.t_ns in entries]
    if not inside:
        return None
    marks = ""
    for sample in samples[inside[0] : inside[-1] + 1]:
        entry = entries.get(sample.t_ns)
        mark = "-" if entry is None else _MARKS[entry.kind]
        marks += mark.upper() if entry is not None and entry.hit else mark
    broken = msgspec.structs.replace(passage.broken, entries=())
    return _Passage(passage.sensor, passage.rep, inside[0], marks, broken)


def decode_finish(data: bytes) -> KeptFinish:
    """The reverse of `encode_finish`, times to the microsecond. Raises ValueError, IndexError, EOFError, zlib.error or
    OSError for anything else.
    """
    lines = gzip.decompress(data).decode().splitlines()
    head = msgspec.json.decode(lines[0].removeprefix(_KEPT), type=_Head)
    rows = lines[next(index for index, line in enumerate(lines) if line.startswith(HEADER)) + 1 :] if lines else []
    several = len(head.kept.sensors) > 1
    samples: dict[str, list[RangeSample]] = {sensor.name: [] for sensor in head.kept.sensors}
    for row in rows:
        cells, name = row.rsplit(",", 1) if several else (row, head.kept.sensors[0].name)
        sample = parse_row(cells)
        samples[name].append(msgspec.structs.replace(sample, t_ns=head.origin_ns + sample.t_ns))
    sensors = [msgspec.structs.replace(sensor, samples=samples[sensor.name]) for sensor in head.kept.sensors]
    passages = [KeptPassage(p.sensor, p.rep, _with_entries(p, samples[p.sensor])) for p in head.passages]
    return msgspec.structs.replace(head.kept, sensors=sensors, passages=passages)


def _with_entries(passage: _Passage, samples: Sequence[RangeSample]) -> Break:
    entries = []
    for mark, sample in zip(passage.marks, samples[passage.first :], strict=False):
        if mark != "-":
            kind = Kind(_MARKS.index(mark.lower()))
            entries.append(BeamEntry(sample.t_ns, kind, mark.isupper(), sample.range_mm, sample.signal_kcps))
    return msgspec.structs.replace(passage.broken, entries=entries)
