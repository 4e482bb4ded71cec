"""Who shows the running timer: JSON lines, plain lines, or the live view."""

from __future__ import annotations

import sys
from typing import Protocol

import msgspec

from retro_timer.beacon.contract import contract_line
from retro_timer.beacon.core import Core
from retro_timer.beacon.events import BeaconEvent
from retro_timer.beacon.recording.journald import JournaldLines, under_journald
from retro_timer.beacon.recording.logbook import worth_keeping
from retro_timer.cli.output.lines import line_of
from retro_timer.cli.output.printer import LinePrinter


class Reporter(Protocol):
    """Gets everything that can be shown; every method returns at once and may be called from any thread."""

    def __enter__(self) -> Reporter: ...

    def __exit__(self, *_: object) -> None: ...

    def attach(self, core: Core, origin_ns: int) -> None:
        """Begin to show a beacon whose event times count from `origin_ns`."""

    def spoken(self, text: str) -> None:
        """A phrase that nobody hears: print it."""

    def trouble(self, text: str) -> None:
        """Something a person should mend."""


class LineReporter:
    """Plain lines, or JSON lines with exactly the contract's fields; with `table` the reps at the end."""

    def __init__(self, *, as_json: bool, table: bool = False) -> None:
        self._as_json = as_json
        self._table = table and not as_json
        self._core: Core | None = None
        self._origin_ns = 0
        self._printer = LinePrinter()

    def __enter__(self) -> LineReporter:
        return self

    def __exit__(self, *_: object) -> None:
        self._printer.close()
        if self._table:
            from retro_timer.cli.output.reps_table import print_reps

            print_reps(self._core)

    def attach(self, core: Core, origin_ns: int) -> None:
        """Listen to the beacon."""
        self._core, self._origin_ns = core, origin_ns
        core.event_bus.subscribe(self._take)

    def _take(self, event: BeaconEvent) -> None:
        if self._core is None:
            return
        made = contract_line if self._as_json else line_of
        if (line := made(event, self._origin_ns, samples=self._core.samples)) is not None:
            self._printer.print(line)

    def spoken(self, text: str) -> None:
        """Already printed as an event."""

    def trouble(self, text: str) -> None:
        """To standard error."""
        print(f"retro-timer: {text}", file=sys.stderr, flush=True)


class JournalReporter:
    """Structured entries in systemd's journal."""

    def __init__(self, journal: JournaldLines | None = None) -> None:
        self._journal = journal or JournaldLines()
        self._core: Core | None = None
        self._origin_ns = 0

    def __enter__(self) -> JournalReporter:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def attach(self, core: Core, origin_ns: int) -> None:
        """Listen to the beacon."""
        self._core, self._origin_ns = core, origin_ns
        core.event_bus.subscribe(self._take)

    def _take(self, event: BeaconEvent) -> None:
        if not worth_keeping(event):
            return
        line = line_of(event, self._origin_ns)
        if line is not None:
            fields = {name: value for name, value in msgspec.structs.asdict(event).items() if name != "t_ns"}
            self._journal.send(line.strip(), event.tag, fields)

    def spoken(self, text: str) -> None:
        """Already logged as an event."""

    def trouble(self, text: str) -> None:
        """A warning in the journal."""
        self._journal.send(text, "trouble", {})


def make_reporter(*, view: bool, as_json: bool) -> Reporter:
    """The live view where it can be shown, else lines."""
    if view and not as_json and sys.stdout.isatty():
        from retro_timer.cli.output.view import LiveView

        return LiveView()
    if under_journald() and not as_json:
        return JournalReporter()
    return LineReporter(as_json=as_json, table=view)
