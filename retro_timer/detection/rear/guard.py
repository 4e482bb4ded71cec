"""The obstacle level behind a runner (lane-end, belt): range and closing speed against the stopping distance."""

from __future__ import annotations

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import Level, Obstacle, Parking
from retro_timer.detection.expectation import Expectation, WatchMode
from retro_timer.detection.rear.track import Motion, Track
from retro_timer.ports import Placement

_STILL_M = {Level.DANGER: 0.35, Level.WARNING: 0.7, Level.CAUTION: 1.2}
"""Metres at which what does not close in is told: parking aids sound continuously below 0.3 m (docs/sources.md), and
each level before begins about twice as far."""
_AHEAD_S = {Level.DANGER: 0.0, Level.WARNING: 0.6, Level.CAUTION: 1.5}
"""Seconds before the stopping distance is reached: the usual delay, and a look over the shoulder; more warns of what
turns off."""
_STILL_MPS = 0.2
"""Under the slowest walk, 0.3 m/s; a standing body sways by less."""
FIRST_LOOK_S = 0.12
"""How long a new track may show its speed before the assumed speed is taken for it: three readings at 25 Hz. Longer
warns of who is fast too late, shorter of who stands."""
_KNOWN_SD_MPS = 0.4
"""Speed known to a fifth of a jog's; before, the assumed one counts, which is early rather than late."""
_HOLD_NS = 400_000_000
"""A tone must last to be heard as one; a level that flickers with each step would be none."""
_GONE_NS = 500_000_000
"""As long as a flickering body may be out of sight; a longer hold says danger of nobody."""
_EASE = 1.1
"""A level once raised is kept until the range is this much larger than what raised it."""
_RANGE_DOUBT_M = 0.03
"""One reading's error of 20 to 25 mm (docs/sources.md), taken towards danger."""
_SPEED_DOUBT = 0.8
"""Standard deviations by which a measured speed is taken for faster: late is worse than early."""
_SLOWING_MPS2 = 0.5
"""A fifth of the braking that the stopping distance counts on: whoever does so has seen the board."""


class Guard:
    """Raises at once, lowers after 0.4 s, says `clear` 0.5 s after the last reading that agreed."""

    def __init__(self, config: WatchConfig) -> None:
        self._placement = config.placement
        self._braking = config.braking
        self.level = Level.CLEAR
        self._expected = False
        self._lower_since_ns: int | None = None
        self._seen_ns = 0
        self._parking = False

    def see(
        self, track: Track, expectation: Expectation, t_ns: int, period_ns: int, static_allowed: bool
    ) -> list[Obstacle | Parking]:
        """A believed reading on `track`. `static_allowed`: what stands still may count (the background is known)."""
        motion = track.motion()
        self._seen_ns = t_ns
        speed = self._speed(track, motion, expectation)
        if speed is None:
            return []
        reached_m = min(motion.range_m, track.last_range_m + _RANGE_DOUBT_M)
        reached_m -= max(0.0, speed) * period_ns / 1e9 + _RANGE_DOUBT_M
        runner = expectation.may_arrive(t_ns) and expectation.mode is WatchMode.REP
        if runner and self._placement is Placement.BELT:
            return self._park(reached_m, speed, motion, expectation, t_ns)
        level = self._level(reached_m, speed, expectation, static_allowed)
        early = expectation.mode is not WatchMode.RUNOUT and not runner
        if early and static_allowed and self._placement is Placement.LANE_END:
            # Nobody has any business in view yet: whatever stands there stands in the runner's way.
            level = max(level, Level.WARNING)
        return self._move_to(level, motion.range_m, runner, t_ns)

    def point_blank(self, range_m: float, expectation: Expectation, t_ns: int) -> list[Obstacle | Parking]:
        """One reading so near and so strong that it needs no second."""
        self._seen_ns = t_ns
        if expectation.mode is WatchMode.RUNOUT or expectation.may_arrive(t_ns):
            return []
        return self._move_to(Level.DANGER, range_m, False, t_ns)

    def present(self, range_m: float, expectation: Expectation, t_ns: int) -> list[Obstacle | Parking]:
        """Something is there in one reading after the other, and moves too fitfully to have a speed."""
        self._seen_ns = t_ns
        if expectation.mode is WatchMode.RUNOUT or expectation.may_arrive(t_ns):
            return []
        level = next((level for level, still_m in _STILL_M.items() if range_m <= still_m), Level.CLEAR)
        return self._move_to(level, range_m, False, t_ns)

    def quiet(self, expectation: Expectation, t_ns: int) -> list[Obstacle | Parking]:
        """Nothing believable in view in this reading."""
        if not expectation.armed:
            return self._drop(t_ns) if self.level or self._parking else []
        if t_ns - self._seen_ns >= _GONE_NS and (self.level or self._parking):
            return self._drop(t_ns)
        return []

    def _speed(self, track: Track, motion: Motion, expectation: Expectation) -> float | None:
        """Closing speed to judge by; None while a new track still shows its speed."""
        likely = motion.closing_mps + _SPEED_DOUBT * motion.closing_sd_mps
        if motion.closing_sd_mps <= _KNOWN_SD_MPS:
            return likely
        if track.stood:
            return 0.0
        assumed = min(expectation.assumed_speed_mps, motion.closing_mps + 2.0 * motion.closing_sd_mps)
        waited = track.last_s - track.first_s >= FIRST_LOOK_S
        near = track.last_range_m <= self._braking.stopping_distance_m(1.5)
        return assumed if waited or near else None

    def _level(self, reached_m: float, speed: float, expectation: Expectation, static_allowed: bool) -> Level:
        moving = speed > _STILL_MPS
        if not moving and expectation.mode is WatchMode.RUNOUT:
            return Level.CLEAR
        if speed < -_STILL_MPS and reached_m > _STILL_M[Level.DANGER]:
            return Level.CLEAR
        stop_m = self._braking.stopping_distance_m(speed)
        for level in (Level.DANGER, Level.WARNING, Level.CAUTION):
            ease = _EASE if self.level >= level else 1.0
            if moving and reached_m <= ease * (stop_m + speed * _AHEAD_S[level]):
                return level
            still = static_allowed and expectation.mode is not WatchMode.RUNOUT
            if still and reached_m <= ease * _STILL_M[level]:
                return level
        return Level.CLEAR

    def _park(
        self, reached_m: float, speed: float, motion: Motion, expectation: Expectation, t_ns: int
    ) -> list[Obstacle | Parking]:
        """The end board closes in as it should: its own tone, and danger only if the runner does not slow."""
        slowing = motion.slowing_mps2 >= _SLOWING_MPS2 or speed < 0.5
        if reached_m <= self._braking.stopping_distance_m(speed) and not slowing:
            return self._move_to(Level.DANGER, motion.range_m, True, t_ns)
        far_m = self._braking.stopping_distance_m(expectation.assumed_speed_mps) + 1.0
        self._parking = True
        nearness = min(1.0, max(0.0, 1.0 - reached_m / far_m))
        return [*self._move_to(Level.CLEAR, motion.range_m, True, t_ns), Parking(nearness, t_ns)]

    def _move_to(self, level: Level, range_m: float, expected: bool, t_ns: int) -> list[Obstacle | Parking]:
        if level >= self.level:
            self._lower_since_ns = None
            if level == self.level:
                return []
            return self._tell(level, range_m, expected, t_ns)
        if self._lower_since_ns is None:
            self._lower_since_ns = t_ns
        if t_ns - self._lower_since_ns < _HOLD_NS:
            return []
        self._lower_since_ns = None
        return self._tell(level, range_m, expected, t_ns)

    def _tell(self, level: Level, range_m: float, expected: bool, t_ns: int) -> list[Obstacle | Parking]:
        self.level = level
        shown = None if level is Level.CLEAR else max(0, round(range_m * 1000))
        return [Obstacle(level, shown, t_ns, expected)]

    def _drop(self, t_ns: int) -> list[Obstacle | Parking]:
        told: list[Obstacle | Parking] = []
        self._lower_since_ns = None
        if self._parking:
            self._parking = False
            told.append(Parking(None, t_ns))
        if self.level:
            told.extend(self._tell(Level.CLEAR, 0.0, False, t_ns))
        return told
