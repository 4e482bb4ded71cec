"""What the page shows of a plan: its blocks in a table, and its time line for those who are there."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from retro_timer.coach.time_line import TimeLineRow, draw_time_line, minutes_text, parts_of, rows_of
from retro_timer.phrases import Catalogue
from retro_timer.settings.model import Settings
from retro_timer.settings.session_rules import foreseen
from retro_timer.training.plan import Part, Plan, steps
from retro_timer.training.plan_text import block_amount

_ENDLESS = "∞"
_MOST_DRAWN = 600
"""Reps of all athletes together. More take seconds on a small box, in the process that serves everybody's phone."""


class BlockRow(msgspec.Struct, frozen=True):
    """One block."""

    part: Part
    amount: str
    gait: str
    rest_s: float
    recovery_s: float
    target: str


class Line(msgspec.Struct, frozen=True):
    """The time line."""

    drawing: Markup
    length: str
    parts: list[Part]
    rows: list[TimeLineRow]


class PlanView(msgspec.Struct, frozen=True):
    """All that is shown of it."""

    plan: Plan
    blocks: list[BlockRow]
    amount: str
    """All blocks' in one line, the same in every language."""
    line: Line | None
    """None where it is too long to be drawn."""


def amount_of(plan: Plan) -> str:
    """What a plan is made of."""
    return " + ".join(block_amount(block, f"{_ENDLESS} ×") for block in plan.blocks)


def view_of(plan: Plan, names: Sequence[str], settings: Settings, catalogue: Catalogue) -> PlanView:
    """For these, by the settings that are kept."""
    blocks = [
        BlockRow(
            block.kind,
            block_amount(block, f"{_ENDLESS} ×"),
            str(block.gait or plan.gait),
            plan.rest_s if block.rest_s is None else block.rest_s,
            plan.recovery_s if block.recovery_s is None else block.recovery_s,
            "" if block.target_s is None else str(block.target_s),
        )
        for block in plan.blocks
    ]
    return PlanView(plan, blocks, amount_of(plan), _line(plan, names, settings, catalogue))


def _line(plan: Plan, names: Sequence[str], settings: Settings, catalogue: Catalogue) -> Line | None:
    few = len(steps(plan)) * len(names) <= _MOST_DRAWN
    rehearsal = foreseen(plan, names, settings) if few else None
    if rehearsal is None:
        return None
    shown = msgspec.structs.replace(
        rehearsal, athletes=tuple(catalogue.shown("who", name=name) for name in rehearsal.athletes)
    )
    # The drawing escapes the names that stand in it.
    drawing = Markup(draw_time_line(shown, catalogue.shown("time_line")))
    return Line(drawing, minutes_text(rehearsal.length_s), parts_of(rehearsal), rows_of(shown))
