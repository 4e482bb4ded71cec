"""Which passages through both halves of a dual gate are one body's, and when its back reached the line."""

from __future__ import annotations

from retro_timer.detection.gate.crossing_fit import TOO_FAST
from retro_timer.detection.gate.dual_fit import DIM_SDS, WRONG_WAY, follow, join, lean_together
from retro_timer.detection.gate.dual_half import Half, Seen
from retro_timer.detection.gate.dual_light import bounds_sds, phantoms
from retro_timer.detection.gate.line_offset import at_line
from retro_timer.detection.gate.passage import WAIT_NS
from retro_timer.detection.gate.torso import TOO_BRIEF, fastest_mps
from retro_timer.detection.solution import Solution

_LEAN_M = 0.17
"""How far one half may see a body before the other one, beams half a metre apart in height: the lean of 20 degrees that
a runner has. More lets an arm that swings elsewhere be a witness."""
_BEEP_NS = 60_000_000
"""Two halves that a sprinter passes within two readings may confirm in the wrong order: who comes so little early still
gets the beep, and the direction is decided by the whole of both breaks."""
_STOPS_FROM_MPS = 2.5
"""Who stands in both beams has stopped within the 0.7 m that a beam sees of them: from no more than this, even at
4.5 m/s², harder than anybody brakes. Lower loses who stops on the line; higher takes an arm held in for a runner."""
_RAGGED = 0.25
"""The light of a trunk rises and falls with its cover of the cone: in the better half it was off that by at most 0.17
in 900 simulated passages, an arm's that is held into both beams before a wall by 0.4. Less loses runners, more times
arms."""
_FEW_HITS = 4
"""A sprinter's readings: no more of them show no rise and fall."""
_LEAST_SEEN = 0.8
"""Of that way: who stops stays for longer, an arm that is held into one beam and then the other is in each for less."""
BRIEF = "too brief in both halves"
NO_TRUNK = "no trunk's rise and fall"


class Pairing:
    """The rules for a passage through the near or upper half and one through the far or lower half."""

    def __init__(self, near: Half, far: Half, *, stacked: bool) -> None:
        """`stacked`: one above the other, `near` being the upper one."""
        self._near, self._far = near, far
        self._stacked = stacked
        self._way_m = (far.config.offset_mm - near.config.offset_mm) / 1000.0

    def beside(self, near: Seen, far: Seen) -> bool:
        """Whether one body may have made both, by their times."""
        slack_ns = WAIT_NS
        if self._stacked:
            broken = near.broken or far.broken
            slack_ns = 0 if broken is None else round(_LEAN_M / max(broken.mean_speed_mps, broken.slowest_mps) * 1e9)
        return _begun_by(near, far.last_ns, slack_ns) and _begun_by(far, near.last_ns, slack_ns)

    @staticmethod
    def wrong_way(near: Seen, far: Seen) -> bool:
        """Whether the far beam was broken first, by more than readings may confirm in the wrong order."""
        return far.first_ns < near.first_ns - _BEEP_NS

    def one_body(self, near: Seen, far: Seen) -> bool:
        """Whether both may be the same body's, by all that is known of them by now."""
        if not self.beside(near, far) or phantoms(near, far, (self._near, self._far), stacked=self._stacked):
            return False
        return self._upright(near, far)

    def _upright(self, near: Seen, far: Seen) -> bool:
        """Of two beams above each other: whether one trunk can have made both passages, too brief in neither."""
        if not self._stacked or near.last_ns is None or far.last_ns is None or near.broken is None:
            return True
        if far.broken is not None and not far.shaded and self._far.solve(far).refusal in (TOO_BRIEF, TOO_FAST):
            return False
        solved = self._near.solve(near)
        return bool(solved.refusal) or lean_together(far.middle_s - near.middle_s, solved, _LEAN_M)

    def solve_witnessed(self, seen: Seen, witness: Seen) -> Solution:
        """The upper half's moment, at the line, with what the lower one saw."""
        if seen.brief and witness.brief:
            return Solution(refusal=BRIEF)
        if self._ragged(seen, witness):
            return Solution(refusal=NO_TRUNK)
        return at_line(self._near.solve(seen), self._near.config)

    def _ragged(self, near: Seen, far: Seen) -> bool:
        """Whether neither half's light rises and falls as a trunk's does; False where none was recorded, and where one
        gave too few readings to tell."""
        torsos = [(half, seen) for half, seen in ((self._near, near), (self._far, far)) if seen.torso is not None]
        solved = [(half.solve(seen), seen.hits) for half, seen in torsos]
        said = [one.ragged if hits > _FEW_HITS else 0.0 for one, hits in solved if not one.refusal]
        return min(said, default=0.0) > _RAGGED

    def solve(self, near: Seen, far: Seen) -> Solution:
        """The moment by both of two halves along the lane, or by the one that saw a torso, if the order is right."""
        if far.last_ns is None:
            return self._stopped_beyond(near, far)
        first, second = self._near.solve(near), self._far.solve(far)
        if near.brief and far.brief:
            return Solution(refusal=BRIEF)
        if self._ragged(near, far):
            return Solution(refusal=NO_TRUNK)
        sds = bounds_sds(near, far, (self._near, self._far))
        joined = join(first, second, self._near.config, self._far.config, sds)
        if joined is not None:
            broken = near.broken or far.broken
            too_fast = broken is not None and joined.speed_mps > fastest_mps(broken)
            return Solution(refusal=TOO_FAST) if too_fast and not joined.refusal else joined
        if first.refusal or second.refusal:
            # A trunk that is beside one beam is in it for long enough to be seen, and what is as dim as an arm is none.
            # But for what hid the wall for longer than its range was named.
            brief = any(
                solved.refusal == TOO_BRIEF and (sds is DIM_SDS or not seen.shaded)
                for solved, seen in ((first, near), (second, far))
            )
            return Solution(refusal=BRIEF) if brief else self._by_one(near, far, sds)
        if self.wrong_way(near, far):
            return Solution(refusal=WRONG_WAY)
        passed_mps = [s.speed_mps for s in (first, second) if s.middle_ns is not None]
        if max([self._speed_mps(near, far), *passed_mps]) > _STOPS_FROM_MPS:
            return Solution(refusal="too fast to stop in both beams")
        if sds is DIM_SDS and self._way_seen_m(near, far) < _LEAST_SEEN * self._seen_m(near):
            return Solution(refusal="too slender for a torso")
        return at_line(first, self._near.config)

    def _stopped_beyond(self, near: Seen, far: Seen) -> Solution:
        """Past the near beam and still in the far one: by the near one, if both were entered in one body's order."""
        if near.brief:
            return Solution(refusal=BRIEF)
        solved = self._near.solve(near)
        refusal = solved.refusal or follow((far.first_ns - near.first_ns) / 1e9, solved, self._way_m)
        return Solution(refusal=refusal) if refusal else at_line(solved, self._near.config)

    def _speed_mps(self, near: Seen, far: Seen) -> float:
        """By when each beam was first broken."""
        return self._way_m / max(1e-3, (far.first_ns - near.first_ns) / 1e9)

    def _way_seen_m(self, near: Seen, far: Seen) -> float:
        """How far they went while they were in the near beam, by when each beam was first broken."""
        return self._speed_mps(near, far) * ((near.last_ns or near.first_ns) - near.first_ns) / 1e9

    def _seen_m(self, near: Seen) -> float:
        """How far a trunk goes while it is in the near beam."""
        body_m = 0.0 if near.torso is None else near.torso.ranges.body_mm / 1000.0
        return 2.0 * self._near.config.cone_half_width_m(body_m) + self._near.config.torso_mm / 1000.0

    def _by_one(self, near: Seen, far: Seen, sds: tuple[float, float]) -> Solution:
        """One half saw the middle of a torso, the other one something beside it."""
        half, seen = (self._far, far) if self._near.solve(near).refusal else (self._near, near)
        solved = half.solve(seen)
        refusal = solved.refusal or follow(far.middle_s - near.middle_s, solved, self._way_m, sds)
        return Solution(refusal=refusal) if refusal else at_line(solved, half.config)


def _begun_by(seen: Seen, last_ns: int | None, slack_ns: int) -> bool:
    """Whether a passage began before another one had ended."""
    return last_ns is None or seen.first_ns <= last_ns + slack_ns
