"""Runners in lanes side by side before one TF-Luna, which tells them apart by range; a nearer one hides a farther one.

Each runs as in `gate`; the middle of the trunk is off the middle of the lane by N(0, 150 mm), and its near shoulder
0.23 m nearer. The reps have one go; the arrivals are 0 to 0.5 s apart. A runner is visible (`free`) when from two
periods before to two after the back reaches the line nobody nearer stands in the half-power beam, and the light of the
trunk gives twice the least amplitude.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict, Unpack

from benchmarks.physics.cases import Rep
from benchmarks.physics.gate import GO_S, GateOptions, draw_arrival, draw_runner, passing, set_stage, truth
from benchmarks.physics.people import Runner
from benchmarks.physics.rays import Round, look
from benchmarks.physics.scene import film
from benchmarks.physics.sensor import LEAST_SIGNAL_KCPS, Sensor
from benchmarks.physics.visibility import touches
from retro_timer.ports import RangeSample, SensorSpec
from retro_timer.training.gaits import Gait

LANE_MM, FIRST_MM = 1220.0, 400.0
DRIFT_MM, SHOULDER_MM = 150.0, 230.0
MOST_APART_S = 0.5
_LOOKS = 40


@dataclass(frozen=True, slots=True)
class InLane:
    """One runner of a wave."""

    lane: int
    rep: Rep
    free: bool
    """Seen at the moment itself."""
    bright: bool
    """The trunk gives twice the least amplitude, whoever hides it."""
    speed_mps: float


@dataclass(frozen=True, slots=True)
class LaneCase:
    """A wave's readings, and who was where."""

    seed: int
    spec: SensorSpec
    samples: list[RangeSample]
    runners: tuple[InLane, ...]


class LaneOptions(TypedDict, total=False):
    """What may be fixed instead of drawn."""

    apart_s: float
    lanes: tuple[int, ...]


def lane_wave(seed: int, gait: Gait, rate_hz: float, runners: int, **options: Unpack[LaneOptions]) -> LaneCase:
    """So many runners, one a lane from the first on. Same arguments, same case."""
    fixed: GateOptions = {"luna": True}
    stage = set_stage(f"lanes-{runners}", seed, gait, rate_hz, "open", fixed)
    rng = stage.rng
    at_s, speed = draw_arrival(stage)
    lanes = options.get("lanes", tuple(range(1, runners + 1)))
    people: list[tuple[int, Runner, float, float]] = []
    for target, lane in enumerate(lanes):
        stage.lateral_mm = FIRST_MM + (lane - 0.5) * LANE_MM + rng.gauss(0.0, DRIFT_MM) - SHOULDER_MM
        later_s = rng.uniform(0.0, MOST_APART_S) if "apart_s" not in options else target * options["apart_s"]
        mine = speed * rng.uniform(0.95, 1.05)
        runner = draw_runner(stage, passing(at_s + later_s, mine, 0.0), target)
        people.append((lane, runner, truth(runner, at_s + later_s), mine))
    samples = _film(stage.sensor, [runner for _, runner, _, _ in people], people)
    return LaneCase(
        seed,
        stage.sensor.spec,
        samples,
        tuple(
            InLane(
                lane,
                Rep(round(GO_S * 1e9), stage.distance_m, gait, "finish", round(back_s * 1e9)),
                _is_free(runner, back_s, stage.sensor, [other for _, other, _, _ in people if other is not runner]),
                _is_bright(runner, back_s, stage.sensor),
                mine / 1000.0,
            )
            for lane, runner, back_s, mine in people
        ),
    )


def _film(sensor: Sensor, movers: list[Runner], people: list[tuple[int, Runner, float, float]]) -> list[RangeSample]:
    """From two seconds before the first comes near until the last has gone."""
    first_s = min(back_s - runner.reach_mm / mine for _, runner, back_s, mine in people) - 2.0
    last_s = max(back_s + runner.reach_mm / mine for _, runner, back_s, mine in people) + 1.3
    return film(sensor, movers, len(movers) + 1, first_s, last_s)


def _is_free(runner: Runner, back_s: float, sensor: Sensor, others: list[Runner]) -> bool:
    slope = sensor.half_angle
    nearer = [other for other in others if other.lateral_mm < runner.lateral_mm]
    reach_s = 2.0 * sensor.period_s
    times = [back_s + reach_s * (2.0 * k / _LOOKS - 1.0) for k in range(_LOOKS + 1)]
    shapes = (shape for other in nearer for t in times for shape in other.shapes(t))
    hidden = any(isinstance(shape, Round) and touches(shape, slope) for shape in shapes)
    return not hidden and _is_bright(runner, back_s, sensor)


def _is_bright(runner: Runner, back_s: float, sensor: Sensor) -> bool:
    """Whether the trunk, its middle on the axis, gives twice the least amplitude."""
    middle_s = back_s + runner.extent_mm(back_s) / runner.speed_mmps(back_s)
    echoes = [[0.0, 0.0] for _ in range(runner.target + 2)]
    look(runner.trunk(middle_s), sensor.fans[1], 1, None, echoes)
    return echoes[runner.target][0] * sensor.gain >= 2.0 * LEAST_SIGNAL_KCPS
