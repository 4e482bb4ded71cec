"""A start by release: somebody stands in the beam, stands still, and leaves it when ready. Finds when each is so.

One beam sees neither who stands in it nor which way they leave. So a start is only what cannot be anything else: one
body that stood steadily, then a beam that stays free. Whatever else happens ends the stand, with its reason, and the
athlete stands anew.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from statistics import fmean, median

from retro_timer.detection.events import LeftBeam, Stand, StandChanged, StandEnd
from retro_timer.detection.gate.beam import is_open
from retro_timer.detection.gate.body_light import OpenLight
from retro_timer.detection.gate.passage import AGREES_MM
from retro_timer.detection.passages import BeamEntry, Break
from retro_timer.detection.readings import Kind

STEADY_NS = 1_500_000_000
"""Shorter would take somebody who walks through slowly (0.3 m/s, a cone of 0.4 m: 2 s, half of it steady) for ready."""
_GONE_NS = 800_000_000
"""Who steps back in within this has not started; longer would come near the least time of the shortest course
(5 m: 1.25 s, docs/sources.md), before which the finish must be armed."""
_RETURNED_NS = 250_000_000
"""Rocking opens a thin beam for half a swing at the most; who was out of it for longer stands anew."""
_BEFORE_NS = 1_400_000_000
"""A slow walker takes 0.7 s out of a cone of 0.4 m; before that the stand tells how much of the cone a body covers."""
_AFTER_NS = 400_000_000
"""What follows the last hit shows the cone's rim empty; later readings say nothing more."""
_SAME_MM = 250.0
"""From the near shoulder to the trunk's middle (0.23 m): a thin beam at the trunk's edge sees any of it; another body
stands farther off."""
_OTHER_HITS = 3
"""Hits in a row at another range that are somebody else: two phantoms agree by chance, three hardly."""
_BACK_HITS = 2
"""Hits in a row that are the athlete back in the beam: one may be a phantom."""
_SWAY_SHARE = 0.25
"""Standing people sway by 1 to 2 cm, which moves the light by less; walking through a cone moves it by more."""
_PARTS = 5
"""Of 0.3 s each: shorter ones would see single readings' noise, longer ones would not see somebody come or go."""
_SHIFT_MM = 100.0
"""The same of the range, between the beginning and the end of the stand."""
_SEEN_SHARE = 0.7
"""Share of the readings that a body which stands in the beam makes hits: the sensor loses some."""
_FREE_SHARE = 0.5
"""Share of the readings after a departure that show the beam free; fewer, and nobody saw that it is."""
_LOOK_NS = 100_000_000
"""How often a stand is looked through: more says ready later, less costs a look at nearly every reading."""

DepartureEvent = StandChanged | LeftBeam


class Departure:
    """Feed every reading of a gate sensor while the box waits for somebody to start by leaving its beam."""

    def __init__(self) -> None:
        self.stand = Stand.EMPTY
        self._recent: deque[BeamEntry] = deque()
        self._light = OpenLight()
        """Of the beam with nobody in it: whoever stands there long is no part of it."""
        self._reset()

    def _reset(self) -> None:
        self.stand = Stand.EMPTY
        self._since_ns = 0
        """Since when the body has stood."""
        self._body_mm = 0.0
        self._last_hit_ns = 0
        self._in_a_row = 0
        """Hits in a row that go on from each other, of a body that is new or back."""
        self._others = 0
        self._look_ns = 0

    def rest(self, entry: BeamEntry, wall_mm: float | None) -> None:
        """Nobody is waited for: of this reading only the empty beam's light is kept."""
        self._recent.clear()
        self._reset()
        self._learn(entry, wall_mm)

    def _learn(self, entry: BeamEntry, wall_mm: float | None) -> None:
        if is_open(entry, wall_mm):
            self._light.learn(entry, wall_mm)

    def feed(
        self,
        entry: BeamEntry,
        wall_mm: float | None,
        period_ns: int,
        budget_ns: int,
        speeds_mps: tuple[float, float],
        *,
        trusted: bool,
    ) -> list[DepartureEvent]:
        """One reading, oldest first. What changed comes back.

        `speeds_mps`: slow and fast end of the gait that is to be gone at. `trusted`: the sensor is not lost, as
        it is after a gap.
        """
        told: list[DepartureEvent] = []
        if not trusted:
            # Nobody can say what happened in the beam meanwhile.
            self._end(StandEnd.SENSOR, entry.t_ns, told)
            self._recent.clear()
            return told
        self._recent.append(entry)
        while entry.t_ns - self._recent[0].t_ns > max(_BEFORE_NS + _GONE_NS, STEADY_NS):
            self._recent.popleft()
        if self.stand is Stand.EMPTY:
            self._learn(entry, wall_mm)
            self._look_for_body(entry, told)
        elif entry.t_ns - self._last_hit_ns >= _GONE_NS and not self._is_mine(entry):
            self._leave(entry.t_ns, wall_mm, (period_ns / 1e9, budget_ns / 1e9), speeds_mps, told)
        else:
            self._follow(entry, told)
            self._look_at_stand(entry.t_ns, told)
        return told

    def flush(
        self, t_ns: int, wall_mm: float | None, period_ns: int, budget_ns: int, speeds_mps: tuple[float, float]
    ) -> list[DepartureEvent]:
        """No more readings come: whoever has been out of the beam for longer than rocking takes has left."""
        told: list[DepartureEvent] = []
        if self.stand is Stand.STEADY and t_ns - self._last_hit_ns >= _RETURNED_NS:
            self._leave(t_ns, wall_mm, (period_ns / 1e9, budget_ns / 1e9), speeds_mps, told)
        return told

    def _is_mine(self, entry: BeamEntry) -> bool:
        return entry.hit and abs((entry.range_mm or 0) - self._body_mm) <= _SAME_MM

    def _look_for_body(self, entry: BeamEntry, told: list[DepartureEvent]) -> None:
        if not entry.hit or entry.range_mm is None:
            self._in_a_row = 0
            return
        goes_on = self._in_a_row > 0 and abs(entry.range_mm - self._body_mm) <= _SAME_MM
        if not goes_on:
            self._in_a_row, self._since_ns = 0, entry.t_ns
        self._in_a_row += 1
        self._body_mm = float(entry.range_mm)
        if self._in_a_row >= _OTHER_HITS:
            self.stand = Stand.STANDING
            self._last_hit_ns, self._others, self._in_a_row = entry.t_ns, 0, 0
            self._look_ns = self._since_ns + STEADY_NS
            told.append(StandChanged(Stand.STANDING, StandEnd.NONE, entry.t_ns))

    def _follow(self, entry: BeamEntry, told: list[DepartureEvent]) -> None:
        """Whose hit this is: the body's, or somebody's in front of it. A farther one is the body's flank, half of it
        wall, or nobody's business as long as the body stands."""
        if not entry.hit:
            if entry.kind is not Kind.REJECTED:
                self._others = self._in_a_row = 0
            return
        nearer = (entry.range_mm or 0) < self._body_mm - _SAME_MM
        self._others = self._others + 1 if nearer else 0
        if self._others >= _OTHER_HITS:
            self._nearer(entry, told)
            return
        if not self._is_mine(entry):
            self._in_a_row = 0
            return
        if entry.t_ns - self._last_hit_ns < _RETURNED_NS:
            self._last_hit_ns = entry.t_ns
            return
        self._in_a_row += 1
        if self._in_a_row >= _BACK_HITS:
            was_steady = self.stand is Stand.STEADY
            self.stand = Stand.STANDING
            self._since_ns = self._last_hit_ns = entry.t_ns
            self._in_a_row, self._look_ns = 0, entry.t_ns + STEADY_NS
            if was_steady:
                told.append(StandChanged(Stand.STANDING, StandEnd.MOVED, entry.t_ns))

    def _nearer(self, entry: BeamEntry, told: list[DepartureEvent]) -> None:
        """Somebody else is in front of who stood steadily; of who is still coming it is another part of the body."""
        if self.stand is Stand.STEADY:
            self._end(StandEnd.SOMEBODY_ELSE, entry.t_ns, told)
            return
        self._body_mm = float(entry.range_mm or 0)
        self._since_ns = self._last_hit_ns = entry.t_ns
        self._others, self._look_ns = 0, entry.t_ns + STEADY_NS

    def _look_at_stand(self, t_ns: int, told: list[DepartureEvent]) -> None:
        if self.stand is not Stand.STANDING or t_ns < self._look_ns or self._last_hit_ns < t_ns:
            return
        self._look_ns = t_ns + _LOOK_NS
        seen = [e for e in self._recent if e.t_ns >= max(self._since_ns, t_ns - STEADY_NS)]
        hits = [e for e in seen if self._is_mine(e)]
        if len(hits) < _SEEN_SHARE * len(seen) or len(hits) < _OTHER_HITS:
            return
        if _is_even([float(e.range_mm or 0) for e in hits], _SHIFT_MM) and _is_bright_as_before(hits):
            self._body_mm = float(median(e.range_mm or 0 for e in hits))
            self.stand = Stand.STEADY
            told.append(StandChanged(Stand.STEADY, StandEnd.NONE, t_ns))

    def _leave(
        self,
        t_ns: int,
        wall_mm: float | None,
        timing_s: tuple[float, float],
        speeds_mps: tuple[float, float],
        told: list[DepartureEvent],
    ) -> None:
        """The body has not been in the beam for long enough: it has left, if the beam is seen to be free."""
        after = [e for e in self._recent if e.t_ns > self._last_hit_ns]
        if self.stand is Stand.STANDING:
            stood_ns = self._last_hit_ns - self._since_ns
            self._end(StandEnd.EARLY if stood_ns >= STEADY_NS // 2 else StandEnd.PASSED, t_ns, told)
        elif wall_mm is not None and _median_mm(after) <= self._body_mm + AGREES_MM:
            # Whoever stood there before the background was known has become it, and stands there still.
            self._end(StandEnd.SENSOR, t_ns, told)
        elif sum(is_open(e, wall_mm) for e in after) >= _FREE_SHARE * len(after):
            first_ns, last_ns = self._last_hit_ns - _BEFORE_NS, self._last_hit_ns + _AFTER_NS
            entries = tuple(e for e in self._recent if first_ns <= e.t_ns <= last_ns)
            self._reset()
            light = self._light
            mean_mps = sum(speeds_mps) / 2.0
            told.append(
                LeftBeam(
                    Break(
                        entries,
                        wall_mm,
                        light.mean_kcps,
                        light.stands_out_kcps,
                        *timing_s,
                        mean_mps,
                        *speeds_mps,
                        over=True,
                    ),
                    t_ns,
                )
            )
        else:
            others = sum(e.hit for e in after) >= _OTHER_HITS
            self._end(StandEnd.SOMEBODY_ELSE if others else StandEnd.SENSOR, t_ns, told)

    def _end(self, reason: StandEnd, t_ns: int, told: list[DepartureEvent]) -> None:
        if self.stand is not Stand.EMPTY:
            told.append(StandChanged(Stand.EMPTY, reason, t_ns))
        self._reset()


def _median_mm(entries: Sequence[BeamEntry]) -> float:
    """Of the readings with a range; infinite without any."""
    ranges = [e.range_mm for e in entries if e.range_mm is not None]
    return float(median(ranges)) if ranges else math.inf


def _is_even(values: Sequence[float], most: float) -> bool:
    """Whether the end of a stretch is like its beginning."""
    third = max(1, len(values) // 3)
    return abs(median(values[:third]) - median(values[-third:])) <= most


def _is_bright_as_before(hits: Sequence[BeamEntry]) -> bool:
    """Whether the light that comes back stays what it is; True where none is recorded."""
    signals = [e.signal_kcps for e in hits if e.signal_kcps is not None]
    if len(signals) < len(hits):
        return True
    size = max(1, len(signals) // _PARTS)
    parts = [fmean(signals[at : at + size]) for at in range(0, len(signals) - size + 1, size)]
    return max(parts) - min(parts) <= _SWAY_SHARE * max(parts)
