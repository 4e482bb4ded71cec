"""What the buzzer can say: each sound with a temporal pattern of its own, and which of them goes before which.

Six alarms at most, 500-2500 Hz, told apart by rhythm before pitch (ISO 7731; Patterson). Parking aids shorten the
interval as the obstacle nears and sound without a break at the end.
"""

from __future__ import annotations

from enum import IntEnum

import msgspec

from retro_timer.training.session.effects import Signal

_MS = 1_000_000


class Priority(IntEnum):
    """A sound goes before every lower one."""

    TICK = 1
    ANSWER = 2
    PARKING = 3
    CAUTION = 4
    COUNT = 5
    FINISH = 6
    START = 7
    """Go and recall."""
    BLIND = 8
    WARNING = 9
    DANGER = 10


class Pattern(msgspec.Struct, frozen=True):
    """Tones in turn: (frequency in Hz or 0 for silence, length in ns)."""

    name: str
    priority: Priority
    tones: tuple[tuple[int, int], ...]
    repeats: bool = False

    @property
    def length_ns(self) -> int:
        """Length of one round."""
        return sum(length for _, length in self.tones)


def _pattern(name: str, priority: Priority, *tones: tuple[int, int], repeats: bool = False) -> Pattern:
    return Pattern(name, priority, tuple((hz, ms * _MS) for hz, ms in tones), repeats)


DANGER = _pattern("danger", Priority.DANGER, (2300, 1000), repeats=True)
WARNING = _pattern("warning", Priority.WARNING, (1900, 90), (0, 110), repeats=True)
CAUTION = _pattern("caution", Priority.CAUTION, (1500, 90), (0, 610), repeats=True)
BLIND = _pattern("blind", Priority.BLIND, (800, 220), (560, 220), (0, 460), repeats=True)
BLIND_TICK = _pattern("blind-tick", Priority.TICK, (560, 70), (0, 4930), repeats=True)
TICK = _pattern("tick", Priority.TICK, (900, 25), (0, 1475), repeats=True)
GO = _pattern("go", Priority.START, (1800, 700))
SIGNALS: dict[Signal, Pattern] = {
    Signal.COUNT: _pattern("count", Priority.COUNT, (1000, 130)),
    Signal.SET: _pattern("set", Priority.START, (1150, 450)),
    Signal.RECALL: _pattern("recall", Priority.START, *((700, 110), (0, 70)) * 4),
    Signal.WAIT: _pattern("wait", Priority.START, *((520, 300), (0, 120)) * 3),
    Signal.HALT: _pattern("halt", Priority.DANGER, (DANGER.tones[0][0], 3000)),
    Signal.FINISH: _pattern("finish", Priority.FINISH, (1300, 100), (0, 40), (1700, 200)),
    Signal.WITHDRAWN: _pattern("withdrawn", Priority.FINISH, (620, 180), (0, 60), (520, 260)),
    Signal.READY: _pattern("ready", Priority.ANSWER, (1200, 120), (0, 100), (1200, 120)),
    Signal.ANSWER: _pattern("answer", Priority.ANSWER, (1300, 60)),
    Signal.REFUSAL: _pattern("refusal", Priority.ANSWER, (540, 280)),
    Signal.TROUBLE: _pattern(
        "trouble", Priority.ANSWER, *((1000, 140), (0, 60), (760, 140), (0, 60), (540, 300), (0, 200)) * 2
    ),
}


_FULL = 100
_START_LEAST = 50
"""Half the amplitude, 6 dB less."""


def loudness(priority: Priority, volume: int) -> int:
    """How loud a sound is at a volume, both in percent of the buzzer's greatest amplitude.

    Blind, warning and danger are never turned down: they have nothing to give away. A signal of danger has to stand
    15 dB above the noise around it and reach 65 dB(A) (ISO 7731), and a piezo of 85 dB at 10 cm leaves 45 dB at 10 m
    at its loudest. A volume is set in a quiet hall and forgotten before the next day at a road.
    Caution, go and recall tell a runner something while he runs: they lose at most 6 dB. All else may fall silent.
    """
    if priority >= Priority.BLIND:
        return _FULL
    if priority in (Priority.START, Priority.CAUTION):
        return max(_START_LEAST, volume)
    return volume


def parking(nearness: float) -> Pattern:
    """The end board's tone: the nearer (0 to 1), the shorter the interval."""
    pause_ms = round(800 - 700 * min(1.0, max(0.0, nearness)))
    return _pattern("parking", Priority.PARKING, (1150, 60), (0, pause_ms), repeats=True)
