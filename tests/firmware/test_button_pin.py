"""The button on its pin: every stroke once, with the instant at which it began, whatever the contacts do."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from retro_firmware.gpio.button import QUIET_NS, Debouncer, GpioButton, open_button

from retro_timer.beacon.clock import RealClock
from retro_timer.settings.model import ButtonSettings
from tests.firmware.gpio_bench import mock_factory, until

MS = 1_000_000
PIN = 27


class Wire:
    """A line through a debouncer, in the test's time."""

    def __init__(self) -> None:
        self.debouncer = Debouncer()
        self.level = False
        self.now_ns = 0
        self.strokes: list[tuple[bool, int]] = []

    def to(self, t_ns: int) -> Wire:
        while (due_ns := self.debouncer.due_ns) is not None and due_ns <= t_ns:
            self.now_ns = due_ns
            began_ns = self.debouncer.settle(self.level, due_ns)
            if began_ns is not None:
                self.strokes.append((self.level, began_ns))
        self.now_ns = t_ns
        return self

    def flip(self, t_ns: int) -> Wire:
        self.to(t_ns)
        self.level = not self.level
        self.debouncer.edge(t_ns)
        return self


def test_a_clean_stroke_is_reported_with_its_edge() -> None:
    wire = Wire().flip(5 * MS).flip(120 * MS).to(1000 * MS)
    assert wire.strokes == [(True, 5 * MS), (False, 120 * MS)]


def test_a_bouncing_contact_is_one_stroke_that_began_with_its_first_edge() -> None:
    wire = Wire()
    for t_ms in (10, 11, 13, 14, 18):
        wire.flip(t_ms * MS)
    for t_ms in (200, 201, 205):
        wire.flip(t_ms * MS)
    assert wire.to(1000 * MS).strokes == [(True, 10 * MS), (False, 200 * MS)]


def test_a_spike_on_the_line_is_nothing() -> None:
    assert Wire().flip(10 * MS).flip(11 * MS).to(1000 * MS).strokes == []


def test_a_spike_leaves_no_trace_in_the_next_stroke() -> None:
    wire = Wire().flip(10 * MS).flip(11 * MS).flip(500 * MS).to(1000 * MS)
    assert wire.strokes == [(True, 500 * MS)]


@given(st.lists(st.integers(1, 200 * MS), max_size=30))
def test_strokes_alternate_and_never_run_back_in_time(gaps_ns: list[int]) -> None:
    wire = Wire()
    t_ns = 0
    for gap_ns in gaps_ns:
        t_ns += gap_ns
        wire.flip(t_ns)
    wire.to(t_ns + QUIET_NS)
    assert [pressed for pressed, _ in wire.strokes] == [bool(i % 2 == 0) for i in range(len(wire.strokes))]
    assert [t for _, t in wire.strokes] == sorted(t for _, t in wire.strokes)
    assert wire.debouncer.pressed == wire.level


class Rig:
    def __init__(self) -> None:
        self.factory: Any = mock_factory()
        self.button: GpioButton = open_button(ButtonSettings(pin=PIN), self.factory, RealClock())
        self.pin: Any = self.factory.pin(PIN)
        self.strokes: list[tuple[bool, int]] = []

    def note(self, pressed: bool, t_ns: int) -> None:
        self.strokes.append((pressed, t_ns))


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig()
    yield made
    made.button.close()
    made.button.close()
    made.factory.close()


def test_a_press_pulls_the_line_to_ground_and_is_reported_from_a_thread_of_its_own(rig: Rig) -> None:
    callers: set[str] = set()

    def note(pressed: bool, t_ns: int) -> None:
        callers.add(threading.current_thread().name)
        rig.note(pressed, t_ns)

    rig.button.listen(note)
    assert not rig.button.pressed
    before_ns = time.monotonic_ns()
    rig.pin.drive_low()
    after_ns = time.monotonic_ns()
    until(lambda: len(rig.strokes) == 1, "the press")
    assert rig.button.pressed
    rig.pin.drive_high()
    until(lambda: len(rig.strokes) == 2, "the release")
    assert [pressed for pressed, _ in rig.strokes] == [True, False]
    assert before_ns <= rig.strokes[0][1] <= after_ns
    assert callers == {"button"}


def test_bouncing_contacts_give_one_press(rig: Rig) -> None:
    rig.button.listen(rig.note)
    for _ in range(20):
        rig.pin.drive_low()
        rig.pin.drive_high()
    rig.pin.drive_low()
    until(lambda: len(rig.strokes) == 1, "the press")
    rig.pin.drive_high()
    until(lambda: len(rig.strokes) == 2, "the release")
    assert [pressed for pressed, _ in rig.strokes] == [True, False]


def test_a_button_that_is_held_from_the_start_counts_from_its_next_press(rig: Rig) -> None:
    rig.pin.drive_low()
    rig.button.listen(rig.note)
    rig.pin.drive_high()
    time.sleep(3 * QUIET_NS / 1e9)
    rig.pin.drive_low()
    until(lambda: len(rig.strokes) == 1, "the press")
    assert rig.strokes[0][0]


def test_a_release_whose_edge_went_unheard_is_found(rig: Rig) -> None:
    """A library that reads the level after the edge may miss one: a press must not become a shutdown by that."""
    rig.button.listen(rig.note)
    rig.pin.drive_low()
    until(lambda: len(rig.strokes) == 1, "the press")
    rig.pin._state = True
    until(lambda: len(rig.strokes) == 2, "the release")
    assert not rig.strokes[1][0]


def test_a_closed_button_is_not_heard(rig: Rig) -> None:
    rig.button.listen(rig.note)
    rig.button.close()
    assert rig.strokes == []
