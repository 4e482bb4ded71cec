"""A simulated distance sensor: looks at the world, measures with a real sensor's noise, and fails when told to."""

from __future__ import annotations

import random

from retro_timer.errors import SensorFaultError
from retro_timer.ports import RangeSample
from retro_timer.sensors.known import kind_of, spec_of
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.calibration import Calibration
from retro_timer.sim.optics import Reading, measure
from retro_timer.sim.scenario import FaultKind
from retro_timer.sim.world import World


class SimSensor:
    """Deterministic by its seed; `sample_at` may be asked for any later moment."""

    def __init__(self, settings: SensorSettings, calibration: Calibration, world: World, seed: int) -> None:
        self.spec = spec_of(settings)
        self._world = world
        self._settings = settings
        self._kind = kind_of(settings)
        learnt = calibration.of(settings.name, str(settings.placement))
        self.offset_mm = learnt.offset_mm
        """Added to every range."""
        self.late_ns = learnt.late_ns
        """Taken off the time of every reading."""
        self._rng = random.Random(f"{seed}:{settings.name}")
        self._frozen: Reading | None = None

    def adjust(self, offset_mm: int) -> None:
        """Add this to every range from now on."""
        self.offset_mm = offset_mm

    def delay(self, late_ns: int) -> None:
        """Take this off the time of every reading from now on."""
        self.late_ns = late_ns

    def shine(self, *, on: bool) -> None:
        """It is switched on or off, which its neighbours see."""
        self._world.neighbours.shine(self.spec.name, on=on)

    def sample_at(self, t_ns: int) -> RangeSample:
        """The reading whose integration has its middle at `t_ns`. Raises SensorFaultError while the sensor is dead."""
        fault = self._world.fault(self.spec.name, t_ns)
        if fault is FaultKind.DEAD:
            raise SensorFaultError("no-answer", f"sensor {self.spec.name} does not answer")
        if fault is FaultKind.FROZEN and self._frozen is not None:
            reading = self._frozen
        elif fault is FaultKind.COVERED:
            reading = Reading(round(self._rng.gauss(52.0, 2.0)), 0, 9000.0 + self._rng.gauss(0.0, 50.0), 2.0, 3.0)
        elif fault is FaultKind.GARBAGE:
            reading = Reading(round(self._rng.uniform(50.0, 1300.0)), 0, 100.0, 500.0, 20.0)
        else:
            reading = self._frozen = self._measure(t_ns)
        range_mm = None if reading.range_mm is None else reading.range_mm + self.offset_mm
        told_ns = t_ns - self.late_ns
        return RangeSample(
            told_ns, range_mm, reading.status, reading.signal_kcps, reading.ambient_kcps, reading.sigma_mm
        )

    def _measure(self, t_ns: int) -> Reading:
        view = self._world.view(self.spec.name, t_ns)
        mode = self._kind.mode(self._settings, view.ambient_kcps)
        if mode != self.spec.mode:
            self.spec = self._kind.spec_in(self._settings, mode)
        return measure(view, self._kind.optics[mode], self.spec.budget_ns / 1e6, self._rng)
