"""A team's time in a relay, from the legs that are kept of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

import msgspec

from retro_timer.training.record import NS_PER_S, RepRecord, RepStatus, StartKind, shown_ns


class TeamTime(msgspec.Struct, frozen=True):
    """A relay that everybody has finished, each leg from the end of the one before."""

    set_no: int
    rep_no: int
    legs: int
    time_ns: int
    """From the first one's go to the last one's finish."""
    uncertainty_ns: int
    """Half-width of its 95 % interval."""
    by_hand: bool
    """Whether the last one's finish is."""

    @property
    def official(self) -> str:
        """As a time of an athlete is shown."""
        return f"{shown_ns(self.time_ns, by_hand=self.by_hand) / NS_PER_S:.{1 if self.by_hand else 2}f}"


def finish_spread_ns(record: RepRecord) -> int:
    """Half-width of the 95 % interval of the moment of a finish: that of its time has the start's in it."""
    return round(math.sqrt(max(0, (record.uncertainty_ns or 0) ** 2 - record.start_uncertainty_ns**2)))


def team_time(records: Sequence[RepRecord]) -> TeamTime | None:
    """Of the reps of one set and number; None unless they are a relay of two legs or more, from the go to the last one
    and without a gap.
    """
    begun = sorted(records, key=lambda one: one.go_ns)
    legs = [one for one in begun if one.status is not RepStatus.VOID]
    # The first one's go is an edge that is known: without that leg, or the last one, it is not the team.
    if len(legs) < 2 or legs[0].start_uncertainty_ns or legs[-1] is not begun[-1]:
        return None
    if any(one.start is not StartKind.RELAY or one.time_ns is None for one in legs):
        return None
    if any(before.go_ns + (before.time_ns or 0) != after.go_ns for before, after in pairwise(legs)):
        return None
    first, last = legs[0], legs[-1]
    time_ns = last.go_ns + (last.time_ns or 0) - first.go_ns
    return TeamTime(last.set_no, last.rep_no, len(legs), time_ns, finish_spread_ns(last), last.by_hand)


def team_times(records: Iterable[RepRecord]) -> list[TeamTime]:
    """Of all relays among the reps of a session."""
    legs = sorted((one for one in records if one.start is StartKind.RELAY), key=lambda one: (one.set_no, one.rep_no))
    teams = (team_time(list(of)) for _, of in groupby(legs, key=lambda one: (one.set_no, one.rep_no)))
    return [team for team in teams if team is not None]
