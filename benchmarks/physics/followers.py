"""Two athletes close behind each other through one gate, each with a go of their own.

Their middles are 0.3 to 2 s apart, and never nearer than 0.62 m (trunk, and arms that swing to either side): nearer
they would hide each other, or touch. Each runs at a pace of their own, within a tenth of the other's, and in a line of
their own, within a hand's breadth of the other's.
"""

from __future__ import annotations

from typing import Unpack

from benchmarks.physics.cases import GateCase, Rep
from benchmarks.physics.gate import (
    GO_S,
    Background,
    GateOptions,
    draw_arrival,
    draw_runner,
    passing,
    set_stage,
    truth,
)
from benchmarks.physics.people import Runner
from benchmarks.physics.visibility import passage
from retro_timer.training.gaits import Gait

APART_S = (0.3, 2.0)
APART_MM = 620.0
LEAD_S, TAIL_S = 3.0, 1.5
_PACES = 0.1
_ASIDE_MM = 80.0


def followers(
    seed: int, gait: Gait, rate_hz: float, background: Background, **options: Unpack[GateOptions]
) -> GateCase:
    """Two runners, and what the sensor sees of the one of whom it sees less. Same arguments, same case."""
    stage = set_stage("followers", seed, gait, rate_hz, background, options)
    rng = stage.rng
    at_s, speed = draw_arrival(stage)
    other_speed = speed * rng.uniform(1.0 - _PACES, 1.0 + _PACES)
    apart_s = max(rng.uniform(*APART_S), APART_MM / min(speed, other_speed))
    first = draw_runner(stage, passing(at_s, speed, 0.0))
    lane_mm = stage.lateral_mm
    stage.lateral_mm += rng.uniform(-_ASIDE_MM, _ASIDE_MM)
    second = draw_runner(stage, passing(at_s + apart_s, other_speed, 0.0))
    stage.lateral_mm = lane_mm
    backs_s = (_back_s(first, at_s, speed), _back_s(second, at_s + apart_s, other_speed))
    gone_s = at_s + apart_s + second.reach_mm / other_speed
    # Each is measured as if alone: there a scene has one body.
    seen = [passage(one, stage.sensor, back_s) for one, back_s in zip((first, second), backs_s, strict=True)]
    second.target = 1
    fields = stage.describe(first, backs_s[0], min(seen, key=lambda one: one.reported[1] - one.reported[0]))
    fields["free_periods"] = (seen[1].cone[0] - seen[0].cone[1]) / stage.sensor.period_s
    fields["peak_kcps"] = min(one.peak_kcps for one in seen)
    fields["reps"] = tuple(
        Rep(round(go_s * 1e9), stage.distance_m, gait, "finish", round(back_s * 1e9))
        for go_s, back_s in zip((GO_S, GO_S + apart_s), backs_s, strict=True)
    )
    return stage.film([first, second], GO_S - LEAD_S, gone_s + TAIL_S, **fields)


def _back_s(runner: Runner, at_s: float, speed_mmps: float) -> float:
    return truth(runner, at_s, runner.reach_mm / speed_mmps)
