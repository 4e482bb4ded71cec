"""Checks the plan that a press at the box starts."""

from __future__ import annotations

from retro_timer.diagnostics.findings import Finding, Verdict
from retro_timer.errors import BadInputError
from retro_timer.settings.loading import load_plan
from retro_timer.settings.model import Settings
from retro_timer.settings.plan_fit import check_fit


def check_default_plan(settings: Settings) -> Finding:
    """Is it there, without a mistake, and can this box time it?"""
    name = settings.session.default_plan
    try:
        check_fit(load_plan(name), settings, f"plan '{name}'")
    except BadInputError as error:
        return Finding("default plan", Verdict.WRONG, f"{error.where}: {error.problem}", error.expected)
    return Finding("default plan", Verdict.OK, f"'{name}': a press starts it")
