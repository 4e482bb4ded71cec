"""The finish line's beam: finds breaks, says whose they may be, and hands a finished one over to be timed."""

from __future__ import annotations

from collections import deque

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import Body, Crossing, Level, Obstacle, PassageOver
from retro_timer.detection.expectation import Expectation, WatchMode
from retro_timer.detection.gate.beam import is_open, says_nothing
from retro_timer.detection.gate.body_light import OpenLight, is_bodily, shows_wall
from retro_timer.detection.gate.passage import ENDED_NS, WAIT_NS, Needed, Passage, came_in_ns
from retro_timer.detection.gate.torso import find_torso
from retro_timer.detection.gate.vouching import vouches
from retro_timer.detection.passages import BeamEntry, Break
from retro_timer.detection.readings import Kind

_LEAD_IN = 48
"""Readings before a break that may show the flank of a body, half a second of them at 100 Hz."""
_MOST_ENTRIES = 600
"""2.4 s at 250 Hz, after which somebody has stopped: more costs a fit's time and tells no more."""
_STANDING_NS = 1_500_000_000
"""Before the go somebody may pass through the beam; who stays this long blocks it."""
_STOPPED_NS = 2_500_000_000
"""A runner who is still in the beam after this is timed by the edge at which they came in."""
_CLEAR_NS = 400_000_000
"""As the rear watch's hold: a level that flickers with an arm is none that anybody hears."""
_IN_FRONT_MM = 200
"""Nearer than who stands in the beam by a chest's depth: the runner before them, not their own sway."""
_ENDED_PERIODS = 2.5
"""The same of a slow sensor, one of whose readings may be lost, as `passage.ENDED_NS`."""
_FREE_PERIODS = 1.5
"""A hit or two are nobody when the next reading shows none: waiting longer joins phantoms, not waiting splits bodies at
each late reading."""
_UNSURE_PERIODS = 4.0
"""The same while the sensor doubts what it reads, as it does a moving body's flank for two or three readings."""
_SAME_BODY_NS = 250_000_000
"""What follows a body so close behind its break is an arm of it: no crossing of its own; nor, if as brief, an alarm."""
_STEADY_NS = 1_000_000_000
"""Who walks at 0.9 m/s is through a cone of 0.4 m in 0.7 s: who stays longer at one range stands. Less makes a
background of slow walkers, more keeps the runner who passes in front of somebody waiting."""
_OPEN_BEFORE_NS = 300_000_000
"""The beam must have been seen free so shortly before: longer times the middle of somebody who stood in it."""
_OPEN_BEFORE_PERIODS = 5
"""For a slow sensor, of whose readings four may be lost."""

GateEvent = Crossing | PassageOver | Obstacle | Body


class Gate:
    """Feed every reading of a gate sensor in order."""

    def __init__(self, config: WatchConfig) -> None:
        self.level = Level.CLEAR
        self._config = config
        self._passage: Passage | None = None
        self._before: deque[BeamEntry] = deque(maxlen=_LEAD_IN)
        self.light = OpenLight()
        self._open_ns: int | None = None
        """When the beam was last seen to be free; None before that."""
        self._occupier: Passage | None = None
        self._handed_over_ns: int | None = None
        """Last hit of the body that was handed over last."""

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
        needed: Needed,
        period_ns: int,
        budget_ns: int,
        wall_mm: float | None,
    ) -> list[GateEvent]:
        """One reading; `needed`: what makes a break."""
        told: list[GateEvent] = []
        entry = self._past_occupier(entry, expectation, told)
        passage = self._passage
        if passage is None:
            if entry.hit:
                passage = self._passage = self._begin(entry, expectation, needed, period_ns, wall_mm)
            else:
                self.light.learn(entry, wall_mm)
        else:
            if len(passage.entries) < _MOST_ENTRIES:
                passage.entries.append(entry)
            if entry.hit:
                passage.take_hit(entry, bodily=self._is_bodily(entry))
            elif self._supports(entry, passage.range_mm, wall_mm):
                passage.take_support(entry)
        self._before.append(entry)
        beyond = entry.kind is Kind.TARGET and not entry.hit
        if is_open(entry, wall_mm) or beyond or shows_wall(entry, wall_mm, self.light.mean_kcps):
            self._open_ns = entry.t_ns
        if passage is not None:
            passage.confirmed = passage.confirmed or passage.is_break(needed, wall_mm)
            if passage.confirmed:
                self._judge(passage, entry, expectation, told)
            self._finish(passage, entry, expectation, period_ns, budget_ns, wall_mm, told)
        if self.level and (not expectation.armed or not self.occupied):
            self._set_level(Level.CLEAR, None, entry.t_ns, told)
        return told

    def forget_passage(self) -> None:
        """The break in progress is somebody else's; the beam counts as free."""
        if self._passage is not None:
            self._open_ns = self._passage.last_hit_ns
            self._passage = None
            self._before.clear()

    def forget_body(self) -> None:
        """What was handed over last was nobody: who comes close behind it is no arm of theirs."""
        self._handed_over_ns = None

    def shade(self, t_ns: int) -> None:
        """Something nearer hides the beam: where it was free before, who appears next may have come in meanwhile."""
        if self._open_ns is not None and t_ns - self._open_ns <= _OPEN_BEFORE_NS:
            self._open_ns = t_ns

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

    def _begin(
        self, entry: BeamEntry, expectation: Expectation, asked: Needed, period_ns: int, wall_mm: float | None
    ) -> Passage:
        # Without an open beam just before it nobody can say that this is where a body came in.
        before_ns = max(_OPEN_BEFORE_NS, _OPEN_BEFORE_PERIODS * period_ns)
        came_ns = came_in_ns(self._before, entry, before_ns)
        seen_open = self._open_ns is not None and self._open_ns >= came_ns - before_ns
        stranger = not (expectation.may_arrive(entry.t_ns) and seen_open)
        handed_ns = self._handed_over_ns
        follows = handed_ns is not None and entry.t_ns - handed_ns <= _SAME_BODY_NS
        passage = Passage(
            [*self._before, entry], entry.t_ns, entry.t_ns, stranger, asked, follows, range_mm=entry.range_mm or 0
        )
        if self._before and self._supports(self._before[-1], passage.range_mm, wall_mm):
            passage.take_support(self._before[-1])
        passage.take_hit(entry, bodily=self._is_bodily(entry))
        return passage

    def _supports(self, entry: BeamEntry, near_mm: int, wall_mm: float | None) -> bool:
        # Any light stands out of none: before the empty beam was seen, a doubted reading beside a phantom is no body's.
        return self.light.known and vouches(
            entry, near_mm, wall_mm, self.light.mean_kcps, self.light.stands_out_kcps, self._config
        )

    def _is_bodily(self, entry: BeamEntry) -> bool:
        return is_bodily(entry, self.light.stands_out_kcps, self._config.least_body_kcps_m2)

    def _judge(self, passage: Passage, entry: BeamEntry, expectation: Expectation, told: list[GateEvent]) -> None:
        t_ns = entry.t_ns
        if entry.hit and not passage.stranger and passage.is_of_before(expectation, t_ns):
            # Who came in a rep before, and was timed or ended by hand then, is in the way of who runs now.
            passage.stranger = passage.handed_over = True
        if not passage.stranger:
            if not passage.announced and not passage.follower and expectation.rep is not None:
                passage.announced = True
                told.append(Crossing(expectation.rep, t_ns))
            before_go = expectation.mode in (WatchMode.LANE, WatchMode.START)
            if before_go and t_ns - passage.first_ns >= _STOPPED_NS:
                # One of several on the course may arrive while the next one is started; who stays is in the way.
                self._set_level(Level.WARNING, passage.range_mm, t_ns, told)
            return
        if expectation.awaited and passage.follower and passage.last_hit_ns - passage.first_ns < _SAME_BODY_NS:
            # An arm of who has just finished: no longer awaited, and nobody else.
            return
        if expectation.endangers:
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
            if expectation.endangers:
                self._set_level(Level.DANGER, occupier.range_mm, entry.t_ns, told)
            elif expectation.mode in (WatchMode.LANE, WatchMode.START):
                self._set_level(Level.WARNING, occupier.range_mm, entry.t_ns, told)
        elif entry.t_ns - occupier.last_hit_ns >= _CLEAR_NS:
            self._occupier = None
        return BeamEntry(entry.t_ns, entry.kind, False, entry.range_mm, entry.signal_kcps)

    def _finish(
        self,
        passage: Passage,
        entry: BeamEntry,
        expectation: Expectation,
        period_ns: int,
        budget_ns: int,
        wall_mm: float | None,
        told: list[GateEvent],
    ) -> None:
        t_ns, free_ns = entry.t_ns, 0 if entry.hit else entry.t_ns - passage.last_hit_ns
        if not passage.confirmed:
            # The wall was seen again, or nothing for a while: what came before was nobody.
            # A finish that old would be told too late to be anybody's.
            stale = not passage.stranger and t_ns - passage.first_ns >= _STOPPED_NS
            patience = _UNSURE_PERIODS if says_nothing(entry) else _FREE_PERIODS
            if stale or free_ns >= patience * period_ns or (entry.kind is Kind.TARGET and not entry.hit):
                self._passage = None
            return
        ended = free_ns >= max(ENDED_NS, _ENDED_PERIODS * period_ns)
        stopped = t_ns - passage.first_ns >= _STOPPED_NS
        rep = expectation.rep if passage.announced and not passage.handed_over else None
        if not (ended or (stopped and rep is not None)):
            return

        def broken() -> Break:
            return self._break(passage, expectation, period_ns, budget_ns, wall_mm, free_ns > 0)

        if passage.doubtful is None:
            torso = find_torso(broken(), self._config)
            brief = torso is not None and torso.brief and not passage.stranger
            passage.doubtful = torso is None or bool(torso.doubt) or brief
        decided = stopped or not passage.doubtful or free_ns >= WAIT_NS
        if decided and rep is not None:
            passage.handed_over = True
            self._handed_over_ns = passage.last_hit_ns
            told.append(PassageOver(rep, broken(), t_ns))
        elif ended and not passage.doubtful and not passage.handed_over:
            passage.handed_over = True
            if passage.follower and not passage.stranger and expectation.awaited and expectation.rep is not None:
                # No arm of the one before, as it turns out, but the next of several: an arm is no whole body.
                self._handed_over_ns = passage.last_hit_ns
                told += [Crossing(expectation.rep, t_ns), PassageOver(expectation.rep, broken(), t_ns)]
            else:
                told.append(Body(passage.first_ns, passage.last_hit_ns, t_ns))
        if ended and decided and free_ns >= (_CLEAR_NS if passage.stranger else 0):
            self._close(passage)

    def _close(self, passage: Passage) -> None:
        """Nothing of this body belongs to the next one."""
        self._passage = None
        self._before = deque((e for e in self._before if e.t_ns > passage.last_hit_ns), maxlen=_LEAD_IN)

    def _break(
        self,
        passage: Passage,
        expectation: Expectation,
        period_ns: int,
        budget_ns: int,
        wall_mm: float | None,
        over: bool,
    ) -> Break:
        return Break(
            tuple(passage.entries),
            wall_mm if self._occupier is None else float(self._occupier.range_mm),
            self.light.mean_kcps,
            self.light.stands_out_kcps,
            period_ns / 1e9,
            budget_ns / 1e9,
            expectation.mean_speed_mps(passage.first_ns),
            expectation.slow_speed_mps,
            expectation.assumed_speed_mps,
            over,
            self._occupier is not None,
            expectation.other_speeds_mps(passage.first_ns),
            way_known=expectation.knows_way(passage.first_ns),
        )

    def _set_level(self, level: Level, range_mm: int | None, t_ns: int, told: list[GateEvent]) -> None:
        if level is not self.level:
            self.level = level
            told.append(Obstacle(level, range_mm, t_ns))
