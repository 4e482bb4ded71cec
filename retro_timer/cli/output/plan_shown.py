"""A plan in words: its size, its blocks, and the time line of its session."""

from __future__ import annotations

from itertools import pairwise

from retro_timer.training.plan import MPS_PER_KMH, MPS_PER_MPH, Order, Part, Plan, PlanSet, steps, treadmill_kmh
from retro_timer.training.plan_text import block_amount
from retro_timer.training.rehearsal import MOST_REPS
from retro_timer.training.rehearsed import Rehearsal

_BAR_CELLS = 60


def size_of(plan: Plan) -> str:
    """How much a plan is, for one athlete."""
    laid_out = steps(plan)
    laid = [step for step in laid_out if not step.open]
    reps = [step for step in laid if step.timed_m is not None]
    parts = []
    if reps:
        total_m = sum(step.timed_m or 0.0 for step in reps)
        parts.append(f"{len(reps)} reps, {total_m:g} m")
    seconds = sum(step.duration_s or 0.0 for step in laid)
    if seconds:
        parts.append(f"{seconds / 60:g} min")
    if len(laid) < len(laid_out):
        parts.append("reps until the stop")
    return " + ".join(parts)


def block_lines(plan: Plan) -> list[str]:
    """A line for each block."""
    return [f"{_kind(block):9} {_block(plan, block)}" for block in plan.blocks]


def order_of(plan: Plan) -> str:
    """Who is on the course together, and how close behind each other."""
    text = str(plan.order)
    if plan.order is Order.WAVES and plan.wave_size is not None:
        text += f" of {plan.wave_size}"
    if plan.every_s is not None:
        text += f", a go every {plan.every_s:g} s"
    return text + (", in lanes of their own" if plan.lanes_apart else "")


def time_line(rehearsal: Rehearsal | None) -> list[str]:
    """A line for each athlete: when they are on the way and when they rest; and how long it takes for all."""
    if rehearsal is None:
        return [f"time      more than {MOST_REPS} reps: too many to draw"]
    names = rehearsal.athletes
    whose = "one athlete" if len(names) == 1 else f"{len(names)} athletes"
    lines = [f"time      {_minutes(rehearsal.length_s)} for {whose}, at the usual speeds of the gaits"]
    for index, name in enumerate(names):
        lines.append(f"{name:11} {_bar(rehearsal, index)} {_rests(rehearsal.rests_s(index))}".rstrip())
    return lines


def _bar(rehearsal: Rehearsal, athlete: int) -> str:
    """On the way, resting between two reps, and what comes before and after them."""
    stretches, cell_s = rehearsal.of(athlete), rehearsal.length_s / _BAR_CELLS
    cells = [" "] * _BAR_CELLS
    for before, after in pairwise(stretches):
        _fill(cells, before.end_s / cell_s, after.begin_s / cell_s, "·")
    for stretch in stretches:
        _fill(cells, stretch.begin_s / cell_s, stretch.end_s / cell_s, "█")
    return "".join(cells)


def _fill(cells: list[str], begin: float, end: float, mark: str) -> None:
    first = min(int(begin), len(cells) - 1)
    for place in range(first, min(max(first + 1, round(end)), len(cells))):
        cells[place] = mark


def _rests(rests_s: list[float]) -> str:
    if not rests_s:
        return ""
    least, most = round(min(rests_s)), round(max(rests_s))
    return f"rests {least} s" if least == most else f"rests {least} to {most} s"


def _minutes(seconds: float) -> str:
    minutes, rest_s = divmod(round(seconds), 60)
    return f"{minutes} min {rest_s:02} s"


def _kind(block: PlanSet) -> str:
    return "block" if block.kind is Part.WORK else str(block.kind)


def _block(plan: Plan, block: PlanSet) -> str:
    gait = block.gait or plan.gait
    rest_s = plan.rest_s if block.rest_s is None else block.rest_s
    recovery_s = plan.recovery_s if block.recovery_s is None else block.recovery_s
    amount = block_amount(block, "until the stop:")
    text = f"{amount} {gait}, rest {rest_s:g} s, recovery {recovery_s:g} s{_treadmill(block)}"
    if block.target_s is not None:
        text += ", target best" if isinstance(block.target_s, str) else f", target {block.target_s:g} s"
    return f"{text}, relay" if block.relay else text


def _treadmill(block: PlanSet) -> str:
    text = "" if block.incline_percent is None else f", incline {block.incline_percent:g} %"
    speed_kmh = treadmill_kmh(block)
    if speed_kmh is not None:
        text += f", {speed_kmh * MPS_PER_KMH / MPS_PER_MPH:.1f} mph ({speed_kmh:.1f} km/h)"
    return text
