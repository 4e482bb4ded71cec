"""What stands before a trace's readings: the sensors, the course, and the goes that the recording knows of."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from retro_timer.ports import FINISH_LINE, Placement
from retro_timer.store.traces.head_values import (
    NUMBERS_OF_A_SENSOR,
    NUMBERS_OF_THE_HEAD,
    WORDS,
    count_of,
    crossings_of,
    distance_of,
    gait_of,
    lane_of,
    number_of,
    rounded,
    time_of,
    word_of,
)
from retro_timer.training.gaits import Gait

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
    def by_itself(self) -> bool:
        """Whether a gate sees its start, by release or flying."""
        return self.release_from_s is not None

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
                self.lanes = lane_of(value)
            elif key == "placement":
                self.placement = Placement(word_of(key, value))
            elif key in WORDS:
                setattr(self, key, word_of(key, value))
            elif key in NUMBERS_OF_THE_HEAD:
                setattr(self, key, rounded(key, number_of(key, value)))
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
                    sensor.placement = Placement(word_of(key, text))
                elif key in NUMBERS_OF_A_SENSOR:
                    setattr(sensor, key, rounded(key, number_of(key, text)))
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
            self.lines[name] = distance_of(text, least_m=0.0)
        except ValueError as error:
            return [str(error)]
        return []


def parse_rep(go: str, distance: str, gait: str, lane: str | None = None) -> TraceRep:
    """A rep from its texts. Raises ValueError that says which one is wrong and what is expected."""
    go_s = time_of("go", go)
    return TraceRep(go_s, distance_of(distance), gait_of(gait), lane=None if lane is None else lane_of(lane))


def _rep_of(value: str) -> tuple[TraceRep, list[str]]:
    """A rep from a line of the head, and what of it is ignored. Raises ValueError for a rep that is none."""
    fields = _fields(value)
    if "leg" in fields and count_of("leg", fields["leg"]) > 1:
        return _leg_of(fields)
    named = [name for name in _BEGINS if name in fields]
    if len(named) > 1:
        raise ValueError(f"{' and '.join(named)}, expected one of them")
    begins = named[0] if named else "go_s"
    missing = [name for name in (begins, "distance_m", "gait") if name not in fields]
    if missing:
        raise ValueError(f"no {missing[0]}, expected 'go_s=5.000 distance_m=30 gait=jog'")
    at_s = time_of(begins.removesuffix("_s"), fields[begins])
    unfit = _unfit(fields, begins)
    fields = {key: text for key, text in fields.items() if key not in unfit}
    problems = list(unfit.values())
    lane, unclear = None, False
    try:
        lane = lane_of(fields["lane"]) if "lane" in fields else None
    except ValueError as error:
        unclear = True
        problems.append(str(error))
    distance_m, gait = distance_of(fields["distance_m"]), gait_of(fields["gait"])
    athlete = fields.get("athlete") or None
    go_s, release_from_s = (at_s, None) if begins == "go_s" else (None, at_s)
    rep = TraceRep(go_s, distance_m, gait, release_from_s, lane, athlete, unclear, flying=begins == "flying_from_s")
    if "crossings_s" in fields:
        rep = msgspec.structs.replace(rep, crossings_s=crossings_of(fields["crossings_s"]))
    return msgspec.structs.replace(rep, leg=1) if "leg" in fields else rep, problems


def _unfit(fields: Mapping[str, str], begins: str) -> dict[str, str]:
    """What of a rep does not go with the rest of it, by its name: crossings and a relay have a go, each for itself."""
    if begins != "go_s":
        return {name: f"{name} with {begins}, expected go_s" for name in ("crossings_s", "leg") if name in fields}
    both = "crossings_s" in fields and "leg" in fields
    return {"crossings_s": "crossings_s with leg 1, expected one of them"} if both else {}


def _leg_of(fields: Mapping[str, str]) -> tuple[TraceRep, list[str]]:
    """A leg that begins with the end of the one before it, and what of its line is ignored. Raises ValueError."""
    leg = count_of("leg", fields["leg"])
    missing = [name for name in ("distance_m", "gait") if name not in fields]
    if missing:
        raise ValueError(f"no {missing[0]}, expected 'distance_m=20 gait=jog leg=2'")
    for name in _BEGINS:
        if name in fields:
            raise ValueError(f"{name} with leg {leg}, expected none: it begins when the leg before it ends")
    problems = [f"{name} with leg {leg}, expected none" for name in ("crossings_s", "lane") if name in fields]
    distance_m, gait = distance_of(fields["distance_m"]), gait_of(fields["gait"])
    return TraceRep(None, distance_m, gait, athlete=fields.get("athlete") or None, leg=leg), problems


def _fields(value: str) -> dict[str, str]:
    """The `key=value` pairs of a line; only a name goes on behind a blank."""
    return {key: text.strip() if key == "athlete" else text.partition(" ")[0] for key, text in _FIELD.findall(value)}
