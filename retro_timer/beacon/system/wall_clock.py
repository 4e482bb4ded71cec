"""Sees whether somebody has set the machine's clock, and has the results' labels follow it."""

from __future__ import annotations

from retro_timer.beacon.event_bus import EventBus
from retro_timer.beacon.events import ClockSet
from retro_timer.ports import Clock
from retro_timer.store.results.labels import TOLERANCE_NS
from retro_timer.store.results.writer import JournalWriter


class WallClockWatch:
    """Labels of this boot follow the wall clock; also those that an earlier process made, hence at the start."""

    def __init__(self, clock: Clock, journal: JournalWriter, event_bus: EventBus) -> None:
        self._clock = clock
        self._journal = journal
        self._event_bus = event_bus
        self._offset_ns: int | None = None

    def look(self) -> None:
        """Call it now and then, on the session's thread."""
        since_boot_ns = self._clock.since_boot_ns()
        if not since_boot_ns:
            return
        offset_ns, was_ns = self._clock.wall_ns() - since_boot_ns, self._offset_ns
        if was_ns is None or abs(offset_ns - was_ns) > TOLERANCE_NS:
            self._offset_ns = offset_ns
            self._journal.follow_clock(offset_ns)
            if was_ns is not None:
                by_s = round((offset_ns - was_ns) / 1e9)
                self._event_bus.publish(ClockSet(self._clock.monotonic_ns(), by_s))
