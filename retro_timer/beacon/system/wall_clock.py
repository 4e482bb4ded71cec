"""Sees whether somebody has set the machine's clock, and has the results' labels follow it."""

from __future__ import annotations

from retro_timer.beacon.event_bus import EventBus
from retro_timer.beacon.events import ClockSet
from retro_timer.ports import Clock, ClockSource
from retro_timer.store.results.labels import TOLERANCE_NS
from retro_timer.store.results.writer import JournalWriter

_ASK_EVERY_NS = 10_000_000_000
"""A clock with a battery may be on a sensor's bus: it is not read more often."""


class WallClockWatch:
    """Labels of this boot follow the wall clock; also those that an earlier process made, hence at the start.

    They are dates once the network, a battery's clock or somebody before its eyes has set it, whatever comes later.
    """

    def __init__(self, clock: Clock, journal: JournalWriter, event_bus: EventBus) -> None:
        self._clock = clock
        self._journal = journal
        self._event_bus = event_bus
        self._offset_ns: int | None = None
        self._source: ClockSource | None = None
        self._ask_ns = 0

    def look(self) -> None:
        """Call it now and then, on the session's thread."""
        since_boot_ns = self._clock.since_boot_ns()
        if not since_boot_ns:
            return
        offset_ns, was_ns = self._clock.wall_ns() - since_boot_ns, self._offset_ns
        is_moved = was_ns is None or abs(offset_ns - was_ns) > TOLERANCE_NS
        had_source = self._source
        self._ask(since_boot_ns)
        if is_moved and was_ns is not None and self._source is ClockSource.NOBODY:
            self._source = ClockSource.SET
        if is_moved or self._source is not had_source:
            self._journal.follow_clock(offset_ns, self._source)
        if is_moved:
            self._offset_ns = offset_ns
            if was_ns is not None:
                by_s = round((offset_ns - was_ns) / 1e9)
                self._event_bus.publish(ClockSet(self._clock.monotonic_ns(), by_s))

    def _ask(self, since_boot_ns: int) -> None:
        if self._source in (None, ClockSource.NOBODY) and since_boot_ns >= self._ask_ns:
            self._ask_ns = since_boot_ns + _ASK_EVERY_NS
            self._source = self._clock.set_by()
