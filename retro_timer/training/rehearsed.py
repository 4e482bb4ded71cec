"""How a plan would go, as `rehearsal` finds it: for who draws it without having the session in memory."""

from __future__ import annotations

from itertools import pairwise

import msgspec

from retro_timer.training.plan import Part


class Stretch(msgspec.Struct, frozen=True):
    """One athlete on the way, in seconds from the start of the session."""

    athlete: int
    begin_s: float
    end_s: float
    set_no: int
    """Counted from 1 over the whole plan."""
    part: Part


class Rehearsal(msgspec.Struct, frozen=True):
    """Who is on the way when, in order, and how long it all takes."""

    athletes: tuple[str, ...]
    stretches: tuple[Stretch, ...]
    length_s: float

    def of(self, athlete: int) -> list[Stretch]:
        """What one of them does."""
        return [stretch for stretch in self.stretches if stretch.athlete == athlete]

    def rests_s(self, athlete: int) -> list[float]:
        """From each end to the next beginning."""
        own = self.of(athlete)
        return [after.begin_s - before.end_s for before, after in pairwise(own)]
