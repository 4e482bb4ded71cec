"""What a plan is checked against beside its own text: the settings, the sound check and the roster's names."""

from __future__ import annotations

from retro_timer.phrases import load_catalogue
from retro_timer.phrases.speaking_time import estimated_s
from retro_timer.settings import paths
from retro_timer.settings.calibration import load_calibration
from retro_timer.settings.group_fit import group_remarks
from retro_timer.settings.loading import Tell, load_roster, roster_file
from retro_timer.settings.model import Settings
from retro_timer.settings.plan_fit import check_fit
from retro_timer.training.plan import Plan


def plan_remarks(plan: Plan, where: str, settings: Settings, tell: Tell) -> list[str]:
    """What a coach should look at before a group trains by it, a line each. `tell` gets what is to be said of the
    roster. Raises BadInputError for a plan that the box cannot time.
    """
    check_fit(plan, settings, where)
    sound = load_calibration(paths.state_dir()).sound
    return list(group_remarks(plan, settings, sound, _longest_call_s(settings, tell)))


def _longest_call_s(settings: Settings, tell: Tell) -> float:
    """Of the roster that a start begins with, where several are on the course; 0 without one."""
    if settings.session.roster is None:
        return 0.0
    catalogue = load_catalogue(settings.voice.language)
    names = [one.say or one.name for one in load_roster(roster_file(settings.session.roster), tell)]
    calls = (catalogue.render("turn_rolling", {"name": name}) for name in names)
    return max(estimated_s(call, settings.voice.rate_wpm) for call in calls)
