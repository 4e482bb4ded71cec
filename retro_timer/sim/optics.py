"""What a distance sensor reports of a scene: range, status, signal and ambient rate, with its noise and its lies.

The figures are those of ST's DS12385 and of the recordings where they exist; the signal scale and the noise are a
model that reproduces the data sheet's ranges, not a measurement.
"""

from __future__ import annotations

import math
import random
from typing import Protocol, assert_never

import msgspec

from retro_timer.ports import RangeStatus
from retro_timer.sensors.kind import Optics, PhotonCounting, ReturnedLight
from retro_timer.training.safe_speed import STRONG_AMBIENT_KCPS, range_in_light_m

SIGNAL_KCPS_M2 = 5000.0
"""Returned rate of a white target that fills the cone at 1 m."""
_LEAST_SIGNAL_KCPS = 120.0
"""A grey target (17 %) at the data sheet's 1.7 m in the dark returns about 290."""
_MIXING_SHARE = 0.12
"""Below this share of the strongest return a surface is not seen beside it."""
_NOISE_MM = 140.0
_LEAST_NOISE_MM = 3.5
_SIGMA_LIMIT_MM = 60.0
_PHANTOM_FROM_KCPS = 9_000.0
"""Sunlight from which an empty field returns phantom ranges (recorded at 8,900 lux)."""


class Surface(msgspec.Struct, frozen=True, gc=False):
    """Something in the cone."""

    range_mm: float
    cover: float
    """Share of the cone's area that it fills, 0 to 1, seen from the sensor."""
    reflectance: float = 0.3


class View(msgspec.Struct, frozen=True, gc=False):
    """All that is in the cone during one reading. The covers add up to 1 at the most."""

    surfaces: tuple[Surface, ...] = ()
    ambient_kcps: float = 500.0


class Scene(Protocol):
    """What sensors look at."""

    def view(self, sensor: str, t_ns: int) -> View:
        """What the sensor of that name sees at an instant of the board's monotonic clock."""


class Reading(msgspec.Struct, frozen=True, gc=False):
    """One measurement, before it gets a time."""

    range_mm: int | None
    status: int
    signal_kcps: float
    ambient_kcps: float
    sigma_mm: float


def measure(view: View, optics: Optics, budget_ms: float, rng: random.Random) -> Reading:
    """One reading of a sensor with these optics and this integration time."""
    match optics:
        case PhotonCounting():
            return count_photons(view, optics, budget_ms, rng)
        case ReturnedLight():
            return weigh_light(view, optics, rng)
        case _:
            assert_never(optics)


def count_photons(view: View, optics: PhotonCounting, budget_ms: float, rng: random.Random) -> Reading:
    """One reading by photons' time of flight, in one ranging mode with an integration time."""
    ambient = max(0.0, view.ambient_kcps * (1.0 + 0.02 * rng.gauss(0.0, 1.0)))
    limit_mm = 1000.0 * range_in_light_m(optics.dark_range_m, optics.bright_range_m, ambient)
    seen = []
    for surface in view.surfaces:
        rate = surface.cover * surface.reflectance * SIGNAL_KCPS_M2 / (surface.range_mm / 1000.0) ** 2
        if rate >= _LEAST_SIGNAL_KCPS and surface.range_mm <= limit_mm:
            seen.append((rate, surface))
    strongest = max((rate for rate, _ in seen), default=0.0)
    seen = [(rate, surface) for rate, surface in seen if rate >= _MIXING_SHARE * strongest]
    if not seen:
        return _nothing(ambient, optics.phantoms, rng)
    signal = sum(rate for rate, _ in seen)
    true_mm = sum(rate * surface.range_mm for rate, surface in seen) / signal
    share = optics.ambient_share
    sigma = _LEAST_NOISE_MM + _NOISE_MM * math.sqrt((signal + share * ambient) * 20.0 / budget_ms) / signal
    noisy = true_mm + sigma * rng.gauss(0.0, 1.0)
    status = RangeStatus.VALID
    if sigma > _SIGMA_LIMIT_MM:
        status = RangeStatus.SIGMA_FAIL
    elif len(seen) > 1 and rng.random() < 0.3:
        # Two ranges in one reading look like a wrapped one; so does motion.
        status = RangeStatus.WRAP_AROUND
    elif noisy < 40.0:
        status = RangeStatus.BELOW_MINIMUM
    counted = max(0.0, signal * (1.0 + 0.03 * rng.gauss(0.0, 1.0)))
    return Reading(round(noisy), status, counted, ambient, sigma)


def _nothing(ambient: float, phantoms: float, rng: random.Random) -> Reading:
    """No target: a weak-signal status, and in the sun ranges that are not there."""
    signal = abs(rng.gauss(0.0, 8.0))
    excess = (ambient - _PHANTOM_FROM_KCPS) / STRONG_AMBIENT_KCPS
    if excess <= 0.0 or rng.random() > 0.3 + excess:
        return Reading(None, RangeStatus.SIGNAL_FAIL, signal, ambient, 100.0)
    status = RangeStatus.VALID if rng.random() < 0.01 * phantoms * (1.0 + excess) else RangeStatus.SIGMA_FAIL
    if rng.random() < 0.5 and status is not RangeStatus.VALID:
        status = RangeStatus.OUT_OF_BOUNDS
    return Reading(round(rng.uniform(60.0, 900.0)), status, 5.0 + signal, ambient, 80.0)


def weigh_light(view: View, optics: ReturnedLight, rng: random.Random) -> Reading:
    """One reading of a sensor that reports the amplitude of what came back, which is its signal."""
    ambient = max(0.0, view.ambient_kcps)
    weights = [s.cover * s.reflectance / (s.range_mm / 1000.0) ** 2 for s in view.surfaces]
    total = sum(weights)
    noise = abs(rng.gauss(0.0, 12.0))
    amplitude = min(60_000.0, noise + optics.amplitude_m2 * total * (1.0 + 0.02 * rng.gauss(0.0, 1.0)))
    if total <= 0.0 or amplitude < optics.least_amplitude:
        return Reading(None, RangeStatus.SIGNAL_FAIL, max(0.0, amplitude), ambient, 100.0)
    true_mm = sum(w * s.range_mm for w, s in zip(weights, view.surfaces, strict=True)) / total
    noisy = true_mm + optics.noise_mm * rng.gauss(0.0, 1.0)
    if not optics.nearest_mm <= noisy <= optics.farthest_mm:
        return Reading(None, RangeStatus.OUT_OF_BOUNDS, amplitude, ambient, 100.0)
    reported = optics.step_mm * round(noisy / optics.step_mm)
    return Reading(reported, RangeStatus.VALID, amplitude, ambient, optics.noise_mm)
