"""What becomes of the readings of a sensor that looks along the lane (lane-end, belt): who closes in, and how fast."""

from __future__ import annotations

from retro_timer.detection.approach import Arrival
from retro_timer.detection.background import NEAREST_BACKGROUND_MM, Background
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import DetectionEvent, Level, Obstacle, Parking, SensorChange
from retro_timer.detection.evidence import Evidence
from retro_timer.detection.expectation import Expectation
from retro_timer.detection.guard import Guard
from retro_timer.detection.health import Health
from retro_timer.detection.loners import Loners
from retro_timer.detection.readings import Kind, Reading, judge, kind_of
from retro_timer.detection.spacing import Spacing
from retro_timer.detection.track import Track, Tracker
from retro_timer.ports import Placement, RangeSample

_SMOOTH_M = 0.03
"""Readings of one body lie this close to a line; sunlight's phantoms scatter by 100 mm and more."""
_FEW = 3


class RearPipeline:
    """One lane-end or belt sensor's judge: see `pipeline.Pipeline`."""

    def __init__(self, config: WatchConfig) -> None:
        self._config = config
        # A belt moves: nothing that it sees stays where it is.
        self._learns = config.placement is not Placement.BELT
        known_mm = config.background_mm if self._learns else None
        self._background = Background(known_mm, config.background_noise_mm)
        self.health = Health(self._background)
        self.spacing = Spacing(config.period_ns)
        self._evidence = Evidence()
        self._tracker = Tracker()
        self._loners = Loners()
        self._guard = Guard(config)
        self._arrival = Arrival(config)

    @property
    def level(self) -> Level:
        """Present obstacle level."""
        return self._guard.level

    @property
    def occupied(self) -> bool:
        """Whether somebody stands in view, and near, now."""
        return self._guard.level >= Level.WARNING

    def lose(self, reason: str, t_ns: int) -> SensorChange | None:
        """The driver has no reading to give."""
        return self.health.lose(reason, t_ns)

    def feed(self, sample: RangeSample, expectation: Expectation) -> list[DetectionEvent]:
        """Judge one reading; what changed comes back, oldest first."""
        gap = self.spacing.feed(sample.t_ns)
        reading = self._judge(sample)
        track, continued = self._follow(reading)
        lone = self._weigh(reading, continued, sample.status is not None)
        change = self.health.feed(sample, reading.kind, lone, self.spacing.period_ns, gap)
        told: list[DetectionEvent] = [] if change is None else [change]
        believed = track if track is not None and self._believes(track) else None
        told.extend(self._guard_against(reading, track, believed, expectation))
        if self._config.times:
            told.extend(self._arrival.feed(believed, expectation, reading.t_ns))
        return told

    def flush(self, t_ns: int, expectation: Expectation) -> list[DetectionEvent]:  # noqa: ARG002
        """No more readings come: an approach that is still open is decided now."""
        return list(self._arrival.flush(t_ns)) if self._config.times else []

    def _judge(self, sample: RangeSample) -> Reading:
        kind, range_mm = kind_of(sample), sample.range_mm
        background = self._background
        if self._learns:
            background.feed(kind, range_mm, sample.t_ns)
        in_front = range_mm is not None and (not background.decided or background.in_front(range_mm))
        return judge(sample, kind, in_front)

    def _follow(self, reading: Reading) -> tuple[Track | None, bool]:
        """The track that this reading belongs to, and whether it went on with one."""
        t_s = reading.t_ns / 1e9
        if (reading.in_lane or reading.doubtful_body) and reading.range_mm is not None:
            period_s = self.spacing.period_ns / 1e9
            return self._tracker.feed(t_s, reading.range_mm / 1000.0, period_s, valid=reading.in_lane)
        self._tracker.forget_stale(t_s)
        return None, False

    def _weigh(self, reading: Reading, continued: bool, status_known: bool) -> bool:
        """Count phantoms; whether a target before this reading turns out to have stood alone."""
        lone = False
        if reading.kind is not Kind.REJECTED:
            # A reading that the sensor doubts neither joins a run of targets nor ends it.
            self._evidence.feed(reading.in_lane, continued, status_known, self.spacing.period_ns)
            range_mm = reading.range_mm if reading.in_lane else None
            lone = self._loners.feed(reading.t_ns / 1e9, None if range_mm is None else range_mm / 1000.0)
        if reading.stray:
            self._evidence.suspect()
        return lone

    def _believes(self, track: Track) -> bool:
        """Enough readings agree; where phantoms are about they must also lie on a line."""
        needed = self._evidence.needed
        if track.length < needed or track.valid < needed - 1:
            return False
        clean = needed <= _FEW and not self.health.doubted
        return clean or track.roughness_m(needed) <= _SMOOTH_M

    def _guard_against(
        self, reading: Reading, track: Track | None, believed: Track | None, expectation: Expectation
    ) -> list[Obstacle | Parking]:
        guard, t_ns = self._guard, reading.t_ns
        if expectation.armed and self._config.watches:
            if believed is not None:
                known = self._stands_out(believed)
                return guard.see(believed, expectation, t_ns, self.spacing.period_ns, known)
            if track is not None and reading.point_blank and not self.health.doubted:
                return guard.point_blank(track.last_range_m, expectation, t_ns)
        return guard.quiet(expectation, t_ns)

    def _stands_out(self, track: Track) -> bool:
        """Whether it is nothing of the background, even when it stands still."""
        near = track.last_range_m * 1000.0 < NEAREST_BACKGROUND_MM
        return near or not self._learns or self._background.decided
