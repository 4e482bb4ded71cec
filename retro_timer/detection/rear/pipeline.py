"""What becomes of the readings of a sensor that looks along the lane (lane-end, belt): who closes in, and how fast."""

from __future__ import annotations

import math
from collections import deque
from statistics import median

from retro_timer.detection.background import NEAREST_BACKGROUND_MM, Background
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import DetectionEvent, Level, Obstacle, Parking, SensorChange
from retro_timer.detection.expectation import Expectation
from retro_timer.detection.health.bursts import BRIEFEST_NS, Bursts
from retro_timer.detection.health.outliers import Outliers
from retro_timer.detection.health.persistence import PersistenceThreshold
from retro_timer.detection.health.sensor_health import Health
from retro_timer.detection.health.spacing import Spacing
from retro_timer.detection.readings import Kind, Reading, judge, kind_of
from retro_timer.detection.rear.approach import Arrival
from retro_timer.detection.rear.guard import FIRST_LOOK_S, Guard
from retro_timer.detection.rear.track import Proof, Track, Tracker
from retro_timer.detection.wish import BackgroundWish
from retro_timer.ports import Placement, RangeSample

_SMOOTH_M = 0.03
"""Readings of one body lie this close to a line; sunlight's phantoms scatter by 100 mm and more."""
_FAIRLY_SMOOTH_M = 0.06
"""What is asked of a body's readings where there are few phantoms: three standard deviations of its noise."""
_SMOOTH = 8
"""So many readings on a line are a body, however much the sensor is to be doubted."""
_BODY = Proof(_SMOOTH, _SMOOTH_M)
"""The same: the pieces that it is seen in are no phantoms."""
_FEW = 3
"""A line through two or three readings tells nothing of their roughness; from four on it does."""
_LONGEST_RUN = 80
"""More than any number of readings that fits into an alarm's time: 75 at 250 Hz, the fastest TF-Luna."""
_FITFUL_NS = 2_000_000_000
"""A doubt of so long is the light's and no body's: whoever is there moves evenly, or stands, for a moment in it."""
_MIDDLE_OF = 3
"""The least median that one phantom does not move."""


class RearPipeline:
    """One lane-end or belt sensor's judge: see `pipeline.Pipeline`."""

    def __init__(self, config: WatchConfig) -> None:
        self._config = config
        # A belt moves: nothing that it sees stays where it is.
        self._learns = config.placement is not Placement.BELT
        known_mm = config.background_mm if self._learns else None
        known_open = self._learns and config.open_field
        self._background = Background(known_mm, config.background_noise_mm, known_open=known_open)
        self._wish = BackgroundWish(self._background)
        self.health = Health(self._background)
        self.spacing = Spacing(config.period_ns)
        self._persistence = PersistenceThreshold(BRIEFEST_NS)
        self._tracker = Tracker()
        self._outliers = Outliers()
        self._bursts = Bursts()
        self._guard = Guard(config)
        self._run_m: deque[float] = deque(maxlen=_LONGEST_RUN)
        """Ranges of the targets in an unbroken row."""
        self._run_trusted = False
        """Whether the sensor was well when the row began."""
        self._well_ns = 0
        """When it was well last."""
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
        self._wish.grant(expectation)
        self._persistence.begin(sample.status is not None, self.spacing.period_ns)
        reading = self._judge(sample)
        tracks, continued = self._follow(reading)
        self._keep_run(reading)
        lone = self._weigh(reading, continued)
        self._excuse(tracks)
        period_ns = self.spacing.period_ns
        change = self.health.feed(sample, reading.kind, lone, self._persistence.overwhelmed, period_ns, gap)
        told: list[DetectionEvent] = [] if change is None else [change]
        asked = self._asked(reading)
        believed = [track for track in tracks if track.shows(asked) or track.shows(track.asked)]
        told.extend(self._guard_against(reading, tracks, believed, expectation))
        if self._config.times:
            self._arrival.lead(tracks)
            told.extend(self._arrival.feed(believed[-1] if believed else None, expectation, reading.t_ns))
        return told

    def flush(self, t_ns: int, expectation: Expectation) -> list[DetectionEvent]:  # noqa: ARG002
        """No more readings come: an approach that is still open is decided now."""
        return list(self._arrival.flush(t_ns)) if self._config.times else []

    def _judge(self, sample: RangeSample) -> Reading:
        kind, range_mm = kind_of(sample), sample.range_mm
        if self._learns:
            learnt = self._background.learnt
            self._background.feed(kind, range_mm, sample.t_ns)
            if self._background.learnt != learnt:
                # What has just turned out to be the background was no phantom.
                self._persistence.forget_run()
                self._outliers.forget_run()
                self._bursts.forget_run()
        # What shows beyond the background was not hidden by it: it may come nearer like anything else.
        apart = range_mm is not None and not self._background.is_itself(range_mm)
        return judge(sample, kind, apart)

    def _follow(self, reading: Reading) -> tuple[list[Track], bool]:
        """The tracks that this reading belongs to, and whether it went on with one."""
        t_s = reading.t_ns / 1e9
        if (reading.in_lane or reading.doubtful_body) and reading.range_mm is not None:
            period_s = self.spacing.period_ns / 1e9
            asked = self._asked(reading)
            return self._tracker.feed(t_s, reading.range_mm / 1000.0, period_s, valid=reading.in_lane, asked=asked)
        self._tracker.forget_stale(t_s)
        return [], False

    def _keep_run(self, reading: Reading) -> None:
        well = not self.health.doubted
        if well:
            self._well_ns = reading.t_ns
        if reading.too_dim:
            return
        if reading.in_lane and not self._explained(reading):
            if not self._run_m or well:
                self._run_trusted = well
            self._run_m.append((reading.range_mm or 0) / 1000.0)
        elif reading.kind is not Kind.REJECTED:
            self._run_m.clear()

    def _weigh(self, reading: Reading, continued: bool) -> bool:
        """Count phantoms; whether a target before this reading turns out to have stood alone."""
        lone = False
        if reading.kind is not Kind.REJECTED:
            # A reading that the sensor doubts neither joins a run of targets nor ends it.
            counts = reading.in_lane and not self._explained(reading)
            self._persistence.feed(counts, continued, self.spacing.period_ns)
            t_s, range_m = reading.t_ns / 1e9, (reading.range_mm or 0) / 1000.0 if counts else None
            lone = self._outliers.feed(t_s, range_m)
            self._bursts.feed(t_s, range_m)
            self._persistence.outlast(self._bursts.longest)
        if reading.stray:
            self._persistence.suspect()
        return lone

    def _excuse(self, tracks: list[Track]) -> None:
        """A body that the sensor misses now and then is seen in pieces, which are no phantoms once it is known."""
        for track in tracks:
            if track.becomes_body(_BODY):
                self._persistence.forgive(track.length)
        if any(track.body for track in tracks):
            self._persistence.forget_run()

    def _explained(self, reading: Reading) -> bool:
        """Whether the background's own noise, or its absence, makes such a reading."""
        range_mm = reading.range_mm or 0
        known = self._background.decided and not self._stands_out(range_mm)
        return known or self._background.may_scatter_to(range_mm)

    def _asked(self, reading: Reading) -> Proof:
        """What a body must show. A state that says ok leaves it no more time than an alarm has.

        A phantom has the empty field's light, whatever its range, and so has a body in dark clothes: it takes all of
        that time. Nothing solid is darker still.
        """
        persistence = self._persistence
        if self.health.doubted or reading.too_dim:
            return Proof(max(_SMOOTH, persistence.in_time), _SMOOTH_M)
        needed = persistence.in_time if reading.dim else min(persistence.needed, persistence.in_time)
        return Proof(needed, math.inf if needed <= _FEW else _FAIRLY_SMOOTH_M)

    def _guard_against(
        self, reading: Reading, tracks: list[Track], believed: list[Track], expectation: Expectation
    ) -> list[Obstacle | Parking]:
        guard, t_ns = self._guard, reading.t_ns
        if expectation.armed and self._config.watches:
            if believed:
                track = _told_of(believed)
                known = self._stands_out(track.last_range_m * 1000.0)
                return guard.see(track, expectation, t_ns, self.spacing.period_ns, known)
            if tracks and reading.point_blank and not self.health.doubted:
                return guard.point_blank(tracks[0].last_range_m, expectation, t_ns)
            if (
                reading.in_lane
                and not reading.too_dim
                and len(self._run_m) >= self._persistence.in_time
                and self._run_trusted
                and t_ns - self._well_ns <= _FITFUL_NS
            ):
                return guard.present(median(list(self._run_m)[-_MIDDLE_OF:]), expectation, t_ns)
        return guard.quiet(expectation, t_ns)

    def _stands_out(self, range_mm: float) -> bool:
        """Whether what stands here is nothing of the background: so near, or clearly before it."""
        if range_mm < NEAREST_BACKGROUND_MM or not self._learns:
            return True
        return self._background.decided and self._background.in_front(round(range_mm))


def _told_of(believed: list[Track]) -> Track:
    """Which of the tracks that took a reading is judged by: the newest, since an older may have taken some of its.

    One that has just begun beside a proven one is as a rule a reading's own noise (one in 370 lies three standard
    deviations off). Until it has had time to show a speed, the proven one tells how what stands there moves.
    """
    newest = believed[0]
    fresh = newest.last_s - newest.first_s < FIRST_LOOK_S
    return next((track for track in believed if track.proven), newest) if fresh else newest
