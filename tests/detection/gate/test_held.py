"""A beam is held by what stands in it, not by who passes however slowly."""

from __future__ import annotations

from retro_timer.detection.events import BeamHeld
from retro_timer.detection.gate.held import HeldWatch

PERIOD_NS = 24_000_000


def told(*spans_s: tuple[float, float], until_s: float = 12.0) -> list[tuple[bool, float]]:
    """What is told, with its second, of a beam that is occupied in these spans."""
    watch, found = HeldWatch(), []
    for t_ns in range(0, round(until_s * 1e9), PERIOD_NS):
        event = watch.feed(t_ns, occupied=any(first <= t_ns / 1e9 < last for first, last in spans_s))
        if isinstance(event, BeamHeld):
            found.append((event.held, round(event.t_ns / 1e9, 1)))
    return found


def test_the_slowest_walker_holds_no_beam() -> None:
    assert told((1.0, 3.5), (4.0, 6.5)) == []


def test_what_stands_holds_it_until_it_is_gone() -> None:
    assert told((1.0, 9.0)) == [(True, 4.5), (False, 9.0)]


def test_what_comes_again_begins_anew() -> None:
    assert told((0.0, 4.0), (5.0, 8.0)) == [(True, 3.5), (False, 4.0)]
