"""Buzzer and lamp on gpiozero's mock pins: the tone that is asked for, at once, and a rhythm for every state."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from retro_firmware.gpio.buzzer import ActiveSounder, TonalSounder, duty, open_sounder
from retro_firmware.gpio.lamp import COLOURS, RHYTHMS_MS, GpioLamp, NoLamp, lit, open_lamp

from retro_timer.beacon.clock import RealClock
from retro_timer.beacon.output import sounds
from retro_timer.ports import LampState
from retro_timer.settings.model import BuzzerKind, BuzzerSettings, LampKind, LampSettings
from tests.firmware.gpio_bench import mock_factory, until
from tests.helpers.clocks import StepClock

MS = 1_000_000
S = 1_000_000_000


@pytest.fixture
def factory() -> Iterator[Any]:
    made = mock_factory()
    yield made
    made.close()


def every_frequency() -> set[int]:
    """All that the box ever sounds."""
    patterns = [sounds.DANGER, sounds.WARNING, sounds.CAUTION, sounds.BLIND, sounds.BLIND_TICK, sounds.TICK, sounds.GO]
    patterns += [*sounds.SIGNALS.values(), sounds.parking(0.5)]
    return {hz for pattern in patterns for hz, _ in pattern.tones if hz}


def test_a_tonal_buzzer_sounds_every_tone_of_the_box_as_it_is_asked(factory: Any) -> None:
    sounder = TonalSounder(17, factory, RealClock())
    pin = factory.pin(17)
    frequencies = every_frequency() | {500, 2500}
    assert min(frequencies) < 600
    assert max(frequencies) > 2200
    for frequency_hz in sorted(frequencies):
        sounder.on(frequency_hz)
        assert pin.frequency == pytest.approx(frequency_hz)
        assert pin.state == pytest.approx(0.5)
    sounder.off()
    assert pin.frequency is None
    assert pin.state == 0.0


@given(st.integers(1, 100))
def test_the_share_of_the_period_gives_the_amplitude_that_was_asked_for(loudness: int) -> None:
    share = duty(loudness)
    assert 0.0 < share <= 0.5
    assert math.sin(math.pi * share) == pytest.approx(loudness / 100.0)


def test_a_quieter_tone_never_sounds_at_full_loudness_on_its_way(factory: Any) -> None:
    sounder = TonalSounder(17, factory, RealClock())
    pin = factory.pin(17)
    pin.clear_states()
    sounder.on(1800, 20)
    sounder.off()
    assert max(state.state for state in pin.states) == pytest.approx(duty(20))


def test_a_tone_beyond_the_buzzer_is_the_nearest_that_it_has(factory: Any) -> None:
    sounder = TonalSounder(17, factory, RealClock())
    sounder.on(200)
    assert factory.pin(17).frequency == pytest.approx(250)
    sounder.on(4000)
    assert factory.pin(17).frequency == pytest.approx(3900)


def test_the_edge_has_been_on_the_pin_when_its_instant_is_given(factory: Any) -> None:
    clock = StepClock()
    sounder = TonalSounder(17, factory, clock)
    factory.pin(17).clear_states()
    clock.now_ns = 77
    assert sounder.on(1800) == 77
    assert [state.state for state in factory.pin(17).states] == [0.0, 0.5]


def test_a_buzzer_starts_and_ends_silent(factory: Any) -> None:
    sounder = TonalSounder(17, factory, RealClock())
    assert factory.pin(17).state == 0.0
    sounder.on(1000)
    sounder.close()
    sounder.close()
    assert factory.pin(17).frequency is None
    assert factory.pin(17).function == "input"


def test_an_active_buzzer_is_switched_whatever_the_tone(factory: Any) -> None:
    sounder = open_sounder(BuzzerSettings(kind=BuzzerKind.ACTIVE), factory, StepClock())
    assert isinstance(sounder, ActiveSounder)
    pin = factory.pin(17)
    assert sounder.on(1800) == StepClock().now_ns
    assert pin.state == 1
    sounder.on(500)
    assert pin.state == 1
    sounder.off()
    assert pin.state == 0
    sounder.on(1)
    sounder.close()
    sounder.close()
    assert pin.function == "input"


def flashes(state: LampState, length_ns: int = 8 * S) -> list[tuple[int, bool]]:
    """(ms, lit) at each change of a state that began at 0."""
    changes = []
    now_ns: int | None = 0
    while now_ns is not None and now_ns < length_ns:
        bright, until_ns = lit(state, 0, now_ns)
        changes.append((now_ns // MS, bright))
        now_ns = until_ns
    return changes


def test_each_state_is_told_apart_by_its_rhythm_alone() -> None:
    shown = [state for state in LampState if state is not LampState.OFF]
    for one, other in itertools.combinations(shown, 2):
        assert flashes(one) != flashes(other)
        ones = sum(bright for _, bright in flashes(one))
        others = sum(bright for _, bright in flashes(other))
        dark = RHYTHMS_MS[one][1::2] != RHYTHMS_MS[other][1::2]
        assert ones != others or dark, f"{one} and {other}"


def test_each_state_is_told_apart_by_its_colour_where_there_are_three() -> None:
    assert len(set(COLOURS.values())) == len(LampState)


def test_no_state_but_off_stands_still() -> None:
    for state in LampState:
        changes = flashes(state)
        if state is LampState.OFF:
            assert changes == [(0, False)]
        else:
            assert {bright for _, bright in changes} == {True, False}
            gaps_ms = [b - a for (a, _), (b, _) in itertools.pairwise(changes)]
            assert max(gaps_ms) < 2000


def test_a_state_begins_with_light_so_that_it_is_seen_at_once() -> None:
    for state in LampState:
        assert flashes(state)[0] == (0, state is not LampState.OFF)


def test_danger_is_the_fastest() -> None:
    changes = {state: len(flashes(state)) for state in LampState}
    assert max(changes, key=lambda state: changes[state]) is LampState.DANGER


@given(st.sampled_from(list(LampState)), st.integers(0, 10**12), st.integers(0, 10**12))
def test_the_next_change_is_ahead_and_the_light_stays_until_it(state: LampState, since_ns: int, passed_ns: int) -> None:
    now_ns = since_ns + passed_ns
    bright, until_ns = lit(state, since_ns, now_ns)
    if until_ns is None:
        assert not bright
        return
    assert until_ns > now_ns
    assert lit(state, since_ns, until_ns - 1)[0] == bright
    assert lit(state, since_ns, until_ns)[0] != bright


def colour(factory: Any) -> tuple[int, ...]:
    return tuple(int(factory.pin(pin).state) for pin in (22, 23, 24))


def test_an_rgb_lamp_shows_each_state_in_its_colour(factory: Any) -> None:
    lamp = GpioLamp(LampSettings(), factory, StepClock())
    for state in LampState:
        lamp.show(state)
        until(lambda: colour(factory) == COLOURS[state], f"{state} is shown")  # noqa: B023
    lamp.close()
    lamp.close()
    assert all(factory.pin(pin).function == "input" for pin in (22, 23, 24))


def test_a_single_lamp_blinks_by_itself(factory: Any) -> None:
    lamp = GpioLamp(LampSettings(kind=LampKind.SINGLE, pins=(22,)), factory, RealClock())
    pin = factory.pin(22)
    lamp.show(LampState.DANGER)
    until(lambda: len(pin.states) > 5, "it has changed five times")
    assert [bool(s.state) for s in pin.states[1:5]] == [True, False, True, False]
    lamp.show(LampState.OFF)
    until(lambda: not pin.state, "it is dark")
    lamp.close()


def test_showing_the_same_state_again_leaves_its_rhythm_alone(factory: Any) -> None:
    clock = StepClock()
    lamp = GpioLamp(LampSettings(), factory, clock)
    lamp.show(LampState.CLEAR)
    until(lambda: colour(factory) == COLOURS[LampState.CLEAR], "it is lit")
    clock.now_ns += 100 * MS
    lamp.show(LampState.CLEAR)
    assert lit(LampState.CLEAR, lamp._since_ns, clock.now_ns) == (False, lamp._since_ns + 2 * S)
    lamp.close()


def test_a_box_without_a_lamp_shows_nothing(factory: Any) -> None:
    lamp = open_lamp(LampSettings(kind=LampKind.NONE), factory, RealClock())
    assert isinstance(lamp, NoLamp)
    lamp.show(LampState.DANGER)
    lamp.close()
    assert dict(factory.pins) == {}
