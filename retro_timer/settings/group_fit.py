"""What a coach should know before a group trains by a plan: said, and nothing is refused for it."""

from __future__ import annotations

from collections.abc import Iterator

from retro_timer.ports import FINISH_LINE
from retro_timer.settings.calibration import SoundCheck
from retro_timer.settings.model import Settings
from retro_timer.training.plan import Course, Order, Plan

_SPEECH = "speech"


def group_remarks(plan: Plan, settings: Settings, sound: SoundCheck) -> Iterator[str]:
    """A line each. A plan is a group's by its order, or where the settings name a roster; a start at the box itself
    needs no word.
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
    beams = {s.offset_mm for s in settings.sensors if s.times_as_gate and s.line == FINISH_LINE}
    if plan.order is not Order.ROTATION and len(beams) == 1:
        yield (
            f"order = '{plan.order}' with a single gate: whoever walks back through its beam is taken for a finish;"
            f" the way back is farther than {settings.course.lane_reach_m:g} m from the sensor, or behind it; a second"
            " gate some centimetres along the lane tells them apart"
        )
