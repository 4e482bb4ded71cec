"""Events as other programs read them: one JSON object a line, with exactly the fields that the contract names."""

from __future__ import annotations

from typing import Any

from retro_timer.training.session.effects import Publish

FIELDS: dict[str, tuple[str, ...]] = {
    "go": ("rep",),
    "obstacle": ("level", "range_m"),
    "sensor": ("state", "reason"),
    "split": ("rep", "line", "distance_m", "time_s", "uncertainty_s"),
    "crossing": ("rep",),
    "crossing_withdrawn": ("rep",),
    "finish": ("rep", "time_s", "uncertainty_s", "method", "flags"),
    "dnf": ("rep", "reason"),
    "correction": ("kind", "rep", "flags", "revision"),
    "summary": ("samples", "reps", "finished", "obstacles"),
}
"""Event name to its fields, in order, after `t_s` and `event`. The `revision` of a correction is the id by which it is
taken back; None where the program made it.
"""
SOMETIMES: dict[str, tuple[str, ...]] = {
    "go": ("start", "uncertainty_s"),
    "finish": ("start",),
    "obstacle": ("sensor",),
    "sensor": ("sensor", "line"),
}
"""Fields that follow where there is something to tell: of a start that the athlete gives, of several sensors."""


OF_A_LANE = frozenset(("go", "crossing", "finish", "dnf"))
"""Events that carry the lane where there are several."""


def contract_event(published: Publish, origin_ns: int, samples: int, lane: int | None = None) -> dict[str, Any] | None:
    """The event as the contract has it, its time counted from `origin_ns`; None for what is not part of it."""
    names = FIELDS.get(published.event)
    if names is None:
        return None
    fields = {**published.fields, "samples": samples}
    if published.event == "correction" and "rep" not in fields:
        return None
    line: dict[str, Any] = {"t_s": round((published.t_ns - origin_ns) / 1e9, 6), "event": published.event}
    line.update((name, fields[name]) for name in names)
    line.update((name, fields[name]) for name in SOMETIMES.get(published.event, ()) if name in fields)
    if lane is not None and published.event in OF_A_LANE:
        line["lane"] = lane
    return line
