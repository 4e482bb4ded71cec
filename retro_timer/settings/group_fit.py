"""What a coach should know before a group trains by a plan: said, and nothing is refused for it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from retro_timer.ports import FINISH_LINE, START_LINE
from retro_timer.settings.calibration import SoundCheck
from retro_timer.settings.model import Settings
from retro_timer.training.orders import least_every_s
from retro_timer.training.plan import Course, Order, Plan

_SPEECH = "speech"
_AFTER_CALL_S = 1.0
"""From a call to its countdown: whoever hears their name turns to the line."""


def group_remarks(plan: Plan, settings: Settings, sound: SoundCheck, call_s: float = 0.0) -> Iterator[str]:
    """A line each. A plan is a group's by its order, or where the settings name a roster; a start at the box itself
    needs no word. `call_s`: how long the longest call of that roster takes.
    """
    group = plan.order is not Order.ROTATION or settings.session.roster is not None
    lengths = any(block.distance_m is not None or block.distances_m is not None for block in plan.blocks)
    if not group or not lengths or plan.course is not Course.STRAIGHT:
        return
    voice = settings.voice.volume if settings.voice.kind == _SPEECH else None
    if not sound.holds(voice, settings.buzzer.volume):
        yield (
            "the start line may not hear the box: nobody there has said yes when it was as loud (retro-timer doctor"
            " --hear); without that use the page, or somebody who calls"
        )
    start_s = call_s + settings.session.countdown_s + _AFTER_CALL_S
    if plan.order is Order.ROLLING and call_s and plan.every_s is not None and plan.every_s < start_s:
        yield (
            f"every_s = {plan.every_s:g}, and the longest call of the roster, the countdown and a pause of"
            f" {_AFTER_CALL_S:g} s take {math.ceil(10.0 * start_s) / 10.0:g} s at {settings.voice.rate_wpm} words a"
            f" minute in the language '{settings.voice.language}': no go comes sooner; shorter names to be said"
            " (column say of the roster), or a longer every_s"
        )
    least_s = least_every_s(plan)
    if plan.order is Order.ROLLING and settings.course.lanes > 1 and (plan.every_s or 0.0) < least_s:
        yield (
            f"order = '{plan.order}' before {settings.course.lanes} lanes: behind who shares the lane by the roster"
            f" (column lane), and with who has none there, a go comes {math.ceil(10.0 * least_s) / 10.0:g} s after the"
            " last one; lanes_apart = true if nobody runs behind another in one lane"
        )
    if plan.order is Order.WAVES and settings.course.lanes == 1:
        yield (
            "order = 'waves' before one lane tells nobody whose finish is whose: each is a place, which `retro-timer"
            " ctl claim PLACE NAME` or the page gives its athlete; all of a wave run beside each other, and within"
            f" {settings.course.lane_reach_m:g} m of the sensor at the line"
        )
    if plan.order is not Order.ROTATION:
        yield from _split_remarks(plan, settings)
    beams = {s.offset_mm for s in settings.sensors if s.times_as_gate and s.line == FINISH_LINE}
    if plan.order is not Order.ROTATION and len(beams) == 1:
        yield (
            f"order = '{plan.order}' with a single gate: whoever walks back through its beam is taken for a finish;"
            f" the way back is farther than {settings.course.lane_reach_m:g} m from the sensor, or behind it; a second"
            " gate 300 mm before it along the lane tells them apart"
        )


def _split_remarks(plan: Plan, settings: Settings) -> Iterator[str]:
    gates = (s.line for s in settings.sensors if s.times_as_gate)
    lines = list(dict.fromkeys(f"'{line}'" for line in gates if line not in (START_LINE, FINISH_LINE)))
    if lines:
        yield (
            f"order = '{plan.order}' takes no splits, since nobody can tell whose they are: while anybody is on the"
            f" course the gate at {' and '.join(lines)} neither times nor watches;"
            f" order = '{Order.ROTATION}' takes them"
        )
