"""What stands before a trace's readings: the sensors, the course, and the goes that the recording knows of."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import msgspec

from retro_timer.errors import near_miss
from retro_timer.ports import FINISH_LINE, Placement
from retro_timer.training.gaits import Gait

LONGEST_RANGE_MM = 100_000.0
_LONGEST_DISTANCE_M = 1000.0
LATEST_S = 4e9
"""Seconds that still fit 64-bit nanoseconds; a wall-clock time stamp does."""
_MOST_LANES = 4
_FIELD = re.compile(r"(\w+)=(.*?)(?=\s+\w+=|\s*$)")
"""One `key=value` of a line with several; a value may have blanks, as athletes' names do."""
_BEGINS = ("go_s", "release_from_s", "flying_from_s")
"""What tells how a rep starts: by its go, by leaving the beam, by crossing the line at the start."""
_NAMED = re.compile(r"^(sensor|line)\s+([^\s,]+)$")


class TraceRep(msgspec.Struct, frozen=True):
    """A go that the recording knows of, or a start that it has to find."""

    go_s: float | None
    """None for a start by release, and for a relay's later legs."""
    distance_m: float
    gait: Gait
    release_from_s: float | None = None
    """The box is armed from here on, and the athlete's leaving the beam is the go, or, `flying`, their crossing of the
    line at the start; None where the go is known."""
    lane: int | None = None
    athlete: str | None = None
    lane_unclear: bool = False
    """Its line names a lane, and what it names is none."""
    crossings_s: float | None = None
    """For so long crossings are counted, of `distance_m` each; None where the first one is the finish."""
    leg: int | None = None
    """Of a relay, counted from 1. The first has a go, each other one begins when the one before it is finished."""
    flying: bool = False
    """Whether it starts by crossing the line at the start."""

    @property
    def follows(self) -> bool:
        """Whether it is a leg that begins with the end of the one before it."""
        return self.leg is not None and self.leg > 1

    @property
    def begins_s(self) -> float:
        """From when the recording has to do with this rep."""
        return self.go_s if self.go_s is not None else self.release_from_s or 0.0


class TraceSensor(msgspec.Struct):
    """One of several sensors; None stands for what its line does not say."""

    placement: Placement | None = None
    line: str = FINISH_LINE
    """Name of the line that it watches."""
    offset_mm: float = 0.0
    """How far beyond that line its beam is, positive in the direction of travel."""
    budget_ms: float | None = None
    fov_deg: float | None = None
    background_mm: int | None = None
    model: str = ""
    other: dict[str, str] = {}


class TraceHead(msgspec.Struct):
    """What stands before the readings. Unknown keys are kept."""

    placement: Placement | None = None
    budget_ms: float | None = None
    fov_deg: float | None = None
    background_mm: int | None = None
    torso_mm: float | None = None
    finish_range_m: float | None = None
    sensors: dict[str, TraceSensor] = {}
    """By name, in the file's order; empty where one sensor needs none."""
    lines: dict[str, float] = {}
    """Distance from the start in metres, by the line's name."""
    lanes: int | None = None
    lane_width_m: float | None = None
    first_lane_m: float | None = None
    """Near edge of lane 1, from the sensor."""
    course: str | None = None
    """straight or out-and-back."""
    order: str | None = None
    """rotation, rolling or waves."""
    reps: list[TraceRep] = []
    other: dict[str, str] = {}
    warnings: list[str] = []

    def take(self, key: str, value: str) -> list[str]:
        """Take one line of metadata; what of it could not be read, what was expected instead, a text each."""
        named = _NAMED.match(key)
        if named is not None:
            return self._take_sensor(named[2], value) if named[1] == "sensor" else self._take_line(named[2], value)
        try:
            if key == "rep":
                rep, problems = _rep_of(value)
                self.reps.append(rep)
                return problems
            if key == "lanes":
                self.lanes = _lane_of(value)
            elif key == "placement":
                self.placement = Placement(_word_of(key, value))
            elif key in _WORDS:
                setattr(self, key, _word_of(key, value))
            elif key in _NUMBERS_OF_THE_HEAD:
                setattr(self, key, _rounded(key, _number_of(key, value)))
            else:
                self.other[key] = value
        except ValueError as error:
            return [str(error)]
        return []

    def _take_sensor(self, name: str, value: str) -> list[str]:
        sensor = self.sensors.setdefault(name, TraceSensor())
        problems = []
        for key, text in _fields(value).items():
            try:
                if key == "placement":
                    sensor.placement = Placement(_word_of(key, text))
                elif key in _NUMBERS_OF_A_SENSOR:
                    setattr(sensor, key, _rounded(key, _number_of(key, text)))
                elif key in ("line", "model") and text:
                    setattr(sensor, key, text)
                else:
                    sensor.other[key] = text
            except ValueError as error:
                problems.append(f"{key} {error}")
        return problems

    def _take_line(self, name: str, value: str) -> list[str]:
        text = _fields(value).get("distance_m")
        if text is None:
            return ["no distance_m, expected 'distance_m=10'"]
        try:
            self.lines[name] = _distance_of(text, least_m=0.0)
        except ValueError as error:
            return [str(error)]
        return []


def parse_rep(go: str, distance: str, gait: str, lane: str | None = None) -> TraceRep:
    """A rep from its texts. Raises ValueError that says which one is wrong and what is expected."""
    go_s = _time_of("go", go)
    return TraceRep(go_s, _distance_of(distance), _gait_of(gait), lane=None if lane is None else _lane_of(lane))


def _rep_of(value: str) -> tuple[TraceRep, list[str]]:
    """A rep from a line of the head, and what of it is ignored. Raises ValueError for a rep that is none."""
    fields = _fields(value)
    if "leg" in fields and _count_of("leg", fields["leg"]) > 1:
        return _leg_of(fields)
    named = [name for name in _BEGINS if name in fields]
    if len(named) > 1:
        raise ValueError(f"{' and '.join(named)}, expected one of them")
    begins = named[0] if named else "go_s"
    missing = [name for name in (begins, "distance_m", "gait") if name not in fields]
    if missing:
        raise ValueError(f"no {missing[0]}, expected 'go_s=5.000 distance_m=30 gait=jog'")
    at_s = _time_of(begins.removesuffix("_s"), fields[begins])
    unfit = _unfit(fields, begins)
    fields = {key: text for key, text in fields.items() if key not in unfit}
    problems = list(unfit.values())
    lane, unclear = None, False
    try:
        lane = _lane_of(fields["lane"]) if "lane" in fields else None
    except ValueError as error:
        unclear = True
        problems.append(str(error))
    distance_m, gait = _distance_of(fields["distance_m"]), _gait_of(fields["gait"])
    athlete = fields.get("athlete") or None
    go_s, release_from_s = (at_s, None) if begins == "go_s" else (None, at_s)
    rep = TraceRep(go_s, distance_m, gait, release_from_s, lane, athlete, unclear, flying=begins == "flying_from_s")
    if "crossings_s" in fields:
        rep = msgspec.structs.replace(rep, crossings_s=_crossings_of(fields["crossings_s"]))
    return msgspec.structs.replace(rep, leg=1) if "leg" in fields else rep, problems


def _unfit(fields: Mapping[str, str], begins: str) -> dict[str, str]:
    """What of a rep does not go with the rest of it, by its name: crossings and a relay have a go, each for itself."""
    if begins != "go_s":
        return {name: f"{name} with {begins}, expected go_s" for name in ("crossings_s", "leg") if name in fields}
    both = "crossings_s" in fields and "leg" in fields
    return {"crossings_s": "crossings_s with leg 1, expected one of them"} if both else {}


def _leg_of(fields: Mapping[str, str]) -> tuple[TraceRep, list[str]]:
    """A leg that begins with the end of the one before it, and what of its line is ignored. Raises ValueError."""
    leg = _count_of("leg", fields["leg"])
    missing = [name for name in ("distance_m", "gait") if name not in fields]
    if missing:
        raise ValueError(f"no {missing[0]}, expected 'distance_m=20 gait=jog leg=2'")
    for name in _BEGINS:
        if name in fields:
            raise ValueError(f"{name} with leg {leg}, expected none: it begins when the leg before it ends")
    problems = [f"{name} with leg {leg}, expected none" for name in ("crossings_s", "lane") if name in fields]
    distance_m, gait = _distance_of(fields["distance_m"]), _gait_of(fields["gait"])
    return TraceRep(None, distance_m, gait, athlete=fields.get("athlete") or None, leg=leg), problems


def _fields(value: str) -> dict[str, str]:
    """The `key=value` pairs of a line; only a name goes on behind a blank."""
    return {key: text.strip() if key == "athlete" else text.partition(" ")[0] for key, text in _FIELD.findall(value)}


def _time_of(what: str, text: str) -> float:
    time_s = _number(text, -LATEST_S, LATEST_S)
    if time_s is None:
        raise ValueError(f"{what} '{text}' is not a time in seconds")
    return time_s


def _distance_of(text: str, least_m: float = 1.0) -> float:
    distance_m = _number(text, least_m, _LONGEST_DISTANCE_M)
    if distance_m is None:
        raise ValueError(f"distance '{text}' is not a number of metres from {least_m:g} to {_LONGEST_DISTANCE_M:.0f}")
    return distance_m


def _crossings_of(text: str) -> float:
    duration_s = _number(text, 1.0, 7200.0)
    if duration_s is None:
        raise ValueError(f"crossings '{text}' is not a number of seconds from 1 to 7200")
    return duration_s


def _count_of(what: str, text: str) -> int:
    count = _number(text, 1.0, 10_000.0)
    if count is None or count != round(count):
        raise ValueError(f"{what} '{text}' is not a whole number from 1")
    return round(count)


def _gait_of(text: str) -> Gait:
    gaits = [str(g) for g in Gait]
    if text not in gaits:
        raise ValueError(f"gait '{text}' is none of {', '.join(gaits)}{near_miss(text, gaits)}")
    return Gait(text)


def _number(text: str, least: float, most: float) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and least <= value <= most else None


_BOUNDS: dict[str, tuple[float, float]] = {
    "budget_ms": (1.0, 1000.0),
    "fov_deg": (0.1, 90.0),
    "background_mm": (100.0, LONGEST_RANGE_MM),
    "torso_mm": (50.0, 600.0),
    "finish_range_m": (0.1, 50.0),
    "lane_width_m": (0.5, 3.0),
    "first_lane_m": (0.0, 5.0),
    "offset_mm": (-2000.0, 2000.0),
}
_WORDS: dict[str, tuple[str, ...]] = {
    "placement": tuple(str(p) for p in Placement),
    "course": ("straight", "out-and-back"),
    "order": ("rotation", "rolling", "waves"),
}
_NOT_OF_A_SENSOR = ("torso_mm", "finish_range_m", "lane_width_m", "first_lane_m")
_NUMBERS_OF_A_SENSOR = tuple(key for key in _BOUNDS if key not in _NOT_OF_A_SENSOR)
_NUMBERS_OF_THE_HEAD = tuple(key for key in _BOUNDS if key != "offset_mm")


def _rounded(key: str, value: float) -> float:
    return round(value) if key == "background_mm" else value


def _word_of(key: str, text: str) -> str:
    """One of the words that a key takes. Raises ValueError with what is wrong and what is expected."""
    words = _WORDS[key]
    if text not in words:
        raise ValueError(f"'{text}' is none of {', '.join(words)}{near_miss(text, words)}")
    return text


def _number_of(key: str, text: str) -> float:
    """A number within the bounds of a key. Raises ValueError with what is wrong and what is expected."""
    least, most = _BOUNDS[key]
    number = _number(text, least, most)
    if number is None:
        raise ValueError(f"'{text}' is not a number from {least:g} to {most:g}")
    return number


def _lane_of(text: str) -> int:
    lane = _number(text, 1.0, _MOST_LANES)
    if lane is None or lane != round(lane):
        raise ValueError(f"lane '{text}' is not a whole number from 1 to {_MOST_LANES}")
    return round(lane)
