"""What becomes of a gate's readings: across the lane a body passes sideways, and whatever breaks the beam counts."""

from __future__ import annotations

from collections import deque

import msgspec

from retro_timer.detection.background import Background
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import DetectionEvent, Level, Obstacle, PassageOver, SensorChange, SensorState
from retro_timer.detection.expectation import NOBODY, Expectation, WatchMode
from retro_timer.detection.gate.bystander import Bystander
from retro_timer.detection.gate.crossings import Gate
from retro_timer.detection.gate.departure import Departure
from retro_timer.detection.gate.held import HeldWatch
from retro_timer.detection.gate.passage import AGREES_MM, Needed
from retro_timer.detection.gate.shade import ShadeWatch
from retro_timer.detection.health.persistence import PersistenceThreshold
from retro_timer.detection.health.sensor_health import Health
from retro_timer.detection.health.spacing import Spacing
from retro_timer.detection.passages import BeamEntry, Break
from retro_timer.detection.readings import Kind, Reading, judge, kind_of, too_dim
from retro_timer.detection.wish import BackgroundWish
from retro_timer.ports import RangeSample

_DOUBTED = 6
"""Readings that must agree for a finish while the sensor is doubted: more loses who shows no more of them, less lets
its phantoms finish a rep."""
_FEW = 3
"""A body passes sideways and its range may jump between two readings: of so few none has to agree."""
_UNLIT = 3
"""Without light a phantom is as good as a body, and two in a row agree by chance (43 to 46 % in sun, docs/sources.md):
less frightens runners with nobody there, more keeps from them who passes within four readings. Every alarm's time has
room for four."""
_EVEN_MM = 100
"""Three readings of one body that moves through the beam lie this close to a line, five times a VL53L1X's error: more
lets phantoms pass for one, less loses who turns."""
_SURELY = 8
"""So many readings that agree are somebody in the beam, however much the sensor is to be doubted."""


class GatePipeline:
    """One gate sensor's judge: see `pipeline.Pipeline`."""

    def __init__(self, config: WatchConfig, health: Health | None = None) -> None:
        """`health`: of the sensor, where another judge tells it by all of its readings."""
        self._config = config
        self._background = Background(config.background_mm, config.background_noise_mm, known_open=config.open_field)
        self._wish = BackgroundWish(self._background)
        self._tells_health = health is None
        self.health = Health(self._background) if health is None else health
        self.spacing = Spacing(config.period_ns)
        self._persistence = PersistenceThreshold()
        self._bystander = Bystander()
        self._gate = Gate(config)
        self._shade = ShadeWatch()
        self._held = HeldWatch()
        self._departure = Departure()
        self._told = self._mine = NOBODY
        self._hits_mm: deque[int] = deque(maxlen=2)
        """Ranges of the hits just before."""
        self._lone_pending = False
        self._last_in_lane = False

    @property
    def level(self) -> Level:
        """Present obstacle level."""
        return self._gate.level

    @property
    def occupied(self) -> bool:
        """Whether somebody stands in the beam now."""
        return self._gate.occupied

    @property
    def wall_mm(self) -> float | None:
        """Range of what stands behind the lane; None for an open field, and while none is known."""
        return self._background.in_view_mm

    def shade(self, t_ns: int) -> None:
        """Somebody nearer than all that this judge is to see stands in the beam."""
        self._gate.shade(t_ns)

    def forget_passage(self) -> None:
        """Who is in the beam, or was just now, is not to be judged here."""
        self._gate.forget_passage()

    def forget_body(self) -> None:
        """What was handed over last was nobody, as it turns out."""
        self._gate.forget_body()

    def lose(self, reason: str, t_ns: int) -> SensorChange | None:
        """The driver has no reading to give."""
        return self.health.lose(reason, t_ns)

    def feed(self, sample: RangeSample, expectation: Expectation) -> list[DetectionEvent]:
        """Judge one reading; what changed comes back, oldest first."""
        expectation = self._at_my_line(expectation)
        gap = self.spacing.feed(sample.t_ns)
        self._wish.grant(expectation)
        self._persistence.begin(sample.status is not None, self.spacing.period_ns)
        reading = self._judge(sample, awaited=expectation.mode is WatchMode.RELEASE)
        lone = self._weigh(reading)
        told: list[DetectionEvent] = []
        if self._tells_health:
            period_ns = self.spacing.period_ns
            change = self.health.feed(sample, reading.kind, lone, self._persistence.overwhelmed, period_ns, gap)
            told += [] if change is None else [change]
        entry = _entry(reading)
        told.extend(self._watch_beam(entry, expectation))
        told.extend(self._watch_stand(entry, expectation))
        return told

    def flush(self, t_ns: int, expectation: Expectation) -> list[DetectionEvent]:
        """No more readings come: a break that is still open is decided now."""
        expectation = self._at_my_line(expectation)
        if not self._config.times:
            return []
        if expectation.mode is WatchMode.RELEASE:
            wall_mm = self._background.in_view_mm
            speeds_mps = expectation.slow_speed_mps, expectation.assumed_speed_mps
            return list(self._departure.flush(t_ns, wall_mm, self.spacing.period_ns, self._budget_ns, speeds_mps))
        wall_mm = self._behind_mm(t_ns)
        return list(self._gate.flush(t_ns, expectation, self.spacing.period_ns, self._budget_ns, wall_mm))

    def _at_my_line(self, expectation: Expectation) -> Expectation:
        """What may be expected at this gate's line; swapped whole, so that it is worked out once."""
        if expectation is not self._told:
            self._told, self._mine = expectation, expectation.at_line(self._config.line)
        return self._mine

    @property
    def _budget_ns(self) -> int:
        return self._config.budget_ns or self.spacing.period_ns

    def _judge(self, sample: RangeSample, *, awaited: bool) -> Reading:
        """`awaited`: who stands in the beam is the athlete, who may read farther than the lane reaches."""
        kind, range_mm = kind_of(sample), sample.range_mm
        self._background.feed(kind, range_mm, sample.t_ns)
        reach_mm = self._reach_mm()
        if kind in (Kind.TARGET, Kind.NOTHING) and not awaited:
            past = kind is Kind.NOTHING or range_mm is None or self._background.may_scatter_to(range_mm)
            self._bystander.feed(None if past else range_mm, reach_mm, sample.t_ns)
        in_front = (
            range_mm is not None
            and not too_dim(range_mm, sample.signal_kcps)
            and self._background.in_front(range_mm)
            and self._bystander.in_lane(range_mm, reach_mm, sample.t_ns)
        )
        return judge(sample, kind, in_front)

    def _behind_mm(self, t_ns: int) -> float | None:
        """What is behind the lane now."""
        at_mm, wall_mm = self._bystander.beyond_mm(t_ns), self._background.in_view_mm
        return wall_mm if at_mm is None else at_mm if wall_mm is None else min(at_mm, wall_mm)

    def _reach_mm(self) -> float:
        """How far a body of this lane reads at the most: who passes beyond it is nobody's alarm and nobody's crossing.

        A sensor that averages over all light reads a body that half fills its cone, at the far edge of the lane, a
        little farther, by what the wall behind returns: both count by their light, which falls with distance squared.
        """
        reach_mm, wall_mm = self._config.lane_reach_mm, self._background.in_view_mm
        if wall_mm is None or wall_mm <= reach_mm:
            return reach_mm
        return (1.0 / reach_mm + 1.0 / wall_mm) / (1.0 / reach_mm**2 + 1.0 / wall_mm**2)

    def _weigh(self, reading: Reading) -> bool:
        """Count phantoms; whether a hit before this reading turns out to have stood alone."""
        lone = False
        if reading.kind is not Kind.REJECTED:
            # A reading that the sensor doubts neither joins a run of hits nor ends it.
            self._persistence.feed(reading.in_lane, self._agrees(reading), self.spacing.period_ns)
            lone = self._lone(reading.in_lane)
        if reading.stray:
            self._persistence.suspect()
        return lone

    def _agrees(self, reading: Reading) -> bool:
        """Whether a hit goes on from the one before, standing or moving evenly."""
        hits = self._hits_mm
        if not reading.in_lane or reading.range_mm is None:
            hits.clear()
            return False
        beside = bool(hits) and abs(reading.range_mm - hits[-1]) <= AGREES_MM
        evenly = len(hits) == 2 and abs(reading.range_mm - 2 * hits[1] + hits[0]) <= _EVEN_MM
        agrees = beside or evenly or (bool(hits) and self._gate.occupied)
        hits.append(reading.range_mm)
        return agrees

    def _lone(self, in_lane: bool) -> bool:
        # A body passes sideways: whatever stands in the beam beside it agrees.
        beside, self._last_in_lane = self._last_in_lane, in_lane
        lone = self._lone_pending and not in_lane
        self._lone_pending = in_lane and not beside
        return lone

    def _watch_beam(self, entry: BeamEntry, expectation: Expectation) -> list[DetectionEvent]:
        was_occupied = self._gate.occupied
        needed = self._needed(expectation.may_arrive(entry.t_ns), lit=entry.signal_kcps is not None)
        wall_mm = self._behind_mm(entry.t_ns)
        shade = self._shade.feed(entry, wall_mm, self._gate.light)
        told: list[DetectionEvent] = [] if shade is None else [shade]
        told += self._gate.feed(entry, expectation, needed, self.spacing.period_ns, self._budget_ns, wall_mm)
        held = self._held.feed(entry.t_ns, occupied=self._gate.occupied)
        told += [] if held is None else [held]
        if self._gate.occupied and not was_occupied:
            self._persistence.forgive(self._gate.hits)
        told = [e for e in told if (self._config.watches if isinstance(e, Obstacle) else self._config.times)]
        return [self._lit(e) if isinstance(e, PassageOver) else e for e in told]

    def _lit(self, over: PassageOver) -> PassageOver:
        """A passage with the light that was about."""
        if not isinstance(over.passage, Break):
            return over
        lit = msgspec.structs.replace(over.passage, ambient_kcps=self.health.ambient_kcps)
        return msgspec.structs.replace(over, passage=lit)

    def _watch_stand(self, entry: BeamEntry, expectation: Expectation) -> list[DetectionEvent]:
        """Who stands in the beam to start by leaving it."""
        wall_mm = self._background.in_view_mm
        if expectation.mode is not WatchMode.RELEASE:
            self._departure.rest(entry, wall_mm)
            return []
        trusted = self.health.state is not SensorState.LOST
        speeds_mps = expectation.slow_speed_mps, expectation.assumed_speed_mps
        period_ns = self.spacing.period_ns
        return list(self._departure.feed(entry, wall_mm, period_ns, self._budget_ns, speeds_mps, trusted=trusted))

    def _needed(self, expected: bool, *, lit: bool) -> Needed:
        """What makes a break; `expected`: the runner may arrive now. `lit`: the light of a reading is recorded.

        A state that says ok leaves an alarm no more readings than it has time for, of a body that moves as it likes.
        """
        persistence, doubted = self._persistence, self.health.doubted
        if expected:
            hits = max(persistence.needed_for_finish, _DOUBTED) if doubted else persistence.needed_for_finish
            return Needed(hits, agreeing=hits > _FEW)
        if doubted:
            return Needed(max(_SURELY, persistence.in_time), agreeing=True)
        return Needed(max(min(persistence.needed, persistence.in_time), 0 if lit else _UNLIT), agreeing=False)


def _entry(reading: Reading) -> BeamEntry:
    # Too dim for anything so near: it says neither that the beam is broken nor that it is free.
    kind = Kind.ABSURD if reading.too_dim else reading.kind
    return BeamEntry(reading.t_ns, kind, reading.in_lane, reading.range_mm, reading.signal_kcps)
