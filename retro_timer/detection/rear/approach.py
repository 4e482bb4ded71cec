"""The finish by range (lane-end, belt): notices the runner passing the finish range and hands the approach over."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import Crossing, CrossingWithdrawn, PassageOver
from retro_timer.detection.expectation import Expectation
from retro_timer.detection.passages import Approach
from retro_timer.detection.rear.track import Track
from retro_timer.ports import Placement

_SEEN_BEFORE_M = 0.15
"""Who was seen so far before the line has come up the lane; less lets a passer beside the box finish a rep."""
_LEAST_CLOSING_MPS = 0.15
"""Half of the slowest walk, 0.3 m/s; what closes in more slowly drifts."""
_LEAST_SHARE = 0.4
"""Who has come so fast so far does not close in at less than this share of it, braking included."""
_UNSEEN_S = 0.6
"""A step's length: for so long a thin beam that swings with the waist looks past its board. Longer joins two bodies,
less loses who passes the line meanwhile."""
_OFF_WAY_M = 0.3
"""A body's depth: where somebody may be, unseen for so long, off the way that two pieces lead. More joins two bodies,
less loses who brakes meanwhile."""
_LEADS = 3
"""Readings that agree: less takes two phantoms for a way up to the line, more loses a board that a slow sensor sees for
three readings of each step."""
_BEFORE_S = 0.6 + _UNSEEN_S
"""The fit's own reach before the line at 10 Hz, and one period, before what is unseen there; it costs memory alone."""
_AFTER_S = 0.25
"""The fit's own reach beyond the line at 10 Hz; longer tells the time later."""
_BACK_DEPTH_M = 0.010
"""How much deeper than its foremost point a rounded back reads in a cone of 27 degrees, at ranges about a metre."""
_SWAY_DEPTH_M = {Placement.LANE_END: 0.004, Placement.BELT: 0.006}
"""A swaying body's nearest point comes and goes; a curve through its readings lies this much behind it. Found, like
the two below, by the accuracy benchmark's physics."""
_SWAY_SD_M = {Placement.LANE_END: 0.006, Placement.BELT: 0.005}
"""One standard deviation of the nearest point against the back."""
_SWAY_SD_S = {Placement.LANE_END: 0.0012, Placement.BELT: 0.0030}
"""The same that grows with speed: less states intervals that miss, more states wider ones than is true."""

ApproachEvent = Crossing | PassageOver | CrossingWithdrawn


class Arrival:
    """Feed every believed reading of a lane-end or belt sensor, and a beat for every other one."""

    def __init__(self, config: WatchConfig) -> None:
        self._finish_m = config.finish_range_mm / 1000.0
        self._placement = config.placement
        self._depth_m = _depth_m(config)
        self._up: Track | None = None
        """What was seen last of a way up to the line."""
        self._pieces: list[Track] = []
        """Who is crossing, as often as lost from sight and met anew, oldest first."""
        self._judged: list[Track] = []
        """The pieces of who has crossed: whatever was made of it, the same body does not arrive twice."""
        self._crossed_s = 0.0
        self._rep: int | None = None

    def lead(self, tracks: Sequence[Track]) -> None:
        """The tracks of a reading, believed or not, the newest first: what the sensor doubts and yet moves like a body
        tells where somebody comes from, though not when they are at the line."""
        for track in tracks:
            if track.length >= _LEADS and track.last_range_m > self._finish_m:
                self._up = track

    def feed(self, track: Track | None, expectation: Expectation, t_ns: int) -> list[ApproachEvent]:
        """`track` is the one that the reading belongs to, or None when nothing believable was seen."""
        t_s = t_ns / 1e9
        told: list[ApproachEvent] = []
        if self._rep is not None:
            self._wait(track, expectation, t_s, t_ns, told)
        elif track is not None and expectation.may_arrive(t_ns):
            before = self._up
            # What begins with a reading of the other is a second look at the same sight: a phantom's perhaps.
            if before is not None and before.last_s < track.first_s and _goes_on(before, track):
                pieces = [before, track]
            else:
                pieces = [track]
            if self._arrives(pieces, expectation):
                assert expectation.rep is not None
                self._pieces, self._crossed_s, self._rep = pieces, t_s, expectation.rep
                told.append(Crossing(expectation.rep, t_ns))
        return told

    def _arrives(self, pieces: list[Track], expectation: Expectation) -> bool:
        """Whether this is a body that came up the lane, and not somebody who stepped in beside the box."""
        first, track = pieces[0], pieces[-1]
        if any(piece in self._judged for piece in pieces):
            return False
        if track.last_range_m > self._finish_m or first.first_range_m < self._finish_m + _SEEN_BEFORE_M:
            return False
        elapsed_s = track.last_s - expectation.go_ns / 1e9
        mean_mps = expectation.distance_m / elapsed_s if elapsed_s > 0.0 else 0.0
        closing = track.motion().closing_mps
        return closing >= max(_LEAST_CLOSING_MPS, _LEAST_SHARE * mean_mps)

    def _wait(
        self, track: Track | None, expectation: Expectation, t_s: float, t_ns: int, told: list[ApproachEvent]
    ) -> None:
        """Some readings beyond the line tell more than the line's own."""
        rep = self._rep
        if rep is None or not self._pieces:
            return
        if expectation.rep != rep:
            self._rep, self._pieces = None, []
            return
        if track is not None and _goes_on(self._pieces[-1], track):
            # The line's own reading may be a doubted one off the way: then what follows begins another track.
            self._pieces.append(track)
        if t_s - self._crossed_s >= _AFTER_S:
            told.append(self._hand_over(rep, t_ns))

    def flush(self, t_ns: int) -> list[ApproachEvent]:
        """No more readings come: decide an approach that is still open."""
        return [] if self._rep is None else [self._hand_over(self._rep, t_ns)]

    def _hand_over(self, rep: int, t_ns: int) -> PassageOver:
        # The origin lies at the crossing, so that the fit's powers of time stay small.
        points = tuple(
            (t - self._crossed_s, r)
            for piece, later in itertools.zip_longest(self._pieces, self._pieces[1:])
            for t, r in piece.points
            if -_BEFORE_S <= t - self._crossed_s <= _AFTER_S + 0.05 and (later is None or t < later.first_s)
        )
        approach = Approach(
            points,
            round(self._crossed_s * 1e9),
            self._finish_m,
            str(self._placement),
            self._depth_m,
            _SWAY_SD_M[self._placement],
            _SWAY_SD_S[self._placement],
        )
        self._judged, self._up = self._pieces, None
        self._rep, self._pieces = None, []
        return PassageOver(rep, approach, t_ns)


def _goes_on(before: Track, track: Track) -> bool:
    """Whether `track` is the same body as one that was lost from sight: it begins where that one was going."""
    if before is track:
        return False
    unseen_s = track.first_s - before.last_s
    if not 0.0 <= unseen_s <= _UNSEEN_S:
        return False
    was, now = before.motion(), track.motion()
    way_m = was.range_m - track.first_range_m
    return abs(way_m - (was.closing_mps + now.closing_mps) / 2.0 * unseen_s) <= _OFF_WAY_M


def _depth_m(config: WatchConfig) -> float:
    """How much farther than the nearest point of its target a cone reads.

    A board is on the average farther off its axis: mean of 1/cos over the cone. A back curves away besides.
    """
    half_angle = math.radians(config.fov_deg) / 2.0
    slant_m = config.finish_range_mm / 1000.0 * half_angle**2 / 6.0
    slant_m += _SWAY_DEPTH_M.get(config.placement, 0.0)
    if config.placement is Placement.BELT:
        return slant_m
    return slant_m + _BACK_DEPTH_M * min(1.0, config.fov_deg / 27.0)
