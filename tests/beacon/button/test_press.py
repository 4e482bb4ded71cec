"""The press recogniser: edges in, gestures out, in nobody's time but the test's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.beacon.button.press import DOUBLE_NS, HOLD_NS, LONG_HOLD_NS, WARN_NS, Cue, Outcome, PressRecogniser
from retro_timer.training.button_table import Gesture

MS = 1_000_000
S = 1_000_000_000


class Finger:
    """Presses a button and remembers when what came of it."""

    def __init__(self, *, at_once: bool = False, counts: bool = False) -> None:
        self.recogniser = PressRecogniser()
        self.at_once = at_once
        self.counts = counts
        self.now_ns = 0
        self.came: list[tuple[int, Outcome]] = []

    def wait(self, ms: float) -> Finger:
        end_ns = self.now_ns + round(ms * MS)
        while (deadline := self.recogniser.deadline_ns) is not None and deadline <= end_ns:
            self.now_ns = max(self.now_ns, deadline)
            self._note(self.recogniser.tick(self.now_ns))
        self.now_ns = end_ns
        return self

    def down(self) -> Finger:
        self._note(self.recogniser.edge(True, self.now_ns, at_once=self.at_once, counts=self.counts))
        return self

    def up(self) -> Finger:
        self._note(self.recogniser.edge(False, self.now_ns))
        return self

    def press(self, ms: float = 100.0) -> Finger:
        return self.down().wait(ms).up()

    def presses(self, count: int) -> Finger:
        for _ in range(count):
            self.press(100).wait(200)
        return self.wait(1000)

    def _note(self, outcomes: list[Outcome]) -> None:
        self.came.extend((self.now_ns // MS, outcome) for outcome in outcomes)

    @property
    def outcomes(self) -> list[Outcome]:
        return [outcome for _, outcome in self.came]


def test_a_press_counts_when_no_second_one_has_followed() -> None:
    assert Finger().press(100).wait(1000).came == [(500, Gesture.PRESS)]


def test_two_quick_presses_are_a_double_press_and_nothing_else() -> None:
    assert Finger().press(100).wait(399).press(100).wait(5000).came == [(599, Gesture.DOUBLE)]


def test_two_slow_presses_are_two_presses() -> None:
    assert Finger().press().wait(401).press().wait(1000).outcomes == [Gesture.PRESS, Gesture.PRESS]


def test_three_quick_presses_are_a_double_press_and_a_press() -> None:
    finger = Finger().press().wait(200).press().wait(200).press().wait(1000)
    assert finger.outcomes == [Gesture.DOUBLE, Gesture.PRESS]


@pytest.mark.parametrize(
    ("count", "came"),
    [
        (1, (500, Gesture.PRESS)),
        (2, (800, Gesture.DOUBLE)),
        (3, (1100, Cue.MISCOUNTED)),
        (4, (1400, Cue.MISCOUNTED)),
        (5, (1700, Gesture.FIVE)),
        (6, (2000, Cue.MISCOUNTED)),
    ],
)
def test_where_presses_are_counted_they_count_when_no_more_has_followed(count: int, came: tuple[int, Outcome]) -> None:
    assert Finger(counts=True).presses(count).came == [came]


def test_five_slow_presses_are_five_presses() -> None:
    finger = Finger(counts=True)
    for _ in range(5):
        finger.press().wait(401)
    assert finger.outcomes == [Gesture.PRESS] * 5


def test_elsewhere_five_presses_are_two_double_presses_and_a_press() -> None:
    assert Finger().presses(5).outcomes == [Gesture.DOUBLE, Gesture.DOUBLE, Gesture.PRESS]


def test_where_presses_are_counted_the_last_one_may_be_a_hold() -> None:
    finger = Finger(counts=True).press().wait(200).press().wait(200).press(2500).wait(1000)
    assert finger.outcomes == [Cue.HOLD_REACHED, Gesture.HOLD]


def test_a_hold_is_told_when_it_is_reached_and_counts_when_let_go() -> None:
    finger = Finger().down().wait(3000)
    assert finger.came == [(2000, Cue.HOLD_REACHED)]
    assert finger.up().wait(5000).came[1:] == [(3000, Gesture.HOLD)]


def test_a_press_a_little_too_short_for_a_hold_is_a_press() -> None:
    assert Finger().press(1999).wait(1000).outcomes == [Gesture.PRESS]


def test_a_long_hold_is_warned_of_and_counts_while_the_finger_is_down() -> None:
    finger = Finger().down().wait(12_000)
    assert finger.came == [(2000, Cue.HOLD_REACHED), (5000, Cue.LONG_HOLD_AHEAD), (10_000, Gesture.LONG_HOLD)]
    assert finger.up().wait(5000).came[3:] == []


def test_letting_go_after_the_warning_cancels_everything() -> None:
    finger = Finger().press(9_900).wait(5000)
    assert finger.outcomes == [Cue.HOLD_REACHED, Cue.LONG_HOLD_AHEAD, Cue.CANCELLED]


def test_a_press_and_then_a_hold_is_a_hold() -> None:
    finger = Finger().press().wait(200).press(2500).wait(1000)
    assert finger.outcomes == [Cue.HOLD_REACHED, Gesture.HOLD]


def test_where_a_press_counts_at_once_it_counts_at_its_edge() -> None:
    finger = Finger(at_once=True).wait(7).press(300).wait(1000)
    assert finger.came == [(7, Gesture.PRESS)]


def test_where_a_press_counts_at_once_a_second_one_is_still_a_double_press() -> None:
    finger = Finger(at_once=True).press(100).wait(100).press(100).wait(1000)
    assert finger.came == [(0, Gesture.PRESS), (300, Gesture.DOUBLE)]


def test_where_a_press_counts_at_once_a_hold_counts_as_well() -> None:
    finger = Finger(at_once=True).press(2500).wait(1000)
    assert finger.outcomes == [Gesture.PRESS, Cue.HOLD_REACHED, Gesture.HOLD]


def test_an_edge_that_repeats_the_one_before_is_ignored() -> None:
    finger = Finger().up().down().wait(50).down().wait(50).up().up().wait(1000)
    assert finger.outcomes == [Gesture.PRESS]


def test_a_loop_that_is_late_hears_the_same() -> None:
    """Edges carry their own instants: nothing depends on when ticks come."""
    recogniser = PressRecogniser()
    outcomes = recogniser.edge(True, 0)
    outcomes += recogniser.edge(False, 100 * MS)
    outcomes += recogniser.edge(True, 900 * MS)
    outcomes += recogniser.edge(False, 11_000 * MS)
    assert outcomes == [
        Gesture.PRESS,
        Cue.HOLD_REACHED,
        Cue.LONG_HOLD_AHEAD,
        Gesture.LONG_HOLD,
    ]


def test_nothing_is_due_when_nothing_is_pressed() -> None:
    recogniser = PressRecogniser()
    assert recogniser.deadline_ns is None
    assert recogniser.idle
    recogniser.edge(True, 0)
    assert not recogniser.idle
    assert recogniser.tick(LONG_HOLD_NS) != []
    assert recogniser.deadline_ns is None
    recogniser.edge(False, LONG_HOLD_NS + 1)
    assert recogniser.idle


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4 * S)), max_size=40), st.booleans())
def test_whatever_a_finger_does_every_stroke_is_answered_once(strokes: list[tuple[bool, int]], at_once: bool) -> None:
    finger = Finger(at_once=at_once)
    began: list[int] = []
    held = False
    for pressed, pause_ns in strokes:
        finger.wait(pause_ns / MS)
        if pressed and not held:
            began.append(finger.now_ns)
        held = pressed
        (finger.down if pressed else finger.up)()
    finger.up().wait(20_000)
    assert finger.recogniser.idle
    counted = [o for o in finger.outcomes if isinstance(o, Gesture) or o is Cue.CANCELLED]
    assert (len(began) + 1) // 2 <= len(counted) <= (2 if at_once else 1) * len(began)
    assert [t for t, _ in finger.came] == sorted(t for t, _ in finger.came)


def test_the_marks_are_where_the_docs_say() -> None:
    assert (DOUBLE_NS, HOLD_NS, WARN_NS, LONG_HOLD_NS) == (400 * MS, 2 * S, 5 * S, 10 * S)
