"""One thing that closes in or moves away: the readings that agree with each other, and the speed they give."""

from __future__ import annotations

import math
from collections import deque

import msgspec

from retro_timer.detection.people import FASTEST_MPS

RANGE_NOISE_M = 0.02
"""One reading's standard deviation when the sensor gives none (ST: ±20 mm dark, ±25 mm in ambient light)."""
_REACH_S = 0.3
"""A body's speed changes by 1.5 m/s in it at the most; shorter is noisier: 25 Hz give seven readings, 0.08 m/s."""
_LEAST_POINTS = 4
"""With 20 mm of noise at 10 Hz they give the speed to 0.1 m/s; two of them three times as poorly."""
_LONGEST_REACH_S = 1.0
"""After a gap the last readings before it still tell how fast a body moves: without them nothing would."""
_MOST_POINTS = 256
"""Beyond what any fit looks back to: 1 s at 250 Hz, and an approach's 0.85 s."""
_SLACK_M = 0.07
"""Three and a half standard deviations of a reading; more takes two things for one, less splits one in noise."""
_MOST_SLACK_M = 0.2
"""A body's depth: what is farther off than that is something else, however long nothing was seen."""
_PROVEN = 6
"""A track of so many readings is a body, and may be lost from sight for a moment."""
_YOUNG_PERIODS = 2.3
"""One reading lost, with the jitter of its neighbours; two lost leave room for phantoms."""
_CHANGE_MPS2 = 5.0
"""How fast a body's closing speed changes at the most, its swinging arms included."""
_STALE_S = 0.6
"""A step's length: who hides behind something longer is met anew, with the assumed speed."""
_STANDING_MPS = 0.15
"""Half of the slowest walk, 0.3 m/s: whoever sways, or reads so by noise."""
_STOOD_S = 2.0
"""What stood and is seen where it stood this soon has hardly been replaced by somebody who walks."""
_A_WAY = 4
"""Doubted readings with a body's light that lie on a line: a doubted range may be wrong by metres, and two of them that
agree are chance; each beyond the second must come to where the line leads."""
_WAY_ROUGHNESS_M = 0.06
"""Three standard deviations of a reading; the ranges that motion makes wrong are off by half a metre and more."""
_WAY_MPS = 1.0
"""A walk's: slower motion hardly spoils the status..."""
_WAY_SDS = 4.0
"""... and so many times what is known of it by chance: four readings within 30 ms tell it to 0.9 m/s. Less frightens by
what stands and is doubted, more tells fast sensors of a runner later."""
_CANDIDATES = 3
"""A body, the one before it and a phantom beside them; each more costs time in every reading."""


_Point = tuple[float, float]
"""Seconds and metres."""


class Motion(msgspec.Struct, frozen=True, gc=False):
    """Where it is and how fast it closes in."""

    range_m: float
    closing_mps: float
    closing_sd_mps: float
    """Standard deviation of `closing_mps`; infinite with fewer than two points."""
    slowing_mps2: float
    """How fast the closing speed falls; zero while unknown."""


class Proof(msgspec.Struct, frozen=True, gc=False):
    """What a track must show before it is believed."""

    readings: int
    roughness_m: float
    """The most that they may scatter."""


BARE_PROOF = Proof(2, math.inf)
"""The least that is ever asked: one reading alone may be a phantom."""


class Track:
    """Agreeing readings, newest last; times in seconds, ranges in metres."""

    def __init__(
        self, t_s: float, range_m: float, *, valid: bool = True, asked: Proof = BARE_PROOF, stood: bool = False
    ) -> None:
        self.stood = stood
        """Whether something stood just here that was lost from sight a moment ago."""
        self.asked = asked
        """What was asked for when this began: its own readings must not raise the price."""
        self.first_s = t_s
        self.last_s = t_s
        self.first_range_m = range_m
        self.last_range_m = range_m
        self.length = 1
        self.valid = int(valid)
        """Readings among them that the sensor vouches for."""
        self.points: deque[tuple[float, float]] = deque(((t_s, range_m),), maxlen=_MOST_POINTS)
        self._motion: Motion | None = None
        self.body = False
        """Whether it has shown itself to be one."""

    def agrees(self, t_s: float, range_m: float, period_s: float) -> bool:
        """Whether a reading continues this track, with the motion known so far or any human motion.

        A track of a few readings must go on without a gap: the longer one looks, the surer a phantom is to fit.
        """
        dt = t_s - self.last_s
        if dt > (_STALE_S if self.proven else _YOUNG_PERIODS * period_s):
            return False
        from_m = {self.last_range_m}
        if self.length >= 2:
            motion = self.motion()
            # The line through many tells better than the last one's noise where it is.
            from_m.add(motion.range_m)
            closing = motion.closing_mps
            doubt = min(FASTEST_MPS, 2.0 * motion.closing_sd_mps + _CHANGE_MPS2 * dt)
        else:
            # Somebody may stand up before the box and run off as fast as others come.
            closing, doubt = 0.0, FASTEST_MPS
        allowed = min(_SLACK_M + doubt * dt, max(_MOST_SLACK_M, _SLACK_M + doubt * 1.3 * period_s))
        return any(abs(range_m - (start_m - closing * dt)) <= allowed for start_m in from_m)

    @property
    def proven(self) -> bool:
        """Whether it has readings enough to be a body."""
        return self.length >= _PROVEN

    def becomes_body(self, proof: Proof) -> bool:
        """Whether it shows itself to be one for the first time."""
        if self.body or not self.shows(proof):
            return False
        self.body = True
        return True

    @property
    def stands(self) -> bool:
        """Whether it is a body, and known to stand."""
        motion = self.motion()
        return self.proven and max(abs(motion.closing_mps), motion.closing_sd_mps) <= _STANDING_MPS

    def stood_at(self, t_s: float, range_m: float) -> bool:
        """Whether a reading shows what stood here, though a while later."""
        return t_s - self.last_s <= _STOOD_S and abs(range_m - self.motion().range_m) <= _SLACK_M

    def foretells(self, t_s: float, range_m: float) -> bool:
        """Whether a reading is just where the motion known so far leads."""
        motion = self.motion()
        foretold_m = motion.range_m - motion.closing_mps * (t_s - self.last_s)
        return self.length >= 2 and abs(range_m - foretold_m) <= _SLACK_M

    def add(self, t_s: float, range_m: float, *, valid: bool) -> None:
        """Take a reading that agrees."""
        self.valid += valid
        self.points.append((t_s, range_m))
        self.last_s, self.last_range_m = t_s, range_m
        self.length += 1
        self._motion = None

    def motion(self) -> Motion:
        """A straight line through the last 0.3 s, or the last four readings."""
        if self._motion is None:
            self._motion = self._fit()
        return self._motion

    def shows(self, proof: Proof) -> bool:
        """Whether enough of its readings agree, and lie on a line as well as is asked.

        The sensor must vouch for all but one, or the track be one that only a body's way makes: fast motion spoils the
        status of reading after reading.
        """
        if self.length < proof.readings or (self.valid < proof.readings - 1 and not self._is_a_way(proof.readings)):
            return False
        return math.isinf(proof.roughness_m) or self.roughness_m(proof.readings) <= proof.roughness_m

    def _is_a_way(self, count: int) -> bool:
        """Whether so many readings with a body's light, of which the sensor may doubt each, lead nearer on a line.

        What wraps round from beyond the sensor's range stands still as a rule, and motion is no excuse for its status.
        """
        count = max(count, _A_WAY)
        motion = self.motion()
        if self.length < count or motion.closing_mps < max(_WAY_MPS, _WAY_SDS * motion.closing_sd_mps):
            return False
        return self.roughness_m(count) <= _WAY_ROUGHNESS_M

    def roughness_m(self, count: int) -> float:
        """Noise of the last `count` readings: how far each lies off the line between its neighbours."""
        recent = list(self.points)[-max(3, count) :]
        if len(recent) < 3:
            return 0.0
        variances = [_off_line(*three) for three in zip(recent, recent[1:], recent[2:], strict=False)]
        return math.sqrt(sum(variances) / len(variances))

    def _fit(self) -> Motion:
        newest = self.last_s
        recent: list[tuple[float, float]] = []
        for t, r in reversed(self.points):
            age_s = newest - t
            if age_s > _LONGEST_REACH_S or (age_s > _REACH_S and len(recent) >= _LEAST_POINTS):
                break
            recent.append((t - newest, r))
        recent.reverse()
        n = len(recent)
        if n < 2:
            return Motion(self.last_range_m, 0.0, float("inf"), 0.0)
        mean_t = sum(t for t, _ in recent) / n
        mean_r = sum(r for _, r in recent) / n
        spread = sum((t - mean_t) ** 2 for t, _ in recent)
        if spread <= 0.0:
            return Motion(self.last_range_m, 0.0, float("inf"), 0.0)
        slope = sum((t - mean_t) * (r - mean_r) for t, r in recent) / spread
        slowing = 0.0
        if n >= 6 and newest - self.first_s >= 0.25:
            slowing = _slope(recent[: n // 2]) - _slope(recent[n // 2 :])
            slowing /= (recent[0][0] - recent[-1][0]) / 2.0
        return Motion(mean_r - slope * mean_t, -slope, RANGE_NOISE_M / spread**0.5, slowing)


def _off_line(earlier: _Point, middle: _Point, later: _Point) -> float:
    """One reading's variance as its distance from the line between its neighbours gives it, missing readings or not."""
    share = (middle[0] - earlier[0]) / max(1e-9, later[0] - earlier[0])
    off_m = middle[1] - earlier[1] - share * (later[1] - earlier[1])
    return off_m * off_m / (1.0 + share * share + (1.0 - share) ** 2)


def _slope(points: list[tuple[float, float]]) -> float:
    n = len(points)
    mean_t = sum(t for t, _ in points) / n
    mean_r = sum(r for _, r in points) / n
    spread = sum((t - mean_t) ** 2 for t, _ in points)
    if spread <= 0.0:
        return 0.0
    return sum((t - mean_t) * (r - mean_r) for t, r in points) / spread


class Tracker:
    """Keeps the thing believed in and, beside it, the newest candidates, so that one phantom ends none of them."""

    def __init__(self) -> None:
        self._current: Track | None = None
        self._candidates: list[Track] = []
        self._stood: Track | None = None
        """What stood, of all that was lost from sight the last."""

    def feed(
        self, t_s: float, range_m: float, period_s: float, *, valid: bool = True, asked: Proof = BARE_PROOF
    ) -> tuple[list[Track], bool]:
        """The tracks that took this reading, the newest first, and whether any was continued by it.

        A reading that no track quite foretold may begin another as well: somebody who steps out from before a
        standing thing must not first be taken for it. A doubted reading only supports others.
        """
        self.forget_stale(t_s)
        agreeing = [track for track in self._tracks() if track.agrees(t_s, range_m, period_s)]
        foretelling = [track for track in agreeing if track.foretells(t_s, range_m)]
        took = [track for track in agreeing if not foretelling or track is self._current or track in foretelling]
        for track in took:
            track.add(t_s, range_m, valid=valid)
            if track is not self._current and self._outweighs(track, self._current, t_s):
                self._promote(track)
        if not foretelling:
            stood = self._stood is not None and self._stood.stood_at(t_s, range_m)
            self._begin(Track(t_s, range_m, valid=valid, asked=asked, stood=stood), took)
        return took[::-1], bool(agreeing)

    def _begin(self, fresh: Track, took: list[Track]) -> None:
        took.append(fresh)
        if self._current is None:
            self._current = fresh
            return
        self._candidates.append(fresh)
        if len(self._candidates) > _CANDIDATES:
            self._candidates.remove(min(self._candidates, key=lambda track: (track.last_s, track.length)))

    def _tracks(self) -> list[Track]:
        """The oldest first."""
        return [*self._candidates] if self._current is None else [self._current, *self._candidates]

    @staticmethod
    def _outweighs(candidate: Track, current: Track | None, t_s: float) -> bool:
        # A nearer thing that proves itself matters more than the one behind it, which may yet outlast it.
        if current is None or candidate.length > current.length:
            return True
        return candidate.last_range_m < current.last_range_m or t_s - current.last_s > _REACH_S

    def _promote(self, track: Track) -> None:
        self._candidates.remove(track)
        if self._current is not None:
            self._candidates.append(self._current)
        self._current = track

    def forget_stale(self, t_s: float) -> None:
        """Drop what has not been seen for a while."""
        if self._current is not None and t_s - self._current.last_s > _STALE_S:
            if self._current.stands:
                self._stood = self._current
            self._current = self._candidates.pop() if self._candidates else None
