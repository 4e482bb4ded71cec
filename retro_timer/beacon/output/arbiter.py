"""Decides what the one buzzer sounds at each moment: the most urgent thing, and nothing else. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from retro_timer.beacon.output import sounds
from retro_timer.beacon.output.sounds import Pattern
from retro_timer.detection.events import Level

_LEVELS: dict[Level, Pattern | None] = {
    Level.CLEAR: None,
    Level.CAUTION: sounds.CAUTION,
    Level.WARNING: sounds.WARNING,
    Level.DANGER: sounds.DANGER,
}


class Arbiter:
    """Not thread-safe: its owner holds a lock around every call. Times are monotonic nanoseconds."""

    def __init__(self, *, ticks: bool, watchers: Sequence[str] = (), pairs: Sequence[tuple[str, str]] = ()) -> None:
        """`pairs`: watchers that see the same, so that one of them is enough."""
        self._ticks = ticks
        self._partners = dict([*pairs, *((b, a) for a, b in pairs)])
        self._armed = False
        # Who never gave a reading is as blind as who stopped giving them.
        self._valid_until: dict[str, int] = dict.fromkeys(watchers, 0)
        self._blind = False
        self._acknowledged = False
        self._alert = False
        self._levels: dict[str, Level] = {}
        self._parking: Pattern | None = None
        self._shot: tuple[Pattern, int] | None = None
        self._since: dict[str, int] = {}
        self.holding: Pattern | None = None
        """What had the buzzer at the last `tone_at`."""

    def arm(self, armed: bool, now_ns: int, grace_ns: int) -> None:
        """The watch is on or off. A watch just armed has `grace_ns` for its first reading."""
        if armed and not self._armed:
            for name in self._valid_until:
                self._valid_until[name] = max(self._valid_until[name], now_ns + grace_ns)
        self._armed = armed

    def renew(self, sensor: str, valid_until_ns: int) -> None:
        """A reading of a watching sensor came: until then it need not be missed."""
        self._valid_until[sensor] = valid_until_ns

    def level(self, sensor: str, level: Level) -> None:
        """What a sensor sees behind the runner."""
        self._levels[sensor] = level

    def blind(self, blind: bool) -> None:
        """The watch cannot be believed, or can be again."""
        if blind and not self._blind:
            self._acknowledged = False
        self._blind = blind

    def acknowledge(self, acknowledged: bool) -> None:
        """Somebody knows: the blind alarm falls to a tick."""
        self._acknowledged = acknowledged

    def alert(self, alert: bool) -> None:
        """Sound blind although nobody runs: a box that cannot keep watch says so from the start."""
        self._alert = alert

    def parking(self, nearness: float | None) -> None:
        """How near the end board is, or None when it is out of view."""
        self._parking = None if nearness is None else sounds.parking(nearness)

    def sound(self, pattern: Pattern, now_ns: int) -> bool:
        """Begin a short sound; False when something more urgent holds the buzzer."""
        holder = self._holder(now_ns)
        if holder is not None and holder.priority > pattern.priority:
            return False
        self._shot = (pattern, now_ns)
        return True

    def is_blind(self, now_ns: int) -> bool:
        """Whether the watch is armed and does not see."""
        expired = self.expired(now_ns)
        silent = any(self._partners.get(name, name) in expired for name in expired)
        return self._armed and (self._blind or silent)

    def expired(self, now_ns: int) -> frozenset[str]:
        """The sensors whose readings have stopped."""
        return frozenset(name for name, until in self._valid_until.items() if now_ns >= until)

    @property
    def alarm(self) -> Level:
        """The most urgent level of all sensors."""
        return max(self._levels.values(), default=Level.CLEAR)

    def _holder(self, now_ns: int) -> Pattern | None:
        """The pattern that has the buzzer."""
        best: Pattern | None = None
        for pattern in self._wanted(now_ns):
            if best is None or pattern.priority > best.priority:
                best = pattern
        return best

    def _wanted(self, now_ns: int) -> list[Pattern]:
        wanted = []
        alarm = _LEVELS[self.alarm]
        if alarm is not None:
            wanted.append(alarm)
        if self.is_blind(now_ns) or self._alert:
            wanted.append(sounds.BLIND_TICK if self._acknowledged else sounds.BLIND)
        elif self._armed and self._ticks:
            wanted.append(sounds.TICK)
        if self._shot is not None:
            pattern, since = self._shot
            if now_ns - since < pattern.length_ns:
                wanted.append(pattern)
            else:
                self._shot = None
        if self._parking is not None:
            wanted.append(self._parking)
        return wanted

    def tone_at(self, now_ns: int) -> tuple[int, str, int | None]:
        """(frequency in Hz or 0, name of the sound or an empty string, when to ask again or None)."""
        pattern = self.holding = self._holder(now_ns)
        again = self._next_expiry(now_ns)
        if pattern is None:
            self._since.clear()
            return 0, "", again
        if self._shot is not None and pattern is self._shot[0]:
            since = self._shot[1]
        else:
            since = self._since.get(pattern.name, now_ns)
            # Only the sound that holds the buzzer keeps its rhythm.
            self._since = {pattern.name: since}
        frequency, change_ns = _tone(pattern, since, now_ns)
        return frequency, pattern.name, change_ns if again is None else min(again, change_ns)

    def _next_expiry(self, now_ns: int) -> int | None:
        if not self._armed:
            return None
        coming = [until for until in self._valid_until.values() if until > now_ns]
        return min(coming, default=None)


def _tone(pattern: Pattern, since_ns: int, now_ns: int) -> tuple[int, int]:
    """Frequency now and when it changes."""
    length = pattern.length_ns
    offset = now_ns - since_ns
    start = since_ns
    if pattern.repeats:
        start += offset // length * length
        offset %= length
    passed = 0
    for frequency, duration in pattern.tones:
        passed += duration
        if offset < passed:
            return frequency, start + passed
    return 0, start + length
