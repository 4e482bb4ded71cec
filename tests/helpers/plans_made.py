"""Plans for tests: short to write, and complete."""

from __future__ import annotations

from typing import Any

from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Plan, PlanSet, StartMethod

PLAN_TEXT = """\
title = "Test plan"
purpose = "A test."
source = "This test."
safety = "Look out."
gait = "{gait}"
rest_s = {rest_s}
recovery_s = {recovery_s}
{more}
{blocks}
"""


def block(**fields: Any) -> PlanSet:
    """A block; 20 m unless it says otherwise."""
    if not {"distance_m", "distances_m", "duration_s"} & set(fields):
        fields["distance_m"] = 20.0
    return PlanSet(**fields)


def plan(*blocks: PlanSet, **fields: Any) -> Plan:
    """A plan of these blocks; one rep of 20 m without any."""
    given = {
        "title": "Test plan",
        "purpose": "A test.",
        "source": "This test.",
        "safety": "Look out.",
        "gait": Gait.JOG,
        "start": StartMethod.COUNTDOWN,
        "rest_s": 25.0,
        "recovery_s": 120.0,
        **fields,
    }
    return Plan(blocks=tuple(blocks) or (block(),), **given)


def plan_text(
    *blocks: str, gait: str = "jog", rest_s: float = 5.0, recovery_s: float = 5.0, more: str = "walk_out_s = 0"
) -> str:
    """A plan's file; `blocks` are the inner lines of each [[blocks]] table."""
    tables = "\n".join(f"[[blocks]]\n{lines}\n" for lines in blocks or ("distance_m = 10",))
    return PLAN_TEXT.format(gait=gait, rest_s=rest_s, recovery_s=recovery_s, more=more, blocks=tables)
