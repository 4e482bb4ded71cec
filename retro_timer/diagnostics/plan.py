"""Checks what was set on the box, and the plan that a press at the box starts."""

from __future__ import annotations

from pathlib import Path

from retro_timer.diagnostics.findings import Finding, Verdict
from retro_timer.errors import BadInputError
from retro_timer.settings.loading import place_of, plan_file, read_plan, settings_file
from retro_timer.settings.model import Settings
from retro_timer.settings.own import NAME, keys_of, load_own
from retro_timer.settings.plan_fit import check_fit


def check_settings_files(directory: Path) -> Finding:
    """Which files set what; `directory` is the state directory, in which what was set on the box lies."""
    left_out: list[str] = []
    try:
        own = [key for key, _ in keys_of(load_own(directory, left_out.append))]
    except BadInputError as error:
        mend = f"{error.expected}; or delete the file" if error.expected else "delete the file"
        return Finding("settings", Verdict.WRONG, f"{error.where}: {error.problem}", mend)
    if left_out:
        return Finding("settings", Verdict.POOR, " ".join(left_out), f"take it out of {directory / NAME}")
    on_the_box = f"; on the box, in {directory / NAME}: {', '.join(own)}" if own else ""
    return Finding("settings", Verdict.OK, f"{settings_file()}{on_the_box}")


def check_default_plan(settings: Settings) -> Finding:
    """Is it there, without a mistake, and can this box time it?"""
    name = settings.session.default_plan
    try:
        path = plan_file(name)
        check_fit(read_plan(path), settings, f"plan '{name}'")
    except BadInputError as error:
        return Finding("default plan", Verdict.WRONG, f"{error.where}: {error.problem}", error.expected)
    return Finding("default plan", Verdict.OK, f"'{name}' [{place_of(path)}]: a press starts it")
