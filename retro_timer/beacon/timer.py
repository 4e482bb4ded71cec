"""The timer from its start to its orderly end: readiness, the first plan, what was cut off, what is to be mended."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from retro_timer.beacon.control.machine import PowerSwitch
from retro_timer.beacon.control.server import Server
from retro_timer.beacon.messages import JournalLooked, MakeStart, Offer, StartPlan
from retro_timer.beacon.readiness import Readiness
from retro_timer.beacon.recording.finish_recorder import FinishRecorder
from retro_timer.beacon.recording.recorder import Recorder
from retro_timer.beacon.service import Service
from retro_timer.beacon.system.notify import Notifier
from retro_timer.beacon.system.strain import StrainWatch
from retro_timer.ports import Voice
from retro_timer.settings.group import Group
from retro_timer.settings.starting import Trouble
from retro_timer.store.results.cut_off import SessionEntry
from retro_timer.store.results.ground import Ground, look_at_ground
from retro_timer.training.record import RepRecord
from retro_timer.training.session.effects import Signal

_LAST_WORDS_S = 20.0
_LAST_WORDS_BEFORE_POWER_OFF_S = 6.0


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What a timer has around it on its machine."""

    make_start: MakeStart
    group: Group
    """Whom a start begins with."""
    plans: Callable[[], Sequence[str]]
    """Names of the plans that the button goes through."""
    socket: Path
    page_socket: Path
    """The coach's page asks there, and may ask less."""
    beside: Sequence[Path] = ()
    """Folders of people's files beside the results."""
    rendered: Path | None = None
    """The folder of rendered speech."""
    tell: Callable[[str], None]
    """Gets what a person should mend, each once."""
    troubles: Sequence[Trouble] = ()
    """What was to be mended when the files were read."""
    keep_files: Callable[[], str] = lambda: ""
    """Keeps a copy of the files that worked; says why it could not, or an empty text."""


class Timer:
    """Has its threads run until somebody stops it."""

    def __init__(
        self,
        service: Service,
        servers: Sequence[Server],
        voice: Voice,
        strain: StrainWatch,
        recorder: Recorder | None,
        finishes: FinishRecorder,
        around: Surroundings,
        first: StartPlan | None,
        *,
        results_dir: Path,
        origin_ns: int,
        voice_missing: str,
    ) -> None:
        """With `first` it begins with that plan as soon as it sees. `origin_ns`: from where event times are counted."""
        self.core = service.core
        self.inbox = service.inbox
        self.origin_ns = origin_ns
        self._service = service
        self._servers = servers
        self._voice = voice
        self._strain = strain
        self._recorder = recorder
        self._finishes = finishes
        self._around = around
        self._first = first
        self._results_dir = results_dir
        self._notifier = Notifier()
        self._began = False
        self._hurried = False
        if voice_missing:
            self._note("voice", f"{voice_missing}; words are printed instead")
        for number, trouble in enumerate(around.troubles):
            self._note(f"file {number}", trouble.text)

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
        for server in self._servers:
            server.start()
        self._strain.start()
        if self._first is None:
            self._offer_cut_off()
        try:
            self._service.run(lambda: self._look(readiness, once=once))
        finally:
            self._end()
        if self._service.switches_off and isinstance(self.core.board, PowerSwitch):
            self.core.board.power_off()

    def _look(self, readiness: Readiness, *, once: bool) -> None:
        """After each turn of the session's loop."""
        readiness.look()
        self._tell_voice_trouble()
        if self._first is not None and not self._began and readiness.sees():
            self._began = True
            self.inbox.put(self._first)
        elif once and self._began and self.core.session.state is not None and not self.core.session.busy:
            self._service.stop()

    def _end(self) -> None:
        self._notifier.send("STOPPING=1")
        self._notifier.close()
        for server in self._servers:
            server.close()
        self._strain.close()
        self._service.close(finish_speech_s=self._last_words_s)
        self._tell_voice_trouble()
        self._finishes.close()
        if self._recorder is not None:
            self._recorder.close()
            if self._recorder.trouble:
                self._around.tell(self._recorder.trouble)

    @property
    def _last_words_s(self) -> float:
        if self._hurried:
            # Whoever stopped it waits, systemd among them: words are worth less than a quick end.
            return 0.0
        return _LAST_WORDS_BEFORE_POWER_OFF_S if self._service.switches_off else _LAST_WORDS_S

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
        reason = self._voice.trouble()
        text = self.core.catalogue.render("speech_trouble", {"reason": reason}) if reason else ""
        if self._note("speech", text):
            self.core.buzzer.signal(Signal.TROUBLE)

    def _ground_trouble(self) -> list[Trouble]:
        """Before anybody runs: a disk that takes no results, or one that forgets them with the power."""
        seen = look_at_ground(self._results_dir)
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
