"""What a thin beam reads at each place of a passing body: a table of chances, looked up by `thin_beam`.

A thin beam cuts a body like a knife. The trunk comes as an ellipse: its edges, on the axis of the beam, lie half a
shoulder's width farther than its near face and return little light; an arm that leads or trails is as near as the near
face, or as the far shoulder, and ends. So range and light tell an arm's edge from the trunk's, and the length of the
trunk tells which of two edges it is. All figures are those of people, not of a sensor or of a benchmark.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence

_Part = tuple[float, Sequence[float], Sequence[float]]
"""A chance, spread over the bins of range and of light."""
STEP_M = 0.01
"""Half of a TF-Luna's noise: finer costs a larger table and tells no more."""
FIRST_M, LAST_M = -0.26, 0.52
"""Places of the axis on the body, from the back; what lies beyond them is as free as it is there."""
_HALF_SHOULDERS_M = 0.215
"""Half of the shoulders' width, 43 cm (ANSUR II, from memory): from the near face to the trunk's edge, across."""
_SHAPE_SD_M = 0.03
"""No trunk is an ellipse, and a TF-Luna's noise is 1 to 2 cm: narrower would believe single ranges, wider none."""
_ARM_SD_M = 0.045
"""An arm is 9 cm thick and hangs at the shoulder's edge or a little outside of it."""
_FAR_ARM_M = 0.37
"""From the near face to the far arm: the shoulders' width less half an arm to either side..."""
_FAR_ARM_SD_M = 0.08
"""... give or take how it swings: narrower would make an arm that is bent somebody else's."""
_BEFORE_TRUNK = 0.45
"""Share of the trunk that the near arm hides: an upper arm of 9 to 10 cm before a chest of 24, and its elbow beside it
where it swings. Less takes a flat break, which an arm before the trunk makes, for one that begins with an elbow."""
_ODD = 0.03
"""Readings that are neither: phantoms, fluttering cloth."""
ARM_REACHES_M = (0.0, 0.04, 0.08, 0.12, 0.16)
"""How far arms stand out beside the trunk, to one side: elbows lead the back by up to 15 cm (Earp & Newton 2012: single
beams stop up to 80 ms early). None of these lengths is likelier than another, except that often there is none."""
_NO_ARM = 0.3
"""Chance of no arm beside the trunk: more times elbows, less doubts every edge by an arm's length."""
ARM_PRIORS = tuple(_NO_ARM if reach == 0.0 else (1.0 - _NO_ARM) / 4.0 for reach in ARM_REACHES_M)
_ARM_THERE = 0.8
"""Chance of a reading as far out as the arm reaches to be of it: between elbow and trunk there may be a gap."""
_STRAY = 0.003
"""Chance of each class anywhere, in the open as well: phantoms, and what this table leaves out. Less lets one reading
overrule all others."""
_LOST = 0.01
"""Chance of a free reading in a body's midst: a sensor loses one in a hundred."""
_FAR_ARM = 0.3
"""Share of an arm's readings that are the far one's: where both stand out the near one hides it."""
RANGE_EDGES_M = (-0.08, -0.03, 0.02, 0.06, 0.11, 0.17, 0.28, 0.45)
"""Bins of the range, from the near face; the last is what is mixed with the background."""
LIGHT_EDGES = (0.12, 0.25, 0.4, 0.55, 0.7, 0.85)
"""Bins of the light, as a share of the body's brightest; one more bin is for light that is not known."""
_LIGHT_SD = 0.15
"""Of a share of light: cloth, folds and the sensor's own noise. Less believes single readings, more none."""
_RANGES, _LIGHTS = len(RANGE_EDGES_M) + 1, len(LIGHT_EDGES) + 1
UNKNOWN_LIGHT = _LIGHTS
OPEN, DIM, DARK = 0, 1, 2
"""The background was seen, with all of its light, with a part of it, with little. In the open field: nothing was seen,
or light that was too little for a range."""
_FREE = 0.85
"""Share of the background's light above which nothing stands before it: more takes its noise for an edge, less misses
one that hides a seventh of the beam."""
_UNSEEN = 1.0 / 3.0
"""Of the light up to which no range is told: less cannot be told from none, as little as in `beam.is_dim`."""
_SOMEBODY_DIM = 0.3
"""Chance of such light beside a body: an arm in dark cloth, somebody beyond. Less takes each for the body's flank, more
tells no flank at all."""
_HALF = 0.45
"""Below it more than half of the beam is hidden."""


class Table:
    """Logarithms of chances for a trunk of one depth in a beam of one half-width. Rows are made when they are asked
    for: a passage has readings of few classes.
    """

    def __init__(self, torso_m: float, half_beam_m: float, *, before_wall: bool, rangeless: float = 0.0) -> None:
        """`rangeless`: up to that share of the body's brightest light the sensor tells no range; in the open."""
        self._torso_m, self._half_m, self._rangeless = torso_m, half_beam_m, rangeless
        places = [FIRST_M + index * STEP_M for index in range(round((LAST_M - FIRST_M) / STEP_M) + 1)]
        self._places = places
        self._seen = [_seen(u, torso_m, half_beam_m, before_wall, rangeless) for u in places]
        self._arm, self._stray = _arm(before_wall, rangeless), _even(_STRAY)
        self._rows: dict[int, tuple[tuple[float, ...], ...]] = {}
        self.inside = round((half_beam_m + STEP_M - FIRST_M) / STEP_M)
        """The last place at which an arm before the trunk makes a difference..."""
        self.outside = round((torso_m - half_beam_m - STEP_M - FIRST_M) / STEP_M)
        """... and the first for one behind it."""

    def row(self, kind: int) -> tuple[tuple[float, ...], ...]:
        """For each place from FIRST_M in steps of STEP_M the logarithm of a class's chance: for each of ARM_REACHES_M
        where an arm makes a difference, else one.
        """
        found = self._rows.get(kind)
        if found is None:
            found = self._rows[kind] = tuple(self._at(kind, index) for index in range(len(self._places)))
        return found

    def _at(self, kind: int, index: int) -> tuple[float, ...]:
        u_m, (cover, column) = self._places[index], self._seen[index]
        if self.inside < index < self.outside:
            return (self._log(kind, cover, column, 0.0),)
        beside_m = STEP_M + (-u_m if index <= self.inside else u_m - self._torso_m)
        reached = [_ARM_THERE if 0.0 < beside_m <= reach + self._half_m else 0.0 for reach in ARM_REACHES_M]
        return tuple(self._log(kind, cover, column, (1.0 - cover) * share) for share in reached)

    def _log(self, kind: int, cover: float, column: Sequence[float], arm: float) -> float:
        free = max(_LOST, 1.0 - cover - arm) if kind == OPEN else 0.0
        if kind == DIM and self._rangeless:
            free = _SOMEBODY_DIM * max(0.0, 1.0 - cover - arm)
        return math.log(free + column[kind] + arm * self._arm[kind] + self._stray[kind])


def class_of_free(share: float) -> int:
    """The class of a reading of the background, by the share of its light that is left."""
    return OPEN if share >= _FREE else DIM if share >= _HALF else DARK


def class_of(range_m: float, light: float | None) -> int:
    """The class of a hit: its range from the near face and its light as a share of the brightest."""
    in_range = sum(range_m >= edge for edge in RANGE_EDGES_M)
    in_light = UNKNOWN_LIGHT if light is None else sum(light >= edge for edge in LIGHT_EDGES)
    return 3 + in_range * (_LIGHTS + 1) + in_light


@functools.lru_cache(maxsize=64)
def table(torso_mm: int, half_beam_mm: int, before_wall: bool, rangeless: float = 0.0) -> Table:
    """The chances for a trunk of that depth in a beam of that half-width; `rangeless` as of `Table`."""
    return Table(torso_mm / 1000.0, half_beam_mm / 1000.0, before_wall=before_wall, rangeless=rangeless)


def _seen(
    u_m: float, torso_m: float, half_beam_m: float, before_wall: bool, rangeless: float
) -> tuple[float, list[float]]:
    """The trunk's share of the beam, as a reading shows it, and the chance of each class from the trunk alone."""
    cover = _ramp(u_m, half_beam_m) * _ramp(torso_m - u_m, half_beam_m)
    # In the open a part of the beam is enough for a reading; before a wall it is the wall that is read at first, or
    # something between, by a law that nobody knows of a sensor beforehand.
    trunk = cover if before_wall else 1.0 - (1.0 - cover) ** 4
    mixed = 0.5 * (1.0 - cover) if before_wall else 0.0
    x = max(-0.99, min(0.99, 2.0 * u_m / torso_m - 1.0))
    depth_m = _HALF_SHOULDERS_M * (1.0 - math.sqrt(1.0 - x * x))
    # The part of the beam beside an edge returns the wall's light, which may be more or less.
    share = cover * _facing(x, torso_m)
    lights = _EVEN_LIGHTS if before_wall and cover < 1.0 else _light(share)
    dim = _below(rangeless, share, _LIGHT_SD) if rangeless else 0.0
    none = _below(_UNSEEN * rangeless, share, _LIGHT_SD) if rangeless else 0.0
    hits = (
        (trunk * (1.0 - mixed) * (1.0 - _BEFORE_TRUNK - _ODD) * (1.0 - dim), _normal(depth_m, _SHAPE_SD_M), lights),
        (trunk * (1.0 - mixed) * _BEFORE_TRUNK, _normal(-0.01, _ARM_SD_M), _light(0.7)),
        (trunk * (1.0 - mixed) * _ODD, _EVEN_RANGES, _EVEN_LIGHTS),
        (trunk * mixed, _FARTHEST, _EVEN_LIGHTS),
    )
    if not before_wall:
        body = trunk * (1.0 - _BEFORE_TRUNK - _ODD)
        return trunk, _classes((body * none, body * (dim - none), 0.0), hits)
    # What is not read as the body is the wall with what light is left of it.
    left = _bins((_HALF, _FREE), 1.0 - cover, _LIGHT_SD)
    hidden = (1.0 - trunk) * min(1.0, 4.0 * cover)
    return trunk + hidden, _classes((hidden * left[2], hidden * left[1], hidden * left[0]), hits)


def _arm(before_wall: bool, rangeless: float) -> list[float]:
    """The chance of each class where an arm stands out beside the trunk."""
    mixed = 0.2 if before_wall else 0.0
    walls = 0.2 if before_wall else 0.0
    hits = (
        ((1.0 - _FAR_ARM) * (1.0 - mixed - walls), _normal(0.0, _ARM_SD_M), _EVEN_LIGHTS),
        (_FAR_ARM * (1.0 - mixed - walls), _normal(_FAR_ARM_M, _FAR_ARM_SD_M), _EVEN_LIGHTS),
        (mixed, _FARTHEST, _EVEN_LIGHTS),
    )
    return _classes((0.0, max(rangeless, walls / 2.0), walls / 2.0), hits)


def _even(share: float) -> list[float]:
    return _classes((0.0, share, share), ((share, _EVEN_RANGES, _EVEN_LIGHTS),))


def _classes(free: tuple[float, float, float], hits: Sequence[_Part]) -> list[float]:
    found = list(free)
    for in_range in range(_RANGES):
        found += [
            sum(weight * ranges[in_range] * lights[in_light] for weight, ranges, lights in hits)
            for in_light in range(_LIGHTS)
        ]
        found.append(sum(weight * ranges[in_range] for weight, ranges, _ in hits))
    return found


def _ramp(inside_m: float, half_beam_m: float) -> float:
    """Share of the beam that is past an edge."""
    return min(1.0, max(0.0, (inside_m + half_beam_m) / (2.0 * half_beam_m)))


def _facing(x: float, torso_m: float) -> float:
    """Cosine of the incidence on the trunk's ellipse, which is its brightness; `x` from -1 to 1 along its depth."""
    along, across = x / (torso_m / 2.0), math.sqrt(1.0 - x * x) / _HALF_SHOULDERS_M
    return across / math.hypot(along, across)


def _below(value: float, mean: float, sd: float) -> float:
    return 0.5 * (1.0 + math.erf((value - mean) / (sd * math.sqrt(2.0))))


def _bins(edges: tuple[float, ...], mean: float, sd: float) -> tuple[float, ...]:
    reached = [0.0, *(_below(edge, mean, sd) for edge in edges), 1.0]
    return tuple(b - a for a, b in itertools.pairwise(reached))


def _normal(mean_m: float, sd_m: float) -> tuple[float, ...]:
    return _bins(RANGE_EDGES_M, mean_m, sd_m)


def _light(share: float) -> tuple[float, ...]:
    return _bins(LIGHT_EDGES, share, _LIGHT_SD)


_EVEN_RANGES = tuple(1.0 / _RANGES for _ in range(_RANGES))
_EVEN_LIGHTS = tuple(1.0 / _LIGHTS for _ in range(_LIGHTS))
_FARTHEST = (*(0.0 for _ in range(_RANGES - 1)), 1.0)
