"""What is in the beams of a dual gate and is no finish: dogs, balls, arms, sun, and who walks the wrong way.

Things fill a beam by how much of its height, 2 r tan 13.5 degrees at the range r, they take: a dog, a ball, an arm,
each at a height of its own.
"""

from __future__ import annotations

from benchmarks.physics.blending import Law
from benchmarks.physics.dual import Body, DualCase, Gate, Layout, draw_body, set_gate
from benchmarks.physics.gate import GO_S, Background
from benchmarks.physics.motion import Path
from benchmarks.physics.people import Mover, Thing, person
from benchmarks.physics.sensor import STRAY_SHARE, Light
from retro_timer.training.gaits import Gait, finish_window, human_limit_s

_LEAD_S, _TAIL_S = 3.0, 1.5
_MOST_S = 30.0
_LEAPS = 0.3
"""Of the dogs: over something, the others gallop with their backs no more than 150 mm higher than when they stand."""
_REACHES = 0.12
"""Of a beam's height: what fills less of either is no trial of it."""
_TALL_MM = 4000.0
TRIALS = ("dog", "ball", "arm held in", "arm swept", "sun", "bursts", "wrong way")
"""What is in the beams of a rep and is no finish; `wrong way` is asked of beams behind one another alone."""


def dual_trial(name: str, seed: int, layout: Layout, gait: Gait, background: Background, law: Law) -> DualCase:
    """One of TRIALS: an athlete comes after it, but in `sun` and `bursts`, where nobody does."""
    light = None
    if name == "sun":
        light = Light(ambient_kcps=15_000.0, phantom_share=0.3 + 0.65 * (seed % 8) / 7.0, stray_share=STRAY_SHARE)
    elif name == "bursts":
        light = Light(ambient_kcps=15_000.0, phantom_share=0.2, burst_share=(0.02, 0.05, 0.1)[seed % 3])
    gate = set_gate(name, seed, layout, gait, 41.0, background, law, light)
    if light is not None:
        end = GO_S + min(finish_window(gate.stage.distance_m, gait).timeout_s + 2.0, _MOST_S)
        return gate.film(([], []), GO_S - _LEAD_S, end, None)
    body = draw_body(gate)
    at_s = _in_window_s(gate, body)
    if name in ("dog", "ball"):
        halves = _flying(gate, name, at_s)
    elif name == "wrong way":
        halves = _passer(gate, at_s)
    else:
        halves = _arm(gate, at_s, held=name == "arm held in")
    # The athlete's echoes are the first target, the thing's the second.
    movers: tuple[list[Mover], list[Mover]] = ([body.halves[0], halves[0]], [body.halves[1], halves[1]])
    first_s = max(GO_S - _LEAD_S, at_s - _MOST_S / 2.0)
    return gate.film(movers, first_s, body.gone_s + _TAIL_S, body)


def _in_window_s(gate: Gate, body: Body) -> float:
    """Between the human limit and the athlete, whom it precedes by 1.2 to 12 s."""
    latest = body.back_s - 1.2
    earliest = max(GO_S + human_limit_s(gate.stage.distance_m) + 0.2, latest - 10.0)
    return gate.rng.uniform(min(earliest, latest - 0.4), latest)


def _flying(gate: Gate, what: str, at_s: float) -> tuple[Mover, Mover]:
    """A dog in a leap, or a ball, high enough for one beam at least; in either direction."""
    rng = gate.rng
    y_mm = gate.stage.lateral_mm + rng.uniform(150.0, 350.0)
    way = 2500.0 * rng.choice((-1.0, 1.0))
    took = 2500.0 / (1000.0 * rng.uniform(*((4.0, 9.0) if what == "dog" else (5.0, 15.0))))
    path = Path([(at_s - took, -way, y_mm), (at_s + took, way, y_mm)])
    while True:
        if what == "dog":
            leaps_mm = rng.uniform(150.0, 500.0) if rng.random() < _LEAPS else rng.uniform(0.0, 150.0)
            top_mm = rng.uniform(350.0, 700.0) + leaps_mm
            low_mm = top_mm - rng.uniform(200.0, 330.0)
            thing = Thing(path, rng.uniform(280.0, 400.0), rng.uniform(80.0, 120.0), rng.uniform(0.2, 0.6), 1.0, 1)
        else:
            radius = rng.uniform(90.0, 115.0)
            middle_mm = rng.uniform(200.0, 1700.0)
            low_mm, top_mm = middle_mm - radius, middle_mm + radius
            thing = Thing(path, radius, radius, rng.uniform(0.4, 0.8), 1.0, 1)
        halves = gate.seen_by_both(thing, low_mm, top_mm)
        if max(half.fill for half in halves) >= _REACHES:
            return halves


def _arm(gate: Gate, at_s: float, *, held: bool) -> tuple[Mover, Mover]:
    """A forearm reaches into the beam from beside the lane and is held there for 0.12 to 0.5 s, or is swept through."""
    rng = gate.rng
    y_mm = gate.stage.lateral_mm + rng.uniform(0.0, 150.0)
    if held:
        stays, inside = rng.uniform(0.12, 0.5), rng.uniform(-60.0, 160.0)
        side = rng.choice((-1.0, 1.0))
        points = [
            (at_s - 0.15, side * 700.0, y_mm),
            (at_s, inside, y_mm),
            (at_s + stays, inside, y_mm),
            (at_s + stays + 0.15, side * 700.0, y_mm),
        ]
    else:
        way, took = 900.0 * rng.choice((-1.0, 1.0)), 900.0 / (1000.0 * rng.uniform(0.8, 3.0))
        points = [(at_s - took, -way, y_mm), (at_s + took, way, y_mm)]
    radius = rng.uniform(35.0, 50.0)
    thing = Thing(Path(points), radius, radius, rng.uniform(0.35, 0.6), 1.0, 1)
    while True:
        middle_mm, half_mm = rng.uniform(600.0, 1350.0), rng.uniform(50.0, 150.0)
        halves = gate.seen_by_both(thing, middle_mm - half_mm, middle_mm + half_mm)
        if max(half.fill for half in halves) >= _REACHES:
            return halves


def _passer(gate: Gate, at_s: float) -> tuple[Mover, Mover]:
    """Somebody walks through against the direction of travel."""
    rng = gate.rng
    y_mm = gate.stage.lateral_mm + rng.uniform(150.0, 350.0)
    took = 2500.0 / rng.uniform(900.0, 2500.0)
    thing = person(Path([(at_s - took, 2500.0, y_mm), (at_s + took, -2500.0, y_mm)]), rng, 1, facing=False)
    return gate.seen_by_both(thing, 0.0, _TALL_MM)
