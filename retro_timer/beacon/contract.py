"""Events as other programs read them: one JSON object a line, with exactly the fields that the contract names."""

from __future__ import annotations

import json
from collections.abc import Sequence

import msgspec

from retro_timer.beacon.events import BeaconEvent
from retro_timer.training.roster import SOLO
from retro_timer.training.session import events

FIELDS: dict[type[events.Event], Sequence[str]] = {
    events.Go: ("rep",),
    events.Obstacle: ("level", "range_m"),
    events.Sensor: ("state", "reason"),
    events.Split: ("rep", "line", "distance_m", "time_s", "uncertainty_s"),
    events.Crossing: ("rep",),
    events.CrossingWithdrawn: ("rep",),
    events.Finish: ("rep", "time_s", "uncertainty_s", "method", "flags"),
    events.Dnf: ("rep", "reason"),
    events.Relay: ("rep", "legs", "time_s", "uncertainty_s"),
    events.Correction: ("kind", "rep", "flags", "revision"),
    events.Summary: ("samples", "reps", "finished", "obstacles"),
}
"""What is told of each event, in order, after `t_s` and `event`."""
SOMETIMES: dict[type[events.Event], Sequence[str]] = {
    events.Go: ("start", "uncertainty_s", "lane", "athlete", "wave"),
    events.Crossing: ("lane", "athlete"),
    events.Finish: ("start", "lane", "athlete", "place", "crossings"),
    events.Dnf: ("lane", "athlete", "place"),
    events.Obstacle: ("sensor",),
    events.Sensor: ("sensor", "line"),
}
"""What follows where there is something to tell: of a start that the athlete gives, of several sensors or lanes,
of athletes with a name."""


def seconds_since(origin_ns: int, event: BeaconEvent) -> float:
    """An event's time in seconds from an origin, to the microsecond."""
    return round((event.t_ns - origin_ns) / 1e9, 6)


def is_promised(event: BeaconEvent) -> bool:
    """Whether the contract has this event. Of corrections it has those that name their rep."""
    return type(event) in FIELDS and not (isinstance(event, events.Correction) and event.rep is None)


def contract_line(event: BeaconEvent, origin_ns: int, *, samples: int, truth_s: float | None = None) -> str | None:
    """The event as a line of JSON, its time counted from `origin_ns`; None for what is not part of the contract.

    `samples`: readings judged so far. `truth_s`: a finish's true time, where somebody knows it.
    """
    if not is_promised(event):
        return None
    fields = {**msgspec.to_builtins(event), "samples": samples}
    if isinstance(event, events.Finish | events.Dnf):
        fields["athlete"] = event.record.athlete
    if fields.get("athlete") in ("", *SOLO):
        fields["athlete"] = None
    line = {"t_s": seconds_since(origin_ns, event), "event": event.tag}
    line.update((name, fields[name]) for name in FIELDS[type(event)])
    line.update((name, fields[name]) for name in SOMETIMES.get(type(event), ()) if fields[name] is not None)
    if truth_s is not None:
        line["truth_s"] = truth_s
    return json.dumps(line)
