"""Which events a log keeps, and the newest of them in memory, for a machine whose journal cannot be read."""

from __future__ import annotations

import time
from collections import deque

from retro_timer.beacon import events
from retro_timer.beacon.core import Core
from retro_timer.training.session.events import Phase

_NOT_KEPT = (events.Tone, events.Sound, Phase)
"""Too many, and told by other events."""
_COUNTED = "count"
_MOST = 500


def worth_keeping(event: events.BeaconEvent) -> bool:
    """Whether a log keeps an event: what happened, who decided, what was said; not each beep, nor the counting down."""
    if isinstance(event, events.Said):
        return not event.key.startswith(_COUNTED)
    return not isinstance(event, _NOT_KEPT)


class Logbook:
    """The newest events of this run, each with the wall time at which it came. Thread-safe."""

    def __init__(self, core: Core) -> None:
        self._entries: deque[events.Logged] = deque(maxlen=_MOST)
        core.event_bus.subscribe(self._take)

    @property
    def entries(self) -> tuple[events.Logged, ...]:
        """Oldest first."""
        return tuple(self._entries.copy())

    def clear(self) -> None:
        """Forget them all."""
        self._entries.clear()

    def _take(self, event: events.BeaconEvent) -> None:
        if worth_keeping(event):
            self._entries.append(events.Logged(round(time.time(), 3), event))
