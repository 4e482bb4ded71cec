"""A TF-Luna: what becomes of the light in a beam of 2 degrees. Written apart from the detector and the simulator.

For one frame, measured over its whole period (the chip measures 500 times a second and sends the mean of its ranges
since the frame before; manual, section 5.5):

* amplitude. A = G * (echo), G such that white (90 %) at 8 m, or cloth of 10 % at 2.5 m, just reach the 100 under which
  the maker calls a range unreliable: 7,100 and 6,250; drawn between them for each sensor. Below 100: no range.
* ranges. Each half of the period gives one by its blend of all that is in the beam (`blending`, either law); what is
  sent is their mean, over those halves that saw anything: so at an edge a range of something that stands nowhere.
* noise. 1 to 2 cm for each sensor, half more in strong sun; besides a constant error of up to 6 cm (data sheet, below
  3 m). Steps of 1 cm, or of 1 mm with newer firmware.
* strays. With the chance `stray_share` a reading is a phantom, as any sensor's; in sun one in a hundred gives nothing.
"""

from __future__ import annotations

from random import Random

from benchmarks.physics.blending import Law, draw_blend
from benchmarks.physics.sensor import LEAST_SIGNAL_KCPS, Halves, Light, Sensor
from retro_timer.ports import Placement, RangeSample, RangeStatus

FOV_DEG = 2.0
LEAST_AMPLITUDE = 100.0
AMPLITUDE_M2 = (6250.0, 7100.0)
NOISE_MM = (10.0, 20.0)
OFFSET_MM = 60.0
CLOTH = (0.10, 0.75)
SUN_KCPS = 800.0
"""The scene's light from which the sun counts as strong."""
_FULL_SCALE = 60_000.0
_SUN_NOISE, _SUN_LOST = 1.5, 0.01
_NEAREST_MM, _FARTHEST_MM = 200.0, 8000.0


class Luna(Sensor):
    """One sensor with its tolerances drawn. `gain` is scaled so that the least amplitude is the least signal, which is
    what the measures of visibility ask for.
    """

    def __init__(
        self, rng: Random, rate_hz: float, light: Light, *, wall_mm: float | None, law: Law, jitter: float = 0.005
    ) -> None:
        super().__init__(
            rng,
            rate_hz,
            Placement.GATE,
            light,
            fov_deg=FOV_DEG,
            max_range_mm=_FARTHEST_MM,
            budget_share=1.0,
            jitter=jitter,
            wall_mm=wall_mm,
            law=law,
        )
        self._scale = LEAST_SIGNAL_KCPS / LEAST_AMPLITUDE
        self.gain = self._scale * rng.uniform(*AMPLITUDE_M2)
        self.blend = draw_blend(rng, law, self.gain)
        self.sun = light.ambient_kcps >= SUN_KCPS
        self._noise_mm = rng.uniform(*NOISE_MM) * (_SUN_NOISE if self.sun else 1.0)
        self.offset_mm = rng.uniform(-OFFSET_MM, OFFSET_MM)
        self._step_mm = rng.choice((1, 10))

    def read(self, middle_s: float, halves: Halves) -> RangeSample:
        rng = self.rng
        if self.light.stray_share and rng.random() < self.light.stray_share:
            return self.stray(middle_s)
        parts = [self.blend.of(self.visible(half)) for half in (halves.first, halves.second)]
        amplitudes = [signal / self._scale for signal, _ in parts]
        amplitude = min(_FULL_SCALE, abs(rng.gauss(0.0, 10.0)) + sum(amplitudes) / 2.0 * rng.gauss(1.0, 0.02))
        t_ns = round(middle_s * 1e9)
        lost = self.sun and rng.random() < _SUN_LOST
        ranges = [range_mm for signal, range_mm in parts if signal > 0.0]
        if amplitude < LEAST_AMPLITUDE or lost or not ranges:
            return RangeSample(t_ns, None, RangeStatus.SIGNAL_FAIL, round(amplitude))
        told = sum(ranges) / len(ranges) + self.offset_mm + rng.gauss(0.0, self._noise_mm)
        told = self._step_mm * round(told / self._step_mm)
        if told < _NEAREST_MM:
            return RangeSample(t_ns, max(round(told), 1), RangeStatus.BELOW_MINIMUM, round(amplitude))
        return RangeSample(t_ns, round(told), RangeStatus.VALID, round(amplitude))

    def stray(self, middle_s: float) -> RangeSample:
        """A phantom with the light of the empty beam, or hardly enough to be told."""
        wall = 0.0 if self.wall is None else self.gain * self.wall.total[0][0] / self._scale
        amplitude = max(wall, self.rng.uniform(1.0, 1.3) * LEAST_AMPLITUDE)
        shown = round(max(_NEAREST_MM, self._phantom_range_mm()))
        return RangeSample(round(middle_s * 1e9), shown, RangeStatus.VALID, round(amplitude))
