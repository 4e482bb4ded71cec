"""Looks at the whole box, in the order in which one would: sensors, board, machine, settings, plan."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from retro_timer.detection.survey import survey
from retro_timer.diagnostics.crosstalk import look_for_crosstalk
from retro_timer.diagnostics.findings import Finding, Verdict
from retro_timer.diagnostics.holder import BoardFaultError, Holder, Wanted, holder
from retro_timer.diagnostics.machine import look_at_machine
from retro_timer.diagnostics.plan import check_default_plan, check_settings_files
from retro_timer.diagnostics.sensors import check_sensors
from retro_timer.diagnostics.system import check_board, check_machine
from retro_timer.phrases import load_catalogue
from retro_timer.settings import paths
from retro_timer.settings.loading import load_settings

MEASURE_S = 3.0
"""How long the sensors are read for it when nobody says otherwise."""


def examined(wanted: Wanted, seconds: float = MEASURE_S) -> list[Finding]:
    """The whole table; a board at fault is a finding too. Raises RetroTimerError where there is no board to check."""
    try:
        with holder(wanted, lambda _text: None) as asked:
            return list(_all(asked, seconds))
    except BoardFaultError as error:
        settings = load_settings(wanted.config)
        machine = look_at_machine(settings, paths.state_dir())
        return [
            Finding("board", Verdict.WRONG, f"{error}", watch=True),
            *check_machine(settings, machine, own=True),
        ]


def _all(asked: Holder, seconds: float) -> Iterator[Finding]:
    """Every finding, in the order in which one would look."""
    asked.wait_until_it_sees()
    surveys = {name: survey(samples) for name, samples in asked.collect(seconds).items()}
    facts = asked.facts()
    machine = look_at_machine(facts.settings, Path(facts.state_dir))
    if asked.running:
        # What this user may open is nothing to the timer, which has its own rights.
        header = machine.header or "held by the running timer"
        machine = msgspec.structs.replace(machine, denied=(), header=header)
    yield from check_sensors(facts, surveys, load_catalogue(facts.settings.voice.language))
    yield from look_for_crosstalk(asked, facts, surveys, seconds)
    yield from check_board(facts, machine)
    yield from check_machine(facts.settings, machine, own=not asked.running)
    yield check_settings_files(Path(facts.state_dir))
    yield check_default_plan(facts.settings)
