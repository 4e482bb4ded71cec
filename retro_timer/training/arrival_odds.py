"""Whose an arrival is, of several on the course: how likely each of them comes just then, by what each ran today."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from retro_timer.training.gaits import FinishWindow

_LEAST_SPREAD = 0.05
"""Standard deviation of one athlete's times over one length on one day, as a share of their mean: times of trained
runners differ by 1 to 2 %, backward and with fatigue by more. Less takes a tired athlete for somebody else."""
_SURPRISE = 0.1
"""So often an own time says nothing: a stumble, or a race where the one before was a jog."""
_LEAVES = 0.05
"""One in twenty leaves the course: without it whoever is overdue would seem to be due at any moment."""
_TAKEN_OFF_LEAVES = 0.5
"""Of those who were taken off the course every other one leaves it, and the rest run on to the line: nobody has counted
them. More gives the next runner a time that is not theirs, less gives that one's finish to nobody."""
_FAST_SHARE = _LATE_SHARE = 0.02
"""How many are quicker than their gait's window, and slower, up to the time-out: more would have who is outside of it
doubt a finish of who is within."""
_GIVEN_UP = 0.002
"""How likely, in a second, somebody comes who has been given up: only where it can be nobody else."""
_OTHER_LANE = 0.02
"""So much less likely is an arrival in another lane than the athlete's usual one."""
_AMBIGUOUS = 0.25
"""A second one is nearly as likely from this share of the first's likelihood: more leaves doubtful times unflagged,
less flags those of two who are well apart."""


class Candidate(msgspec.Struct, frozen=True):
    """Somebody on the course who may be the arrival."""

    elapsed_s: float
    """Since their go."""
    window: FinishWindow
    times_s: tuple[float, ...] = ()
    """Their own times today over the same length in the same gait."""
    given_up: bool = False
    taken_off: bool = False
    """Their rep was ended by somebody's word, and they may run on."""
    other_lane: bool = False
    """The arrival is in another lane than their usual one."""


class Choice(msgspec.Struct, frozen=True):
    """Whose an arrival is."""

    index: int
    """Of the candidates."""
    rivals: tuple[int, ...] = ()
    """Others who are nearly as likely."""


def likeliest(candidates: Sequence[Candidate]) -> Choice | None:
    """Who of the candidates, in order of their go, has arrived; None where nobody can be.

    That the others have not arrived so far and will later counts as well: the odds of each are how likely they come now
    given that they have not come yet. The first to have gone breaks ties.
    """
    odds = [_odds(candidate) for candidate in candidates]
    best = max(range(len(odds)), key=lambda index: (odds[index], -index), default=None)
    if best is None or odds[best] <= 0.0:
        return None
    rivals = (index for index, value in enumerate(odds) if index != best and value >= _AMBIGUOUS * odds[best])
    return Choice(best, tuple(rivals))


def may_be_exchanged(one: Candidate, one_else_s: float, other: Candidate, other_else_s: float) -> bool:
    """Whether two finishes are nearly as likely to be each other's. `elapsed_s` of each is its own; the other two are
    their times if they were exchanged.

    Of who comes outside of their window no arrival by itself tells: the two together do.
    """
    as_they_are = _density(one, one.elapsed_s) * _density(other, other.elapsed_s)
    exchanged = _density(one, one_else_s) * _density(other, other_else_s)
    return exchanged > 0.0 and exchanged >= _AMBIGUOUS * as_they_are


def _density(candidate: Candidate, at_s: float) -> float:
    return 0.0 if at_s < candidate.window.human_limit_s else _now_and_later(candidate, at_s)[0]


def _odds(candidate: Candidate) -> float:
    """How likely somebody arrives now, in a second, who has not arrived so far."""
    if candidate.elapsed_s < candidate.window.human_limit_s:
        return 0.0
    if candidate.given_up:
        odds = _GIVEN_UP
    else:
        now, later = _now_and_later(candidate, candidate.elapsed_s)
        leaves = _TAKEN_OFF_LEAVES if candidate.taken_off else _LEAVES
        odds = (1.0 - leaves) * now / ((1.0 - leaves) * later + leaves)
    return odds * (_OTHER_LANE if candidate.other_lane else 1.0)


def _now_and_later(candidate: Candidate, at_s: float) -> tuple[float, float]:
    """Density at a time, and the share of those who come later, by what is known of somebody."""
    now, later = _by_window(at_s, candidate.window)
    if candidate.times_s:
        own_now, own_later = _by_times(at_s, candidate.times_s)
        now = (1.0 - _SURPRISE) * own_now + _SURPRISE * now
        later = (1.0 - _SURPRISE) * own_later + _SURPRISE * later
    return now, later


def _by_window(at_s: float, window: FinishWindow) -> tuple[float, float]:
    """Density at a time, and the share of those who come later, where only the gait is known: even within its window,
    few before and few after."""
    spans = (
        (window.human_limit_s, window.earliest_s, _FAST_SHARE),
        (window.earliest_s, window.latest_s, 1.0 - _FAST_SHARE - _LATE_SHARE),
        (window.latest_s, window.timeout_s, _LATE_SHARE),
    )
    now = later = 0.0
    for from_s, to_s, share in spans:
        if to_s <= from_s:
            continue
        if from_s <= at_s < to_s:
            now = share / (to_s - from_s)
        later += share * min(1.0, max(0.0, (to_s - at_s) / (to_s - from_s)))
    return now, later


def _by_times(at_s: float, times_s: Sequence[float]) -> tuple[float, float]:
    """The same by own times: a normal distribution about their mean, the wider the fewer there are."""
    count = len(times_s)
    mean_s = sum(times_s) / count
    variance = sum((time_s - mean_s) ** 2 for time_s in times_s) / count
    spread_s = math.sqrt(max((_LEAST_SPREAD * mean_s) ** 2, variance) * (1.0 + 1.0 / count))
    off = (at_s - mean_s) / spread_s
    density = math.exp(-0.5 * off * off) / (spread_s * math.sqrt(math.tau))
    return density, 0.5 * math.erfc(off / math.sqrt(2.0))
