"""A plan in words: its size, and its blocks."""

from __future__ import annotations

from retro_timer.training.plan import MPS_PER_KMH, MPS_PER_MPH, Order, Part, Plan, PlanSet, steps, treadmill_kmh


def size_of(plan: Plan) -> str:
    """How much a plan is, for one athlete."""
    laid = [step for step in steps(plan) if not step.open]
    reps = [step for step in laid if step.distance_m is not None]
    parts = []
    if reps:
        total_m = sum(step.distance_m or 0.0 for step in reps)
        parts.append(f"{len(reps)} reps, {total_m:g} m")
    seconds = sum(step.duration_s or 0.0 for step in laid if step.distance_m is None)
    if seconds:
        parts.append(f"{seconds / 60:g} min")
    if len(laid) < len(steps(plan)):
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


def _kind(block: PlanSet) -> str:
    return "block" if block.kind is Part.WORK else str(block.kind)


def _block(plan: Plan, block: PlanSet) -> str:
    gait = block.gait or plan.gait
    rest_s = plan.rest_s if block.rest_s is None else block.rest_s
    recovery_s = plan.recovery_s if block.recovery_s is None else block.recovery_s
    text = f"{_amount(block)} {gait}, rest {rest_s:g} s, recovery {recovery_s:g} s{_treadmill(block)}"
    if block.target_s is not None:
        text += ", target best" if isinstance(block.target_s, str) else f", target {block.target_s:g} s"
    return f"{text}, relay" if block.relay else text


def _amount(block: PlanSet) -> str:
    sets = f"{block.sets} ×" if block.until is None else "until the stop:"
    if block.distances_m is not None:
        return f"{sets} {'–'.join(f'{distance_m:g}' for distance_m in block.distances_m)} m"
    if block.crossings:
        each = f"{block.duration_s or 0:g} s of crossings over {block.distance_m or 0:g} m"
    elif block.distance_m is not None:
        each = f"{block.distance_m:g} m"
    else:
        each = f"{(block.duration_s or 0) / 60:g} min"
    return f"{sets} {block.reps} × {each}"


def _treadmill(block: PlanSet) -> str:
    text = "" if block.incline_percent is None else f", incline {block.incline_percent:g} %"
    speed_kmh = treadmill_kmh(block)
    if speed_kmh is not None:
        text += f", {speed_kmh * MPS_PER_KMH / MPS_PER_MPH:.1f} mph ({speed_kmh:.1f} km/h)"
    return text
