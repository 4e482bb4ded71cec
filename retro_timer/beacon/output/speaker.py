"""What is said next: phrases wait their turn, are dropped when too late or untrue, and fall silent for an alarm.

A phrase without an expiry that is about something matters until that is taken back: cut off by an alarm or by something
urgent it is said again.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping

import msgspec

from retro_timer.phrases import Catalogue
from retro_timer.ports import Clock, Voice
from retro_timer.training.session.effects import Say
from retro_timer.training.session.inputs import Speech

_POLL_S = 0.02
_LONGEST_POLL_S = 0.25
_MOST_WAITING = 80
"""A summary names each athlete of a roster, which has at most 60."""


class _Phrase(msgspec.Struct, frozen=True):
    key: str
    text: str
    expires_ns: int | None
    urgent: bool
    about: frozenset[str]


class Speaker:
    """Thread-safe. Without `start`, a simulation calls `update` at `next_ns`."""

    def __init__(
        self,
        voice: Voice,
        clock: Clock,
        catalogue: Catalogue,
        spoken: Callable[[str, str], None] | None = None,
        progress: Callable[[Speech], None] | None = None,
    ) -> None:
        self._voice = voice
        self._clock = clock
        self._catalogue = catalogue
        self._spoken = spoken
        self._progress = progress
        self._waiting: deque[_Phrase] = deque()
        self._current: _Phrase | None = None
        self._ends_ns = 0
        """When the current phrase ends, by its length."""
        self._silenced = False
        """An alarm has cut the current phrase off."""
        self._reports = 0
        self._condition = threading.Condition(threading.Lock())
        self._muted = False
        self._closing = False
        self._thread: threading.Thread | None = None
        self.dropped = 0
        """Phrases that came too late."""

    @property
    def next_ns(self) -> int | None:
        """When `update` should look again; None when nothing waits and nothing is being said."""
        if self._current is None and (not self._waiting or self._muted):
            return None
        return self._clock.monotonic_ns() + round(self._pause_s() * 1e9)

    def _pause_s(self) -> float:
        """How long there is nothing to do, unless something comes."""
        left_s = (self._ends_ns - self._clock.monotonic_ns()) / 1e9 if self._current is not None else 0.0
        return left_s if left_s > 0.0 and self._voice.speaking else _POLL_S

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

    def say(self, phrase: Say) -> Speech:
        """Put a phrase in the queue; an urgent one cuts off what is said and goes first. How far the voice is now."""
        text = self._catalogue.render(phrase.key, phrase.values)
        item = _Phrase(phrase.key, text, phrase.expires_ns, phrase.urgent, frozenset(phrase.about))
        with self._condition:
            if phrase.urgent:
                self._interrupt()
                self._waiting.appendleft(item)
            else:
                self._waiting.append(item)
            while len(self._waiting) > _MOST_WAITING:
                # The oldest that is not urgent has waited in vain; among urgent ones the oldest stands last.
                oldest = next((p for p in self._waiting if not p.urgent), self._waiting[-1])
                self._waiting.remove(oldest)
                self.dropped += 1
            self._condition.notify()
            return self._report()

    def unsay(self, about: Iterable[str]) -> Speech:
        """Drop what is said of these things, and cut it off if it is being said. How far the voice is now."""
        gone = frozenset(about)
        with self._condition:
            self._settle()
            if self._current is not None and gone & self._current.about:
                self._current = None
                self._voice.cut()
            self._waiting = deque(item for item in self._waiting if not gone & item.about)
            self._condition.notify()
            return self._report()

    def seconds(self, key: str, values: Mapping[str, object]) -> float:
        """How long a phrase takes."""
        return self._voice.seconds(self._catalogue.render(key, values))

    def _interrupt(self) -> None:
        """Make room for something urgent."""
        self._settle()
        if self._current is not None:
            self._requeue(self._current)
            self._current = None
            self._voice.cut()

    def _requeue(self, item: _Phrase) -> None:
        if item.expires_ns is None and item.about and not item.urgent:
            self._waiting.appendleft(item)

    def _settle(self) -> bool:
        """Whether the current phrase has come to its end, or to one that an alarm made."""
        item = self._current
        if item is None or self._voice.speaking:
            return False
        self._current = None
        if self._silenced:
            self._requeue(item)
        return True

    def _report(self) -> Speech:
        """How far the voice is, by the lengths of what it is saying and of what waits in time for its turn."""
        self._reports += 1
        if self._current is None and not self._waiting:
            return Speech(0, self._reports)
        now_ns = self._clock.monotonic_ns()
        until_ns = now_ns if self._current is None else max(now_ns, self._ends_ns)
        for item in self._waiting:
            if item.expires_ns is None or until_ns <= item.expires_ns:
                until_ns += round(self._voice.seconds(item.text) * 1e9)
        return Speech(until_ns, self._reports)

    def mute(self, muted: bool) -> None:
        """An alarm sounds, or has ended. Called from the sensor's thread: takes no lock that speech may hold."""
        self._muted = muted
        if muted:
            # Set before the cut: whoever finds the voice silent must find out why.
            self._silenced = self._silenced or self._voice.speaking
            self._voice.cut()

    def prepare(self, phrases: Mapping[str, Mapping[str, object]]) -> None:
        """Render what is likely to be said soon."""
        self._voice.prepare([self._catalogue.render(key, values) for key, values in phrases.items()])

    def update(self) -> None:
        """Say the next phrase if the voice is free."""
        with self._condition:
            self._speak_next()

    def _speak_next(self) -> None:
        changed = self._settle()
        if not (self._muted or self._voice.speaking):
            changed = self._begin_next() or changed
        if changed and self._progress is not None:
            self._progress(self._report())

    def _begin_next(self) -> bool:
        """Begin the next phrase for which it is not too late; whether the queue has changed."""
        now_ns = self._clock.monotonic_ns()
        before = len(self._waiting)
        while self._waiting:
            item = self._waiting.popleft()
            if item.expires_ns is not None and now_ns > item.expires_ns:
                self.dropped += 1
                continue
            self._current = item
            self._ends_ns = now_ns + round(self._voice.seconds(item.text) * 1e9)
            self._silenced = False
            if self._spoken is not None:
                self._spoken(item.key, item.text)
            self._voice.say(item.text)
            if self._muted:
                # The alarm came between the look and the word.
                self._silenced = True
                self._voice.cut()
            break
        return len(self._waiting) != before

    def _run(self) -> None:
        with self._condition:
            while not self._closing:
                self._speak_next()
                busy = self._waiting or self._current is not None
                self._condition.wait(min(self._pause_s(), _LONGEST_POLL_S) if busy else None)
