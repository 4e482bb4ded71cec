"""A line of each message, as it passed between a simulated timer and somebody who asked it for everything."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from retro_timer.beacon import events as box
from retro_timer.beacon.boards import BoardRequest
from retro_timer.beacon.control.diagnostics import Diagnostics
from retro_timer.beacon.control.ledger import LedgerRequests
from retro_timer.beacon.control.pairing import PairingWindow
from retro_timer.beacon.control.protocol import answers, commands, requests, wire
from retro_timer.beacon.control.protocol.base import Request
from retro_timer.beacon.control.request_handler import RequestHandler
from retro_timer.beacon.messages import ButtonEdge, Message, StartPlan, StopLoop
from retro_timer.beacon.output.text_voice import TextVoice
from retro_timer.beacon.recording.flight_recorder import FlightRecorder
from retro_timer.beacon.recording.logbook import Logbook
from retro_timer.errors import RetroTimerError
from retro_timer.phrases import load_catalogue
from retro_timer.settings.calibration import Calibration, SensorCalibration
from retro_timer.settings.group import Group, Roster
from retro_timer.settings.loading import load_plan
from retro_timer.settings.model import Settings
from retro_timer.sim.virtual import Simulation
from retro_timer.store.results.edits import NoteSession
from retro_timer.store.results.entries import Ended, encode
from retro_timer.training.gaits import Gait
from retro_timer.training.listed import Listed
from retro_timer.training.record import RepRecord, RepStatus
from retro_timer.training.session import events

_STATE = "/var/lib/retro-timer"
_ROSTER = ("Ann", "Ben")
_LOGGED = Ended(id="3f2a51c07d1e9b64", uid="1c07d1e9b643f2a5", session=1, end=1_777_653_000_000_000_000, outcome="done")
_LONGEST_S = 400.0
_PATIENCE_S = 60.0
_WHEN_IDLE: tuple[requests.AnyRequest, ...] = (
    requests.Readings(),
    requests.Beep("ready"),
    requests.Say("Can you hear this?"),
    requests.Announce("copied"),
    requests.LendButton(5.0),
    requests.Rest("gate", 0.0),
    requests.Calibrate({"gate": SensorCalibration(placement="gate", background_mm=2000)}),
    commands.Volume(60),
    requests.OpenPairing(),
    requests.TryPin("471108"),
    requests.SetClock(1_777_653_000),
    requests.ShutDown(),
    requests.Facts(),
    requests.Keep(),
    commands.Swap(1, 2),
    commands.Nobody(1),
    commands.Claim(2, "Ben"),
    requests.Edit(NoteSession(1, "wind from the left"), "edit"),
    requests.Newer(0, 0, 0, 0),
    requests.KeptSettings(),
    requests.Follow(),
    requests.Forget("Ben"),
    commands.Roster(),
    commands.Start("demo"),
    commands.Pause(),
    commands.Resume(),
)
"""What is asked when nobody runs."""
_LATER = (requests.Keep, requests.Edit, requests.Forget, commands.Swap, commands.Nobody, commands.Claim)
"""What another thread answers."""
_DURING: dict[str, tuple[requests.AnyRequest, ...]] = {
    "go": (requests.Status(), requests.Log(), commands.Absent("Nobody"), commands.Out("Nobody")),
    "finish": (
        commands.Give("Ben"),
        commands.Present("Ann"),
        commands.Add("Cem"),
        commands.Owe("Cem"),
        commands.Order("Ben", 1),
    ),
    "crossing": (commands.Undo(), commands.Void(), commands.Repeat()),
}
"""After the first event of that name."""
_RECORD = RepRecord(
    rep=1, set_no=1, rep_no=1, athlete="Ann", distance_m=20.0, duration_s=None, gait=Gait.JOG,
    status=RepStatus.DNF, go_ns=60_000_000_000, reason="timeout",
)  # fmt: skip
_T_NS = 96_000_000_000
_RARE: tuple[box.BeaconEvent, ...] = (
    events.Stand(_T_NS, stand="steady", reason=""),
    events.Recall(_T_NS),
    events.Split(_T_NS, rep=1, line="ten", distance_m=10.0, time_s=2.113, uncertainty_s=0.02),
    events.Half(_T_NS, rep=1, sensor="lower", beam="lower"),
    events.Unseen(_T_NS, rep=1, lane=3, from_s=31.2, to_s=32.1),
    events.CrossingWithdrawn(_T_NS, rep=1),
    events.Dnf(_T_NS, rep=1, reason="timeout", record=_RECORD),
    events.Relay(_T_NS, rep=3, legs=3, time_s=27.318, uncertainty_s=0.021),
    events.Void(_T_NS, rep=1, record=msgspec.structs.replace(_RECORD, status=RepStatus.VOID, reason="void")),
    events.Given(_T_NS, rep=1, record=msgspec.structs.replace(_RECORD, athlete="Ben", revision=2)),
    events.Presence(_T_NS, name="Ben", kind="present"),
    events.Roster(_T_NS, athletes=_ROSTER),
    events.Skipped(_T_NS, athlete="Ann", step=1),
    events.Sensor(_T_NS, state="degraded", reason="sunlight"),
    events.Spotter(_T_NS),
    events.NotSaved(_T_NS, rep=1, reason="disk full"),
    events.SavedAfterAll(_T_NS),
    events.Recoverable(_T_NS, title="First steps", reps=3),
    events.Recovered(_T_NS, title="First steps", reps=3),
    events.Closed(_T_NS, outcome="interrupted"),
    box.Button(_T_NS, gesture="press", action="button_start"),
    box.ClockSet(_T_NS, by_s=3600),
    box.Strain(_T_NS, what="power", on=True, temperature_c=61.0),
    box.DatabaseRebuilt(
        _T_NS, cause="damaged", set_aside=f"{_STATE}/results.damaged-1", reps=120,
        words="results.db was damaged: set aside and rebuilt from reps.jsonl, reps: 120",
    ),
)  # fmt: skip
"""What that session did not bring about."""


class Examples(msgspec.Struct):
    """Lines by the message's name."""

    requests: dict[str, str]
    answered: dict[str, str]
    """By the request's name: the answer that it got."""
    answers: dict[str, str]
    events: dict[str, str]
    made_up: frozenset[str]
    """Events that did not happen in the session: their values are somebody's, their line is the program's."""


class _Asker:
    """Somebody at the socket."""

    def __init__(self, keep: Callable[[answers.AnyAnswer | box.BeaconEvent], None]) -> None:
        self.send = keep

    def on_close(self, action: Callable[[], None]) -> None:
        """Nobody hangs up."""


def _list_of(directory: Path) -> Path:
    """A coach's file."""
    file = directory / "group.csv"
    file.write_text("\n".join(_ROSTER), encoding="utf-8")
    return file


class _Conversation:
    """Asks, and keeps each line."""

    def __init__(self, simulation: Simulation, directory: Path) -> None:
        core = simulation.core
        self._simulation = simulation
        self._directory = str(directory)
        self.running = False
        """Whether time passes: then a command waits for its turn."""
        self.lines = Examples({}, {}, {}, {}, frozenset())
        voice = TextVoice(core.clock, core.settings.voice.rate_wpm, lambda _text: None)
        logbook, group = Logbook(core), Group(Roster(tuple(map(Listed, _ROSTER)), file=_list_of(directory)))
        self._handler = RequestHandler(
            core,
            self._post,
            lambda name: StartPlan(load_plan(name or "demo"), _ROSTER),
            group,
            simulation.origin_ns,
            logbook=logbook,
            flight_recorder=FlightRecorder(core, directory, lambda _trouble: None),
            ledger=LedgerRequests(core, self._post, group, logbook),
            diagnostics=Diagnostics(core, voice, Calibration(), directory, lambda _trouble: None),
            pairing=PairingWindow(core.clock),
            aside=lambda job: job(),
        )
        core.event_bus.subscribe(self._hear)

    def _post(self, message: Message) -> None:
        assert not isinstance(message, ButtonEdge | StopLoop), "nobody asks for these over a socket"
        (self._simulation.put if self.running else self._simulation.core.handle)(message)

    def ask(self, request: requests.AnyRequest) -> None:
        """As the server would pass it on, and wait for its answer if it is one that time brings about."""
        answered = threading.Event()

        def keep(message: answers.AnyAnswer | box.BeaconEvent) -> None:
            if isinstance(message, answers.Newer):
                # The lines' own ids are random.
                message = answers.Newer(lines=encode(_LOGGED), more=True)
            line = self._line(message)
            if isinstance(message, answers.AnyAnswer):
                self.lines.answered.setdefault(request.tag, line)
                self.lines.answers.setdefault(message.tag, line)
                answered.set()
            else:
                self.lines.events.setdefault(message.tag, line)

        self.lines.requests[request.tag] = self._line(request)
        try:
            self._handler.take(request, _Asker(keep))
        except RetroTimerError as error:
            keep(wire.error_of(error))
        if isinstance(request, _LATER):
            answered.wait(_PATIENCE_S)

    def _hear(self, event: box.BeaconEvent) -> None:
        self.lines.events.setdefault(event.tag, self._line(event))
        for request in _DURING.get(event.tag, ()):
            if request.tag not in self.lines.requests:
                self.ask(request)

    def _line(self, message: Request | answers.AnyAnswer | box.BeaconEvent) -> str:
        return wire.line_of(message).decode().strip().replace(self._directory, _STATE)


def examples() -> Examples:
    """Run a session with two athletes and ask for everything on the way; the same again each time."""
    with tempfile.TemporaryDirectory() as folder:
        request = BoardRequest(Settings(), scenario="demo", seed=1)
        simulation = Simulation(request, load_catalogue("en"), Path(folder))
        conversation = _Conversation(simulation, Path(folder))
        try:
            conversation.running = True
            simulation.run(load_plan("demo"), _ROSTER, most_s=_LONGEST_S)
            conversation.running = False
            for asked in _WHEN_IDLE:
                conversation.ask(asked)
            for name, kind in commands.COMMANDS.items():
                if name not in conversation.lines.requests:
                    conversation.ask(kind.typed([]))
        finally:
            simulation.close()
    lines = conversation.lines
    for event in _RARE:
        if event.tag not in lines.events:
            lines.events[event.tag] = wire.line_of(event).decode().strip()
            lines.made_up |= {event.tag}
    return lines
