"""A request handler on a made beacon, and somebody who asks it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from retro_timer.beacon.control.aside import Job
from retro_timer.beacon.control.diagnostics import Diagnostics
from retro_timer.beacon.control.ledger import LedgerRequests
from retro_timer.beacon.control.pairing import PairingWindow
from retro_timer.beacon.control.protocol import wire
from retro_timer.beacon.control.protocol.answers import AnyAnswer
from retro_timer.beacon.control.request_handler import RequestHandler
from retro_timer.beacon.events import BeaconEvent
from retro_timer.beacon.messages import StartPlan
from retro_timer.beacon.recording.flight_recorder import FlightRecorder
from retro_timer.beacon.recording.logbook import Logbook
from retro_timer.errors import RetroTimerError
from retro_timer.settings.calibration import Calibration
from retro_timer.settings.group import Group, Roster
from retro_timer.settings.loading import load_plan
from retro_timer.training.listed import Listed
from retro_timer.training.roster import SOLO
from tests.helpers.beacon_made import Beacon, steady

DONE = [{"answer": "done", "ok": True}]


class Asker:
    """The handler's side of a connection."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.gone: Any = lambda: None
        self.answered = threading.Event()

    def on_close(self, action: Any) -> None:
        """What is to be done when the connection has gone."""
        self.gone = action

    def send(self, message: AnyAnswer | BeaconEvent) -> None:
        """What the client would read."""
        self.sent.append(json.loads(wire.line_of(message)))
        self.answered.set()


class Office:
    """A request handler on a beacon."""

    def __init__(self, directory: Path, *, given: str = "", aside: Callable[[Job], None] = lambda job: job()) -> None:
        self.beacon = Beacon(directory)
        self.beacon.scene["gate"] = steady(2000)
        core = self.beacon.core
        self.group = Group(Roster(tuple(map(Listed, SOLO))), given=given)
        logbook = Logbook(core)
        self.handler = RequestHandler(
            core,
            self.beacon.inbox.put,
            self.make_start,
            self.group,
            self.beacon.clock.monotonic_ns(),
            logbook=logbook,
            flight_recorder=FlightRecorder(core, directory, lambda _trouble: None),
            ledger=LedgerRequests(core, self.beacon.inbox.put, self.group, logbook, beside=(directory / "etc",)),
            diagnostics=Diagnostics(core, self.beacon.voice, Calibration(), directory, lambda _trouble: None),
            pairing=PairingWindow(core.clock),
            aside=aside,
        )

    def make_start(self, name: str | None) -> StartPlan:
        """A plan with whoever trains now."""
        return StartPlan(load_plan(name or "first-steps"), self.group.athletes)

    def ask(self, request: str, **fields: Any) -> list[dict[str, Any]]:
        """The answers to a request."""
        return self.take(json.dumps({"request": request, **fields}).encode())

    def edit(self, **fields: Any) -> dict[str, Any]:
        """The answer to a change of what is kept, which the journal's thread gives."""
        return self.wait("edit", edit=fields)

    def wait(self, request: str, **fields: Any) -> dict[str, Any]:
        """The answer to a request that another thread may give."""
        client = Asker()
        self.handler.take(wire.request_of(json.dumps({"request": request, **fields}).encode()), client)
        self.beacon.work()
        assert client.answered.wait(60.0)
        (answer,) = client.sent
        return answer

    def take(self, line: bytes) -> list[dict[str, Any]]:
        """The answers to a line, as the server has them made."""
        client = Asker()
        try:
            self.handler.take(wire.request_of(line), client)
        except RetroTimerError as error:
            client.send(wire.error_of(error))
        self.beacon.work()
        return client.sent
