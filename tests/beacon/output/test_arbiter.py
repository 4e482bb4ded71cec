"""One buzzer, one arbiter: the most urgent sound has it, and silence never means safe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.beacon.output import sounds
from retro_timer.beacon.output.arbiter import Arbiter
from retro_timer.beacon.output.sounds import SIGNALS, Pattern, parking
from retro_timer.detection.events import Level
from retro_timer.training.session.effects import Signal

S = 1_000_000_000
MS = 1_000_000
NOW = 50 * S

Make = Callable[[Arbiter], object]


def blinded(arbiter: Arbiter) -> None:
    arbiter.arm(True, NOW, 0)
    arbiter.blind(True)


# Most urgent first: danger > warning > blind > go and recall > finish > countdown > tick.
ORDER: list[tuple[str, Make]] = [
    ("danger", lambda a: a.level("x", Level.DANGER)),
    ("warning", lambda a: a.level("y", Level.WARNING)),
    ("blind", blinded),
    ("go", lambda a: a.sound(sounds.GO, NOW)),
    ("finish", lambda a: a.sound(SIGNALS[Signal.FINISH], NOW)),
    ("count", lambda a: a.sound(SIGNALS[Signal.COUNT], NOW)),
    ("tick", lambda a: a.arm(True, NOW, 0)),
]
PAIRS = [(a, b) for a in range(len(ORDER)) for b in range(a + 1, len(ORDER)) if not (a == 2 and ORDER[b][0] == "tick")]


def sounding(arbiter: Arbiter, now_ns: int = NOW) -> str:
    return arbiter.tone_at(now_ns)[1]


@pytest.mark.parametrize(("more", "less"), PAIRS, ids=lambda n: ORDER[n][0])
def test_of_two_sounds_the_more_urgent_one_has_the_buzzer_whichever_came_first(more: int, less: int) -> None:
    for first, second in ((more, less), (less, more)):
        arbiter = Arbiter(ticks=True)
        ORDER[first][1](arbiter)
        ORDER[second][1](arbiter)
        assert sounding(arbiter) == ORDER[more][0]


@pytest.mark.parametrize("alarm", ["danger", "warning", "blind"])
@pytest.mark.parametrize("pattern", [sounds.GO, SIGNALS[Signal.RECALL]], ids=lambda p: p.name)
def test_no_go_and_no_recall_is_taken_while_an_alarm_sounds(alarm: str, pattern: Pattern) -> None:
    arbiter = Arbiter(ticks=True)
    dict(ORDER)[alarm](arbiter)
    assert arbiter.sound(pattern, NOW) is False
    assert sounding(arbiter) == alarm


@pytest.mark.parametrize("pattern", [*SIGNALS.values(), sounds.GO], ids=lambda p: p.name)
def test_a_caution_never_keeps_a_go_or_a_count_from_sounding(pattern: Pattern) -> None:
    arbiter = Arbiter(ticks=True)
    arbiter.level("x", Level.CAUTION)
    taken = arbiter.sound(pattern, NOW)
    assert taken == (pattern.priority > sounds.CAUTION.priority)
    if pattern in (sounds.GO, SIGNALS[Signal.COUNT], SIGNALS[Signal.FINISH], SIGNALS[Signal.RECALL]):
        assert taken


def test_go_and_recall_are_equals_and_the_later_one_is_heard() -> None:
    arbiter = Arbiter(ticks=False)
    assert arbiter.sound(sounds.GO, NOW)
    assert arbiter.sound(SIGNALS[Signal.RECALL], NOW + 100 * MS)
    assert sounding(arbiter, NOW + 100 * MS) == "recall"


@given(
    levels=st.lists(st.sampled_from(list(Level)), max_size=3),
    armed=st.booleans(),
    ticks=st.booleans(),
    blind=st.booleans(),
    acknowledged=st.booleans(),
    shot=st.none() | st.sampled_from([sounds.GO, *SIGNALS.values()]),
    nearness=st.none() | st.floats(0.0, 1.0),
)
def test_whatever_is_wanted_the_holder_is_the_most_urgent_of_it(
    levels: list[Level],
    armed: bool,
    ticks: bool,
    blind: bool,
    acknowledged: bool,
    shot: Pattern | None,
    nearness: float | None,
) -> None:
    arbiter = Arbiter(ticks=ticks)
    wanted = []
    if shot is not None:
        arbiter.sound(shot, NOW)
        wanted.append((shot.priority, shot.name))
    for index, level in enumerate(levels):
        arbiter.level(f"s{index}", level)
    arbiter.arm(armed, NOW, 0)
    arbiter.blind(blind)
    arbiter.acknowledge(acknowledged)
    arbiter.parking(nearness)
    worst = max(levels, default=Level.CLEAR)
    if worst is not Level.CLEAR:
        pattern = {Level.CAUTION: sounds.CAUTION, Level.WARNING: sounds.WARNING, Level.DANGER: sounds.DANGER}[worst]
        wanted.append((pattern.priority, pattern.name))
    if armed and blind:
        pattern = sounds.BLIND_TICK if acknowledged else sounds.BLIND
        wanted.append((pattern.priority, pattern.name))
    elif armed and ticks:
        wanted.append((sounds.TICK.priority, "tick"))
    if nearness is not None:
        wanted.append((parking(nearness).priority, "parking"))
    expected = max(wanted, default=(0, ""))
    assert sounding(arbiter) == expected[1]


def test_the_worst_of_several_sensors_is_heard_until_that_one_is_clear() -> None:
    arbiter = Arbiter(ticks=False)
    arbiter.level("gate", Level.DANGER)
    arbiter.level("rear", Level.CAUTION)
    arbiter.level("rear", Level.CLEAR)
    assert sounding(arbiter) == "danger"
    arbiter.level("gate", Level.CLEAR)
    assert sounding(arbiter) == ""


def test_an_armed_watch_sounds_blind_by_itself_the_instant_its_last_reading_is_too_old() -> None:
    arbiter = Arbiter(ticks=False)
    arbiter.renew("gate", NOW)
    arbiter.arm(True, NOW - S, 0)
    assert sounding(arbiter, NOW - 1) == ""
    assert arbiter.tone_at(NOW - 1)[2] == NOW
    assert sounding(arbiter, NOW) == "blind"
    assert arbiter.expired(NOW) == {"gate"}


def test_a_new_reading_ends_the_blind_alarm() -> None:
    arbiter = Arbiter(ticks=False)
    arbiter.renew("gate", NOW)
    arbiter.arm(True, NOW - S, 0)
    assert sounding(arbiter, NOW + S) == "blind"
    arbiter.renew("gate", NOW + 2 * S)
    assert sounding(arbiter, NOW + S) == ""


def test_one_silent_sensor_of_two_is_enough_to_be_blind() -> None:
    arbiter = Arbiter(ticks=False)
    arbiter.renew("gate", NOW)
    arbiter.renew("rear", NOW + 60 * S)
    arbiter.arm(True, NOW - S, 0)
    assert sounding(arbiter, NOW) == "blind"


def test_a_watch_that_is_off_need_not_see() -> None:
    arbiter = Arbiter(ticks=True)
    arbiter.renew("gate", NOW)
    arbiter.blind(True)
    assert sounding(arbiter, NOW + S) == ""


def test_a_watch_just_armed_has_a_moment_for_its_first_reading() -> None:
    arbiter = Arbiter(ticks=False)
    arbiter.renew("gate", NOW - 10 * S)
    arbiter.arm(True, NOW, 500 * MS)
    assert sounding(arbiter, NOW + 499 * MS) == ""
    assert sounding(arbiter, NOW + 500 * MS) == "blind"


def test_being_armed_again_and_again_gives_no_new_grace() -> None:
    arbiter = Arbiter(ticks=False)
    arbiter.renew("gate", NOW - S)
    arbiter.arm(True, NOW, 500 * MS)
    arbiter.arm(True, NOW + 400 * MS, 500 * MS)
    assert sounding(arbiter, NOW + 500 * MS) == "blind"


def test_the_blind_alarm_falls_to_a_tick_every_five_seconds_once_somebody_knows() -> None:
    arbiter = Arbiter(ticks=True)
    arbiter.arm(True, NOW, 0)
    arbiter.blind(True)
    assert sounding(arbiter) == "blind"
    arbiter.acknowledge(True)
    assert sounding(arbiter) == "blind-tick"
    assert sounds.BLIND_TICK.length_ns == 5 * S
    assert arbiter.sound(sounds.GO, NOW)


def test_a_new_loss_of_sight_sounds_in_full_again() -> None:
    arbiter = Arbiter(ticks=True)
    arbiter.arm(True, NOW, 0)
    arbiter.blind(True)
    arbiter.acknowledge(True)
    arbiter.blind(False)
    arbiter.blind(True)
    assert sounding(arbiter) == "blind"


def test_the_soft_tick_sounds_only_while_the_watch_is_armed_and_sees() -> None:
    arbiter = Arbiter(ticks=True)
    assert sounding(arbiter) == ""
    arbiter.arm(True, NOW, 0)
    assert sounding(arbiter) == "tick"
    arbiter.blind(True)
    assert sounding(arbiter) == "blind"
    arbiter.blind(False)
    arbiter.arm(False, NOW, 0)
    assert sounding(arbiter) == ""


def test_without_the_setting_an_armed_watch_is_silent() -> None:
    arbiter = Arbiter(ticks=False)
    arbiter.arm(True, NOW, 0)
    assert sounding(arbiter) == ""


def test_the_soft_tick_comes_every_one_and_a_half_seconds() -> None:
    assert sounds.TICK.length_ns == 1_500 * MS


def test_a_short_sound_ends_by_itself() -> None:
    arbiter = Arbiter(ticks=False)
    arbiter.sound(sounds.GO, NOW)
    frequency, name, again = arbiter.tone_at(NOW)
    assert (frequency > 0, name, again) == (True, "go", NOW + sounds.GO.length_ns)
    assert arbiter.tone_at(NOW + sounds.GO.length_ns) == (0, "", None)


@given(
    st.sampled_from([sounds.DANGER, sounds.WARNING, sounds.CAUTION, sounds.BLIND, sounds.TICK, sounds.BLIND_TICK]),
    st.integers(0, 20 * S),
)
def test_a_rhythm_is_kept_however_often_it_is_asked_for(pattern: Pattern, offset_ns: int) -> None:
    arbiter = Arbiter(ticks=pattern is sounds.TICK)
    if pattern in (sounds.TICK, sounds.BLIND, sounds.BLIND_TICK):
        arbiter.arm(True, NOW, 0)
        arbiter.blind(pattern is not sounds.TICK)
        arbiter.acknowledge(pattern is sounds.BLIND_TICK)
    else:
        level = {sounds.DANGER: Level.DANGER, sounds.WARNING: Level.WARNING, sounds.CAUTION: Level.CAUTION}
        arbiter.level("x", level[pattern])
    arbiter.tone_at(NOW)
    frequency, name, again = arbiter.tone_at(NOW + offset_ns)
    assert name == pattern.name
    assert again is not None
    assert NOW + offset_ns < again <= NOW + offset_ns + pattern.length_ns
    place_ns, passed_ns = offset_ns % pattern.length_ns, 0
    for tone_hz, length_ns in pattern.tones:
        passed_ns += length_ns
        if place_ns < passed_ns:
            assert frequency == tone_hz
            break


ALL_PATTERNS = [
    sounds.DANGER, sounds.WARNING, sounds.CAUTION, sounds.BLIND, sounds.BLIND_TICK, sounds.TICK, sounds.GO,
    *SIGNALS.values(),
]  # fmt: skip


def test_every_sound_has_a_temporal_pattern_of_its_own() -> None:
    rhythms = [tuple(length for _, length in pattern.tones) for pattern in ALL_PATTERNS]
    assert len(set(rhythms)) == len(rhythms)
    assert len({pattern.name for pattern in ALL_PATTERNS}) == len(ALL_PATTERNS)


def test_every_signal_has_a_sound() -> None:
    assert set(SIGNALS) == set(Signal)


@pytest.mark.parametrize("pattern", ALL_PATTERNS, ids=lambda p: p.name)
def test_every_tone_lies_where_people_and_piezos_hear_well(pattern: Pattern) -> None:
    assert all(hz == 0 or 500 <= hz <= 2500 for hz, _ in pattern.tones)


def test_the_interval_shortens_with_the_danger_until_it_is_continuous() -> None:
    def silence(pattern: Pattern) -> int:
        return sum(length for hz, length in pattern.tones if hz == 0)

    assert silence(sounds.CAUTION) > silence(sounds.WARNING) > silence(sounds.DANGER) == 0


@given(st.floats(-1.0, 2.0), st.floats(-1.0, 2.0))
def test_the_parking_tone_quickens_as_the_end_board_nears(one: float, other: float) -> None:
    far, near = sorted((one, other))
    assert parking(near).length_ns <= parking(far).length_ns
    assert 0 < parking(near).length_ns <= S
