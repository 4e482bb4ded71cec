"""How a time is shown: less the sound's way, rounded as World Athletics does, against decimal arithmetic."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from hypothesis import given
from hypothesis import strategies as st

from retro_timer.training.gaits import Gait
from retro_timer.training.record import Flag, RepRecord, RepStatus

TIMES_NS = st.integers(1 * 10**9, 7200 * 10**9)
DELAYS_NS = st.integers(0, 300_000_000)


def record(time_ns: int | None, *, delay_ns: int = 0, flags: tuple[Flag, ...] = ()) -> RepRecord:
    return RepRecord(
        rep=1,
        set_no=1,
        rep_no=1,
        athlete="Runner",
        distance_m=20.0,
        duration_s=None,
        gait=Gait.JOG,
        status=RepStatus.FINISHED,
        go_ns=0,
        time_ns=time_ns,
        sound_delay_ns=delay_ns,
        flags=flags,
    )


def rounded_up(time_ns: int, unit: str) -> Decimal:
    return (Decimal(time_ns) / Decimal(10**9)).quantize(Decimal(unit), rounding=ROUND_CEILING)


@given(TIMES_NS, DELAYS_NS)
def test_an_automatic_time_is_rounded_up_to_the_next_hundredth_less_the_sounds_way(time_ns: int, delay_ns: int) -> None:
    assert record(time_ns, delay_ns=delay_ns).official() == f"{rounded_up(time_ns - delay_ns, '0.01'):f}"


@given(TIMES_NS, DELAYS_NS)
def test_a_time_stopped_by_hand_is_rounded_up_to_the_next_tenth(time_ns: int, delay_ns: int) -> None:
    shown = record(time_ns, delay_ns=delay_ns, flags=(Flag.MANUAL,)).official()
    assert shown == f"{rounded_up(time_ns - delay_ns, '0.1'):f}"


@given(TIMES_NS, DELAYS_NS)
def test_the_raw_time_is_kept_and_can_be_shown(time_ns: int, delay_ns: int) -> None:
    kept = record(time_ns, delay_ns=delay_ns)
    assert kept.time_ns == time_ns
    assert kept.official(corrected=False) == f"{rounded_up(time_ns, '0.01'):f}"


@given(TIMES_NS)
def test_the_shown_time_is_never_better_than_the_measured_one(time_ns: int) -> None:
    shown = record(time_ns).official_s()
    assert shown is not None
    assert Decimal(str(shown)) * 10**9 >= time_ns


def test_a_rep_without_a_time_shows_a_dash() -> None:
    assert record(None).official() == "–"
    assert record(None).official_s() is None
    assert record(None).corrected_ns is None


def test_an_exact_hundredth_is_not_rounded_further() -> None:
    assert record(11_430_000_000).official() == "11.43"
    assert record(11_430_000_001).official() == "11.44"
    assert record(11_400_000_001, flags=(Flag.MANUAL,)).official() == "11.5"
