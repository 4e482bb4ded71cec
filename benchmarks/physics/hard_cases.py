"""Gate scenes that tempt a timer, each with its right answer as data.

Unless the entry says otherwise an ordinary athlete comes as in `gate`, the rep's answer is `finish` at the truth, and
what else was in the beam is listed as decoys. All are filmed without a gap from 3 s or more before the go, with an
empty beam for the first 1.9 s at least.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Unpack

from benchmarks.physics.cases import Decoy, GateCase, Rep
from benchmarks.physics.gate import (
    GO_S,
    Background,
    CaseFields,
    GateOptions,
    Stage,
    draw_arrival,
    draw_runner,
    passing,
    set_stage,
    truth,
)
from benchmarks.physics.motion import Course, Path
from benchmarks.physics.people import Mover, Runner, Thing, ball, dog, person, reaching_arm
from benchmarks.physics.sensor import Light
from benchmarks.physics.visibility import stay
from retro_timer.training.gaits import Gait, finish_window, human_limit_s

LEAD_S = 3.0
TAIL_S = 1.5
_Maker = Callable[[Path, Stage], Thing]


@dataclass(frozen=True, slots=True)
class Athlete:
    """The athlete whose rep it is."""

    runner: Runner
    at_s: float
    """When the torso's middle is at the line."""
    back_s: float


def _athlete(stage: Stage) -> Athlete:
    at_s, speed = draw_arrival(stage)
    runner = draw_runner(stage, passing(at_s, speed, 0.0))
    return Athlete(runner, at_s, truth(runner, at_s, runner.reach_mm / speed))


def _rep(stage: Stage, back_s: float | None, *, go_s: float = GO_S, flags: tuple[str, ...] = ()) -> Rep:
    back_ns = None if back_s is None else round(back_s * 1e9)
    return Rep(round(go_s * 1e9), stage.distance_m, stage.gait, "dnf" if back_s is None else "finish", back_ns, flags)


def _decoys(stage: Stage, kind: str, mover: Mover, begin: float, end: float) -> tuple[Decoy, ...]:
    span = stay(mover, stage.sensor, begin, end)
    return () if span is None else (Decoy(kind, round(span[0] * 1e9), round(span[1] * 1e9)),)


def _tempted(stage: Stage, athlete: Athlete, kind: str, thing: Thing, lead_s: float = LEAD_S) -> GateCase:
    """An ordinary rep with one other thing in the scene."""
    fields = stage.measure(athlete.runner, athlete.back_s)
    fields["reps"] = (_rep(stage, athlete.back_s),)
    fields["decoys"] = _decoys(stage, kind, thing, thing.path.begin_s, thing.path.end_s)
    return stage.film([athlete.runner, thing], GO_S - lead_s, _gone(athlete) + TAIL_S, **fields)


def _gone(athlete: Athlete) -> float:
    return athlete.at_s + athlete.runner.reach_mm / athlete.runner.speed_mmps(athlete.at_s)


def _early_s(stage: Stage) -> float:
    """Before any human can arrive."""
    return GO_S + human_limit_s(stage.distance_m) * stage.rng.uniform(0.15, 0.85)


def _in_window_s(stage: Stage, athlete: Athlete) -> float:
    """Between the human limit and the athlete, whom it precedes by 1.2 s or more."""
    latest = athlete.at_s - 1.2
    return stage.rng.uniform(min(GO_S + human_limit_s(stage.distance_m) + 0.2, latest - 0.4), latest)


def _cross(stage: Stage, at_s: float, speed_mmps: float, y_mm: float) -> Path:
    """Along the lane, in either direction, on the axis at `at_s`."""
    way = 2500.0 * stage.rng.choice((-1.0, 1.0))
    took = 2500.0 / speed_mmps
    return Path([(at_s - took, -way, y_mm), (at_s + took, way, y_mm)])


def _intruder(make: str, early: bool) -> Callable[[Stage], GateCase]:
    speeds = {"dog": (4.0, 9.0), "ball": (5.0, 15.0), "person": (1.1, 3.0)}[make]

    def build(stage: Stage) -> GateCase:
        athlete = _athlete(stage)
        rng = stage.rng
        at_s = _early_s(stage) if early else _in_window_s(stage, athlete)
        y_mm = stage.lateral_mm + rng.uniform(150.0, 350.0)
        path = _cross(stage, at_s, rng.uniform(*speeds) * 1000.0, y_mm)
        if make == "person":
            thing = person(path, rng, 1, facing=False)
        else:
            thing = (dog if make == "dog" else ball)(path, rng, 1)
        return _tempted(stage, athlete, make, thing)

    return build


def person_beside(stage: Stage) -> GateCase:
    """In the runner's window somebody walks by beyond the lane, 1.5 m or more from the sensor."""
    athlete = _athlete(stage)
    rng = stage.rng
    path = _cross(stage, _in_window_s(stage, athlete), rng.uniform(900.0, 1800.0), rng.uniform(1780.0, 1950.0))
    return _tempted(stage, athlete, "person-beside", person(path, rng, 1, facing=False))


def elbow(stage: Stage) -> GateCase:
    """An arm reaches into the beam for 0.12 to 0.5 s, 1 to 3 s before the body."""
    athlete = _athlete(stage)
    rng = stage.rng
    begin, held = athlete.at_s - rng.uniform(1.0, 3.0), rng.uniform(0.12, 0.5)
    y_mm = stage.lateral_mm + rng.uniform(0.0, 150.0)
    inside = rng.uniform(-60.0, 60.0)
    points = [
        (begin - 0.15, -700.0, y_mm),
        (begin, inside, y_mm),
        (begin + held, inside, y_mm),
        (begin + held + 0.15, -700.0, y_mm),
    ]
    return _tempted(stage, athlete, "arm", reaching_arm(Path(points), rng, 1))


def coach(stage: Stage) -> GateCase:
    """A coach steps into the beam 4 s before the go, stands there, and leaves between the go and the athlete."""
    athlete = _athlete(stage)
    rng = stage.rng
    y_mm = stage.lateral_mm + rng.uniform(150.0, 350.0)
    latest = athlete.at_s - GO_S - 2.5
    leaves = GO_S + rng.uniform(0.5, max(min(latest, 12.0), 0.8))
    side = rng.choice((-1.0, 1.0))
    points = [
        (GO_S - 4.8, -1100.0 * side, y_mm),
        (GO_S - 4.0, 20.0, y_mm),
        (leaves, -20.0, y_mm),
        (leaves + 0.9, 1200.0 * side, y_mm),
    ]
    return _tempted(stage, athlete, "coach", person(Path(points), rng, 1, facing=False), lead_s=6.8)


def phantoms(stage: Stage) -> GateCase:
    """Nobody comes; the sun makes phantoms. The answer is dnf."""
    end = GO_S + min(finish_window(stage.distance_m, stage.gait).timeout_s + 2.0, 60.0)
    return stage.film([], GO_S - LEAD_S, end, reps=(_rep(stage, None),))


def walk_back(stage: Stage) -> GateCase:
    """After the finish the athlete brakes, waits 1.5 to 6 s and walks back through the beam."""
    athlete = _athlete(stage)
    rng = stage.rng
    course = athlete.runner.course
    brakes = athlete.at_s + (athlete.runner.reach_mm + 200.0) / athlete.runner.speed_mmps(athlete.at_s)
    stands = course.brake(brakes, rng.uniform(1800.0, 2800.0)) + rng.uniform(1.5, 6.0)
    place, pace = course.at(stands)[0], rng.uniform(900.0, 1500.0)
    course.set_off(stands, 1200.0, -pace)
    end = stands + (place + athlete.runner.reach_mm) / pace + 1.0
    fields = stage.measure(athlete.runner, athlete.back_s)
    fields["reps"] = (_rep(stage, athlete.back_s),)
    fields["decoys"] = _decoys(stage, "walk-back", athlete.runner, stands, end)
    return stage.film([athlete.runner], GO_S - LEAD_S, end + TAIL_S, **fields)


def _two(stage: Stage, own_go: bool) -> GateCase:
    first = _athlete(stage)
    rng = stage.rng
    gap = rng.uniform(0.5, 1.0)
    speed = first.runner.speed_mmps(first.at_s)
    gap = max(gap, 620.0 / speed)
    other = draw_runner(stage, passing(first.at_s + gap, speed, 0.0), target=1)
    other_s = truth(other, first.at_s + gap, other.reach_mm / speed)
    fields = stage.measure(first.runner, first.back_s)
    if own_go:
        fields["reps"] = (_rep(stage, first.back_s), _rep(stage, other_s, go_s=GO_S + gap))
    else:
        fields["reps"] = (_rep(stage, first.back_s),)
        fields["decoys"] = _decoys(stage, "second-athlete", other, first.at_s, first.at_s + gap + 3.0)
    return stage.film([first.runner, other], GO_S - LEAD_S, _gone(first) + gap + TAIL_S, **fields)


def two_athletes(stage: Stage) -> GateCase:
    """A second athlete, no rep's, is 0.5 to 1 s behind (more if they would collide)."""
    return _two(stage, own_go=False)


def two_reps(stage: Stage) -> GateCase:
    """Two athletes 0.5 to 1 s apart, each with a go; the answer is two finishes."""
    return _two(stage, own_go=True)


def stops_in_beam(stage: Stage) -> GateCase:
    """The athlete brakes to a stop with the torso on the axis, stands 3 to 6 s and walks on. The back did arrive."""
    athlete = _athlete(stage)
    rng = stage.rng
    course = athlete.runner.course
    speed, braking = athlete.runner.speed_mmps(athlete.at_s), rng.uniform(1500.0, 2500.0)
    stop_mm = rng.uniform(-60.0, 100.0)
    brakes = athlete.at_s + (stop_mm - speed * speed / (2.0 * braking)) / speed
    stands = course.brake(brakes, braking)
    leaves = stands + rng.uniform(3.0, 6.0)
    pace = rng.uniform(800.0, 1300.0)
    course.set_off(leaves, 1500.0, pace)
    back_s = truth(athlete.runner, stands - 1.0, 3.5)
    fields = CaseFields(torso_mm=athlete.runner.build.depth_mm, speed_mps=course.at(back_s)[1] / 1000.0)
    fields["axis_periods"] = fields["break_periods"] = (leaves - back_s) / stage.sensor.period_s
    fields["seen_periods"] = (leaves - stands) / stage.sensor.period_s
    fields["reps"] = (_rep(stage, back_s),)
    return stage.film([athlete.runner], GO_S - LEAD_S, leaves + athlete.runner.reach_mm / pace + 1.0 + TAIL_S, **fields)


def start_inside(stage: Stage) -> GateCase:
    """The athlete steps into the beam 4 s before the go, starts from there and does not come back. Answer: dnf."""
    rng = stage.rng
    course = Course(GO_S - 5.0, -1500.0, 1500.0)
    course.then(GO_S - 4.0, 0.0, 0.0)
    _, speed = draw_arrival(stage)
    course.set_off(GO_S + rng.uniform(0.15, 0.35), rng.uniform(1500.0, 3000.0), speed)
    runner = draw_runner(stage, course)
    decoys = _decoys(stage, "start-inside", runner, GO_S - 5.5, GO_S + 4.0)
    return stage.film([runner], GO_S - 7.5, GO_S + 10.0, reps=(_rep(stage, None),), decoys=decoys)


def behind_schedule(stage: Stage) -> GateCase:
    """The athlete comes 3 to 25 % after the timeout: a finish flagged `late`."""
    rng = stage.rng
    took = finish_window(stage.distance_m, stage.gait).timeout_s * rng.uniform(1.03, 1.25)
    _, speed = draw_arrival(stage)
    runner = draw_runner(stage, passing(GO_S + took, speed, 0.0))
    back_s = truth(runner, GO_S + took, runner.reach_mm / speed)
    fields = stage.measure(runner, back_s)
    fields["reps"] = (_rep(stage, back_s, flags=("late",)),)
    return stage.film([runner], GO_S - LEAD_S, GO_S + took + runner.reach_mm / speed + TAIL_S, **fields)


HARD_CASES: dict[str, Callable[[Stage], GateCase]] = {
    "dog-early": _intruder("dog", True),
    "dog-window": _intruder("dog", False),
    "ball-early": _intruder("ball", True),
    "ball-window": _intruder("ball", False),
    "person-early": _intruder("person", True),
    "person-beside": person_beside,
    "elbow": elbow,
    "coach": coach,
    "phantoms": phantoms,
    "walk-back": walk_back,
    "two-athletes": two_athletes,
    "two-reps": two_reps,
    "stops-in-beam": stops_in_beam,
    "start-inside": start_inside,
    "behind-schedule": behind_schedule,
}
"""Every scene by name. `phantoms` is dnf, `start-inside` is dnf, `behind-schedule` is flagged late, `two-reps` has two
finishes; every other one is one finish, the athlete's."""


def hard_case(
    name: str, seed: int, gait: Gait, rate_hz: float, background: Background, **options: Unpack[GateOptions]
) -> GateCase:
    """One scene of HARD_CASES. Same arguments, same case."""
    chosen: GateOptions = {**options}
    if name == "phantoms" and "light" not in chosen:
        chosen["light"] = Light(ambient_kcps=15_000.0, phantom_share=0.3 + 0.65 * (seed % 8) / 7.0)
    if name == "person-beside" and background == "wall" and "wall_mm" not in chosen:
        chosen["wall_mm"] = 2500.0
    return HARD_CASES[name](set_stage(name, seed, gait, rate_hz, background, chosen))
