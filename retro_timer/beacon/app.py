"""The one place where a beacon is put together: for a run, for diagnostics, for a simulation, for a test."""

from __future__ import annotations

import functools
import queue
import threading
from collections.abc import Mapping
from pathlib import Path

from retro_timer.beacon.assembly import make_buzzer, rules_of, watch_configs
from retro_timer.beacon.button.controller import ButtonController
from retro_timer.beacon.control.aside import Aside
from retro_timer.beacon.control.diagnostics import Diagnostics
from retro_timer.beacon.control.ledger import LedgerRequests
from retro_timer.beacon.control.page_door import PageDoor
from retro_timer.beacon.control.pairing import PairingWindow, without_pin
from retro_timer.beacon.control.request_handler import RequestHandler
from retro_timer.beacon.control.server import Server
from retro_timer.beacon.core import Core
from retro_timer.beacon.equipment import Equipment
from retro_timer.beacon.event_bus import EventBus
from retro_timer.beacon.events import Said
from retro_timer.beacon.messages import ButtonEdge, Detected, Inbox, StartPlan, StopLoop
from retro_timer.beacon.output.lamp import LampKeeper
from retro_timer.beacon.output.sounder import Buzzer
from retro_timer.beacon.output.speaker import Speaker
from retro_timer.beacon.output.volume import Volume
from retro_timer.beacon.performer import Performer
from retro_timer.beacon.recording.finish_recorder import FinishRecorder
from retro_timer.beacon.recording.flight_recorder import FlightRecorder
from retro_timer.beacon.recording.logbook import Logbook
from retro_timer.beacon.recording.recorder import Recorder
from retro_timer.beacon.sensing.coverage import WatchChange, WatchOverview
from retro_timer.beacon.sensing.sensing import Sensing, Shared
from retro_timer.beacon.service import Service
from retro_timer.beacon.session_opener import SessionOpener
from retro_timer.beacon.session_runner import SessionRunner
from retro_timer.beacon.system.real_time import RealTimeScheduling
from retro_timer.beacon.system.strain import StrainWatch
from retro_timer.beacon.system.wall_clock import WallClockWatch
from retro_timer.beacon.timer import Surroundings, Timer
from retro_timer.beacon.troubles import Troubles
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import SensorState
from retro_timer.detection.lines import Lines
from retro_timer.ports import Board
from retro_timer.settings.lanes import lane_map
from retro_timer.store.results.writer import JournalWriter
from retro_timer.training.session.inputs import WatchChanged


class Beacon:
    """A beacon without threads of its own but the journal's: whoever has it lets its time pass."""

    def __init__(self, made_of: Equipment, *, awaits_journal: bool = False, leaves_snapshots: bool = False) -> None:
        """`awaits_journal`: a session that was cut off may still be offered; until then a start has to wait.

        `leaves_snapshots`: other users' processes read the results as well.
        """
        clock = made_of.board.clock
        self.inbox: Inbox = queue.SimpleQueue()
        self.journal = JournalWriter(
            made_of.results_dir,
            clock.wall_ns,
            self.inbox.put,
            since_boot_ns=clock.since_boot_ns,
            leaves_snapshots=leaves_snapshots,
        )
        self.strain = StrainWatch(self.inbox.put, clock)
        self.recorder = self._make_recorder(made_of)
        self.core = self._make_core(made_of, awaits_journal=awaits_journal)
        if self.recorder is not None:
            self.core.event_bus.subscribe(self.recorder.hear)

    def _make_recorder(self, made_of: Equipment) -> Recorder | None:
        if made_of.record is None:
            return None
        specs = [sensor.spec for bus in made_of.board.buses for sensor in bus.sensors]
        return Recorder(made_of.record, specs, lane_map(made_of.settings, made_of.calibration))

    def _make_core(self, made_of: Equipment, *, awaits_journal: bool) -> Core:
        """Everything but the threads. What is made later is reached by name when it is needed, not before."""
        board, settings, post = made_of.board, made_of.settings, self.inbox.put
        specs = [sensor.spec for bus in board.buses for sensor in bus.sensors]
        event_bus, shared, lamp = EventBus(), Shared(), LampKeeper(board.lamp)
        configs = watch_configs(specs, settings, made_of.calibration)
        lines = Lines(configs.values())
        sensing: dict[str, Sensing] = {}

        def fall_silent(name: str) -> None:
            sensing[name].fall_silent(board.clock.monotonic_ns(), in_session=session.busy)

        def said(key: str, text: str) -> None:
            event_bus.publish(Said(board.clock.monotonic_ns(), key, without_pin(key, text)))

        def watch_changed(change: WatchChange) -> None:
            if isinstance(change, WatchChanged):
                lamp.blind(change.state is not SensorState.OK)
                buzzer.blind(change.state is not SensorState.OK)
            session.put(change, board.clock.monotonic_ns())

        buzzer = make_buzzer(board, settings, lines, post, fall_silent)
        speaker = Speaker(made_of.voice, board.clock, made_of.catalogue, said, post)
        performer = Performer(board, event_bus, shared, buzzer, lamp, speaker, self.journal, post)
        session = SessionRunner(performer)
        volume = Volume(settings, buzzer, made_of.voice, made_of.calibration.sound)
        sensing.update(self._make_sensing(board, configs, shared, buzzer, lamp, speaker))
        self.finishes = FinishRecorder(made_of.results_dir, sensing, lambda: self.journal.session_id)
        event_bus.subscribe(self.finishes.hear)
        return Core(
            board=board,
            settings=settings,
            catalogue=made_of.catalogue,
            journal=self.journal,
            event_bus=event_bus,
            shared=shared,
            buzzer=buzzer,
            volume=volume,
            troubles=Troubles(lamp),
            speaker=speaker,
            overview=WatchOverview({spec.name: spec.line for spec in specs}, watch_changed, pairs=lines.pairs),
            lines=lines,
            sensing=sensing,
            performer=performer,
            session=session,
            opener=SessionOpener(
                session,
                performer,
                self.journal,
                lambda: rules_of(made_of, sensing, volume),
                board.name,
                seed=made_of.seed,
                awaits_journal=awaits_journal,
            ),
            wall_clock=WallClockWatch(board.clock, self.journal, event_bus),
            on_detected=self.finishes.note,
            on_tick=self.finishes.tick,
            strain=lambda: self.strain.latest,
        )

    def _make_sensing(
        self,
        board: Board,
        configs: Mapping[str, WatchConfig],
        shared: Shared,
        buzzer: Buzzer,
        lamp: LampKeeper,
        speaker: Speaker,
    ) -> dict[str, Sensing]:
        take, post = None if self.recorder is None else self.recorder.take, self.inbox.put
        return {
            sensor.spec.name: Sensing(
                sensor,
                configs[sensor.spec.name],
                shared,
                buzzer,
                lamp,
                speaker,
                lambda event, config: post(Detected(event, config)),
                post,
                None if take is None else functools.partial(take, sensor.spec.name),
            )
            for bus in board.buses
            for sensor in bus.sensors
        }

    def close(self) -> None:
        """Write what waits; safe to call twice. A service that runs this beacon closes all but the recordings."""
        self.journal.close()
        self.finishes.close()
        self.core.speaker.close()
        self.core.buzzer.close()
        if self.recorder is not None:
            self.recorder.close()


class Workbench:
    """A beacon whose threads run and whose session's loop has nothing to do: what diagnostics hold a board with."""

    def __init__(self, made_of: Equipment, calibration_dir: Path) -> None:
        self._beacon = Beacon(made_of)
        core, scheduling = self._beacon.core, RealTimeScheduling()
        self.diagnostics = Diagnostics(
            core,
            made_of.voice,
            made_of.calibration,
            calibration_dir,
            lambda _trouble: None,
            voice_missing=made_of.voice_missing,
            scheduling=scheduling,
        )
        self._service = Service(core, self._beacon.inbox, self.diagnostics.trouble, scheduling=scheduling)
        self._loop = threading.Thread(target=self._service.run, name="session", daemon=True)

    def start(self) -> None:
        """Begin to read the sensors. A press means nothing unless the diagnostics has lent the button."""
        button = self._beacon.core.board.button
        if button is not None:
            button.listen(self._lend)
        self._service.start()
        self._loop.start()

    def _lend(self, pressed: bool, t_ns: int) -> None:
        self.diagnostics.take_press(ButtonEdge(pressed, t_ns))

    def close(self) -> None:
        """Stop every thread."""
        self._service.stop()
        self._loop.join(timeout=5.0)
        self._service.close()


def make_timer(made_of: Equipment, around: Surroundings, first: StartPlan | None) -> Timer:
    """The timer itself: a beacon with all its threads, button, socket and log.

    With `first` it begins with that plan as soon as it sees; without, it waits for a press or a command.
    """
    beacon = Beacon(made_of, awaits_journal=first is None, leaves_snapshots=True)
    core, inbox = beacon.core, beacon.inbox
    origin_ns, scheduling = core.clock.monotonic_ns(), RealTimeScheduling()
    diagnostics = Diagnostics(
        core,
        made_of.voice,
        made_of.calibration,
        made_of.results_dir,
        around.tell,
        voice_missing=made_of.voice_missing,
        scheduling=scheduling,
    )
    logbook, pairing = Logbook(core), PairingWindow(core.clock)
    handler = RequestHandler(
        core,
        inbox.put,
        around.make_start,
        around.group,
        origin_ns,
        logbook=logbook,
        flight_recorder=FlightRecorder(core, made_of.results_dir, around.tell),
        ledger=LedgerRequests(core, inbox.put, around.group, logbook, beside=around.beside, rendered=around.rendered),
        diagnostics=diagnostics,
        pairing=pairing,
        aside=Aside().do,
    )
    server, page_server = Server(around.socket, handler.take), Server(around.page_socket, PageDoor(handler.take).take)
    button = ButtonController(
        core,
        around.make_start,
        around.plans,
        lambda: inbox.put(StopLoop(switches_off=True)),
        diagnostics.take_press,
        lambda: pairing.open() if page_server.connected else "",
    )
    return Timer(
        Service(core, inbox, diagnostics.trouble, button=button, scheduling=scheduling),
        (server, page_server),
        made_of.voice,
        beacon.strain,
        beacon.recorder,
        beacon.finishes,
        around,
        first,
        results_dir=made_of.results_dir,
        origin_ns=origin_ns,
        voice_missing=made_of.voice_missing,
    )
