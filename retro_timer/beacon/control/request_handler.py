"""Carries out what the socket asks: looks at the beacon, commands for its session, and diagnostics' requests."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol, assert_never

import msgspec

from retro_timer.beacon.control.aside import Job
from retro_timer.beacon.control.diagnostics import Diagnostics
from retro_timer.beacon.control.kept_words import edit_of
from retro_timer.beacon.control.ledger import LedgerRequests
from retro_timer.beacon.control.machine import MachineRequests
from retro_timer.beacon.control.pairing import WINDOW_S, PairingWindow, spoken_pin
from retro_timer.beacon.control.protocol import answers, commands, requests, wire
from retro_timer.beacon.control.protocol.answers import RequestRefusedError
from retro_timer.beacon.control.protocol.requests import AnyRequest
from retro_timer.beacon.control.status import snapshot
from retro_timer.beacon.core import Core
from retro_timer.beacon.events import BeaconEvent, Tone
from retro_timer.beacon.messages import Asked, Between, MakeStart, Post, StartPlan
from retro_timer.beacon.recording.flight_recorder import FlightRecorder, Kept
from retro_timer.beacon.recording.logbook import Logbook
from retro_timer.errors import RetroTimerError
from retro_timer.settings.group import Group, Roster
from retro_timer.settings.loading import load_settings
from retro_timer.settings.made import ChangeSetting
from retro_timer.training.listed import names_of
from retro_timer.training.session import inputs

log = logging.getLogger("retro_timer")

PAGE = "page"
"""The origin of what the coach's page asks."""


class Asker(Protocol):
    """Who asks: a connection of the server's."""

    def send(self, message: answers.AnyAnswer | BeaconEvent) -> None:
        """Pass a message on; from any thread."""

    def on_close(self, action: Callable[[], None]) -> None:
        """What is to be done when nobody reads any more; at once, where that is so already. From any thread."""


class RequestHandler:
    """Called on the server's thread. Commands, and who begins to follow, reach the session's loop; everything else is
    answered here.
    """

    def __init__(
        self,
        core: Core,
        post: Post,
        make_start: MakeStart,
        group: Group,
        origin_ns: int,
        *,
        logbook: Logbook,
        flight_recorder: FlightRecorder,
        ledger: LedgerRequests,
        diagnostics: Diagnostics,
        pairing: PairingWindow,
        aside: Callable[[Job], None],
    ) -> None:
        """`origin_ns`: when the timer began. `aside` has done on another thread what reads a file."""
        self._core = core
        self._post = post
        self._make_start = make_start
        self._group = group
        self._origin_ns = origin_ns
        self._logbook = logbook
        self._flight_recorder = flight_recorder
        self._ledger = ledger
        self._diagnostics = diagnostics
        self._pairing = pairing
        self._aside = aside
        self._machine = MachineRequests(core, post)
        self._order = threading.Lock()
        """Held while a start, a halt or a stop is passed on, so that none of them overtakes what was asked before."""
        self._held = 0
        """Halts and stops so far."""

    def take(self, request: AnyRequest, client: Asker, origin: str = "ctl") -> None:
        """Answer a request, at once or, from another thread, when it is done. Raises RetroTimerError for a refusal.

        `origin`: where commands come from, as the history of corrections has it.
        """
        match request:
            case requests.Status() | requests.Log():
                client.send(self._look(request))
            case requests.Follow():
                self._follow(client)
            case requests.Keep():
                self._keep(client)
            case requests.Edit() | requests.Newer() | requests.KeptSettings() | requests.Forget():
                self._ask_kept(request, client)
            case requests.OpenPairing() | requests.TryPin():
                self._pair(request, client, origin)
            case requests.SetClock() | requests.ShutDown():
                self._machine.take(request, client.send)
            case commands.Start():
                self._start(request.plan, client, origin)
            case commands.Roster():
                name = request.name
                self._read(client, lambda: self._use_roster(self._group.read(name), client, origin))
            case commands.SessionCommand() | commands.Claim():
                self._command(request, client, origin)
            case (
                requests.Facts()
                | requests.Readings()
                | requests.Beep()
                | requests.Say()
                | requests.Announce()
                | requests.LendButton()
                | requests.Rest()
                | requests.Calibrate()
            ):
                client.send(self._diagnostics.answer(request))
            case _:
                assert_never(request)

    def _look(self, request: requests.Status | requests.Log) -> answers.AnyAnswer:
        if isinstance(request, requests.Log):
            return answers.Log(log=self._logbook.entries)
        return answers.Status(status=snapshot(self._core))

    def _ask_kept(self, request: requests.ToKept, client: Asker) -> None:
        if isinstance(request, requests.Edit):
            self._ledger.edit(request, client.send)
        elif isinstance(request, requests.Newer):
            self._read(client, lambda: client.send(self._ledger.newer(request)))
        elif isinstance(request, requests.KeptSettings):
            self._read(client, lambda: client.send(answers.KeptSettings(settings=load_settings())))
        else:
            self._ledger.forget(request.athlete, client.send)

    def _read(self, client: Asker, job: Job) -> None:
        """Have it done beside this thread, which a slow disk must not hold; what it raises is answered from there."""

        def read() -> None:
            try:
                job()
            except RetroTimerError as error:
                client.send(wire.error_of(error))
            except Exception:
                # Nobody else would answer: whoever asked would wait for as long as they have patience.
                log.exception("a request failed")
                client.send(answers.Error(error="the timer failed on this request: see its log", why="failed"))

        self._aside(read)

    def _start(self, plan: str | None, client: Asker, origin: str) -> None:
        """By a plan that is read first. Who says halt or stop meanwhile means that start as well."""
        held = self._held

        def begin() -> None:
            start = self._make_start(plan)
            with self._order:
                if self._held != held:
                    raise RequestRefusedError("refused", "a halt or stop came while the plan was read: start anew")
                self._ask(start, client, origin)

        self._read(client, begin)

    def _command(self, command: commands.SessionCommand | commands.Claim, client: Asker, origin: str) -> None:
        if isinstance(command, commands.Halt | commands.Stop):
            with self._order:
                self._held += 1
                self._ask(command.asked(), client, origin)
        elif (edit := edit_of(command, self._core.session.state)) is not None:
            self._ledger.command(edit, client.send, origin=origin)
        elif not isinstance(command, commands.Claim):
            self._ask(command.asked(), client, origin)

    def _ask(self, asked: inputs.Command | StartPlan, client: Asker, origin: str) -> None:
        def reply(refusal: str) -> None:
            client.send(answers.Error(error=refusal, why="refused") if refusal else answers.Done())

        self._post(Asked(asked, reply, origin))

    def _use_roster(self, roster: Roster, client: Asker, origin: str) -> None:
        """For the session under way, unless it refuses, and for those to come; after a start of the timer as well, but
        for one whose options say whom it begins with.
        """
        given = self._group.given
        note = f"this timer was started with {given}, which goes before this at its next start"

        def reply(refusal: str) -> None:
            if refusal:
                client.send(answers.Error(error=refusal, why="refused"))
                return
            self._group.take(roster)
            if roster.name is None:
                client.send(answers.Done())
            else:
                setting = ChangeSetting("session.roster", roster.name)
                self._ledger.command(setting, client.send, origin=origin, note=note if given else msgspec.UNSET)

        self._post(Asked(inputs.Roster(names_of(roster.listed), roster.listed), reply, origin))

    def _pair(self, request: requests.OpenPairing | requests.TryPin, client: Asker, origin: str) -> None:
        """A new PIN is spoken by the session's loop, and only where nobody is about to run; a coach's page shows it."""
        if isinstance(request, requests.TryPin):
            self._pairing.try_pin(request.pin)
            client.send(answers.Done())
            return
        pin = self._pairing.open()

        def speak() -> None:
            if not self._core.session.busy:
                self._core.speaker.say(spoken_pin(pin))

        if origin != PAGE:
            self._post(Between(speak))
        client.send(answers.Pairing(pin=pin, lasts_s=WINDOW_S))

    def _keep(self, client: Asker) -> None:
        def answer(kept: Kept) -> None:
            if kept.trouble:
                client.send(answers.Error(error=kept.trouble, why="refused"))
            else:
                client.send(answers.Kept(files=kept.files))

        self._flight_recorder.keep(answer)

    def _follow(self, client: Asker) -> None:
        """Begun by the session's loop, so that the status knows all that was told before, and nothing of what comes."""
        order = threading.Lock()

        def listen(event: BeaconEvent) -> None:
            if not isinstance(event, Tone):
                with order:
                    client.send(event)

        def begin() -> None:
            # What is being spoken is told by the speaker's thread: it waits until the status has gone.
            with order:
                stop = self._core.event_bus.subscribe(listen)
                client.send(answers.Following(status=snapshot(self._core), origin_ns=self._origin_ns))
            client.on_close(stop)

        self._post(Between(begin))
