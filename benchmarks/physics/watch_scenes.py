"""Scenes for the obstacle watch (lane-end and belt): something comes, crosses, stands or goes, or there is only light.

The truth, for each reading, is the range of the obstacle's surface on the line from the sensor through its middle,
while any part of it is within the half-power cone and the sensor's range, and the speed at which that range shrinks.
The first sight is the first such instant, to 5 ms. The first report, without noise, comes later, the weaker the return:
a person fills only part of a wide cone.

Scenes:

* closing: straight down the axis at a constant 0.5 to 6 m/s from beyond view, to 0.25 m, where it stands still 1 s.
* step-in: from the side at 1.5 to 3 m/s to a place near the axis at 0.4 to 1.5 m; stays 2 to 4 s, goes the same way.
* crossing: from one side to the other at 0.8 to 3 m/s, at a constant distance.
* standing: comes in from the side at a fair distance and stands 5 s.
* receding: steps in near and walks off along the axis at 0.5 to 3 m/s until out of view.
* empty: nobody; `seconds` (600) of light in which 5 to 50 % of the readings are sun's phantoms.
* bursts: the same, with 1 to 5 % of the readings in bursts of 2 to 4 phantoms that agree, and no others.

The obstacle is a person facing the sensor; a belt's own motion is taken to be in the closing speed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import TypedDict, Unpack

from benchmarks.physics.approaches import fov_for
from benchmarks.physics.cases import TruthPoint, WarningCase
from benchmarks.physics.motion import Path, Waypoint
from benchmarks.physics.people import Mover, Thing, person
from benchmarks.physics.scene import film
from benchmarks.physics.sensor import Light, Record, Sensor
from benchmarks.physics.visibility import first_report, touches
from retro_timer.ports import Placement, RangeSample

LEAD_S = 3.0
TAIL_S = 1.5


class WarningOptions(TypedDict, total=False):
    """What may be fixed instead of drawn."""

    record: Record
    fov_deg: float
    max_range_m: float
    speed_mps: float
    """Speed of the obstacle."""
    range_m: float
    """Where it stands, crosses or steps in."""
    light: Light
    seconds: float
    """Length of the empty scene."""
    budget_share: float
    jitter: float


_Way = list[Waypoint]


def _closing(rng: Random, max_mm: float, options: WarningOptions) -> _Way:
    speed = 1000.0 * options.get("speed_mps", rng.uniform(0.5, 6.0))
    x, far, near = rng.gauss(0.0, 60.0), max_mm * 1.1 + 400.0, 380.0
    begin = LEAD_S - 1.0
    arrives = begin + (far - near) / speed
    return [(begin, x, far), (arrives, x, near), (arrives + 1.0, x, near)]


def _step_in(rng: Random, max_mm: float, options: WarningOptions) -> _Way:
    y = _place(rng, options, 0.4, min(1.5, 0.8 * max_mm / 1000.0))
    speed, side, x = 1000.0 * options.get("speed_mps", rng.uniform(1.5, 3.0)), _side(rng), rng.gauss(0.0, 50.0)
    way = (_outside(y) - side * x) / speed
    stays = LEAD_S + way + rng.uniform(2.0, 4.0)
    out = side * _outside(y)
    return [(LEAD_S, out, y), (LEAD_S + way, x, y), (stays, x, y), (stays + way, out, y)]


def _crossing(rng: Random, max_mm: float, options: WarningOptions) -> _Way:
    y = _place(rng, options, 0.5, 0.8 * max_mm / 1000.0)
    speed, side = 1000.0 * options.get("speed_mps", rng.uniform(0.8, 3.0)), _side(rng)
    return [(LEAD_S, side * _outside(y), y), (LEAD_S + 2.0 * _outside(y) / speed, -side * _outside(y), y)]


def _standing(rng: Random, max_mm: float, options: WarningOptions) -> _Way:
    y = _place(rng, options, 0.4 * max_mm / 1000.0, 0.8 * max_mm / 1000.0)
    side, x = _side(rng), rng.gauss(0.0, 60.0)
    way = _outside(y) / (1000.0 * options.get("speed_mps", 1.2))
    out = side * _outside(y)
    return [(LEAD_S, out, y), (LEAD_S + way, x, y), (LEAD_S + way + 5.0, x, y), (LEAD_S + 2.0 * way + 5.0, out, y)]


def _receding(rng: Random, max_mm: float, options: WarningOptions) -> _Way:
    y = _place(rng, options, 0.5, min(1.2, 0.5 * max_mm / 1000.0))
    speed, side = 1000.0 * options.get("speed_mps", rng.uniform(0.5, 3.0)), _side(rng)
    way, far = _outside(y) / 2000.0, max_mm * 1.1 + 400.0
    turns = LEAD_S + way + 0.3
    return [
        (LEAD_S, side * _outside(y), y),
        (LEAD_S + way, 0.0, y),
        (turns, 0.0, y),
        (turns + (far - y) / speed, 0, far),
    ]


SCENES: dict[str, Callable[[Random, float, WarningOptions], _Way]] = {
    "closing": _closing,
    "step-in": _step_in,
    "crossing": _crossing,
    "standing": _standing,
    "receding": _receding,
}
"""The scenes with somebody; nobody is in NOBODY."""
NOBODY = ("empty", "bursts")


def _place(rng: Random, options: WarningOptions, near_m: float, far_m: float) -> float:
    """The middle of a body whose near surface is at the range asked for or drawn."""
    return 1000.0 * options.get("range_m", rng.uniform(near_m, far_m)) + 120.0


def _side(rng: Random) -> float:
    return rng.choice((-1.0, 1.0))


def _outside(y_mm: float) -> float:
    """How far aside somebody at this distance is out of the cone's wings."""
    return 0.42 * (y_mm + 200.0) + 300.0


def warning_scene(
    kind: str, seed: int, placement: Placement, rate_hz: float, **options: Unpack[WarningOptions]
) -> WarningCase:
    """One scene of SCENES or NOBODY. Same arguments, same case."""
    rng = Random(f"{kind}/{seed}/{placement}/{rate_hz:g}")
    max_m = options.get("max_range_m", rng.choice((1.3, 3.0, 8.0)))
    drawn = _light(kind, rng)
    sensor = Sensor(
        rng,
        rate_hz,
        placement,
        options.get("light", drawn),
        record=options.get("record", "full"),
        fov_deg=options.get("fov_deg", fov_for(max_m)),
        max_range_mm=max_m * 1000.0,
        budget_share=options.get("budget_share"),
        jitter=options.get("jitter", 0.02),
    )
    things: list[Thing] = []
    last = options.get("seconds", 600.0)
    if kind not in NOBODY:
        things = [person(Path(SCENES[kind](rng, max_m * 1000.0, options)), rng, 0, facing=True)]
        last = things[0].path.end_s + TAIL_S
    movers: list[Mover] = [*things]
    samples = film(sensor, movers, len(movers) + 1, 0.0, last)
    return WarningCase(
        seed=seed,
        spec=sensor.spec,
        samples=samples,
        truth=_truth(things, sensor, samples),
        first_sight_ns=_first_sight(things, sensor),
        first_report_ns=first_report(things[0], sensor, things[0].path.begin_s, last) if things else None,
    )


def _light(kind: str, rng: Random) -> Light:
    if kind == "empty":
        singles, bursts = rng.uniform(0.05, 0.5), 0.0
    elif kind == "bursts":
        singles, bursts = 0.0, rng.uniform(0.01, 0.05)
    else:
        singles, bursts = rng.choice((0.0, 0.003, 0.02)), 0.0
    return Light(10.0 ** rng.uniform(1.8, 3.2), singles, burst_share=bursts)


def true_range_mm(thing: Thing, sensor: Sensor, t: float) -> float | None:
    """Range of its surface towards the sensor, or None while it is outside the half-power cone or the range."""
    place = thing.path.at(t)
    if place is None:
        return None
    x, y = place
    middle = math.hypot(x, y)
    surface = middle - 1.0 / math.hypot(x / middle / thing.semi_x_mm, y / middle / thing.semi_y_mm)
    shape = thing.ellipse(t)
    if surface > sensor.max_range_mm or shape is None or not touches(shape, math.tan(sensor.half_angle)):
        return None
    return surface


def _truth(things: list[Thing], sensor: Sensor, samples: list[RangeSample]) -> list[TruthPoint]:
    if not things:
        return [TruthPoint(s.t_ns, None, 0.0) for s in samples]
    points = []
    for sample in samples:
        t = sample.t_ns / 1e9
        here, before = true_range_mm(things[0], sensor, t), true_range_mm(things[0], sensor, t - 0.01)
        closing = 0.0 if here is None or before is None else (before - here) / 10.0
        points.append(TruthPoint(sample.t_ns, here, closing))
    return points


def _first_sight(things: list[Thing], sensor: Sensor) -> int | None:
    if not things:
        return None
    path = things[0].path
    steps = range(int((path.end_s - path.begin_s) / 0.005))
    times = (path.begin_s + i * 0.005 for i in steps)
    return next((round(t * 1e9) for t in times if true_range_mm(things[0], sensor, t) is not None), None)
