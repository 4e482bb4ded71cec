"""The buzzer's owner: edges at once, cadence by a thread of its own, blind by itself when readings stop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.beacon.clock import RealClock, VirtualClock
from retro_timer.beacon.output import sounds
from retro_timer.beacon.output.sounder import Buzzer
from retro_timer.detection.events import Level
from retro_timer.training.session.effects import Signal
from tests.helpers.beacon_made import MS, PinSounder, S


class Bench:
    """A buzzer without its thread."""

    def __init__(self, *watchers: str, ticks: bool = False, volume: int = 100) -> None:
        self.clock = VirtualClock(10 * S)
        self.pin = PinSounder(self.clock)
        self.heard: list[tuple[str, int, int]] = []
        self.expired: list[str] = []
        self.buzzer = Buzzer(
            self.pin,
            self.clock,
            ticks=ticks,
            watchers=watchers,
            heard=lambda *change: self.heard.append(change),
            on_expired=self.expired.append,
            volume=volume,
        )

    def after(self, ns: int) -> None:
        """Let time pass; the buzzer is updated when it asked for it."""
        end_ns = self.clock.monotonic_ns() + ns
        while (due := self.buzzer.next_ns) is not None and due <= end_ns:
            self.clock.advance_to(max(due, self.clock.monotonic_ns()))
            before = self.buzzer.next_ns
            self.buzzer.update()
            assert self.buzzer.next_ns != before, "an update that changes nothing asks for itself again"
        self.clock.advance_to(end_ns)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_the_alarm_is_on_the_pin_when_the_call_returns(bench: Bench) -> None:
    bench.buzzer.alarm("gate", Level.DANGER)
    assert bench.pin.edges == [(10 * S, 2300)]
    bench.buzzer.alarm("gate", Level.CLEAR)
    assert bench.pin.frequency_hz == 0


def test_danger_sounds_without_a_break(bench: Bench) -> None:
    bench.buzzer.alarm("gate", Level.DANGER)
    bench.after(5 * S)
    assert bench.pin.edges == [(10 * S, 2300)]


def test_a_warning_beeps_at_its_interval(bench: Bench) -> None:
    bench.buzzer.alarm("gate", Level.WARNING)
    bench.after(450 * MS)
    edges = [((t - 10 * S) // MS, hz) for t, hz in bench.pin.edges]
    assert edges == [(0, 1900), (90, 0), (200, 1900), (290, 0), (400, 1900)]


def test_the_go_gives_back_its_edge(bench: Bench) -> None:
    bench.clock.advance_to(12 * S)
    assert bench.buzzer.go() == 12 * S
    assert bench.pin.edges == [(12 * S, 1800)]
    bench.after(S)
    assert bench.pin.edges[-1] == (12 * S + 700 * MS, 0)


def test_two_goes_in_a_row_have_two_edges(bench: Bench) -> None:
    bench.buzzer.go()
    bench.after(100 * MS)
    assert bench.buzzer.go() == 10 * S + 100 * MS
    assert [hz for _, hz in bench.pin.edges] == [1800, 1800]


@pytest.mark.parametrize("level", [Level.WARNING, Level.DANGER])
def test_no_go_while_an_alarm_holds_the_buzzer(bench: Bench, level: Level) -> None:
    bench.buzzer.alarm("gate", level)
    assert bench.buzzer.go() is None
    assert bench.buzzer.sounding == level.word


def test_no_go_while_the_watch_is_blind_and_a_go_once_somebody_knows(bench: Bench) -> None:
    bench.buzzer.arm(True, 0)
    bench.buzzer.blind(True)
    assert bench.buzzer.go() is None
    bench.buzzer.acknowledge(True)
    assert bench.buzzer.go() is not None


def test_an_alarm_during_the_go_tone_takes_the_buzzer_at_once(bench: Bench) -> None:
    bench.buzzer.go()
    bench.after(50 * MS)
    bench.buzzer.alarm("gate", Level.DANGER)
    assert bench.pin.edges[-1] == (10 * S + 50 * MS, 2300)


def test_when_readings_stop_the_buzzer_sounds_blind_by_itself_and_tells_of_it_once(bench: Bench) -> None:
    bench.buzzer.renew("gate", 10 * S + 300 * MS)
    bench.buzzer.arm(True, 0)
    bench.after(299 * MS)
    assert bench.pin.edges == []
    bench.after(10 * S)
    assert bench.pin.edges[0] == (10 * S + 300 * MS, 800)
    assert bench.expired == ["gate"]
    bench.buzzer.renew("gate", 60 * S)
    assert bench.pin.frequency_hz == 0
    bench.after(45 * S)
    assert bench.expired == ["gate", "gate"]


def test_a_sensor_that_is_still_starting_is_blind_when_armed_and_never_told_of_as_fallen_silent() -> None:
    bench = Bench("gate")
    bench.buzzer.update()
    bench.buzzer.arm(True, 300 * MS)
    bench.after(10 * S)
    assert bench.buzzer.sounding == "blind"
    assert bench.expired == []
    bench.buzzer.renew("gate", 21 * S)
    bench.after(2 * S)
    assert bench.expired == ["gate"]


def test_every_change_is_heard_with_its_name(bench: Bench) -> None:
    bench.buzzer.signal(Signal.FINISH)
    bench.after(S)
    assert [(name, hz) for name, hz, _ in bench.heard] == [("finish", 1300), ("finish", 0), ("finish", 1700), ("", 0)]


def test_a_signal_that_may_not_sound_says_so(bench: Bench) -> None:
    assert bench.buzzer.signal(Signal.FINISH) is True
    bench.buzzer.alarm("gate", Level.DANGER)
    assert bench.buzzer.signal(Signal.FINISH) is False


def test_a_closed_buzzer_is_silent_for_good(bench: Bench) -> None:
    bench.buzzer.alarm("gate", Level.DANGER)
    bench.buzzer.close()
    assert bench.pin.frequency_hz == 0
    bench.buzzer.alarm("gate", Level.WARNING)
    bench.buzzer.go()
    assert bench.pin.frequency_hz == 0


def test_the_tick_says_that_the_armed_watch_lives_and_stops_with_it() -> None:
    bench = Bench(ticks=True)
    bench.buzzer.arm(True, 0)
    bench.after(4 * S)
    starts = [(t - 10 * S) // MS for t, hz in bench.pin.edges if hz]
    assert starts == [0, 1500, 3000]
    bench.buzzer.arm(False, 0)
    before = len(bench.pin.edges)
    bench.after(4 * S)
    assert len([1 for _, hz in bench.pin.edges[before:] if hz]) == 0


class WaitedPin(PinSounder):
    """Lets a test wait for a tone."""

    def __init__(self, clock: RealClock) -> None:
        super().__init__(clock)
        self.came = threading.Condition()

    def on(self, frequency_hz: int, loudness: int = 100) -> int:
        with self.came:
            self.came.notify_all()
            return super().on(frequency_hz, loudness)

    def wait_for(self, frequency_hz: int, count: int = 1) -> list[int]:
        with self.came:
            found = self.came.wait_for(lambda: [hz for _, hz in self.edges].count(frequency_hz) >= count, timeout=60.0)
        assert found, f"{frequency_hz} Hz did not sound {count} times"
        return [t for t, hz in self.edges if hz == frequency_hz]


@pytest.fixture
def expired() -> threading.Event:
    """A sensor's readings have stopped."""
    return threading.Event()


@pytest.fixture
def live(expired: threading.Event) -> Iterator[tuple[Buzzer, WaitedPin, RealClock]]:
    clock = RealClock()
    pin = WaitedPin(clock)
    buzzer = Buzzer(pin, clock, ticks=False, on_expired=lambda _name: expired.set())
    buzzer.start()
    yield buzzer, pin, clock
    buzzer.close()


def test_the_thread_keeps_the_cadence(live: tuple[Buzzer, WaitedPin, RealClock]) -> None:
    buzzer, pin, _ = live
    buzzer.alarm("gate", Level.WARNING)
    starts = pin.wait_for(1900, 4)
    assert all(later - earlier >= 100 * MS for earlier, later in pairwise(starts))


def test_the_thread_sounds_blind_though_nobody_calls_any_more(
    live: tuple[Buzzer, WaitedPin, RealClock], expired: threading.Event
) -> None:
    buzzer, pin, clock = live
    until_ns = clock.monotonic_ns() + 50 * MS
    buzzer.renew("gate", until_ns)
    buzzer.arm(True, 0)
    (first, *_) = pin.wait_for(sounds.BLIND.tones[0][0])
    assert first >= until_ns
    assert expired.wait(60.0)


def test_a_close_ends_the_thread(live: tuple[Buzzer, WaitedPin, RealClock]) -> None:
    buzzer, pin, _ = live
    buzzer.alarm("gate", Level.WARNING)
    pin.wait_for(1900)
    buzzer.close()
    assert "sounder" not in [thread.name for thread in threading.enumerate() if thread.is_alive()]
    assert pin.frequency_hz == 0


# Volume


@given(st.integers(0, 100))
def test_no_volume_silences_an_alarm_a_go_or_a_recall(volume: int) -> None:
    for alarm in (sounds.BLIND, sounds.WARNING, sounds.DANGER):
        assert sounds.loudness(alarm.priority, volume) == 100
    for told in (sounds.CAUTION, sounds.GO, sounds.SIGNALS[Signal.RECALL]):
        assert sounds.loudness(told.priority, volume) == max(50, volume)
    for courtesy in (sounds.TICK, sounds.SIGNALS[Signal.COUNT], sounds.SIGNALS[Signal.FINISH]):
        assert sounds.loudness(courtesy.priority, volume) == volume


def test_a_buzzer_that_is_turned_off_still_warns() -> None:
    bench = Bench(volume=0)
    assert bench.buzzer.signal(Signal.FINISH)
    bench.after(S)
    assert bench.pin.frequency_hz == 0
    bench.buzzer.alarm("gate", Level.DANGER)
    assert (bench.pin.frequency_hz, bench.pin.loudness) == (2300, 100)


def test_a_volume_holds_from_the_next_edge_on(bench: Bench) -> None:
    bench.buzzer.volume = 30
    bench.buzzer.signal(Signal.COUNT)
    assert bench.pin.loudness == 30
    bench.after(S)
    bench.buzzer.volume = 100
    bench.buzzer.signal(Signal.COUNT)
    assert bench.pin.loudness == 100


def test_an_alarm_at_the_pitch_of_a_quiet_sound_is_loud_all_the_same(bench: Bench) -> None:
    bench.buzzer.volume = 5
    bench.buzzer.alert(True)
    bench.buzzer.acknowledge(True)
    assert (bench.pin.frequency_hz, bench.pin.loudness) == (560, 5)
    bench.buzzer.acknowledge(False)
    while bench.pin.frequency_hz != 560:
        bench.after(10 * MS)
    assert bench.pin.loudness == 100
