"""One sensor's way from reading to alarm. Runs on its bus's thread: no queue, no disk, no speech stands in between."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable

import msgspec

from retro_timer.beacon.output.lamp import LampKeeper
from retro_timer.beacon.output.sounder import Buzzer
from retro_timer.beacon.output.speaker import Speaker
from retro_timer.beacon.sensing.coverage import SensorReport, sensor_coverage
from retro_timer.beacon.sensing.settling import Settling
from retro_timer.beacon.sensing.waiting import waited_ns
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import DetectionEvent, Level, Obstacle, Parking, SensorChange, SensorState
from retro_timer.detection.expectation import NOBODY, Expectation
from retro_timer.detection.health.spacing import patience_ns
from retro_timer.detection.obstacles import Obstacles
from retro_timer.detection.pipeline import pipeline_for
from retro_timer.ports import Placement, RangeSample, RangeSensor

log = logging.getLogger("retro_timer")

_RING_S = 600.0
"""The last ten minutes of raw readings are kept in memory."""
_COVERAGE_NS = 1_000_000_000


class Shared:
    """What the session lends the sensors' threads, one reference, swapped whole, and what they see between them."""

    def __init__(self) -> None:
        self.expectation: Expectation = NOBODY
        self.obstacles = Obstacles()

    def expect(self, expectation: Expectation) -> None:
        """From the next reading on."""
        self.expectation = expectation


class Sensing:
    """The judge of one sensor, wired to buzzer, lamp and speech. Only its bus's thread calls it."""

    def __init__(
        self,
        sensor: RangeSensor,
        config: WatchConfig,
        shared: Shared,
        buzzer: Buzzer,
        lamp: LampKeeper,
        speaker: Speaker,
        post: Callable[[DetectionEvent, WatchConfig], None],
        report: Callable[[SensorReport], None],
        on_sample: Callable[[RangeSample], None] | None = None,
    ) -> None:
        """`on_sample` gets every reading, for a recording; it must return at once."""
        self._sensor = sensor
        self.spec = spec = sensor.spec
        """The sensor's figures a moment ago: with mode `auto` they follow the light."""
        self.config = config
        self.watch = self._alarmed = pipeline_for(config)
        """The judge of the next reading, and the one whose alarm stands."""
        self.samples = 0
        self.last_sample: RangeSample | None = None
        self.ring: deque[RangeSample] = deque(maxlen=max(64, round(_RING_S * 1e9 / spec.period_ns)))
        self._on_sample = on_sample
        self._shared = shared
        self._buzzer = buzzer
        self._lamp = lamp
        self._speaker = speaker
        self._post = post
        self._report = report
        self._patience_ns = patience_ns(spec.period_ns)
        self._coverage_due_ns = 0
        self._settling: Settling | None = None
        self._ending = False
        self.rests_until_ns = 0
        """Until then it is switched off."""

    def starts(self, now_ns: int) -> None:
        """The sensor is about to be started, on a machine that may be busy with a start of its own."""
        self._settling = Settling(now_ns, waited_ns)

    @property
    def held_up(self) -> bool:
        """Whether it is still starting, because the machine is busy."""
        return self._settling is not None and self._settling.held_up and not self._settling.over

    def ends(self) -> None:
        """Whoever reads the sensor is about to stop: readings that fail to come from now on are no news."""
        self._ending = True

    def take(self, sample: RangeSample, now_ns: int) -> None:
        """A reading: alarm first, everything else after it."""
        if self.spec.alarms_when_silent:
            self._buzzer.renew(self.spec.name, now_ns + self._patience_ns)
        watch = self.watch
        if watch is not self._alarmed:
            self._end_alarm(sample.t_ns)
            self._alarmed = watch
        for event in watch.feed(sample, self._shared.expectation):
            self._pass_on(event)
        self.samples += 1
        self.last_sample = sample
        self.ring.append(sample)
        if self._on_sample is not None:
            self._on_sample(sample)
        settling = self._settling
        if (settling is not None and settling.reading(now_ns)) or now_ns >= self._coverage_due_ns:
            self._coverage_due_ns = now_ns + _COVERAGE_NS
            self._tell_coverage(now_ns)

    def lose(self, reason: str, now_ns: int) -> bool:
        """The driver has nothing to give; whether that is to be told and not part of the start or of the end."""
        was_starting = self._starting
        change = self.watch.lose(reason, now_ns)
        if self._ending:
            return False
        excused = self._excuses(reason, now_ns)
        if change is not None or was_starting is not self._starting:
            self._tell_coverage(now_ns)
        return not excused

    @property
    def _starting(self) -> bool:
        return self._settling is not None and not self._settling.over

    def _excuses(self, reason: str, now_ns: int) -> bool:
        return self._settling is not None and self._settling.excuses(reason, now_ns)

    def rest_until(self, t_ns: int) -> None:
        """Switch it off until then, for its neighbour to be seen without its light. May be called from any thread."""
        self.rests_until_ns = t_ns

    def rests(self, now_ns: int, *, in_session: bool) -> bool:
        """Whether it is to be switched off now: never in a session, whoever has asked for it before."""
        return not in_session and now_ns < self.rests_until_ns

    def fall_silent(self, now_ns: int, *, in_session: bool = False) -> None:
        """The buzzer has missed the next reading. Called from the buzzer's thread."""
        if not self._ending and not self._starting and not self.rests(now_ns, in_session=in_session):
            self._report(SensorReport(self.spec.name, SensorState.LOST, "silent", None, now_ns))

    def begin_anew(self, config: WatchConfig | None = None) -> None:
        """Judge the next reading as the first one, from now on by `config`. May be called from any thread."""
        # One reference each, swapped whole: the sensor's thread takes either at its next reading.
        self.config = config or self.config
        self.watch = pipeline_for(self.config)

    def _end_alarm(self, t_ns: int) -> None:
        """Another judge begins, who tells only what it saw rise: what the last one told is over."""
        if self._alarmed.level is not Level.CLEAR:
            self._pass_on(Obstacle(Level.CLEAR, None, t_ns))
        if self.config.placement is Placement.BELT:
            self._pass_on(Parking(None, t_ns))

    def _pass_on(self, event: DetectionEvent) -> None:
        config = self.config
        if isinstance(event, Obstacle):
            # Noted first: whoever hears from the buzzer that this is the worst finds whose it is.
            self._shared.obstacles.note(self.spec.name, event, config)
            worst, changed = self._buzzer.alarm(self.spec.name, event.level)
            self._speaker.mute(worst >= Level.WARNING)
            self._lamp.alarm(worst)
            if not changed:
                return
            event, config = self._shared.obstacles.worst(event.t_ns)
            event = msgspec.structs.replace(event, level=worst)
        elif isinstance(event, Parking):
            self._buzzer.parking(event.nearness)
            return
        elif isinstance(event, SensorChange):
            if event.state is SensorState.LOST:
                self._excuses(event.reason, event.t_ns)
            self._tell_coverage(event.t_ns)
            return
        self._post(event, config)

    def _tell_coverage(self, now_ns: int) -> None:
        if self._ending or self._starting:
            return
        health = self.watch.health
        spec = self._sensor.spec
        if spec.model != self.spec.model:
            log.info("sensor %s ranges as %s now, before as %s", spec.name, spec.model, self.spec.model)
        self.spec = spec
        covers = sensor_coverage(self.spec, health.state, health.ambient_kcps, self.config.braking)
        self._report(SensorReport(self.spec.name, health.state, health.reason, covers, now_ns))
