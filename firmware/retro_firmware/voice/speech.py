"""The program's Voice aloud: one thread renders and plays; what nobody could hear is printed instead."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from retro_firmware.voice.cache import SpeechCache, open_folder, phrase_key
from retro_firmware.voice.player import Player, length_s
from retro_firmware.voice.rendering import RenderError, RenderProcess
from retro_timer.beacon.output.text_voice import TextVoice
from retro_timer.errors import BoardMissingError
from retro_timer.hardware.sound_cards import alsa_device
from retro_timer.phrases import voice_of
from retro_timer.ports import Clock
from retro_timer.settings.model import Settings, VoiceSettings

_MOST_AHEAD = 200
_MOST_LENGTHS = 2000
"""Of phrases whose length is remembered; a season has fewer."""
_SLOW_S = 0.2
"""A phrase takes 10 to 13 ms on a desktop and a few times that on a Pi."""
_LONGEST_BREATH_S = 2.0
_SPEAKER_PAUSE_NS = 10_000_000_000
"""How long a speaker that failed is left alone: a card may be plugged in at any time."""


class _Utterance:
    """One thing to say; compared by identity, since the same words may be asked for twice."""

    def __init__(self, text: str) -> None:
        self.text = text


class SpeechVoice:
    """Thread-safe. `cut` waits for nothing; every other call at most for another one of them."""

    def __init__(
        self,
        settings: VoiceSettings,
        clock: Clock,
        cache: SpeechCache,
        renderer: RenderProcess,
        player: Player,
        show: Callable[[str], None],
        engine: str,
    ) -> None:
        self._settings = settings
        self._voice = voice_of(settings.language)
        self._clock = clock
        self._cache = cache
        self._renderer = renderer
        self._player = player
        self._engine = engine
        self._printed = TextVoice(clock, settings.rate_wpm, show)
        self._volume = settings.volume
        self._lengths_s: dict[str, float] = {}
        """Of what is rendered. Only the voice's thread writes it."""
        self._current: _Utterance | None = None
        self._ahead: deque[str] = deque()
        self._asked_for: dict[str, None] = {}
        """What was prepared, oldest first: another volume needs it anew."""
        self._render_trouble = ""
        self._play_trouble = ""
        self._speaker_again_ns = 0
        self._condition = threading.Condition(threading.Lock())
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, settings: Settings, clock: Clock, cache: Path, show: Callable[[str], None]) -> SpeechVoice:
        """The voice of the settings. Raises BoardMissingError without pyttsx3."""
        if importlib.util.find_spec("pyttsx3") is None:
            raise BoardMissingError(
                "voice 'speech'",
                "not installed (pyttsx3 is missing)",
                "the extra that brings it: pip install 'retro-timer[speech]'",
            )
        engine = f"pyttsx3 {importlib.metadata.version('pyttsx3')}"
        phrases = SpeechCache(open_folder(cache / "speech"))
        renderer = RenderProcess(clock=clock.monotonic_ns)
        voice = settings.voice
        # Asked before each sound: a USB card may be plugged in at any time.
        player = Player(
            lambda: alsa_device(voice.device, settings.audio.output),
            lead_in_s=voice.lead_in_s,
            clock=clock.monotonic_ns,
        )
        return cls(voice, clock, phrases, renderer, player, show, engine)

    # Voice

    @property
    def speaking(self) -> bool:
        """Whether something is being rendered for now, played, or still being read by whoever it was printed for."""
        return self._current is not None or self._printed.speaking

    @property
    def volume(self) -> int:
        """Loudness in percent, from the next phrase on."""
        return self._volume

    @volume.setter
    def volume(self, percent: int) -> None:
        with self._condition:
            self._volume = percent
            self._ahead = deque(text for text in self._asked_for if text.strip())
            self._condition.notify()

    def prepare(self, texts: Sequence[str]) -> None:
        """Render these when there is nothing else to do, the first one first, and before what was prepared earlier."""
        with self._condition:
            known = set(texts)
            self._asked_for |= dict.fromkeys(texts)
            for old in list(self._asked_for)[:-_MOST_AHEAD]:
                del self._asked_for[old]
            kept = [text for text in self._ahead if text not in known]
            self._ahead = deque(text for text in [*dict.fromkeys(texts), *kept][:_MOST_AHEAD] if text.strip())
            self._condition.notify()

    def seconds(self, text: str) -> float:
        """The length of the phrase's file once it is rendered, until then an estimate."""
        return self._lengths_s.get(text) or self._printed.seconds(text)

    def say(self, text: str) -> None:
        """Begin to speak; cuts off what is being said."""
        with self._condition:
            self._current = _Utterance(text) if text.strip() else None
            self._silence()
            self._condition.notify()

    def cut(self) -> None:
        """Be silent at once: what is being rendered is not said, what is being played is killed."""
        self._current = None
        self._silence()

    def trouble(self) -> str:
        """Why nothing is heard now and the command that mends it, or an empty string. May change at any time."""
        return self._render_trouble or self._play_trouble

    def close(self) -> None:
        """Be silent for good; safe to call twice."""
        with self._condition:
            self._closing = True
            self._ahead.clear()
            self._condition.notify()
        self.cut()
        self._renderer.abort()
        self._thread.join(timeout=2.0)
        if not self._thread.is_alive():
            self._renderer.close()

    # The voice's thread

    def _silence(self) -> None:
        self._player.kill()
        self._printed.cut()

    def _run(self) -> None:
        while not self._closing:
            with self._condition:
                while not (self._closing or self._current is not None or self._ahead):
                    self._condition.wait()
                utterance = self._current
                ahead = self._ahead.popleft() if utterance is None and self._ahead else ""
            if utterance is not None:
                self._speak(utterance)
                self._done(utterance)
            elif ahead:
                self._render_ahead(ahead)

    def _render_ahead(self, text: str) -> None:
        """Where that takes long the machine is slow or busy, and its processor is needed elsewhere as well."""
        began_ns = self._clock.monotonic_ns()
        self._render(text)
        took_s = (self._clock.monotonic_ns() - began_ns) / 1e9
        if took_s >= _SLOW_S:
            with self._condition:
                if self._current is None and not self._closing:
                    self._condition.wait(min(took_s, _LONGEST_BREATH_S))

    def _done(self, utterance: _Utterance) -> None:
        with self._condition:
            if self._current is utterance:
                self._current = None

    def _speak(self, utterance: _Utterance) -> None:
        path = None
        if self._clock.monotonic_ns() >= self._speaker_again_ns:
            path = self._render(utterance.text)
        if self._current is not utterance:
            return
        if path is not None:
            cause = self._player.play(path, lambda: self._current is utterance)
            if self._current is not utterance:
                # Cut off: it tells nothing about the speaker.
                return
            self._play_trouble = cause
            if not cause:
                return
            self._speaker_again_ns = self._clock.monotonic_ns() + _SPEAKER_PAUSE_NS
        self._printed.say(utterance.text)
        if self._current is not utterance:
            self._printed.cut()

    def _render(self, text: str) -> Path | None:
        """The phrase's file, rendered if need be; None when it cannot be."""
        path = self._rendered(text)
        if path is not None and text not in self._lengths_s:
            if len(self._lengths_s) >= _MOST_LENGTHS:
                self._lengths_s = {}
            self._lengths_s[text] = length_s(path)
        return path

    def _rendered(self, text: str) -> Path | None:
        rate_wpm = self._settings.rate_wpm
        volume = self._volume
        key = phrase_key(text, self._voice, rate_wpm, volume, self._engine)
        found = self._cache.find(key)
        if found is not None:
            return found
        part = self._cache.part(key)
        try:
            self._renderer.render(text, self._voice, rate_wpm, part, volume)
            kept = self._cache.keep(key)
        except RenderError as error:
            if not self._closing:
                self._render_trouble = str(error)
            return None
        except OSError as error:
            self._render_trouble = f"{self._cache.folder} cannot be written ({error.strerror}); see: df -h"
            return None
        self._render_trouble = "" if kept is not None else "espeak-ng gave no sound; try it by hand: espeak-ng hello"
        return kept
