"""The bookkeeping of one break in a gate's beam: its readings, its hits, and whether they make a body."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from retro_timer.detection.expectation import Expectation, WatchMode
from retro_timer.detection.gate.vouching import flanks
from retro_timer.detection.passages import BeamEntry
from retro_timer.detection.readings import Kind, has_body_signal

WAIT_NS = 600_000_000
"""How long a doubtful break (an arm before its torso, one beam of two) waits after its end for the rest or the other
half: longer holds the announcement up, shorter loses who walks slowly. At 0.3 m/s what is to be seen next has begun to
be by then: half a metre farther, a body and a cone are 0.67 m long."""
ENDED_NS = 60_000_000
"""A beam that is free for so long has seen a body's end: more holds every finish up, less takes two readings that a
VL53L1X lost, at 24 ms, for it."""
AGREES_MM = 60
"""Two readings of one body, where phantoms are about: three times a VL53L1X's error of 20 mm. More lets phantoms agree,
less parts the readings of a body."""
_STEADY_MM = 100
"""Whoever passes moves by more between shoulder and shoulder; who stands sways by 20 mm and reads to 25."""
_DIM_HITS = 3
"""So many hits in a row without a body's light are dark cloth before a bright wall, and no phantoms."""


def came_in_ns(before: Sequence[BeamEntry], hit: BeamEntry, gap_ns: int) -> int:
    """When a body first showed itself: what the sensor doubts at a hit's own range, one reading after the other within
    `gap_ns`, is the same body on its way in."""
    came_ns = hit.t_ns
    for entry in reversed(before):
        doubted = entry.kind in (Kind.REJECTED, Kind.NOTHING) and entry.range_mm is not None
        agrees = doubted and abs((entry.range_mm or 0) - (hit.range_mm or 0)) <= AGREES_MM
        if not agrees or came_ns - entry.t_ns >= gap_ns:
            break
        came_ns = entry.t_ns
    return came_ns


class Needed(msgspec.Struct, frozen=True, gc=False):
    """What makes a break of hits."""

    hits: int
    agreeing: bool
    """Whether only those in a row count that agree in range: phantoms are about."""


class Passage(msgspec.Struct):
    """A break in progress, with what stood around it; later breaks that belong to the same body join it."""

    entries: list[BeamEntry]
    first_ns: int
    last_hit_ns: int
    stranger: bool
    """It began when the runner could not be there, or in a rep before."""
    asked: Needed
    """What made a break when it began: its own second hit, which may read elsewhere, must not ask for one more."""
    follower: bool = False
    """It began close behind a body that has been handed over."""
    hits: int = 0
    bodily: int = 0
    """Hits with a body's light, or whose light is not recorded."""
    run: int = 0
    """Hits in a row that agree in range."""
    longest_run: int = 0
    bodily_run: int = 0
    support: int = 0
    """Readings beside a hit that something in the beam explains: motion makes them (status 7)."""
    bright: int = 0
    """Those with so much light that no phantom has it."""
    confirmed: bool = False
    announced: bool = False
    handed_over: bool = False
    doubtful: bool | None = None
    """Whether it is perhaps nobody; None until its end has been looked at, and again after every further hit."""
    range_mm: int = 0
    steady_since_ns: int = 0
    first_at: int = 0
    """Where its first hit is among the entries..."""
    last_at: int = 0
    """... and its last one."""

    def __post_init__(self) -> None:
        self.steady_since_ns = self.steady_since_ns or self.first_ns
        self.first_at = self.last_at = len(self.entries) - 1

    def take_hit(self, entry: BeamEntry, *, bodily: bool) -> None:
        """One hit more, the newest of `entries`; `bodily`: it has a body's light, or its light is not recorded."""
        self.hits += 1
        range_mm = entry.range_mm or 0
        before = self.entries[-2] if len(self.entries) > 1 else None
        off_body = abs(range_mm - self.range_mm) > _STEADY_MM
        beside = before is not None and (before.hit or before.kind is Kind.REJECTED)
        if self.confirmed and off_body and not beside:
            # By itself it may be a phantom, which must not make the break longer.
            return
        self.last_hit_ns, self.last_at = entry.t_ns, len(self.entries) - 1
        self.doubtful = None
        agrees = before is not None and before.hit and abs(range_mm - (before.range_mm or 0)) <= AGREES_MM
        self.run = self.run + 1 if agrees else 1
        self.longest_run = max(self.longest_run, self.run)
        if bodily:
            self.bodily += 1
            self.bodily_run = max(self.bodily_run, self.run)
        if off_body:
            self.range_mm = range_mm
            self.steady_since_ns = entry.t_ns

    def take_support(self, entry: BeamEntry) -> None:
        """A reading that shows something in the beam beside the hits."""
        self.support += 1
        self.bright += entry.range_mm is not None and has_body_signal(entry.range_mm, entry.signal_kcps or 0.0)

    def is_of_before(self, expectation: Expectation, t_ns: int) -> bool:
        """Whether somebody came before the go of the only one who runs, who cannot be here yet."""
        alone = expectation.mode is WatchMode.REP and not expectation.awaited
        return alone and self.first_ns < expectation.go_ns and not expectation.may_arrive(t_ns)

    def is_break(self, needed: Needed, wall_mm: float | None) -> bool:
        """Whether the hits and the readings beside them make a break by what is `needed` now, or was when it began."""
        sides = flanks(self.entries, self.first_at, self.last_at, self.range_mm, wall_mm)
        if self.reaches(needed, sides):
            return True
        # One of two may be a phantom, and more is asked the more of them there are: twice a body has shown its light.
        lit = self.entries[self.last_at].signal_kcps is not None
        return lit and self.bodily > 1 and self.reaches(self.asked, sides)

    def reaches(self, needed: Needed, sides: int = 0) -> bool:
        """Whether the hits make a break, with the body's own flanks to so many `sides` of them.

        A body passes sideways and its range may jump between two readings; with phantoms about, only readings that
        agree count.
        """
        counted = self.bodily_run if needed.agreeing else self.bodily
        in_a_row = self.longest_run if needed.agreeing else self.hits
        beside = min(self.support, 1)
        if self.bodily and not needed.agreeing:
            # What returns a body's light is the body that was hit, whatever the sensor doubts of its range.
            beside = max(beside, self.bright)
        enough = counted + max(beside, min(sides, 1)) >= needed.hits
        return enough or in_a_row + max(beside, sides // 2) >= max(needed.hits, _DIM_HITS)
