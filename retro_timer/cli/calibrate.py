"""`retro-timer calibrate`: learn the empty lane and its light, or the offset against a target at a known distance."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import click
import msgspec

from retro_timer.beacon.control.protocol import answers, requests
from retro_timer.beacon.control.protocol.facts import Facts, SensorFacts
from retro_timer.beacon.lane_walks import learn_lanes
from retro_timer.beacon.learning import learn_lane, learn_offset
from retro_timer.beacon.sensing.coverage import sensor_coverage
from retro_timer.cli.options import Within
from retro_timer.detection.events import SensorState
from retro_timer.detection.lane_map import LaneMap
from retro_timer.detection.people import Braking
from retro_timer.detection.survey import Survey, survey
from retro_timer.diagnostics.holder import Holder, Wanted, holder
from retro_timer.diagnostics.walking import learn_by_walks
from retro_timer.errors import BadInputError, RetroTimerError, near_miss
from retro_timer.phrases import load_catalogue
from retro_timer.ports import RangeSample
from retro_timer.settings.calibration import SensorCalibration
from retro_timer.settings.lanes import first_lane_set_mm, lane_gate, lane_map

_MEASURE_S = 5.0
_WALK_S = 60.0
_NARROWEST = 50
Learn = Callable[[SensorFacts, Survey, SensorCalibration], SensorCalibration]


class _Learnt(msgspec.Struct):
    """What came of it, by sensor."""

    sensors: dict[str, SensorCalibration]
    problems: dict[str, str]
    file: str | None = None
    """Where it is kept; None when nothing was learnt."""


@click.command()
@click.option("--board", help="pi, twin or sim; that of the running timer, else pi, when left out.")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file.")
@click.option("--scenario", metavar="FILE", help="sim and twin: a scenario's name or TOML file.")
@click.option("--sensor", "name", help="Only this sensor; all of them when left out.")
@click.option(
    "--target-mm",
    type=click.IntRange(100, 8000),
    help="Learn the offset instead: a flat, bright target stands so far from the sensor's window.",
)
@click.option(
    "--walks",
    "each_way",
    type=click.IntRange(1, 20),
    help="Gate of two beams: learn instead how much later one half tells than the other; somebody walks through so "
    "many times each way (5 do).",
)
@click.option(
    "--lanes", "by_lanes", is_flag=True, help="Learn where lane 1 begins instead: walk once through each lane."
)
@click.option("--for", "seconds", type=Within(0.5, 300.0), help="In s; 5 when left out, 60 for the walks of --lanes.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def calibrate(
    board: str | None,
    config: Path | None,
    scenario: str | None,
    name: str | None,
    target_mm: int | None,
    each_way: int | None,
    by_lanes: bool,
    seconds: float | None,
    as_json: bool,
) -> int:
    """Learn the empty lane: what stands behind it, how its readings scatter, and how far one sees in this light.

    With --target-mm the offset: put the target up, learn it, take it away, and learn the lane. With --walks the delay
    between the two beams of a gate. With --lanes, before several lanes, where the first begins: somebody walks once
    through the middle of each, in any order. All is kept in calibration.toml, through the running timer or without it.
    Later the watch tells when the background is gone.
    """
    _check_options(target_mm, each_way, seconds, by_lanes=by_lanes)
    with holder(Wanted(board, config, scenario), lambda _text: None) as asked:
        facts = asked.wait_until_it_sees()
        _check(facts, name, target_mm)
        if each_way is not None:
            return _by_walks(asked, facts, name, each_way, as_json=as_json)
        lanes, gate = lane_map(facts.settings, facts.calibration), lane_gate(facts.settings)
        if by_lanes:
            if lanes is None or gate is None:
                raise BadInputError("--lanes", "no lanes to walk", "course.lanes of 2 to 4")
            if name not in (None, gate.name):
                raise BadInputError(f"--sensor {name}", "tells no lanes", f"'{gate.name}', or none, with --lanes")
            name = gate.name
        lasts_s = seconds or (_WALK_S if by_lanes else _MEASURE_S)
        if not as_json:
            print(_what_to_do(target_mm, lasts_s, by_lanes=by_lanes), flush=True)
        collected = asked.collect(lasts_s)
        surveys = {sensor: survey(samples) for sensor, samples in collected.items()}
        learn = learn_lane if target_mm is None else _offset_against(target_mm)
        if by_lanes and lanes is not None and name is not None:
            learn = _walked(collected[name], lanes, first_lane_set_mm(facts.settings))
        learnt = _learn(asked.facts(), surveys, name, learn)
        if learnt.sensors:
            learnt.file = asked.ask(requests.Calibrate(learnt.sensors), answers.Calibrated).file
    if as_json:
        print(json.dumps(msgspec.to_builtins(learnt)))
    else:
        _tell(facts, learnt)
    return 1 if learnt.problems else 0


def _by_walks(asked: Holder, facts: Facts, name: str | None, each_way: int, *, as_json: bool) -> int:
    """Learn the delay between the halves of a gate from somebody who walks through it."""

    def say(text: str) -> None:
        if not as_json:
            _print_filled(text)

    learnt = learn_by_walks(asked, facts, name, each_way, say)
    file = asked.ask(requests.Calibrate(learnt.sensors), answers.Calibrated).file
    if as_json:
        print(json.dumps(msgspec.to_builtins(_Learnt(learnt.sensors, {}, file))))
    for line in (*learnt.told, f"kept in {file}"):
        say(line)
    return 0


def _check_options(target_mm: int | None, each_way: int | None, seconds: float | None, *, by_lanes: bool) -> None:
    """One kind of learning at a time. Raises BadInputError."""
    asked = {"--walks": each_way is not None, "--lanes": by_lanes, "--target-mm": target_mm is not None}
    first, *others = [option for option, given in asked.items() if given] or [""]
    if others:
        raise BadInputError(first, f"{' and '.join(others)} besides", "one of them at a time")
    if each_way is not None and seconds is not None:
        raise BadInputError("--walks", "--for besides", "one of them at a time: walks take as long as they take")


def _check(facts: Facts, name: str | None, target_mm: int | None) -> None:
    """What must be so before it is worth to measure. Raises RetroTimerError."""
    names = [sensor.spec.name for sensor in facts.sensors]
    if name is not None and name not in names:
        raise BadInputError(f"--sensor {name}", f"no such sensor{near_miss(name, names)}", f"one of {', '.join(names)}")
    if target_mm is not None and name is None and len(names) > 1:
        raise BadInputError("--target-mm", "several sensors, one target", f"--sensor with one of {', '.join(names)}")
    if facts.busy:
        raise RetroTimerError("a session is under way; wait for its end, or: retro-timer ctl stop")


def _what_to_do(target_mm: int | None, seconds: float, *, by_lanes: bool) -> str:
    if by_lanes:
        return f"Walk once through the middle of each lane within {seconds:g} s."
    return f"Keep {'the lane empty' if target_mm is None else 'the target still'} for {seconds:g} s."


def _walked(samples: list[RangeSample], lanes: LaneMap, set_mm: int) -> Learn:
    return lambda sensor, _seen, before: learn_lanes(sensor, samples, lanes, before, set_mm)


def _offset_against(target_mm: int) -> Learn:
    return lambda sensor, seen, before: learn_offset(sensor, seen, target_mm, before)


def _learn(facts: Facts, surveys: dict[str, Survey], name: str | None, learn: Learn) -> _Learnt:
    """Each sensor by itself: one that cannot learn does not keep the others from it."""
    learnt = _Learnt({}, {})
    for sensor in facts.sensors:
        spec = sensor.spec
        if name not in (None, spec.name):
            continue
        before = facts.calibration.of(spec.name, str(spec.placement))
        try:
            learnt.sensors[spec.name] = learn(sensor, surveys[spec.name], before)
        except RetroTimerError as error:
            learnt.problems[spec.name] = str(error)
    return learnt


def _tell(facts: Facts, learnt: _Learnt) -> None:
    for name, made in learnt.sensors.items():
        sensor = next(sensor for sensor in facts.sensors if sensor.spec.name == name)
        before = facts.calibration.of(name, made.placement)
        if made.first_lane_mm != before.first_lane_mm and made.first_lane_mm is not None:
            print(f"{name}: lane 1 begins at {made.first_lane_mm / 1000:.2f} m")
        elif made.offset_mm != before.offset_mm:
            print(f"{name}: offset {made.offset_mm:+d} mm, before {before.offset_mm:+d} mm")
        else:
            _print_filled(f"{name}: {_lane(made)}; {_light(facts, sensor, made)}")
    if learnt.file is not None:
        print(f"kept in {learnt.file}")
    for problem in learnt.problems.values():
        print(f"retro-timer: {problem}", file=sys.stderr)


def _print_filled(text: str) -> None:
    print(
        textwrap.fill(text, max(_NARROWEST, shutil.get_terminal_size().columns - 1), subsequent_indent="  "), flush=True
    )


def _lane(made: SensorCalibration) -> str:
    if made.background_mm is None:
        return "open, nothing stands behind the lane"
    return f"background at {made.background_mm / 1000:.2f} m, readings scatter by {made.noise_mm:.0f} mm"


def _light(facts: Facts, sensor: SensorFacts, made: SensorCalibration) -> str:
    """How far it sees, and what that covers."""
    braking = Braking(facts.settings.watch.delay_s, facts.settings.watch.braking_mps2)
    covers = sensor_coverage(sensor.spec, SensorState.OK, made.ambient_kcps, braking)
    told = f"sees {made.range_m:.1f} m in this light"
    if covers is None:
        return f"{told}. It does not keep watch."
    return f"{told}. {load_catalogue(facts.settings.voice.language).render(covers.phrase, covers.spoken)}"
