"""The finish line's beam: finds breaks, says whose they may be, and hands a finished one over to be timed."""

from __future__ import annotations

from collections import deque

import msgspec

from retro_timer.detection.beam import BeamEntry, Break, is_open
from retro_timer.detection.events import Crossing, Level, Obstacle, PassageOver
from retro_timer.detection.expectation import Expectation, WatchMode
from retro_timer.detection.readings import Kind, has_body_signal

_LEAD_IN = 4
_MOST_ENTRIES = 600
_STANDING_NS = 1_500_000_000
"""Before the go somebody may pass through the beam; who stays this long blocks it."""
_STOPPED_NS = 2_500_000_000
"""A runner who is still in the beam after this is timed by the edge at which they came in."""
_CLEAR_NS = 400_000_000
_IN_FRONT_MM = 200
AGREES_MM = 60
"""Two readings of one body, where phantoms are about."""
_FEW = 3
_CERTAINLY_IN_FRONT = 0.9
_STANDS_OUT = 1.15
_STEADY_MM = 100
_STEADY_NS = 1_000_000_000
_SIGNAL_MEMORY = 0.05
_OPEN_BEFORE_NS = 300_000_000
_OPEN_BEFORE_PERIODS = 5

GateEvent = Crossing | PassageOver | Obstacle


class _Passage(msgspec.Struct):
    """A break in progress, with what stood around it; later breaks that belong to the same body join it."""

    entries: list[BeamEntry]
    first_ns: int
    last_hit_ns: int
    stranger: bool
    """It began when the runner could not be there."""
    hits: int = 1
    run: int = 1
    """Hits in a row that agree in range."""
    longest_run: int = 1
    support: int = 0
    """Doubtful readings beside a hit that something in the beam explains: motion makes them (status 7)."""
    confirmed: bool = False
    announced: bool = False
    handed_over: bool = False
    range_mm: int = 0
    steady_since_ns: int = 0


class Gate:
    """Feed every reading of a gate sensor in order."""

    def __init__(self) -> None:
        self.level = Level.CLEAR
        self._passage: _Passage | None = None
        self._before: deque[BeamEntry] = deque(maxlen=_LEAD_IN)
        self._open_signal_kcps = 0.0
        self._open_ns: int | None = None
        """When the beam was last seen to be free; None before that."""
        self._occupier: _Passage | None = None

    @property
    def occupied(self) -> bool:
        """Whether somebody is in the beam now."""
        return (self._passage is not None and self._passage.confirmed) or self._occupier is not None

    @property
    def hits(self) -> int:
        """Hits of the break in progress."""
        return self._passage.hits if self._passage is not None else 0

    def feed(
        self,
        entry: BeamEntry,
        expectation: Expectation,
        needed: int,
        period_ns: int,
        budget_ns: int,
        wall_mm: float | None,
    ) -> list[GateEvent]:
        """One reading; `needed` hits make a break."""
        told: list[GateEvent] = []
        entry = self._past_occupier(entry, expectation, told)
        passage = self._passage
        if passage is None:
            if entry.hit:
                passage = self._passage = self._begin(entry, expectation, period_ns, wall_mm)
            else:
                self._learn_open(entry)
        else:
            if len(passage.entries) < _MOST_ENTRIES:
                passage.entries.append(entry)
            if entry.hit:
                self._take_hit(passage, entry)
            elif _doubtful_body(entry, wall_mm, self._open_signal_kcps):
                passage.support += 1
        self._before.append(entry)
        if is_open(entry, wall_mm):
            self._open_ns = entry.t_ns
        if passage is not None:
            self._judge(passage, entry, expectation, needed, told)
            self._finish(passage, entry, expectation, period_ns, budget_ns, wall_mm, told)
        if self.level and (not expectation.armed or not self.occupied):
            self._set_level(Level.CLEAR, None, entry.t_ns, told)
        return told

    def flush(
        self, t_ns: int, expectation: Expectation, period_ns: int, budget_ns: int, wall_mm: float | None
    ) -> list[GateEvent]:
        """No more readings come: decide a break that is still open."""
        passage = self._passage
        if passage is None or expectation.rep is None or not passage.announced or passage.handed_over:
            return []
        passage.handed_over = True
        over = self._before[-1].t_ns > passage.last_hit_ns
        broken = self._break(passage, expectation, period_ns, budget_ns, wall_mm, over)
        return [PassageOver(expectation.rep, broken, t_ns)]

    def _begin(self, entry: BeamEntry, expectation: Expectation, period_ns: int, wall_mm: float | None) -> _Passage:
        # Without an open beam just before it nobody can say that this is where a body came in.
        oldest_ns = entry.t_ns - max(_OPEN_BEFORE_NS, _OPEN_BEFORE_PERIODS * period_ns)
        seen_open = self._open_ns is not None and self._open_ns >= oldest_ns
        stranger = not (expectation.may_arrive(entry.t_ns) and seen_open)
        passage = _Passage([*self._before, entry], entry.t_ns, entry.t_ns, stranger)
        passage.range_mm = entry.range_mm or 0
        if self._before and _doubtful_body(self._before[-1], wall_mm, self._open_signal_kcps):
            passage.support = 1
        passage.steady_since_ns = entry.t_ns
        return passage

    def _take_hit(self, passage: _Passage, entry: BeamEntry) -> None:
        passage.hits += 1
        range_mm, before = entry.range_mm or 0, passage.entries[-2]
        off_body = abs(range_mm - passage.range_mm) > _STEADY_MM
        if passage.confirmed and off_body and before.kind is not Kind.REJECTED and not before.hit:
            # By itself it may be a phantom, which must not make the break longer.
            return
        passage.last_hit_ns = entry.t_ns
        agrees = before.hit and abs(range_mm - (before.range_mm or 0)) <= AGREES_MM
        passage.run = passage.run + 1 if agrees else 1
        passage.longest_run = max(passage.longest_run, passage.run)
        if off_body:
            passage.range_mm = range_mm
            passage.steady_since_ns = entry.t_ns

    def _learn_open(self, entry: BeamEntry) -> None:
        if entry.kind is Kind.TARGET and entry.signal_kcps is not None:
            share = _SIGNAL_MEMORY if self._open_signal_kcps > 0.0 else 1.0
            self._open_signal_kcps += share * (entry.signal_kcps - self._open_signal_kcps)
        elif entry.kind is Kind.NOTHING:
            self._open_signal_kcps *= 1.0 - _SIGNAL_MEMORY

    def _judge(
        self,
        passage: _Passage,
        entry: BeamEntry,
        expectation: Expectation,
        needed: int,
        told: list[GateEvent],
    ) -> None:
        t_ns = entry.t_ns
        if not passage.confirmed:
            # A body passes sideways and its range may jump between two readings; with phantoms about, only
            # readings that agree count.
            counted = passage.hits if needed <= _FEW else passage.longest_run
            if counted + min(passage.support, 1) < needed:
                return
            passage.confirmed = True
        if not passage.stranger:
            if not passage.announced and expectation.rep is not None:
                passage.announced = True
                told.append(Crossing(expectation.rep, t_ns))
            return
        if expectation.mode is WatchMode.REP:
            self._set_level(Level.DANGER, passage.range_mm, t_ns, told)
        else:
            stands = t_ns - passage.first_ns >= _STANDING_NS
            if expectation.mode is WatchMode.START or (expectation.mode is WatchMode.LANE and stands):
                self._set_level(Level.WARNING, passage.range_mm, t_ns, told)
        steady = entry.hit and t_ns - passage.steady_since_ns >= _STEADY_NS
        if steady and self._occupier is None:
            # The runner may still pass in front of whoever stands there: from now on only nearer hits are a break.
            self._occupier, self._passage = passage, None

    def _past_occupier(self, entry: BeamEntry, expectation: Expectation, told: list[GateEvent]) -> BeamEntry:
        """While somebody stands in the beam, what is as far as they are is background."""
        occupier = self._occupier
        if occupier is None:
            return entry
        if entry.hit and entry.range_mm is not None and entry.range_mm < occupier.range_mm - _IN_FRONT_MM:
            return entry
        if entry.hit:
            occupier.last_hit_ns = entry.t_ns
            if expectation.mode is WatchMode.REP:
                self._set_level(Level.DANGER, occupier.range_mm, entry.t_ns, told)
            elif expectation.mode in (WatchMode.LANE, WatchMode.START):
                self._set_level(Level.WARNING, occupier.range_mm, entry.t_ns, told)
        elif entry.t_ns - occupier.last_hit_ns >= _CLEAR_NS:
            self._occupier = None
        return BeamEntry(entry.t_ns, entry.kind, False, entry.range_mm, entry.signal_kcps)

    def _finish(
        self,
        passage: _Passage,
        entry: BeamEntry,
        expectation: Expectation,
        period_ns: int,
        budget_ns: int,
        wall_mm: float | None,
        told: list[GateEvent],
    ) -> None:
        t_ns = entry.t_ns
        since_hit_ns = 0 if entry.hit else t_ns - passage.last_hit_ns
        if not passage.confirmed and entry.kind is Kind.TARGET and not entry.hit:
            # The wall was seen again: what came before was nobody.
            self._passage = None
            return
        rep = expectation.rep
        timed = passage.announced and rep is not None
        if timed and not passage.handed_over and t_ns - passage.first_ns >= _STOPPED_NS:
            over = since_hit_ns > 0
        elif since_hit_ns >= self._patience_ns(passage, expectation, period_ns):
            over = True
        else:
            return
        if timed and rep is not None and not passage.handed_over:
            passage.handed_over = True
            broken = self._break(passage, expectation, period_ns, budget_ns, wall_mm, over)
            told.append(PassageOver(rep, broken, t_ns))
        if since_hit_ns >= self._patience_ns(passage, expectation, period_ns):
            self._passage = None

    def _patience_ns(self, passage: _Passage, expectation: Expectation, period_ns: int) -> int:
        """How long to wait for more of the same body: an elbow, then a gap, then the torso."""
        if passage.stranger or not passage.confirmed:
            return max(_CLEAR_NS if passage.confirmed else 0, round(1.5 * period_ns))
        speed = self._mean_speed(expectation, passage.first_ns)
        return max(round(min(0.6, max(0.15, 0.5 / speed)) * 1e9), round(1.5 * period_ns))

    @staticmethod
    def _mean_speed(expectation: Expectation, t_ns: int) -> float:
        elapsed_s = (t_ns - expectation.go_ns) / 1e9
        return max(0.1, expectation.distance_m / elapsed_s) if elapsed_s > 0.0 else 1.0

    def _break(
        self,
        passage: _Passage,
        expectation: Expectation,
        period_ns: int,
        budget_ns: int,
        wall_mm: float | None,
        over: bool,
    ) -> Break:
        wall = wall_mm
        if self._occupier is not None:
            wall = float(self._occupier.range_mm)
        return Break(
            tuple(passage.entries),
            wall,
            self._open_signal_kcps,
            period_ns / 1e9,
            budget_ns / 1e9,
            self._mean_speed(expectation, passage.first_ns),
            expectation.slow_speed_mps,
            expectation.assumed_speed_mps,
            over,
        )

    def _set_level(self, level: Level, range_mm: int | None, t_ns: int, told: list[GateEvent]) -> None:
        if level is not self.level:
            self.level = level
            told.append(Obstacle(level, range_mm, t_ns))


def _doubtful_body(entry: BeamEntry, wall_mm: float | None, open_signal_kcps: float) -> bool:
    """A reading that the sensor doubts, and that neither an empty beam nor a phantom would give.

    A phantom's signal is the background's: only one that stands out of it vouches for a body.
    """
    if entry.hit or entry.signal_kcps is None:
        return False
    if wall_mm is None:
        return entry.range_mm is not None and has_body_signal(entry.range_mm, entry.signal_kcps)
    if entry.kind is not Kind.REJECTED:
        return False
    hidden = entry.range_mm is None or entry.range_mm < _CERTAINLY_IN_FRONT * wall_mm
    return hidden and entry.signal_kcps >= _STANDS_OUT * open_signal_kcps
