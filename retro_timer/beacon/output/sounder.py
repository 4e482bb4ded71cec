"""The buzzer's owner: callers make the first edge under a short lock, a thread of its own keeps the cadence."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from retro_timer.beacon.output import sounds
from retro_timer.beacon.output.arbiter import Arbiter
from retro_timer.detection.events import Level
from retro_timer.ports import Clock, Sounder
from retro_timer.training.session.effects import Signal

Heard = Callable[[str, int, int], None]
"""(name of the sound or an empty string, frequency in Hz or 0, monotonic_ns) at each change."""


class Buzzer:
    """Thread-safe. Without `start` nothing happens by itself: a simulation calls `update` at `next_ns`."""

    def __init__(
        self,
        sounder: Sounder,
        clock: Clock,
        *,
        ticks: bool,
        watchers: Sequence[str] = (),
        pairs: Sequence[tuple[str, str]] = (),
        heard: Heard | None = None,
        on_expired: Callable[[str], None] = lambda _sensor: None,
        volume: int = 100,
    ) -> None:
        """`on_expired` is called once, from the buzzer's thread, when a sensor's readings have stopped. `pairs`: of two
        sensors that see the same one is enough.
        """
        self._sounder = sounder
        self._clock = clock
        self._arbiter = Arbiter(ticks=ticks, watchers=watchers, pairs=pairs)
        self._condition = threading.Condition(threading.Lock())
        self._heard = heard
        self.volume = volume
        """In percent, for what may be turned down (sounds.loudness); holds from the next edge on."""
        self._tone = 0
        self._loudness = 0
        self._name = ""
        self._next_ns: int | None = None
        self._thread: threading.Thread | None = None
        self._closing = False
        self._expired: frozenset[str] = frozenset()
        self._began: set[str] = set()
        """The sensors that have given a reading."""
        self._on_expired = on_expired

    @property
    def next_ns(self) -> int | None:
        """When `update` must be called next."""
        return self._next_ns

    @property
    def sounding(self) -> str:
        """Name of the sound that holds the buzzer."""
        return self._name

    def start(self) -> None:
        """Keep the cadence in a thread."""
        self._thread = threading.Thread(target=self._run, name="sounder", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Fall silent for good."""
        with self._condition:
            self._closing = True
            self._sounder.off()
            self._condition.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=2.0)

    def alarm(self, sensor: str, level: Level) -> tuple[Level, bool]:
        """A sensor's level changed: the edge is on the pin when this returns.

        Returns the worst level of all sensors, and whether that has changed.
        """
        with self._condition:
            before = self._arbiter.alarm
            self._arbiter.level(sensor, level)
            self._apply()
            worst = self._arbiter.alarm
            return worst, worst is not before

    def renew(self, sensor: str, valid_until_ns: int) -> None:
        """A watching sensor gave a reading; when no other follows by then, the buzzer sounds blind by itself."""
        with self._condition:
            missed = self._arbiter.expired(self._clock.monotonic_ns())
            self._arbiter.renew(sensor, valid_until_ns)
            self._began.add(sensor)
            if missed:
                self._apply()

    def arm(self, armed: bool, grace_ns: int) -> None:
        """The watch is on or off."""
        with self._condition:
            self._arbiter.arm(armed, self._clock.monotonic_ns(), grace_ns)
            self._apply()

    def blind(self, blind: bool) -> None:
        """The watch cannot be believed, or can be again."""
        with self._condition:
            self._arbiter.blind(blind)
            self._apply()

    def acknowledge(self, acknowledged: bool) -> None:
        """Somebody knows that the watch is blind."""
        with self._condition:
            self._arbiter.acknowledge(acknowledged)
            self._apply()

    def alert(self, alert: bool) -> None:
        """Sound blind although nobody runs, or no longer."""
        with self._condition:
            self._arbiter.alert(alert)
            self._apply()

    def parking(self, nearness: float | None) -> None:
        """The end board's tone."""
        with self._condition:
            self._arbiter.parking(nearness)
            self._apply()

    def signal(self, signal: Signal) -> bool:
        """Sound a signal; False when something more urgent holds the buzzer."""
        with self._condition:
            taken = self._arbiter.sound(sounds.SIGNALS[signal], self._clock.monotonic_ns())
            self._apply()
            return taken

    def go(self) -> int | None:
        """Sound the go and return its edge (monotonic_ns); None when an alarm holds the buzzer."""
        with self._condition:
            if not self._arbiter.sound(sounds.GO, self._clock.monotonic_ns()):
                return None
            return self._apply(force=True)

    def update(self) -> None:
        """Sound what is due now."""
        with self._condition:
            self._apply()

    def _apply(self, *, force: bool = False) -> int:
        """Compute the tone and put it on the pin; returns the instant of the edge. The lock is held."""
        now_ns = self._clock.monotonic_ns()
        frequency, name, again = self._arbiter.tone_at(now_ns)
        if self._closing:
            return now_ns
        edge_ns = now_ns
        holding = self._arbiter.holding
        loudness = 0 if holding is None else sounds.loudness(holding.priority, self.volume)
        if frequency != self._tone or force or (frequency and loudness != self._loudness):
            if frequency and loudness:
                edge_ns = self._sounder.on(frequency, loudness)
            else:
                self._sounder.off()
        if (frequency != self._tone or name != self._name) and self._heard is not None:
            self._heard(name, frequency, edge_ns)
        self._tone, self._name, self._loudness = frequency, name, loudness
        if again != self._next_ns:
            self._next_ns = again
            self._condition.notify()
        self._notice_expiry(now_ns)
        return edge_ns

    def _notice_expiry(self, now_ns: int) -> None:
        """Readings that never began have not stopped: such a sensor is starting, and its watch says so."""
        expired = self._arbiter.expired(now_ns)
        for name in sorted((expired - self._expired) & self._began):
            self._on_expired(name)
        self._expired = expired

    def _run(self) -> None:
        with self._condition:
            while not self._closing:
                self._apply()
                wait_ns = None if self._next_ns is None else self._next_ns - self._clock.monotonic_ns()
                self._condition.wait(None if wait_ns is None else max(0.0, wait_ns / 1e9))
