"""The values in a trace's head: each from its text, or a ValueError that says what was expected."""

from __future__ import annotations

import math

from retro_timer.errors import near_miss
from retro_timer.ports import Placement
from retro_timer.training.gaits import Gait

LONGEST_RANGE_MM = 100_000.0
_LONGEST_DISTANCE_M = 1000.0
LATEST_S = 4e9
"""Seconds that still fit 64-bit nanoseconds; a wall-clock time stamp does."""
_MOST_LANES = 4


def time_of(what: str, text: str) -> float:
    """Seconds. Raises ValueError with what is wrong."""
    time_s = _number(text, -LATEST_S, LATEST_S)
    if time_s is None:
        raise ValueError(f"{what} '{text}' is not a time in seconds")
    return time_s


def distance_of(text: str, least_m: float = 1.0) -> float:
    """Metres, from `least_m` to a kilometre. Raises ValueError with what is wrong."""
    distance_m = _number(text, least_m, _LONGEST_DISTANCE_M)
    if distance_m is None:
        raise ValueError(f"distance '{text}' is not a number of metres from {least_m:g} to {_LONGEST_DISTANCE_M:.0f}")
    return distance_m


def crossings_of(text: str) -> float:
    """For how many seconds crossings are counted. Raises ValueError with what is wrong."""
    duration_s = _number(text, 1.0, 7200.0)
    if duration_s is None:
        raise ValueError(f"crossings '{text}' is not a number of seconds from 1 to 7200")
    return duration_s


def count_of(what: str, text: str) -> int:
    """A whole number from 1. Raises ValueError with what is wrong."""
    count = _number(text, 1.0, 10_000.0)
    if count is None or count != round(count):
        raise ValueError(f"{what} '{text}' is not a whole number from 1")
    return round(count)


def gait_of(text: str) -> Gait:
    """A gait by its name. Raises ValueError with what is wrong."""
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
WORDS: dict[str, tuple[str, ...]] = {
    "placement": tuple(str(p) for p in Placement),
    "course": ("straight", "out-and-back"),
    "order": ("rotation", "rolling", "waves"),
}
_NOT_OF_A_SENSOR = ("torso_mm", "finish_range_m", "lane_width_m", "first_lane_m")
NUMBERS_OF_A_SENSOR = tuple(key for key in _BOUNDS if key not in _NOT_OF_A_SENSOR)
NUMBERS_OF_THE_HEAD = tuple(key for key in _BOUNDS if key != "offset_mm")


def rounded(key: str, value: float) -> float:
    """As the head has it: a background is whole millimetres."""
    return round(value) if key == "background_mm" else value


def word_of(key: str, text: str) -> str:
    """One of the words that a key takes. Raises ValueError with what is wrong and what is expected."""
    words = WORDS[key]
    if text not in words:
        raise ValueError(f"'{text}' is none of {', '.join(words)}{near_miss(text, words)}")
    return text


def number_of(key: str, text: str) -> float:
    """A number within the bounds of a key. Raises ValueError with what is wrong and what is expected."""
    least, most = _BOUNDS[key]
    number = _number(text, least, most)
    if number is None:
        raise ValueError(f"'{text}' is not a number from {least:g} to {most:g}")
    return number


def lane_of(text: str) -> int:
    """A lane's number. Raises ValueError with what is wrong."""
    lane = _number(text, 1.0, _MOST_LANES)
    if lane is None or lane != round(lane):
        raise ValueError(f"lane '{text}' is not a whole number from 1 to {_MOST_LANES}")
    return round(lane)
