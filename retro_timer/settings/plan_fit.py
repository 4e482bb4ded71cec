"""Whether the box can time a plan and its runners can stop: the plan against the settings in force."""

from __future__ import annotations

import math

from retro_timer.detection.people import Braking
from retro_timer.errors import BadInputError
from retro_timer.ports import FINISH_LINE, START_LINE, Placement
from retro_timer.sensors.known import spec_of
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.calibration import Calibration
from retro_timer.settings.lanes import lane_map
from retro_timer.settings.model import Settings
from retro_timer.training.gaits import SPEEDS, Gait
from retro_timer.training.orders import least_every_s
from retro_timer.training.plan import MOST_IN_WAVE, SELF_STARTED, Course, Order, Plan, StartMethod, steps, treadmill_kmh
from retro_timer.training.sampling import LEAST_READINGS, readings_of, seen_width_m, slowest_period_s


class SlowSensorError(BadInputError):
    """The gate's sensor reads too seldom for a gait of the plan."""

    def __init__(self, where: str, problem: str, expected: str, gait: Gait) -> None:
        self.gait = gait
        super().__init__(where, problem, expected)


def check_fit(plan: Plan, settings: Settings, where: str) -> None:
    """Refuse a plan that the timing sensor cannot time or before which nobody can stop. Raises BadInputError."""
    sensor = settings.timing
    if sensor is None:
        return
    _check_order(plan, settings, where)
    _check_start(plan, settings, where)
    gaits = list(dict.fromkeys(step.gait for step in steps(plan) if step.distance_m is not None))
    for gait in gaits:
        if sensor.placement is Placement.GATE:
            _check_readings(gait, sensor, settings, where)
        elif not settings.course.allow_short_runout:
            _check_runout(gait, settings, where)


def _check_order(plan: Plan, settings: Settings, where: str) -> None:
    """Several on the course at once: what goes with them, and none may close on another."""
    for index, block in enumerate(plan.blocks):
        key = f"{where}: blocks[{index}]"
        if block.relay:
            _check_both_ways(settings, f"{key}.relay")
        if block.crossings:
            _check_both_ways(settings, f"{key}.crossings")
    if plan.order is Order.ROTATION:
        return
    # Of several lanes the session keeps the least within each; a wave goes when the one before is in.
    several = settings.course.lanes > 1 or plan.order is Order.WAVES
    least_s = 0.0 if several else least_every_s(plan)
    if plan.every_s is not None and plan.every_s < least_s:
        raise BadInputError(
            f"{where}: every_s",
            f"{plan.every_s:g} s, within which the fastest closes on the slowest in front, or stands at a nearer start"
            f" in their way: the least is {math.ceil(10.0 * least_s) / 10.0:g} s, the line clear again",
            "that, course.lanes in the settings, or lanes_apart = true if nobody runs behind another in one lane",
        )
    if plan.order is Order.WAVES:
        _check_waves(plan, settings.course.lanes, where)
    _check_several(plan, settings, where)


def _check_both_ways(settings: Settings, where: str) -> None:
    """Who passes the line in both directions, or turns on the way, needs a gate that does not mind."""
    others = [s for s in settings.sensors if s.placement is not Placement.GATE]
    if others:
        raise BadInputError(
            where,
            f"with the sensor '{others[0].name}', placement = '{others[0].placement}', which sees one direction alone",
            "a gate alone",
        )
    _check_on_the_line(settings, where)


def _check_on_the_line(settings: Settings, where: str) -> None:
    """Who passes in both directions is timed rightly by what stands on the line itself: an offset has one direction."""
    offsets_mm = {s.offset_mm for s in settings.sensors if s.times_as_gate and s.line == FINISH_LINE}
    if len(offsets_mm) > 1:
        raise BadInputError(
            where,
            "before two beams one behind the other, which only one direction passes rightly",
            "one gate at the finish, or two beams one above the other (the same offset_mm)",
        )
    if any(offsets_mm):
        raise BadInputError(
            where,
            f"before a gate {offsets_mm.pop():+d} mm off its line (offset_mm), which only one direction passes rightly",
            "the sensor on the line itself, offset_mm = 0",
        )


def _check_waves(plan: Plan, lanes: int, where: str) -> None:
    """Who start at once run beside each other: told apart by their lanes, or before a single one by claims."""
    if lanes == 1 and plan.wave_size is None:
        raise BadInputError(
            f"{where}: wave_size",
            "not given, and before one lane nothing else says how many start at once",
            f"2 to {MOST_IN_WAVE}, or course.lanes in the settings",
        )
    if 1 < lanes < (plan.wave_size or 0):
        raise BadInputError(
            f"{where}: wave_size", f"{plan.wave_size} at once before {lanes} lanes, one a lane", f"at most {lanes}"
        )


def _check_several(plan: Plan, settings: Settings, where: str) -> None:
    """What goes with several on the course."""
    key, mend = f"{where}: order", f"order = '{Order.ROTATION}'"
    others = [s for s in settings.sensors if s.placement is not Placement.GATE]
    if others:
        placement = others[0].placement
        why = {
            Placement.BELT: "which one runner wears",
            Placement.LANE_END: "in whose view everybody on the course is an obstacle",
        }[placement]
        raise BadInputError(
            key,
            f"'{plan.order}' with the sensor '{others[0].name}', placement = '{placement}', {why}",
            f"a gate alone, or {mend}",
        )
    _check_own_starts(plan, key, mend)
    for index, block in enumerate(plan.blocks):
        if treadmill_kmh(block) is not None or block.incline_percent is not None:
            raise BadInputError(
                f"{where}: blocks[{index}]",
                f"a treadmill with order = '{plan.order}': one at a time is on it",
                f"a block without speed and incline, or {mend}",
            )


def _check_own_starts(plan: Plan, key: str, mend: str) -> None:
    """Of those who start by themselves with others on the course: one at a time, at a line where nobody else passes."""
    if plan.start not in SELF_STARTED:
        return
    if plan.course is Course.OUT_AND_BACK:
        problem = "course = 'out-and-back': who comes back passes the line at which the next one stands"
    elif plan.order is Order.WAVES:
        problem = f"start = '{plan.start}': of several who start at once nobody can tell who has started"
    elif plan.start is StartMethod.FLYING:
        problem = f"start = '{plan.start}': with others about nobody can tell who has crossed the line at the start"
    else:
        return
    raise BadInputError(key, f"'{plan.order}' with {problem}", f"start = '{StartMethod.COUNTDOWN}', or {mend}")


def _check_start(plan: Plan, settings: Settings, where: str) -> None:
    """Who starts by themselves needs a gate that sees it: at the start, or for out and back the one at the finish."""
    if plan.start not in SELF_STARTED or not any(block.distance_m is not None for block in plan.blocks):
        return
    line = FINISH_LINE if plan.course is Course.OUT_AND_BACK else START_LINE
    gates = [s for s in settings.sensors if s.times_as_gate]
    if plan.course is Course.OUT_AND_BACK:
        _check_on_the_line(settings, f"{where}: course = 'out-and-back'")
    if plan.course is Course.OUT_AND_BACK and settings.course.lanes > 1:
        raise BadInputError(
            where,
            f"course = 'out-and-back' before {settings.course.lanes} lanes: no lane shows who leaves the beam",
            "course.lanes = 1 in the settings",
        )
    if any(sensor.line == line for sensor in gates):
        return
    alone = plan.order is Order.ROTATION
    mend = "course = 'out-and-back', or " if alone and plan.start is StartMethod.RELEASE and line == START_LINE else ""
    raise BadInputError(
        where,
        f"start = '{plan.start}' and no gate watches the line '{line}'",
        f"{mend}a timing sensor with placement = 'gate' and line = '{line}'",
    )


def _check_readings(gait: Gait, sensor: SensorSettings, settings: Settings, where: str) -> None:
    """A gate must get three readings of the gait's fastest body in the middle of the lane, of several the nearest."""
    spec = spec_of(sensor)
    # Runners keep to the middle of the lane; nearer the cone is narrower, farther a dark shirt is not seen.
    lanes = lane_map(settings, Calibration())
    middle_m = settings.course.lane_reach_m / 2.0 if lanes is None else max(0.0, lanes.middle_mm(1) / 1000.0)
    range_m = min(middle_m, spec.max_range_mm / 1000.0)
    width_m = seen_width_m(settings.course.torso_mm / 1000.0, range_m, spec.fov_deg)
    period_s = spec.period_ns / 1e9
    count = readings_of(gait, width_m, period_s)
    if count >= LEAST_READINGS:
        return
    slowest_ms = math.floor(1000.0 * slowest_period_s(gait, width_m))
    raise SlowSensorError(
        where,
        f"a {gait} of up to {SPEEDS[gait].fast_mps:g} m/s gives the sensor '{spec.name}' {count:.1f} readings at "
        f"{1000.0 * period_s:g} ms each",
        f"a sensor that reads each {slowest_ms} ms or faster (sensors.period_ms), which gives "
        f"{LEAST_READINGS:.0f}, or a slower gait",
        gait,
    )


def _check_runout(gait: Gait, settings: Settings, where: str) -> None:
    """Who runs towards a lane-end's box or a belt's board must be able to stop within the finish range."""
    braking = Braking(settings.watch.delay_s, settings.watch.braking_mps2)
    needed_m = braking.stopping_distance_m(SPEEDS[gait].fast_mps)
    if settings.course.finish_range_m < needed_m:
        raise BadInputError(
            where,
            f"a {gait} needs {needed_m:.1f} m to stop and course.finish_range_m is {settings.course.finish_range_m:g}",
            "a longer finish_range_m, a slower gait, or course.allow_short_runout = true",
        )
