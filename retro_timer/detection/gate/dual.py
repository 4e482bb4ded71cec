"""Two gate sensors of one line: a finish needs both.

One above the other, the upper half times and the lower one has to see somebody at the same time. One behind the other,
both time, and their order is the direction. What one half sees alone is an arm, a ball, a dog or a phantom, as long as
the other half sees. With the other half blind, or hidden behind something that stands in its beam, the one goes on
alone.
"""

from __future__ import annotations

import msgspec

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import (
    Beam,
    BeamHeld,
    Body,
    Crossing,
    CrossingWithdrawn,
    DetectionEvent,
    Finish,
    HalfSeen,
    LeftBeam,
    PassageOver,
    SensorState,
    Shade,
    StandChanged,
)
from retro_timer.detection.gate.dual_fit import WRONG_WAY
from retro_timer.detection.gate.dual_half import Half, Seen
from retro_timer.detection.gate.dual_light import in_clear_light, outlasts_bursts
from retro_timer.detection.gate.dual_pairing import BRIEF, Pairing
from retro_timer.detection.gate.line_offset import at_line
from retro_timer.detection.gate.passage import WAIT_NS
from retro_timer.detection.gate.torso import find_torso
from retro_timer.detection.passages import Break
from retro_timer.detection.solution import Solution, finish_of

_DOUBT_NS = 200_000_000
"""How much longer it waits for a break of the other half that is not over: one that may be nobody is known to be after
WAIT_NS of its own, and a finish has to be told a second after its break."""

ONE_HALF = "one half only"
_NOBODYS = 0
"""Reps count from 1."""


class DualGate:
    """Fed with the events of both halves in the order of their decision; one thread calls it.

    Times its breaks, which takes milliseconds: it stands where no sensor waits.
    """

    def __init__(self, first: WatchConfig, second: WatchConfig) -> None:
        """In the order of their naming: of two above each other the first is the upper one."""
        self._stacked = first.offset_mm == second.offset_mm
        halves = [Half(first), Half(second)]
        self._near, self._far = halves if self._stacked else sorted(halves, key=lambda half: half.config.offset_mm)
        self._at_line = min(halves, key=lambda half: abs(half.config.offset_mm))
        """Who starts by leaving the beam stands at the line."""
        self._pairing = Pairing(self._near, self._far, stacked=self._stacked)

    @property
    def config(self) -> WatchConfig:
        """Of the half that speaks for the gate."""
        return self._near.config

    @property
    def names(self) -> tuple[str, str]:
        """The halves: upper and lower, or near and far."""
        return self._near.config.name, self._far.config.name

    @property
    def deadline_ns(self) -> int | None:
        """When `tick` must be called: a break has then waited long enough for the other half."""
        waiting = [seen for half in (self._near, self._far) for seen in half.seen if seen.over]
        return min((due for seen in waiting if (due := seen.due_ns(WAIT_NS, _DOUBT_NS)) is not None), default=None)

    def state(self, name: str, state: SensorState, reason: str) -> None:
        """How well a half sees from now on, and why not better."""
        half = self._half(name)
        half.state, half.reason = state, reason

    def take(self, name: str, event: DetectionEvent) -> list[DetectionEvent]:
        """What a half's event is to the line, oldest first."""
        half = self._half(name)
        if isinstance(event, Crossing | Body):
            # A half sees one passage at a time: one that still goes on by its events has come to nothing.
            half.seen = [seen for seen in half.seen if seen.last_ns is not None]
        if isinstance(event, Crossing):
            half.begin(event)
            return self._beep(half, event.t_ns) + self._decide(event.t_ns)
        if isinstance(event, PassageOver):
            seen = self._end(half, event)
            if seen.spent:
                half.seen.remove(seen)
                return []
            if not self._stacked:
                # What the other half's end needs as well is done by then: a finish waits for one timing, not for two.
                half.solve(seen)
            return self._decide(event.t_ns)
        if isinstance(event, Body):
            # The timing half tells of whoever else was at the line; the other one's is the same body.
            half.seen.append(Seen(_NOBODYS, event.first_ns, last_ns=event.last_ns))
            timing = self._alone or self._near
            return ([event] if half is timing else []) + self._decide(event.t_ns)
        if isinstance(event, Shade):
            # A crossing or a body that it belongs to says more, but of how long it was in the beam.
            beside = [seen for seen in half.seen if seen.overlaps(event)]
            for seen in beside:
                half.lengthen(seen, event)
            if not beside:
                half.seen.append(Seen(_NOBODYS, event.first_ns, last_ns=event.last_ns, by_light=True))
            return self._decide(event.t_ns)
        if isinstance(event, BeamHeld):
            half.held = event.held
            return []
        if isinstance(event, StandChanged | LeftBeam):
            return [event] if half is (self._alone or self._at_line) else []
        return [event]

    def tick(self, now_ns: int) -> list[DetectionEvent]:
        """Time has passed."""
        return self._decide(now_ns)

    def flush(self, now_ns: int) -> list[DetectionEvent]:
        """Nothing more comes of this rep: whoever waits for the other half has waited long enough."""
        told = self._decide(now_ns + WAIT_NS + _DOUBT_NS, now_ns)
        for half in (self._near, self._far):
            told += [CrossingWithdrawn(s.rep, now_ns, ONE_HALF) for s in half.seen if s.beeped and s.over is not None]
            half.seen.clear()
        return told

    def _half(self, name: str) -> Half:
        return self._near if name == self._near.config.name else self._far

    def _other(self, half: Half) -> Half:
        return self._far if half is self._near else self._near

    @property
    def _alone(self) -> Half | None:
        """The half that goes on by itself, where the other one sees worse."""
        near, far = self._near.badness, self._far.badness
        if near == far:
            return None
        return self._near if near < far else self._far

    def _beep(self, half: Half, t_ns: int) -> list[DetectionEvent]:
        """The provisional finish: at the second half's crossing, or at the only one's."""
        mine, alone = half.seen[-1], self._alone
        if alone is not None:
            mine.alone = mine.beeped = half is alone
            mine.doubted = self._other(half).doubts_both
            return [Crossing(mine.rep, t_ns)] if mine.beeped else []
        for other in self._other(half).seen:
            near, far = (other, mine) if half is self._far else (mine, other)
            if other.rep != mine.rep or other.beeped or not self._pairing.beside(near, far):
                continue
            if not self._stacked and self._pairing.wrong_way(near, far):
                continue
            mine.beeped = other.beeped = True
            return [Crossing(mine.rep, t_ns)]
        return []

    @staticmethod
    def _end(half: Half, over: PassageOver) -> Seen:
        open_ones = [seen for seen in half.seen if seen.rep == over.rep and seen.last_ns is None]
        seen = open_ones[-1] if open_ones else Seen(over.rep, over.t_ns)
        if not open_ones:
            half.seen.append(seen)
        seen.over, seen.last_ns, seen.solved = over, over.t_ns, None
        if isinstance(over.passage, Break):
            # What came well before or after the torso, an arm or a phantom, is beside nobody in the other half.
            torso = seen.torso = find_torso(over.passage, half.config)
            seen.weigh(half.config)
            hits = over.passage.entries if torso is None else torso.hits
            times_ns = [entry.t_ns for entry in hits if entry.hit]
            seen.first_ns, seen.last_ns = min(times_ns, default=seen.first_ns), max(times_ns, default=over.t_ns)
        return seen

    def _decide(self, now_ns: int, told_ns: int | None = None) -> list[DetectionEvent]:
        """Whatever can be decided at `now_ns`."""
        told: list[DetectionEvent] = []
        alone = self._alone
        for half in (self._near, self._far):
            for seen in list(half.seen):
                if seen not in half.seen or seen.last_ns is None:
                    continue
                waited = now_ns >= seen.lit_until_ns + WAIT_NS
                seen.overdue = now_ns >= seen.lit_until_ns + WAIT_NS + _DOUBT_NS
                if seen.over is not None and (alone is None or half is alone):
                    told += self._one(half, seen, waited=waited, t_ns=told_ns or now_ns)
                elif waited and not self._asked_for(half, seen):
                    half.seen.remove(seen)
        return told

    def _asked_for(self, half: Half, seen: Seen) -> bool:
        """Whether the other half's passage, which is not decided yet, over or not, may need this one as a witness."""
        undecided = (other for other in self._other(half).seen if other.rep != _NOBODYS)
        near_is_mine = half is self._near
        return any(self._pairing.beside(*((seen, other) if near_is_mine else (other, seen))) for other in undecided)

    def _one(self, half: Half, seen: Seen, *, waited: bool, t_ns: int) -> list[DetectionEvent]:
        """Decide a passage that is over, if that is possible yet."""
        if self._alone is half or seen.alone:
            half.seen.remove(seen)
            solved = at_line(half.solve(seen), half.config)
            doubted = (seen.doubted or self._other(half).doubts_both) and not in_clear_light(seen)
            if doubted and (seen.brief or not outlasts_bursts(seen, half, alone=True)):
                # What troubles the other half, the sun, may make this one's phantoms.
                solved = Solution(refusal=BRIEF)
            return self._tell(seen, solved, str(half.config.placement), t_ns, single=True)
        seen.waited = waited
        partners = self._partners(half, seen)
        if self._stacked and half is self._far and partners:
            # It is decided with the upper half's passage.
            return []
        # Who is still in the other beam may turn out to be nobody, as long as there is time for that; past the near
        # beam and still in the far one they have stopped there, and the near one knows when they came.
        ready = [s for s in partners if s.last_ns is not None or (half is self._near and seen.overdue)]
        found = next((s for s in ready if not self._solve(half, seen, s).refusal), None)
        if found is None and (not waited or any(s.last_ns is None for s in partners)):
            # Another one may come yet, or the end of this one may tell.
            return []
        partner = found or next(iter(ready), None)
        if partner is None:
            return self._unmatched(half, seen, t_ns) if seen.overdue or not self._open_beside(half, seen) else []
        if self._stacked:
            return self._witnessed(seen, partner, t_ns)
        return self._joined(half, seen, partner, t_ns)

    def _pair(self, half: Half, seen: Seen, other: Seen) -> tuple[Seen, Seen]:
        """The passage through the near or upper half first."""
        return (seen, other) if half is self._near else (other, seen)

    def _partners(self, half: Half, seen: Seen) -> list[Seen]:
        """Passages through the other half that may be the same body's."""
        mine = (s for s in self._other(half).seen if s.rep in (_NOBODYS, seen.rep) and not s.spent)
        return [s for s in mine if self._pairing.one_body(*self._pair(half, seen, s))]

    def _open_beside(self, half: Half, seen: Seen) -> bool:
        """Whether somebody is in the other half's beam of whom the end may tell more."""
        still = (s for s in self._other(half).seen if s.last_ns is None and s.rep == seen.rep)
        return any(self._pairing.beside(*self._pair(half, seen, s)) for s in still)

    def _solve(self, half: Half, seen: Seen, other: Seen) -> Solution:
        pair = self._pair(half, seen, other)
        return self._pairing.solve_witnessed(*pair) if self._stacked else self._pairing.solve(*pair)

    def _witnessed(self, seen: Seen, witness: Seen, t_ns: int) -> list[DetectionEvent]:
        self._near.seen.remove(seen)
        solved = self._pairing.solve_witnessed(seen, witness)
        if solved.refusal:
            witness.beeped = False
        else:
            self._far.seen.remove(witness)
        return self._tell(seen, solved, "dual", t_ns)

    def _joined(self, half: Half, seen: Seen, other: Seen, t_ns: int) -> list[DetectionEvent]:
        """Both halves saw a passage: by both, or by the one that saw a torso, if the order is right."""
        near, far = self._pair(half, seen, other)
        solved = self._pairing.solve(near, far)
        if solved.refusal and len(self._partners(self._other(half), other)) > 1:
            # What was no body's here may be the other half of somebody else's passage.
            half.seen.remove(seen)
            seen.beeped, other.beeped = seen.beeped or other.beeped, False
            return self._tell(seen, solved, "dual", t_ns)
        self._near.seen.remove(near)
        if far.last_ns is None:
            far.spent = True
        else:
            self._far.seen.remove(far)
        over = near if near.over is not None else far
        over.beeped = near.beeped or far.beeped
        told = self._tell(over, solved, "dual", t_ns)
        if solved.refusal == WRONG_WAY and near.last_ns is not None and far.last_ns is not None:
            told.append(Body(min(near.first_ns, far.first_ns), max(near.last_ns, far.last_ns), t_ns))
        return told

    def _unmatched(self, half: Half, seen: Seen, t_ns: int) -> list[DetectionEvent]:
        """The other half, which sees, saw nobody: told where it was a whole body, and nobody's finish."""
        half.seen.remove(seen)
        told: list[DetectionEvent] = []
        if seen.beeped:
            told.append(CrossingWithdrawn(seen.rep, t_ns, ONE_HALF))
        if not half.solve(seen).refusal:
            upper, lower = (Beam.UPPER, Beam.LOWER) if self._stacked else (Beam.NEAR, Beam.FAR)
            beam = upper if half is self._near else lower
            told.append(HalfSeen(seen.rep, half.config.name, beam, t_ns))
        return told

    @staticmethod
    def _tell(seen: Seen, solved: Solution, method: str, t_ns: int, *, single: bool = False) -> list[DetectionEvent]:
        over = seen.over
        if over is None:
            return []
        found = finish_of(msgspec.structs.replace(over, t_ns=t_ns), solved, method)
        if isinstance(found, Finish):
            beep = [] if seen.beeped else [Crossing(seen.rep, t_ns)]
            return [*beep, msgspec.structs.replace(found, single=single)]
        return [found] if seen.beeped else []
