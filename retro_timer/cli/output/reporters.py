"""Who shows the running timer: JSON lines, plain lines, or the live view."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Protocol

import msgspec

from retro_timer.beacon.contract import contract_line
from retro_timer.beacon.core import Core
from retro_timer.beacon.events import BeaconEvent
from retro_timer.beacon.recording.journald import JournaldLines, under_journald
from retro_timer.beacon.recording.logbook import worth_keeping
from retro_timer.cli.output.lines import line_of
from retro_timer.cli.output.printer import LinePrinter
from retro_timer.diagnostics.anonymiser import Anonymiser
from retro_timer.training.listed import Listed
from retro_timer.training.remembered import Remembered
from retro_timer.training.session.events import Session


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
    """Structured entries in systemd's journal, where nothing can be forgotten afterwards: they name no athlete.

    Each is "Athlete 1", "Athlete 2" and so on in all entries of a run. A session's entry has its random id and its
    athletes in the order in which the database has their ids.
    """

    def __init__(self, journal: JournaldLines | None = None) -> None:
        self._journal = journal or JournaldLines()
        self._anonymiser = Anonymiser()
        self._known = frozenset[str]()
        self._said: tuple[Listed | Remembered, ...] = ()
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
        fields = {name: value for name, value in msgspec.structs.asdict(event).items() if name != "t_ns"}
        line = line_of(event, self._origin_ns)
        if isinstance(event, Session) and self._core is not None:
            line = f"session begins: {event.title}"
            fields["session_id"] = self._core.journal.session_id
        if line is not None:
            self._learn(fields.get("athletes", ()))
            self._journal.send(self._anonymiser.text(line.strip()), event.tag, self._anonymiser.value(fields))

    def _learn(self, begun: Sequence[str]) -> None:
        """Know the names of a session that begins, and of whoever came later to the present one."""
        state = None if self._core is None else self._core.session.state
        names = [*begun, *(athlete.name for athlete in state.athletes)] if state is not None else list(begun)
        if not self._known.issuperset(names):
            self._known |= frozenset(names)
            self._anonymiser.learn(names)
        said: tuple[Listed | Remembered, ...] = () if state is None else (*state.rules.listed, *state.rules.remembered)
        if said != self._said:
            self._said = said
            self._anonymiser.learn_said((one.name, one.say) for one in said)

    def spoken(self, text: str) -> None:
        """Already logged as an event."""

    def trouble(self, text: str) -> None:
        """A warning in the journal."""
        self._journal.send(self._anonymiser.text(text), "trouble", {})


def make_reporter(*, view: bool, as_json: bool) -> Reporter:
    """The live view where it can be shown, else lines."""
    if view and not as_json and sys.stdout.isatty():
        from retro_timer.cli.output.view import LiveView

        return LiveView()
    if under_journald() and not as_json:
        return JournalReporter()
    return LineReporter(as_json=as_json, table=view)
