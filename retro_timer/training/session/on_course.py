"""Who is on the course, and who may still come to the line."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from retro_timer.training.record import RepRecord


class ActiveRep(msgspec.Struct, frozen=True):
    """One athlete's rep under way, or given up but not beyond revival."""

    record: RepRecord
    earliest_ns: int
    """No human arrives before this; of a timed step its end."""
    fast_before_ns: int
    timeout_ns: int
    crossing_ns: int | None = None
    crossing_lane: int | None = None
    """Where there are several: the one of the crossing that was told."""
    given_up: bool = False
    lane: int | None = None
    """Where there are several: the one in which its athlete was seen last; None before that."""
    unseen_ns: tuple[int, int] | None = None
    """From when to when nobody could see the runner: what a manual finish takes as long as it is offered."""
    step: int = 0
    """Index into the plan's steps."""
    doubted: bool = False
    """An arrival before that was given to somebody else may have been this one."""
    crossings_m: float | None = None
    """Of who crosses the line as often as they can: the way from one crossing to the next."""

    @property
    def arrives(self) -> bool:
        """Whether it ends at the line, and not by the clock."""
        return self.record.distance_m is not None

    @property
    def comes(self) -> bool:
        """Whether its runner comes to the line, be it at its end or again and again."""
        return self.arrives or self.crossings_m is not None

    @property
    def since_ns(self) -> int:
        """When its runner was at the line last, or set out."""
        return self.record.go_ns + (self.record.splits[-1].time_ns if self.record.splits else 0)

    def may_arrive(self, t_ns: int) -> bool:
        """Whether its runner can be at the line at `t_ns`."""
        return self.arrives and self.earliest_ns <= t_ns


class Arrival(msgspec.Struct, frozen=True):
    """A body at the line that is not timed yet."""

    t_ns: int
    lane: int | None
    rep: int | None
    """Whose it was taken for, and told so; None where it can be nobody's."""


class Ghost(msgspec.Struct, frozen=True):
    """Somebody out on the course whose rep has ended by a person's word, and not at the line."""

    active: ActiveRep
    """As it was at its end."""
    until_ns: int
    """Later they do not come any more."""
    by_hand_ns: int | None
    """When their back was at the line by the hand that stopped the clock; None for who was taken off the course."""


def by_go(reps: Iterable[ActiveRep | None]) -> tuple[ActiveRep, ...]:
    """Those there are, in order of their go."""
    return tuple(sorted((one for one in reps if one is not None), key=lambda one: (one.record.go_ns, one.record.rep)))
