"""The one place where a beacon is put together: for a run, for diagnostics, for a simulation, for a test."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from retro_timer.beacon.bench import Bench
from retro_timer.beacon.button import ButtonDesk, ButtonEdge, PowerSwitch
from retro_timer.beacon.control import MakeStart
from retro_timer.beacon.core import Core
from retro_timer.beacon.desk import Desk
from retro_timer.beacon.keeper import Keeper
from retro_timer.beacon.logbook import Logbook
from retro_timer.beacon.notify import Notifier
from retro_timer.beacon.readiness import Readiness
from retro_timer.beacon.recorder import Recorder
from retro_timer.beacon.server import Server
from retro_timer.beacon.service import Service
from retro_timer.beacon.station import JournalLooked, Offer, StartPlan
from retro_timer.beacon.strain import StrainWatch
from retro_timer.beacon.urgency import Urgency
from retro_timer.phrases import Catalogue
from retro_timer.ports import Board, Role, Voice
from retro_timer.settings.calibration import Calibration
from retro_timer.settings.model import Settings
from retro_timer.settings.starting import Trouble
from retro_timer.store.ground import Ground, look_at_ground
from retro_timer.store.journal import SessionEntry
from retro_timer.store.writer import JournalWriter
from retro_timer.training.record import RepRecord
from retro_timer.training.session.effects import Signal

_LAST_WORDS_S = 20.0
_LAST_WORDS_BEFORE_POWER_OFF_S = 6.0


class Equipment(msgspec.Struct, frozen=True, kw_only=True):
    """What a beacon is built from."""

    board: Board
    settings: Settings
    voice: Voice
    catalogue: Catalogue
    results_dir: Path
    """Where the journal writes."""
    calibration: Calibration = Calibration()
    seed: int | None = None
    """Decides what sessions leave to chance; without one nobody can guess it."""
    voice_missing: str = ""
    """Why the voice of the settings is not there and words are printed."""
    record: Path | None = None
    """Gets the timing sensor's readings as a trace."""


class Beacon:
    """A beacon without threads of its own but the journal's: whoever has it lets its time pass."""

    def __init__(self, made_of: Equipment, *, awaits_journal: bool = False) -> None:
        """`awaits_journal`: a session that was cut off may still be offered; until then a start has to wait."""
        board, clock = made_of.board, made_of.board.clock
        self.inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.journal = JournalWriter(
            made_of.results_dir, clock.wall_ns, self.inbox.put, since_boot_ns=clock.since_boot_ns
        )
        self.strain = StrainWatch(self.inbox.put, clock)
        timing = next((s.spec for bus in board.buses for s in bus.sensors if s.spec.role is not Role.WATCH), None)
        self.recorder = None if made_of.record is None or timing is None else Recorder(made_of.record, timing)
        self.core = Core(
            board,
            made_of.settings,
            made_of.calibration,
            made_of.catalogue,
            made_of.voice,
            self.journal,
            self.inbox.put,
            made_of.seed,
            strain=lambda: self.strain.latest,
            on_sample={timing.name: self.recorder.take} if timing is not None and self.recorder is not None else {},
            awaits_journal=awaits_journal,
        )
        if self.recorder is not None:
            self.core.hub.subscribe(self.recorder.hear)

    def close(self) -> None:
        """Write what waits; safe to call twice. A service that runs this beacon closes all but the recording."""
        self.journal.close()
        self.core.speaker.close()
        self.core.buzzer.close()
        if self.recorder is not None:
            self.recorder.close()


class Workbench:
    """A beacon whose threads run and whose session's loop has nothing to do: what diagnostics hold a board with."""

    def __init__(self, made_of: Equipment, calibration_dir: Path) -> None:
        self._beacon = Beacon(made_of)
        core, urgency = self._beacon.core, Urgency()
        self.bench = Bench(
            core,
            made_of.voice,
            made_of.calibration,
            calibration_dir,
            lambda _trouble: None,
            voice_missing=made_of.voice_missing,
            urgency=urgency,
        )
        self._service = Service(core, self._beacon.inbox, self.bench.trouble, urgency=urgency)
        self._loop = threading.Thread(target=self._service.run, name="session", daemon=True)

    def start(self) -> None:
        """Begin to read the sensors. A press means nothing unless the bench has lent the button."""
        button = self._beacon.core.board.button
        if button is not None:
            button.listen(self._lend)
        self._service.start()
        self._loop.start()

    def _lend(self, pressed: bool, t_ns: int) -> None:
        self.bench.take_press(ButtonEdge(pressed, t_ns))

    def close(self) -> None:
        """Stop every thread."""
        self._service.stop()
        self._loop.join(timeout=5.0)
        self._service.close()


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What a timer has around it on its machine."""

    make_start: MakeStart
    plans: Callable[[], Sequence[str]]
    """Names of the plans that the button goes through."""
    socket: Path
    tell: Callable[[str], None]
    """Gets what a person should mend, each once."""
    troubles: Sequence[Trouble] = ()
    """What was to be mended when the files were read."""
    keep_files: Callable[[], str] = lambda: ""
    """Keeps a copy of the files that worked; says why it could not, or an empty text."""


class Timer:
    """The timer itself: a beacon with all its threads, button, socket and log, and its orderly end."""

    def __init__(self, made_of: Equipment, around: Surroundings, first: StartPlan | None) -> None:
        """With `first` it begins with that plan as soon as it sees; without, it waits for a press or a command."""
        self._made_of = made_of
        self._around = around
        self._first = first
        self._hurried = False
        self._shutting_down = False
        self._beacon = Beacon(made_of, awaits_journal=first is None)
        self.inbox = self._beacon.inbox
        self.core = core = self._beacon.core
        self.origin_ns = core.clock.monotonic_ns()
        if made_of.voice_missing:
            self._note("voice", f"{made_of.voice_missing}; words are printed instead")
        for number, trouble in enumerate(around.troubles):
            self._note(f"file {number}", trouble.text)
        self._urgency = Urgency()
        self._bench = self._make_bench()
        self._service = self._make_service()
        self._server = Server(around.socket, self._make_desk().take)
        self._notifier = Notifier()
        self._began = False

    def _make_bench(self) -> Bench:
        made_of = self._made_of
        return Bench(
            self.core,
            made_of.voice,
            made_of.calibration,
            made_of.results_dir,
            self._around.tell,
            voice_missing=made_of.voice_missing,
            urgency=self._urgency,
        )

    def _make_service(self) -> Service:
        button = ButtonDesk(
            self.core, self._around.make_start, self._around.plans, self._shut_down, self._bench.take_press
        )
        return Service(self.core, self.inbox, self._bench.trouble, button=button, urgency=self._urgency)

    def _make_desk(self) -> Desk:
        keeper = Keeper(self.core, self._made_of.results_dir, self._around.tell)
        return Desk(
            self.core,
            self.inbox.put,
            self._around.make_start,
            self.origin_ns,
            requests={"log": Logbook(self.core).log, **self._bench.requests},
            slow_requests={"keep": keeper.keep},
        )

    def stop(self) -> None:
        """End soon, without last words: whoever stops it waits. May be called from a signal handler."""
        self._hurried = True
        self._service.stop()

    def run(self, *, once: bool) -> None:
        """Run until stopped; with `once` until the session's end. Raises what the board could not go on with."""
        readiness = Readiness(
            self._service,
            self._notifier,
            spoken=self._first is None,
            troubles=[*self._around.troubles, *self._ground_trouble()],
            on_ready=self._keep_files,
        )
        self._service.start()
        self._server.start()
        self._beacon.strain.start()
        if self._first is None:
            self._offer_cut_off()
        try:
            self._service.run(lambda: self._look(readiness, once=once))
        finally:
            self._end()
        if self._shutting_down and isinstance(self.core.board, PowerSwitch):
            self.core.board.power_off()

    def _look(self, readiness: Readiness, *, once: bool) -> None:
        """After each turn of the session's loop."""
        readiness.look()
        self._tell_voice_trouble()
        if self._first is not None and not self._began and readiness.sees():
            self._began = True
            self.inbox.put(self._first)
        elif once and self._began and self.core.station.state is not None and not self.core.station.busy:
            self._service.stop()

    def _end(self) -> None:
        self._notifier.send("STOPPING=1")
        self._notifier.close()
        self._server.close()
        self._beacon.strain.close()
        self._service.close(finish_speech_s=self._last_words_s)
        self._tell_voice_trouble()
        recorder = self._beacon.recorder
        if recorder is not None:
            recorder.close()
            if recorder.trouble:
                self._around.tell(recorder.trouble)

    @property
    def _last_words_s(self) -> float:
        if self._hurried:
            # Whoever stopped it waits, systemd among them: words are worth less than a quick end.
            return 0.0
        return _LAST_WORDS_BEFORE_POWER_OFF_S if self._shutting_down else _LAST_WORDS_S

    def _shut_down(self) -> None:
        """The button asked for it: end as on SIGTERM, so that nothing is lost, then switch the box off."""
        self._shutting_down = True
        self._service.stop()

    def _offer_cut_off(self) -> None:
        """A session that a power cut ended waits for recover or close."""

        def found(entry: SessionEntry, records: list[RepRecord]) -> None:
            self.inbox.put(Offer(entry, tuple(records)))

        self.core.journal.find_cut_off(self.core.board.name, found, lambda: self.inbox.put(JournalLooked()))

    # What a person should mend

    def _note(self, key: str, text: str) -> bool:
        """Something is to be mended: shown, and told once; whether it is new."""
        new = self.core.troubles.note(key, text)
        if new:
            self._around.tell(text)
        return new

    def _tell_voice_trouble(self) -> None:
        """Whenever it becomes known, or has changed: a missing card shows with the first word. Its end is told by the
        voice itself.
        """
        reason = self._made_of.voice.trouble()
        text = self.core.catalogue.render("speech_trouble", {"reason": reason}) if reason else ""
        if self._note("speech", text):
            self.core.buzzer.signal(Signal.TROUBLE)

    def _ground_trouble(self) -> list[Trouble]:
        """Before anybody runs: a disk that takes no results, or one that forgets them with the power."""
        seen = look_at_ground(self._made_of.results_dir)
        if seen.ground is Ground.LASTING:
            return []
        text = f"{seen.text}; mend it: {seen.mend}"
        self._note("disk", text)
        if seen.ground.forgets:
            return [Trouble(text, "results_forgotten")]
        return [Trouble(text, "results_not_kept", {"reason": str(seen.ground)})]

    def _keep_files(self) -> None:
        """The copies are written by a thread of their own: the session's loop waits for no disk."""

        def keep() -> None:
            if why := self._around.keep_files():
                self._around.tell(why)

        threading.Thread(target=keep, name="last-good", daemon=True).start()
