"""The sensor: when it integrates, and what becomes of the photons that come back.

The model, for one reading of the integration time T (ms) with the rates S (kcps) from each target at the mean range r:

* signal. S = K * (echo), K = 1,500 kcps * max_range^2 / 0.88: a white board at the sensor's maximum range just reaches
  the 1.5 Mcps under which ST's driver reports status 2 (tuning parameter 192 / 128 Mcps). The reported rate saturates
  at 20 Mcps, since the chip switches detectors off in bright returns ("we add or subtract SPADs to get 20MCPS", ST
  staff, qa-community.st.com 141515).
* blend. Several things in the cone give one range by one of two laws: see `blending`.
* noise. sigma^2 = s0^2 + c^2 (S + kappa A) / (S^2 T), A the ambient rate; s0 = 3 mm, c = 1,200 mm, kappa = 60 give the
  recorded 4 mm (dark doorway, wall at 2 m, 90 ms) and 9 mm (1,331 lux, 1.5 m; taken as 2.5 Mcps), 4 to 30 mm for
  runners. The sensor's own
  estimate above 90 mm gives status 1 (360 / 4 mm in ST's driver). Each sensor has a constant error besides, N(0, 5 mm)
  (ST: within 20 mm with the noise).
* motion. The chip ranges twice with two pulse intervals and compares (ST staff, community.st.com m-p/183769). The two
  halves of the integration stand for them: with the difference d of their ranges, status 7 comes with the chance
  0.6 (1 - exp(-(d / 250 mm)^2)); where one half sees nothing, 0.6 times the imbalance of the halves' signals.
* range limit. What is beyond max_range does not blend; alone, it is out of bounds (status 4).
* sun. With the chance `phantom_share` (less, the stronger the return) a reading is a phantom of 60 to 900 mm, spread
  as in the recorded sunlight traces; 3 % of the phantoms carry status 0, with a signal far too weak for so near.
* bursts. `burst_share` of the readings of an empty field are in runs of 2 to 4 phantoms that agree with each other to
  50 mm, each with status 0 and the signal of sun's valid ones: what two, three or four phantoms in a row look like.
* strays. With the chance `stray_share`, whatever is in the beam, a reading is a phantom of status 0 with a range as in
  sun and the signal that the empty background gives (ST's driver lets single ones pass: stm32duino/VL53L1X issue 7).

Status 1 and 7 have a range, for status 7 not always a good one; no-target readings have none, or, with a status to
tell, a meaningless one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from benchmarks.physics.blending import Law, draw_blend
from benchmarks.physics.rays import Fan, Wall, make_fans
from retro_timer.ports import Placement, RangeSample, RangeStatus, Role, SensorSpec

Record = Literal["full", "range"]
"""`range` drops status, signal and ambient, as in the recorded traces."""

WHITE = 0.88
LEAST_SIGNAL_KCPS = 1500.0
SIGMA_LIMIT_MM = 90.0
SATURATION_KCPS = 20_000.0
NOISE_FLOOR_MM = 3.0
NOISE_SCALE_MM = 1200.0
AMBIENT_WEIGHT = 60.0
OFFSET_MM = 5.0
PHANTOM_VALID = 0.03
BURST_LENGTHS = (2, 3, 4)
BURST_SPREAD_MM = 50.0
STRAY_SHARE = 0.002
"""Where nothing else is said."""
_PHANTOM_STATUSES = (
    RangeStatus.SIGMA_FAIL,
    RangeStatus.SIGNAL_FAIL,
    RangeStatus.OUT_OF_BOUNDS,
    RangeStatus.WRAP_AROUND,
)
_PHANTOM_WEIGHTS = (20, 45, 20, 12)
_NOTHING = (
    (0.60, RangeStatus.SIGNAL_FAIL, False),
    (0.75, RangeStatus.NONE, False),
    (0.90, RangeStatus.OUT_OF_BOUNDS, True),
    (1.00, RangeStatus.SIGNAL_FAIL, True),
)
"""What an empty field gives: cumulative chance, status, whether a meaningless range comes with it."""


@dataclass(frozen=True, slots=True)
class Light:
    """The light that the sensor did not send."""

    ambient_kcps: float = 300.0
    phantom_share: float = 0.0
    """Chance that a reading is a phantom when nothing returns light."""
    stray_share: float = 0.0
    """Chance that a reading is a phantom that looks like a good one."""
    burst_share: float = 0.0
    """Share of an empty field's readings that are in bursts of phantoms that look like good ones."""


@dataclass(frozen=True, slots=True)
class Halves:
    """Echoes of each target over the two halves of one integration; rates are means over the half (1/m^2)."""

    first: list[list[float]]
    second: list[list[float]]


class Sensor:
    """One sensor with its tolerances drawn, in one light, recording in one way."""

    def __init__(
        self,
        rng: Random,
        rate_hz: float,
        placement: Placement,
        light: Light,
        *,
        record: Record = "full",
        fov_deg: float = 27.0,
        max_range_mm: float = 3600.0,
        budget_share: float | None = None,
        jitter: float = 0.02,
        wall_mm: float | None = None,
        law: Law = "average",
    ) -> None:
        self.rng = rng
        self.light = light
        self.record = record
        self.jitter = jitter
        self.nominal_s = 1.0 / rate_hz
        self.period_s = self.nominal_s * rng.gauss(1.0, 0.003)
        share = rng.uniform(0.68, 0.92) if budget_share is None else budget_share
        self.budget_s = min(share * self.nominal_s, self.nominal_s * (1.0 - 3.0 * jitter))
        if self.nominal_s > 0.024:
            self.budget_s = min(self.budget_s, self.nominal_s - 0.004)
        self.fov_deg = fov_deg
        self.half_angle = math.radians(fov_deg) / 2.0 * rng.gauss(1.0, 0.02)
        self.fans: tuple[Fan, ...] = make_fans(2.0 * math.degrees(self.half_angle), rng.uniform(2.6, 4.2))
        self.max_range_mm = max_range_mm
        self.gain = LEAST_SIGNAL_KCPS * (max(max_range_mm, 3600.0) / 1000.0) ** 2 / WHITE
        self.blend = draw_blend(rng, law, self.gain)
        self.offset_mm = rng.gauss(0.0, OFFSET_MM)
        self.wall = None if wall_mm is None else Wall(wall_mm, rng.uniform(0.5, 0.9), self.fans)
        self.placement = placement
        self._phantom_mm = 430.0
        self._burst_left = 0
        self._burst_mm = 0.0

    @property
    def spec(self) -> SensorSpec:
        """The same sensor as the program would be told of it."""
        return SensorSpec(
            name="benchmark",
            model="physics",
            placement=self.placement,
            role=Role.BOTH,
            period_ns=round(self.nominal_s * 1e9),
            budget_ns=round(self.budget_s * 1e9),
            fov_deg=self.fov_deg,
            min_range_mm=40,
            max_range_mm=round(self.max_range_mm),
        )

    def starts(self, first_s: float, last_s: float) -> list[float]:
        """When the integrations begin, each displaced by the jitter, never overlapping."""
        rng, gauss = self.rng, self.rng.gauss
        at = first_s + rng.random() * self.period_s
        free = self.budget_s + 1e-4
        starts = []
        earliest = -math.inf
        while at < last_s:
            begin = max(at + gauss(0.0, self.jitter) * self.period_s, earliest)
            starts.append(begin)
            earliest = begin + free
            at += self.period_s
        return starts

    def noise_mm(self, signal_kcps: float) -> float:
        """Standard deviation of a range at this rate of signal."""
        photons = (signal_kcps + AMBIENT_WEIGHT * self.light.ambient_kcps) / (signal_kcps**2 * self.budget_s * 1e3)
        return math.sqrt(NOISE_FLOOR_MM**2 + NOISE_SCALE_MM**2 * photons)

    def visible(self, echoes: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
        """Rate (kcps) and mean range (mm) of each target within the sensor's range."""
        seen = [(self.gain * rate, moment / rate) for rate, moment in echoes if rate > 0.0]
        return [(s, r) for s, r in seen if r <= self.max_range_mm * 1.03]

    def read(self, middle_s: float, halves: Halves) -> RangeSample:
        """The reading that one integration gives."""
        sums = [((a + c) / 2, (b + d) / 2) for (a, b), (c, d) in zip(halves.first, halves.second, strict=True)]
        signal, range_mm = self.blend.of(self.visible(sums))
        if self.light.stray_share and self.rng.random() < self.light.stray_share:
            return self.stray(middle_s)
        if self._in_burst(signal):
            return self._burst_reading(middle_s)
        if self._phantom(signal):
            return self._phantom_reading(middle_s)
        if signal < LEAST_SIGNAL_KCPS * 0.05:
            beyond = any(rate * self.gain >= LEAST_SIGNAL_KCPS for rate, _ in sums)
            return self._nothing(middle_s, beyond)
        sigma = self.noise_mm(signal)
        rng = self.rng
        measured = range_mm + self.offset_mm + rng.gauss(0.0, sigma)
        if signal < LEAST_SIGNAL_KCPS:
            with_range = self.record == "full" and rng.random() < 0.8
            return self._sample(middle_s, measured if with_range else None, RangeStatus.SIGNAL_FAIL, signal)
        if self._moved(halves):
            luck = rng.random()
            shown = measured if luck < 0.75 else rng.uniform(50.0, 1500.0) if luck < 0.85 else None
            return self._sample(middle_s, shown, RangeStatus.WRAP_AROUND, signal)
        status = RangeStatus.SIGMA_FAIL if sigma * rng.uniform(0.9, 1.1) > SIGMA_LIMIT_MM else RangeStatus.VALID
        return self._sample(middle_s, measured, status, signal)

    def empty_halves(self, targets: int) -> Halves:
        """What returns when nobody is there."""
        echoes = [[0.0, 0.0] for _ in range(targets)]
        if self.wall is not None:
            echoes[-1] = list(self.wall.total[0])
        return Halves(echoes, echoes)

    def _moved(self, halves: Halves) -> bool:
        if halves.first is halves.second:
            return False
        first, second = self.blend.of(self.visible(halves.first)), self.blend.of(self.visible(halves.second))
        if first[0] > 0.0 and second[0] > 0.0:
            chance = 0.6 * (1.0 - math.exp(-(((first[1] - second[1]) / 250.0) ** 2)))
        else:
            chance = 0.0
        if self.wall is None:
            imbalance = abs(first[0] - second[0]) / max(first[0] + second[0], 1e-9)
            chance = max(chance, 0.6 * imbalance)
        return chance > 1e-4 and self.rng.random() < chance

    def _phantom(self, signal: float) -> bool:
        share = self.light.phantom_share
        return share > 0.0 and self.rng.random() < share * self._unoutshone(signal)

    def _unoutshone(self, signal: float) -> float:
        """Share of the sun's phantoms that are left beside a return of this strength."""
        return 1.0 / (1.0 + signal / (LEAST_SIGNAL_KCPS + 0.2 * self.light.ambient_kcps)) ** 2

    def _in_burst(self, signal: float) -> bool:
        share = self.light.burst_share
        if share == 0.0:
            return False
        if self._burst_left == 0:
            mean_length = sum(BURST_LENGTHS) / len(BURST_LENGTHS)
            begins = share / (mean_length - (mean_length - 1.0) * share)
            if self.rng.random() >= begins * self._unoutshone(signal):
                return False
            self._burst_left = self.rng.choice(BURST_LENGTHS)
            self._burst_mm = self._phantom_range_mm()
        self._burst_left -= 1
        return True

    def _phantom_range_mm(self) -> float:
        rng = self.rng
        self._phantom_mm = 0.25 * self._phantom_mm + 0.75 * 430.0 + rng.gauss(0.0, 200.0)
        return min(max(self._phantom_mm, 60.0 + 20.0 * rng.random()), 900.0 - 20.0 * rng.random())

    def stray(self, middle_s: float) -> RangeSample:
        """A phantom that looks like a good reading."""
        signal = self.gain * self.wall.total[0][0] if self.wall is not None else 0.0
        if signal == 0.0:
            signal = self.rng.uniform(0.0, 0.05) * LEAST_SIGNAL_KCPS
        return self._sample(middle_s, self._phantom_range_mm(), RangeStatus.VALID, signal)

    def _phantom_reading(self, middle_s: float) -> RangeSample:
        rng = self.rng
        shown = self._phantom_range_mm()
        if rng.random() < PHANTOM_VALID:
            return self._valid_phantom(middle_s, shown)
        status = rng.choices(_PHANTOM_STATUSES, _PHANTOM_WEIGHTS)[0]
        return self._sample(middle_s, shown, status, rng.uniform(0.05, 1.0) * LEAST_SIGNAL_KCPS)

    def _burst_reading(self, middle_s: float) -> RangeSample:
        return self._valid_phantom(middle_s, max(60.0, self._burst_mm + self.rng.gauss(0.0, BURST_SPREAD_MM)))

    def _valid_phantom(self, middle_s: float, shown_mm: float) -> RangeSample:
        return self._sample(middle_s, shown_mm, RangeStatus.VALID, self.rng.uniform(1.0, 2.0) * LEAST_SIGNAL_KCPS)

    def _nothing(self, middle_s: float, beyond: bool) -> RangeSample:
        rng = self.rng
        luck = rng.random()
        status, with_range = next((s, w) for limit, s, w in _NOTHING if luck <= limit)
        if beyond and luck < 0.7:
            status, with_range = RangeStatus.OUT_OF_BOUNDS, True
        shown = rng.uniform(0.0, self.max_range_mm) if with_range and self.record == "full" else None
        return self._sample(middle_s, shown, status, rng.uniform(0.0, 0.05) * LEAST_SIGNAL_KCPS)

    def _sample(self, middle_s: float, range_mm: float | None, status: int, signal_kcps: float) -> RangeSample:
        t_ns = round(middle_s * 1e9)
        whole = None if range_mm is None else max(round(range_mm), 0)
        if self.record == "range":
            return RangeSample(t_ns, whole)
        gauss = self.rng.gauss
        ambient = self.light.ambient_kcps * gauss(1.0, 0.02)
        dimmed = signal_kcps / (1.0 + (signal_kcps / SATURATION_KCPS) ** 4) ** 0.25
        spread = math.sqrt(2e-4 + 1.0 / max(signal_kcps * self.budget_s * 1e3, 1.0))
        return RangeSample(t_ns, whole, status, max(dimmed * gauss(1.0, spread), 0.0), max(ambient, 0.0))
