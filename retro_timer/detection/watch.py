"""All that is made of one sensor's readings, in order: belief, health, alarm, crossing."""

from __future__ import annotations

from retro_timer.detection.approach import Arrival
from retro_timer.detection.background import NEAREST_BACKGROUND_MM, Background
from retro_timer.detection.beam import BeamEntry
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import DetectionEvent, Level, Obstacle, SensorChange
from retro_timer.detection.evidence import Evidence
from retro_timer.detection.expectation import Expectation
from retro_timer.detection.gate import AGREES_MM, Gate
from retro_timer.detection.guard import Guard
from retro_timer.detection.health import Health
from retro_timer.detection.loners import Loners
from retro_timer.detection.readings import Kind, is_doubtful_body, is_point_blank, is_stray, kind_of, too_dim
from retro_timer.detection.spacing import Spacing
from retro_timer.detection.track import Track, Tracker
from retro_timer.ports import Placement, RangeSample

_SMOOTH_M = 0.03
"""Readings of one body lie this close to a line; sunlight's phantoms scatter by 100 mm and more."""
_FEW = 3
_DOUBTED = 6
"""Readings of a gate that must agree while its sensor is doubted."""
_NO_EVENTS: tuple[DetectionEvent, ...] = ()


class SensorWatch:
    """One sensor's judge. Fed from the sensor's own thread; keeps no clock of its own."""

    def __init__(self, config: WatchConfig) -> None:
        self.config = config
        known = config.background_mm if config.placement is not Placement.BELT else None
        self.background = Background(known, config.background_noise_mm)
        self.health = Health(self.background)
        self.spacing = Spacing(config.period_ns)
        self._is_gate = config.placement is Placement.GATE
        self.evidence = Evidence()
        self._has_background = config.placement is not Placement.BELT
        self._gate = Gate()
        self._guard = Guard(config)
        self._arrival = Arrival(config)
        self._tracker = Tracker()
        self._last_target_mm: int | None = None
        self._loners = Loners()
        self._lone_pending = False
        self._last_in_lane = False

    @property
    def level(self) -> Level:
        """Present obstacle level."""
        return self._gate.level if self._is_gate else self._guard.level

    @property
    def occupied(self) -> bool:
        """Whether somebody stands in the beam or in view now."""
        if self._is_gate:
            return self._gate.occupied
        return self._guard.level >= Level.WARNING

    def lose(self, reason: str, t_ns: int) -> SensorChange | None:
        """The driver has no reading to give."""
        return self.health.lose(reason, t_ns)

    def feed(self, sample: RangeSample, expectation: Expectation) -> list[DetectionEvent] | tuple[DetectionEvent, ...]:
        """Judge one reading; what changed comes back, oldest first."""
        gap = self.spacing.feed(sample.t_ns)
        period_ns = self.spacing.period_ns
        kind = kind_of(sample)
        if self._has_background:
            self.background.feed(kind, sample.range_mm, sample.t_ns)
        in_lane = kind is Kind.TARGET and self._in_lane(sample)
        events: list[DetectionEvent] = []
        if self._is_gate:
            agrees = self._gate_agrees(sample, kind, in_lane)
            track = None
        else:
            track, agrees = self._follow(sample, in_lane)
        lone = False
        if kind is not Kind.REJECTED:
            # A reading that the sensor doubts neither joins a run of targets nor ends it.
            self.evidence.feed(in_lane, agrees, sample.status is not None, period_ns)
            lone = self._lone(sample, in_lane)
        if kind is not Kind.TARGET and is_stray(sample):
            self.evidence.suspect()
        change = self.health.feed(sample, kind, lone, period_ns, gap)
        if change is not None:
            events.append(change)
        if self._is_gate:
            events.extend(self._at_gate(sample, kind, in_lane, expectation, period_ns))
        else:
            self._behind(sample, track, expectation, period_ns, events)
        return events or _NO_EVENTS

    def _believes(self, track: Track) -> bool:
        """Enough readings agree; where phantoms are about they must also lie on a line."""
        needed = self.evidence.needed
        if track.length < needed or track.valid < needed - 1:
            return False
        clean = needed <= _FEW and not self.health.doubted
        return clean or track.roughness_m(needed) <= _SMOOTH_M

    def flush(self, t_ns: int, expectation: Expectation) -> list[DetectionEvent]:
        """No more readings come (a trace's end): what is still open is decided now."""
        if not self.config.times:
            return []
        if not self._is_gate:
            return list(self._arrival.flush(t_ns))
        period_ns = self.spacing.period_ns
        budget_ns = self.config.budget_ns or period_ns
        return list(self._gate.flush(t_ns, expectation, period_ns, budget_ns, self.background.in_view_mm))

    def _in_lane(self, sample: RangeSample) -> bool:
        range_mm = sample.range_mm
        if range_mm is None:
            return False
        background = self.background
        if not self._has_background or (not self._is_gate and not background.decided):
            return True
        if self._is_gate and too_dim(range_mm, sample.signal_kcps):
            return False
        return background.in_front(range_mm)

    def _gate_agrees(self, sample: RangeSample, kind: Kind, in_lane: bool) -> bool:
        if kind is Kind.REJECTED:
            return False
        last, self._last_target_mm = self._last_target_mm, sample.range_mm if in_lane else None
        if in_lane and self._gate.occupied:
            return True
        return in_lane and last is not None and abs((sample.range_mm or 0) - last) <= AGREES_MM

    def _lone(self, sample: RangeSample, in_lane: bool) -> bool:
        """Whether a target before this reading turns out to have stood alone."""
        if not self._is_gate:
            range_mm = sample.range_mm if in_lane else None
            return self._loners.feed(sample.t_ns / 1e9, None if range_mm is None else range_mm / 1000.0)
        # Through a gate a body passes sideways: whatever stands in the beam beside it agrees.
        beside, self._last_in_lane = self._last_in_lane, in_lane
        lone = self._lone_pending and not in_lane
        self._lone_pending = in_lane and not beside
        return lone

    def _follow(self, sample: RangeSample, in_lane: bool) -> tuple[Track | None, bool]:
        t_s = sample.t_ns / 1e9
        supports = not in_lane and is_doubtful_body(sample) and self._in_lane(sample)
        if (in_lane or supports) and sample.range_mm is not None:
            period_s = self.spacing.period_ns / 1e9
            return self._tracker.feed(t_s, sample.range_mm / 1000.0, period_s, valid=in_lane)
        self._tracker.forget_stale(t_s)
        return None, False

    def _at_gate(
        self, sample: RangeSample, kind: Kind, in_lane: bool, expectation: Expectation, period_ns: int
    ) -> list[DetectionEvent]:
        entry = BeamEntry(sample.t_ns, kind, in_lane, sample.range_mm, sample.signal_kcps)
        budget_ns = self.config.budget_ns or period_ns
        wall = self.background.in_view_mm
        was_occupied = self._gate.occupied
        expected = expectation.may_arrive(sample.t_ns)
        needed = self.evidence.needed_for_finish if expected else self.evidence.needed
        if self.health.doubted:
            needed = max(needed, _DOUBTED)
        told = self._gate.feed(entry, expectation, needed, period_ns, budget_ns, wall)
        if self._gate.occupied and not was_occupied:
            self.evidence.forgive(self._gate.hits)
        if not told:
            return []
        wanted = [e for e in told if (self.config.watches if isinstance(e, Obstacle) else self.config.times)]
        return list(wanted)

    def _behind(
        self,
        sample: RangeSample,
        track: Track | None,
        expectation: Expectation,
        period_ns: int,
        events: list[DetectionEvent],
    ) -> None:
        t_ns = sample.t_ns
        believed = track if track is not None and self._believes(track) else None
        if not expectation.armed or not self.config.watches:
            events.extend(self._guard.quiet(expectation, t_ns))
        elif believed is not None:
            near = believed.last_range_m * 1000.0 < NEAREST_BACKGROUND_MM
            known = near or not self._has_background or self.background.decided
            events.extend(self._guard.see(believed, expectation, t_ns, period_ns, known))
        elif track is not None and is_point_blank(sample) and not self.health.doubted:
            events.extend(self._guard.point_blank(track.last_range_m, expectation, t_ns))
        else:
            events.extend(self._guard.quiet(expectation, t_ns))
        if self.config.times:
            events.extend(self._arrival.feed(believed, expectation, t_ns))
