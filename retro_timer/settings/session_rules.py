"""From the settings to the rules of a session, and a plan as it is going to run by them."""

from __future__ import annotations

from collections.abc import Sequence

from retro_timer.detection.people import Braking
from retro_timer.ports import FINISH_LINE, START_LINE, Placement, Role, SensorSpec
from retro_timer.sensors.known import spec_of
from retro_timer.settings.model import Settings
from retro_timer.training.listed import Listed
from retro_timer.training.plan import Plan
from retro_timer.training.rehearsed import Rehearsal
from retro_timer.training.safe_speed import DarkClothing
from retro_timer.training.session.rules import Line, Rules


def session_rules(
    settings: Settings,
    specs: Sequence[SensorSpec],
    braking: Braking,
    dark_clothing: DarkClothing | None = None,
    listed: tuple[Listed, ...] = (),
    *,
    start_hears: bool = True,
) -> Rules:
    """How a session goes with these sensors. `dark_clothing`: as `coverage.dark_clothing` tells it. `listed`: what the
    roster says. `start_hears`: somebody at the start line has answered that the box is heard there.
    """
    timers = [spec for spec in specs if spec.role is not Role.WATCH]
    timing = next((spec.placement for spec in timers if spec.line == FINISH_LINE), Placement.GATE)
    watched = {spec.line for spec in timers if spec.placement is Placement.GATE}
    on_the_way = [Line(name, line.distance_m) for name, line in settings.lines.items() if name in watched]
    watching = [spec.placement for spec in specs if spec.role is not Role.TIMING and spec.may_watch]
    rear = [placement for placement in watching if placement is not Placement.GATE]
    return Rules(
        timing=timing,
        watching=(rear or watching or [None])[0],
        finish_range_m=settings.course.finish_range_m,
        allow_short_runout=settings.course.allow_short_runout,
        braking=braking,
        get_ready_s=settings.session.get_ready_s,
        countdown_s=float(settings.session.countdown_s),
        changeover_s=settings.session.changeover_s,
        lines=tuple(sorted(on_the_way, key=lambda line: line.distance_m)),
        dark_clothing=dark_clothing,
        lanes=settings.course.lanes,
        listed=listed,
        start_hears=start_hears,
        detail=settings.voice.detail,
        say_progress=settings.session.say_progress,
        start_line=START_LINE if START_LINE in watched else FINISH_LINE,
    )


def foreseen(plan: Plan, names: Sequence[str], settings: Settings) -> Rehearsal | None:
    """How it goes for these; None for more reps than are gone through."""
    # The whole session with all its rules: the coach's page holds it from the first plan that is drawn.
    from retro_timer.training.rehearsal import rehearse

    return rehearse(plan, names, session_rules(settings, [spec_of(sensor) for sensor in settings.sensors], Braking()))
