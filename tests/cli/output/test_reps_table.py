"""The table of reps at a session's end: a part of it says that it is one."""

from __future__ import annotations

import io

import msgspec
import pytest
from rich.console import Console

from retro_timer.cli.output.reps_table import reps_table
from retro_timer.training.gaits import Gait
from retro_timer.training.record import RepRecord, RepStatus
from retro_timer.training.session.machine import new_session
from retro_timer.training.session.rules import Rules
from tests.helpers.plans_made import plan


@pytest.mark.parametrize(("count", "told"), [(12, False), (13, True)])
def test_a_table_of_the_newest_reps_says_how_many_there_are_and_where_they_are(count: int, told: bool) -> None:
    records = tuple(
        RepRecord(n, 1, n, "Ann", 20.0, None, Gait.JOG, RepStatus.FINISHED, 0, 8_000_000_000, 10_000_000)
        for n in range(1, count + 1)
    )
    state = msgspec.structs.replace(new_session(plan(), ("Ann",), Rules()), results=records)
    page = io.StringIO()
    Console(file=page, width=120).print(reps_table(state))
    text = page.getvalue()
    assert ("the newest 12 of 13 reps; all of them: retro-timer results show" in text) is told
    assert len(text.splitlines()) == 1 + 12 + told
