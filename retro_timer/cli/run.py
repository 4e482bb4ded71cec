"""`retro-timer run`: the timer itself, on a board."""

from __future__ import annotations

import contextlib
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from retro_timer.beacon.bench import Bench
from retro_timer.beacon.boards import DEFAULT_SEED, BoardRequest, holding, open_board, open_voice_or_text
from retro_timer.beacon.button import ButtonDesk, PowerSwitch
from retro_timer.beacon.core import Core
from retro_timer.beacon.desk import Desk
from retro_timer.beacon.keeper import Keeper
from retro_timer.beacon.logbook import Logbook
from retro_timer.beacon.notify import Notifier, under_service
from retro_timer.beacon.readiness import Readiness
from retro_timer.beacon.recorder import Recorder
from retro_timer.beacon.server import Server
from retro_timer.beacon.service import Service
from retro_timer.beacon.station import JournalLooked, Offer, StartPlan
from retro_timer.beacon.strain import StrainWatch
from retro_timer.cli.main import EXIT_INTERRUPTED
from retro_timer.cli.streams import remark
from retro_timer.cli.tellers import Teller, make_teller
from retro_timer.phrases import Catalogue
from retro_timer.ports import Board
from retro_timer.settings import places
from retro_timer.settings.loading import plan_names
from retro_timer.settings.model import Settings
from retro_timer.settings.starting import StartFiles, Trouble
from retro_timer.store.ground import Ground, look_at_ground
from retro_timer.store.journal import SessionEntry
from retro_timer.store.writer import JournalWriter
from retro_timer.training.record import RepRecord
from retro_timer.training.session.effects import Signal

_LAST_WORDS_S = 20.0
_LAST_WORDS_BEFORE_POWER_OFF_S = 6.0


@click.command()
@click.option("--board", "board_name", default="pi", show_default=True, help="pi, twin, sim or replay.")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file.")
@click.option("--plan", help="Begin at once with this plan (name or file).")
@click.option("--roster", type=click.Path(path_type=Path), help="CSV of athletes; a solo runner when left out.")
@click.option("--voice", help="speech or text, instead of the settings' voice.")
@click.option("--scenario", metavar="FILE", help="sim and twin: a scenario's name or TOML file.")
@click.option("--seed", type=click.IntRange(0), help="Same seed, same day: people, sensors, holds.")
@click.option("--trace", type=click.Path(path_type=Path), help="replay: the recording to play.")
@click.option("--record", type=click.Path(path_type=Path), help="Write the timing sensor's readings as a trace.")
@click.option("--once", is_flag=True, help="End when the session ends.")
@click.option("--view", is_flag=True, help="A live view on a terminal; plain lines without one.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def run(
    board_name: str,
    config: Path | None,
    plan: str | None,
    roster: Path | None,
    voice: str | None,
    scenario: str | None,
    seed: int | None,
    trace: Path | None,
    record: Path | None,
    once: bool,
    view: bool,
    as_json: bool,
) -> int:
    """Run the timer on a board until it is stopped."""
    files = StartFiles(places.state_dir(), forgiving=under_service())
    settings, catalogue = files.phrases(files.settings(config))
    if voice is not None:
        settings = _with_voice(settings, voice)
    athletes = files.roster(roster, remark)
    files.secure_plan(settings.session.default_plan)

    def make_start(name: str | None) -> StartPlan:
        return StartPlan(files.plan(name or settings.session.default_plan, settings), athletes)

    begins_with = None if plan is None else files.first_plan(plan, settings)
    first = None if begins_with is None else StartPlan(begins_with, athletes)
    calibration = files.calibration()
    play_seed = DEFAULT_SEED if seed is None else seed
    request = BoardRequest(settings, calibration, scenario, play_seed, trace, files.wiring_known)
    with holding(places.lock_path()), _opened(board_name, request) as board:
        teller = make_teller(view=view, as_json=as_json)
        with teller:
            timer = _Timer(board, request, files, catalogue, teller, record, make_start, seed)
            return timer.run(first, once=once)


def _with_voice(settings: Settings, kind: str) -> Settings:
    import msgspec

    return msgspec.structs.replace(settings, voice=msgspec.structs.replace(settings.voice, kind=kind))


@contextlib.contextmanager
def _opened(name: str, request: BoardRequest) -> Iterator[Board]:
    board = open_board(name, request)
    try:
        yield board
    finally:
        board.close()


class _Timer:
    """Everything that `run` starts, and its orderly end."""

    def __init__(
        self,
        board: Board,
        request: BoardRequest,
        files: StartFiles,
        catalogue: Catalogue,
        teller: Teller,
        record: Path | None,
        make_start: Any,
        seed: int | None = None,
    ) -> None:
        settings = request.settings
        self._board = board
        self._files = files
        self._teller = teller
        self._interrupted = False
        self._terminated = False
        inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._shutting_down = False
        self._catalogue = catalogue
        voice, missing = open_voice_or_text(
            settings, board.clock, places.cache_dir(), teller.spoken, forgiving=under_service()
        )
        self._voice = voice
        clock = board.clock
        journal = JournalWriter(places.state_dir(), clock.wall_ns, inbox.put, since_boot_ns=clock.since_boot_ns)
        self.core = Core(board, settings, request.calibration, catalogue, voice, journal, inbox.put, seed)
        if missing:
            self._note("voice", f"{missing}; words are printed instead")
        for number, trouble in enumerate(files.troubles):
            self._note(f"file {number}", trouble.text)
        bench = Bench(self.core, voice, request.calibration, places.state_dir(), teller.trouble)
        bench.voice_missing = missing
        self.service = bench.service = Service(self.core, inbox, bench.trouble)
        self.service.button = ButtonDesk(self.core, make_start, lambda: list(plan_names()), self._shut_down)
        self.service.button.lent_to = bench.take_press
        self._origin_ns = board.clock.monotonic_ns()
        teller.attach(self.core, self._origin_ns)
        desk = Desk(self.core, inbox.put, make_start, self._origin_ns)
        keeper = Keeper(self.core, places.state_dir(), teller.trouble)
        desk.slow_requests["keep"] = keeper.keep
        desk.requests |= {"log": Logbook(self.core).log, **bench.requests}
        self._strain = StrainWatch(inbox.put, clock)
        self.core.strain = lambda: self._strain.latest
        self._server = Server(places.socket_path(), desk.take)
        self._recorder = self._make_recorder(record)

    def _tell_voice_trouble(self) -> None:
        """Whenever it becomes known, or has changed: a missing card shows with the first word. Its end is told by the
        voice itself.
        """
        reason = self._voice.trouble()
        text = self._catalogue.render("speech_trouble", {"reason": reason}) if reason else ""
        if self._note("speech", text):
            self.core.buzzer.signal(Signal.TROUBLE)

    def _note(self, key: str, text: str) -> bool:
        """Something is to be mended: shown, and told once; whether it is new."""
        new = self.core.troubles.note(key, text)
        if new:
            self._teller.trouble(text)
        return new

    def _ground_trouble(self) -> list[Trouble]:
        """Before anybody runs: a disk that takes no results, or one that forgets them with the power."""
        seen = look_at_ground(places.state_dir())
        if seen.ground is Ground.LASTING:
            return []
        text = f"{seen.text}; mend it: {seen.mend}"
        self._note("disk", text)
        if seen.ground.forgets:
            return [Trouble(text, "results_forgotten")]
        return [Trouble(text, "results_not_kept", {"reason": str(seen.ground)})]

    def _keep_what_worked(self) -> None:
        """The copies are written by a thread of their own: the session's loop waits for no disk."""

        def keep() -> None:
            if why := self._files.keep():
                self._teller.trouble(why)

        threading.Thread(target=keep, name="last-good", daemon=True).start()

    def _shut_down(self) -> None:
        """The button asked for it: end as on SIGTERM, so that nothing is lost, then switch the box off."""
        self._shutting_down = True
        self.service.stop()

    def _make_recorder(self, path: Path | None) -> Recorder | None:
        if path is None:
            return None
        sensing = next(s for s in self.core.sensing.values() if s.config.times)
        recorder = Recorder(path, sensing.spec)
        sensing.on_sample = recorder.take
        self.core.hub.subscribe(recorder.hear)
        return recorder

    def run(self, first: StartPlan | None, *, once: bool) -> int:
        """Run until stopped; with `once` until the session's end."""
        service = self.service
        notifier = Notifier()
        readiness = Readiness(
            service,
            notifier,
            spoken=first is None,
            troubles=[*self._files.troubles, *self._ground_trouble()],
            on_ready=self._keep_what_worked,
        )
        began = False

        def look() -> None:
            nonlocal began
            readiness.look()
            self._tell_voice_trouble()
            if first is not None and not began and readiness.sees():
                began = True
                service.inbox.put(first)
            elif once and began and self.core.station.state is not None and not self.core.station.busy:
                service.stop()

        service.on_idle = look
        self._catch_signals()
        service.start()
        self._server.start()
        self._strain.start()
        if first is None:
            self._offer_cut_off()
        try:
            service.run()
        finally:
            notifier.send("STOPPING=1")
            notifier.close()
            self._server.close()
            self._strain.close()
            service.close(finish_speech_s=self._last_words_s)
            self._tell_voice_trouble()
            if self._recorder is not None:
                self._recorder.close()
                if self._recorder.trouble:
                    self._teller.trouble(self._recorder.trouble)
        if self._shutting_down and isinstance(self._board, PowerSwitch):
            self._board.power_off()
        return EXIT_INTERRUPTED if self._interrupted else 0

    @property
    def _last_words_s(self) -> float:
        if self._interrupted or self._terminated:
            # Whoever stopped it waits, systemd among them: words are worth less than a quick end.
            return 0.0
        return _LAST_WORDS_BEFORE_POWER_OFF_S if self._shutting_down else _LAST_WORDS_S

    def _offer_cut_off(self) -> None:
        """A session that a power cut ended waits for recover or close."""

        inbox = self.service.inbox

        def found(entry: SessionEntry, records: list[RepRecord]) -> None:
            inbox.put(Offer(entry, tuple(records)))

        self.core.station.awaits_journal = True
        self.core.journal.find_cut_off(self._board.name, found, lambda: inbox.put(JournalLooked()))

    def _catch_signals(self) -> None:
        def interrupted(*_: object) -> None:
            self._interrupted = True
            self.service.stop()

        def terminated(*_: object) -> None:
            self._terminated = True
            self.service.stop()

        signal.signal(signal.SIGINT, interrupted)
        signal.signal(signal.SIGTERM, terminated)
        # A reader that went away must not end the timer.
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        if sys.stdout.isatty():
            signal.signal(signal.SIGHUP, terminated)
