"""What the types cannot say of a plan: which of its keys go together, and what the program cannot run."""

from __future__ import annotations

from retro_timer.errors import BadInputError
from retro_timer.training.gaits import human_limit_s
from retro_timer.training.plan import SELF_STARTED, Course, Order, Plan, PlanSet, StartMethod


def check_plan(plan: Plan, where: str) -> None:
    """Raises BadInputError naming the key in `where`."""
    for index, block in enumerate(plan.blocks):
        key = f"{where}: blocks[{index}]"
        _check_amount(block, key)
        _check_treadmill(block, key)
        _check_target(block, plan, key)
        _check_end(block, key, last=index == len(plan.blocks) - 1)
        _check_crossings(block, plan, key)
        _check_relay(block, plan, key)
    if plan.course is Course.OUT_AND_BACK and plan.start is not StartMethod.RELEASE:
        raise BadInputError(
            f"{where}: course",
            f"out-and-back with start = '{plan.start}'",
            "start = 'release' with it: one box does both",
        )
    _check_order(plan, where)
    low, high = plan.sessions_per_week
    if low > high:
        raise BadInputError(f"{where}: sessions_per_week", f"{low} is more than {high}", "[fewest, most]")


def _check_amount(block: PlanSet, key: str) -> None:
    """How much a rep is: a length, a ladder of lengths, or a time; crossings take a length and a time."""
    given = [name for name in ("distance_m", "distances_m", "duration_s") if getattr(block, name) is not None]
    if block.crossings:
        if given != ["distance_m", "duration_s"]:
            found = " and ".join(given) or "neither"
            raise BadInputError(f"{key}.crossings", f"{found} given", "distance_m and duration_s with it")
        return
    if not given:
        raise BadInputError(key, "neither of distance_m and duration_s given", "one of them, or distances_m")
    if len(given) > 1:
        expected = "exactly one of them"
        mend = f"{expected}, or crossings = true" if given == ["distance_m", "duration_s"] else expected
        raise BadInputError(key, f"both of {given[0]} and {given[1]} given", mend)
    if block.distances_m is not None and block.reps != 1:
        raise BadInputError(
            f"{key}.reps", f"{block.reps} with distances_m", "none: a ladder has a rep over each of its lengths"
        )


def _check_treadmill(block: PlanSet, key: str) -> None:
    if block.speed_mph is not None and block.speed_kmh is not None:
        raise BadInputError(key, "both speed_mph and speed_kmh given", "one of them")
    treadmill = (block.incline_percent, block.speed_mph, block.speed_kmh)
    over_a_length = block.distance_m is not None or block.distances_m is not None
    if over_a_length and any(value is not None for value in treadmill):
        raise BadInputError(key, "a treadmill's incline or speed on a rep over a distance", "duration_s with it")


def _check_target(block: PlanSet, plan: Plan, key: str) -> None:
    """A target is for a time over a length, and one that somebody can run."""
    if block.target_s is None:
        return
    lengths = block.distances_m or (() if block.distance_m is None else (block.distance_m,))
    if not lengths or block.duration_s is not None:
        raise BadInputError(f"{key}.target_s", "a target without a time to be run", "distance_m or distances_m with it")
    if isinstance(block.target_s, str):
        return
    length_m = max(lengths)
    limit_s = human_limit_s(length_m, flying=plan.start is StartMethod.FLYING)
    if block.target_s < limit_s:
        raise BadInputError(
            f"{key}.target_s",
            f"{block.target_s:g} s, and nobody runs {length_m:g} m backward in less than {limit_s:.1f} s",
            "a time that somebody can run",
        )


def _check_end(block: PlanSet, key: str, *, last: bool) -> None:
    """What goes on until the stop has nothing after it."""
    if block.until is None:
        return
    if not last:
        raise BadInputError(f"{key}.until", "'stop' in a block that others follow", "it in the last block")
    if block.sets != 1:
        raise BadInputError(f"{key}.until", f"'stop' with sets = {block.sets}", "no sets: it goes on until the stop")


def _check_crossings(block: PlanSet, plan: Plan, key: str) -> None:
    """One crosses the line again and again, and in both directions."""
    if not block.crossings:
        return
    if plan.order is not Order.ROTATION:
        raise BadInputError(
            f"{key}.crossings",
            f"true with order = '{plan.order}': of several who cross again and again nobody can tell whose one is",
            f"order = '{Order.ROTATION}'",
        )
    if plan.start in SELF_STARTED:
        raise BadInputError(
            f"{key}.crossings",
            f"true with start = '{plan.start}': the time is the same for all and begins with a go, away from the line",
            f"start = '{StartMethod.COUNTDOWN}'",
        )


def _check_relay(block: PlanSet, plan: Plan, key: str) -> None:
    """A leg is over a length, and begins with the end of the former's or with a go."""
    if not block.relay:
        return
    key = f"{key}.relay"
    if block.duration_s is not None:
        raise BadInputError(key, "true with duration_s: a leg ends at the line", "distance_m without it")
    if block.target_s is not None:
        raise BadInputError(key, "true with target_s, which is of an athlete's own start", "none")
    if plan.order is not Order.ROTATION:
        raise BadInputError(
            key, f"true with order = '{plan.order}': one is on the course at a time", f"order = '{Order.ROTATION}'"
        )
    if plan.start in SELF_STARTED:
        raise BadInputError(
            key,
            f"true with start = '{plan.start}': the team's time begins with a go",
            f"start = '{StartMethod.COUNTDOWN}'",
        )


def _check_order(plan: Plan, where: str) -> None:
    """Keys of an order with that order."""
    if plan.order is Order.ROTATION:
        for name in ("every_s", "wave_size"):
            if getattr(plan, name) is not None:
                wanted = "order = 'waves'" if name == "wave_size" else "order = 'rolling' or 'waves'"
                raise BadInputError(f"{where}: {name}", "given with order = 'rotation'", f"{wanted} with it")
    elif plan.order is Order.ROLLING and plan.wave_size is not None:
        raise BadInputError(f"{where}: wave_size", "given with order = 'rolling'", "order = 'waves' with it")
