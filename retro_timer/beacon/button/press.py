"""Makes gestures out of the button's edges: press, double press, hold, long hold. Pure: instants are given to it."""

from __future__ import annotations

from enum import StrEnum

from retro_timer.training.button_table import Gesture

DOUBLE_NS = 400_000_000
"""A second press counts with the first when it begins this soon after the first has ended."""
HOLD_NS = 2_000_000_000
WARN_NS = 5_000_000_000
LONG_HOLD_NS = 10_000_000_000


class Cue(StrEnum):
    """What a person who holds the button should hear, before letting go or not."""

    HOLD_REACHED = "hold-reached"
    """Let go now and it is a hold."""
    LONG_HOLD_AHEAD = "long-hold-ahead"
    """Held on for five seconds more it is a long hold; let go before, it is nothing at all."""
    CANCELLED = "cancelled"
    """It was let go."""
    MISCOUNTED = "miscounted"
    """Three, four or more than five presses: no gesture has so many."""


Outcome = Gesture | Cue


class PressRecogniser:
    """One button. Instants are nanoseconds and never run backwards; call `tick` at `deadline_ns`."""

    def __init__(self) -> None:
        self._down_ns: int | None = None
        self._waits_until_ns: int | None = None
        """A press has ended and a second one may follow."""
        self._presses = 0
        """So far, each soon enough after the one before."""
        self._counts = False
        """More than two presses are one gesture."""
        self._counted = False
        """The press counted when the button went down."""
        self._reached_ns = 0
        """How much of the hold has been told."""

    @property
    def idle(self) -> bool:
        """Whether the next edge begins a new gesture."""
        return self._down_ns is None and self._waits_until_ns is None

    @property
    def deadline_ns(self) -> int | None:
        """When something happens without an edge; None when nothing does."""
        if self._down_ns is None:
            return self._waits_until_ns
        coming = (self._down_ns + mark for mark in (HOLD_NS, WARN_NS, LONG_HOLD_NS) if mark > self._reached_ns)
        return min(coming, default=None)

    def edge(self, pressed: bool, t_ns: int, *, at_once: bool = False, counts: bool = False) -> list[Outcome]:
        """The button went down or up; an edge that repeats the one before is ignored.

        With `at_once` a press that begins now counts now and not when it is clear that no second one follows. With
        `counts` five presses are a gesture, so that a double one is told when no third has followed.
        """
        outcomes = self.tick(t_ns)
        if pressed and self._down_ns is None:
            self._presses = 1 if self._waits_until_ns is None else self._presses + 1
            self._waits_until_ns = None
            self._down_ns = t_ns
            self._reached_ns = 0
            if self._presses == 1:
                self._counts = counts
                self._counted = at_once
                if at_once:
                    outcomes.append(Gesture.PRESS)
        elif not pressed and self._down_ns is not None:
            outcomes.extend(self._let_go(t_ns))
        return outcomes

    def _let_go(self, t_ns: int) -> list[Outcome]:
        self._down_ns = None
        if self._reached_ns >= LONG_HOLD_NS:
            return []
        if self._reached_ns >= WARN_NS:
            return [Cue.CANCELLED]
        if self._reached_ns >= HOLD_NS:
            return [Gesture.HOLD]
        if self._presses == 2 and not self._counts:
            return [Gesture.DOUBLE]
        self._waits_until_ns = t_ns + DOUBLE_NS
        return []

    def tick(self, now_ns: int) -> list[Outcome]:
        """What has come about by now without an edge."""
        outcomes: list[Outcome] = []
        if self._down_ns is not None:
            held_ns = now_ns - self._down_ns
            for mark_ns, outcome in _MARKS:
                if self._reached_ns < mark_ns <= held_ns:
                    self._reached_ns = mark_ns
                    outcomes.append(outcome)
        elif self._waits_until_ns is not None and now_ns >= self._waits_until_ns:
            self._waits_until_ns = None
            if self._presses > 1 or not self._counted:
                outcomes.append(_COUNTED.get(self._presses, Cue.MISCOUNTED))
        return outcomes


_COUNTED: dict[int, Outcome] = {1: Gesture.PRESS, 2: Gesture.DOUBLE, 5: Gesture.FIVE}
_MARKS: tuple[tuple[int, Outcome], ...] = (
    (HOLD_NS, Cue.HOLD_REACHED),
    (WARN_NS, Cue.LONG_HOLD_AHEAD),
    (LONG_HOLD_NS, Gesture.LONG_HOLD),
)
