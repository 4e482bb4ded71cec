"""What a simulated session sounded like, kept in files: as sound, as a transcript, and as a drawing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from retro_timer.beacon.events import BeaconEvent, Said, Sound, Tone
from retro_timer.beacon.output.sounds import BLIND, DANGER, WARNING
from retro_timer.cli.output.lines import clock, line_of
from retro_timer.errors import RetroTimerError
from retro_timer.pictures.session import HeardSession, OnCourse, Phrase, Sounded, draw_session
from retro_timer.sim.render import RenderedVoice, render_wav
from retro_timer.training.record import RepRecord, RepStatus
from retro_timer.training.session.effects import Signal
from retro_timer.training.session.events import Correction, Dnf, Finish, Go, Void

_ALARMS = frozenset((*(one.name for one in (DANGER, WARNING, BLIND)), str(Signal.HALT)))


class HeardFiles(msgspec.Struct, frozen=True):
    """Where what is heard goes; None for what nobody wants."""

    wav: Path | None = None
    transcript: Path | None = None
    picture: Path | None = None

    @property
    def wanted(self) -> bool:
        """Whether there is any."""
        return any(path is not None for path in (self.wav, self.transcript, self.picture))


class Heard:
    """Takes down what is heard of a session, from its first event on."""

    def __init__(self, voice: RenderedVoice, origin_ns: int) -> None:
        self._voice, self._origin_ns = voice, origin_ns
        self._tones: list[Tone] = []
        self._told: list[tuple[int, str]] = []
        self._goes: dict[int, Go] = {}
        self._ran: dict[int, OnCourse] = {}

    def take(self, event: BeaconEvent) -> None:
        """Something happens, or a tone changes."""
        if isinstance(event, Tone):
            self._tones.append(event)
            return
        if isinstance(event, Go):
            self._goes[event.rep] = event
        elif isinstance(event, Finish | Dnf | Void):
            self._ended(event)
        elif isinstance(event, Correction) and event.record is not None:
            self._corrected(event.record)
        line = None if isinstance(event, Said | Sound) else line_of(event, self._origin_ns)
        if line is not None:
            self._told.append((event.t_ns, f"{line.split(maxsplit=1)[1]}{_whose(event)}"))

    def _ended(self, event: Finish | Dnf | Void) -> None:
        """Whoever ran has come in, or is given up; who comes after all has another end."""
        go = self._goes.get(event.rep)
        if go is None:
            # It ran before the session was cut off.
            return
        since_s, ended_s = self._since_s(go.t_ns), self._since_s(event.t_ns)
        self._ran[event.rep] = OnCourse(since_s, ended_s, event.record.athlete, _outcome(event.record))

    def _corrected(self, record: RepRecord) -> None:
        """It was another one's, or another finish was theirs, or none."""
        if record.rep in self._ran:
            new = msgspec.structs.replace(self._ran[record.rep], name=record.athlete, outcome=_outcome(record))
            self._ran[record.rep] = new

    def _since_s(self, t_ns: int) -> float:
        return (t_ns - self._origin_ns) / 1e9

    def write(self, files: HeardFiles, title: str, end_ns: int) -> list[str]:
        """Write those that are wanted, of a plan's title and up to `end_ns`; what could not be done.

        Raises RetroTimerError.
        """
        troubles: list[str] = []
        if files.wav is not None:
            tones = [(tone.t_ns, tone.frequency_hz) for tone in self._tones]
            troubles = render_wav(files.wav, tones, self._voice, self._origin_ns, end_ns)
        if files.transcript is not None:
            _write(files.transcript, "".join(f"{line}\n" for line in self.lines()))
        if files.picture is not None:
            _write(files.picture, draw_session(self._drawn(title, end_ns)))
        return troubles

    def lines(self) -> Iterator[str]:
        """The transcript: from when to when each phrase was heard, and between them what happened, in order."""
        said = [(one.began_ns, self._phrase_line(one.began_ns, one.ended_ns, one.text, one.cut_off))
                for one in self._voice.transcript]  # fmt: skip
        told = [(t_ns, f"{self._clock(t_ns)} {'':9}  {text}") for t_ns, text in self._told]
        yield from (line for _, line in sorted((*told, *said), key=lambda one: one[0]))

    def _phrase_line(self, began_ns: int, ended_ns: int, text: str, cut_off: bool) -> str:
        cut = "  (cut off)" if cut_off else ""
        return f'{self._clock(began_ns)} {self._clock(ended_ns)}  "{text}"{cut}'

    def _clock(self, t_ns: int) -> str:
        return f"{clock(self._since_s(t_ns)):>9}"

    def _drawn(self, title: str, end_ns: int) -> HeardSession:
        since_s = self._since_s
        ends_ns = [*(tone.t_ns for tone in self._tones[1:]), end_ns]
        return HeardSession(
            title,
            since_s(end_ns),
            [Phrase(since_s(s.began_ns), since_s(s.ended_ns), s.text, s.cut_off) for s in self._voice.transcript],
            [
                Sounded(since_s(tone.t_ns), since_s(until_ns), tone.name in _ALARMS)
                for tone, until_ns in zip(self._tones, ends_ns, strict=False)
                if tone.frequency_hz
            ],
            sorted(self._ran.values(), key=lambda run: run.from_s),
        )


def _outcome(record: RepRecord) -> str:
    if record.status is RepStatus.FINISHED:
        return f"{record.official()} s"
    return record.reason if record.status is RepStatus.DNF else str(record.status)


def _whose(event: BeaconEvent) -> str:
    """Whose rep it is, which a line for whoever watches does not name."""
    name = event.athlete if isinstance(event, Go) else event.record.athlete if isinstance(event, Finish | Dnf) else ""
    return f" - {name}" if name else ""


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RetroTimerError(f"{path}: cannot be written ({error.strerror})") from None
