"""Times at lines on the way: taken once for each line, kept with the rep, told when they are on disk."""

from __future__ import annotations

import msgspec

from retro_timer.training.record import Split, changed
from retro_timer.training.session import active_rep, inputs
from retro_timer.training.session.transition import Transition, limit_s, ns


def split_seen(transition: Transition, event: inputs.SplitSeen) -> None:
    """The athlete passed a line on the way; the first time there counts."""
    found = active_rep.of_rep(transition, event.rep)
    line = next((known for known in transition.state.rules.lines if known.name == event.line), None)
    if found is None or line is None:
        return
    index, active = found
    if active.crossings_m is not None:
        # Its splits are its crossings, which are counted at one line.
        return
    record = active.record
    limit_ns = record.go_ns + ns(limit_s(line.distance_m, record.start))
    if event.back_ns < limit_ns or any(split.line == line.name for split in record.splits):
        return
    time_ns = event.back_ns - record.go_ns
    split = Split(line.name, line.distance_m, time_ns, active_rep.with_start(event.uncertainty_ns, record))
    splits = tuple(sorted((*record.splits, split), key=lambda split: split.distance_m))
    record = changed(record, splits=splits)
    transition.set_athlete(index, active=msgspec.structs.replace(active, record=record))
    transition.save(record, "split", event.t_ns, line.name)
