"""What is said next: phrases wait their turn, are dropped when too late, and fall silent for an alarm."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from retro_timer.phrases import Catalogue
from retro_timer.ports import Clock, Voice
from retro_timer.training.session.effects import Say

_POLL_S = 0.02
_MOST_WAITING = 24


class _Phrase(msgspec.Struct, frozen=True):
    key: str
    text: str
    expires_ns: int | None
    urgent: bool


class Speaker:
    """Thread-safe. Without `start`, a simulation calls `update` at `next_ns`."""

    def __init__(
        self, voice: Voice, clock: Clock, catalogue: Catalogue, spoken: Callable[[str, str], None] | None = None
    ) -> None:
        self._voice = voice
        self._clock = clock
        self._catalogue = catalogue
        self._spoken = spoken
        self._waiting: deque[_Phrase] = deque()
        self._condition = threading.Condition(threading.Lock())
        self._muted = False
        self._closing = False
        self._thread: threading.Thread | None = None
        self.dropped = 0
        """Phrases that came too late."""

    @property
    def next_ns(self) -> int | None:
        """When `update` should look again; None when nothing waits."""
        if not self._waiting or self._muted:
            return None
        return self._clock.monotonic_ns() + round(_POLL_S * 1e9)

    def start(self) -> None:
        """Speak in a thread."""
        self._thread = threading.Thread(target=self._run, name="speaker", daemon=True)
        self._thread.start()

    def close(self, *, finish_s: float = 0.0) -> None:
        """Stop; what still waits may be said within `finish_s` seconds."""
        if finish_s > 0.0:
            self._drain(finish_s)
        with self._condition:
            self._closing = True
            self._waiting.clear()
            self._condition.notify()
        self._voice.cut()
        if self._thread is not None:
            self._thread.join(timeout=2.0)
        self._voice.close()

    def _drain(self, finish_s: float) -> None:
        deadline = self._clock.monotonic_ns() + round(finish_s * 1e9)
        pause = threading.Event()
        while (self._waiting or self._voice.speaking) and self._clock.monotonic_ns() < deadline:
            pause.wait(_POLL_S)

    def say(self, phrase: Say) -> None:
        """Put a phrase in the queue; an urgent one cuts off what is said and goes first."""
        text = self._catalogue.render(phrase.key, phrase.values)
        item = _Phrase(phrase.key, text, phrase.expires_ns, phrase.urgent)
        with self._condition:
            if phrase.urgent:
                if not self._muted:
                    self._voice.cut()
                self._waiting.appendleft(item)
            else:
                self._waiting.append(item)
            while len(self._waiting) > _MOST_WAITING:
                # The oldest that is not urgent has waited in vain; among urgent ones the oldest stands last.
                oldest = next((p for p in self._waiting if not p.urgent), self._waiting[-1])
                self._waiting.remove(oldest)
                self.dropped += 1
            self._condition.notify()

    def mute(self, muted: bool) -> None:
        """An alarm sounds, or has ended. Called from the sensor's thread: takes no lock that speech may hold."""
        self._muted = muted
        if muted:
            self._voice.cut()

    def prepare(self, phrases: Mapping[str, Mapping[str, Any]]) -> None:
        """Render what is likely to be said soon."""
        self._voice.prepare([self._catalogue.render(key, values) for key, values in phrases.items()])

    def update(self) -> None:
        """Say the next phrase if the voice is free."""
        with self._condition:
            self._speak_next()

    def _speak_next(self) -> None:
        if self._muted or self._voice.speaking:
            return
        now_ns = self._clock.monotonic_ns()
        while self._waiting:
            item = self._waiting.popleft()
            if item.expires_ns is not None and now_ns > item.expires_ns:
                self.dropped += 1
                continue
            if self._spoken is not None:
                self._spoken(item.key, item.text)
            self._voice.say(item.text)
            if self._muted:
                # The alarm came between the look and the word.
                self._voice.cut()
            return

    def _run(self) -> None:
        with self._condition:
            while not self._closing:
                self._speak_next()
                self._condition.wait(_POLL_S if self._waiting else None)
