"""Light: a fan of rays over the cone, what each hits first, and how much of it comes back.

Frame: the sensor is at the origin, `y` is the beam's axis, `x` is to the right, lengths in millimetres. A ray at the
angle `th` from the axis runs along (sin th, cos th). A surface of reflectance `rho` at the range `r`, met at the
incidence `i`, returns to the sensor (Lambert, inverse square)

    dS = K * rho * fill * R(th) * cos(i) / r^2          [kcps, with r in metres]

where `R` is the angular response, normalised to 1 over the fan, so that a flat white board that fills the cone at one
metre returns `K`. `fill` is the share of the cone's height that the thing covers: light that passes above or below it
goes on to what stands behind.

The response. ST gives 27 degrees as the "typical full FoV" (DS12385) and defines fields of view by the full width at
half maximum of emitter times receiver (AN5894). Taken here: a super-Gaussian, R = exp(-ln 2 * |th / th_half|^p), with
th_half half of the width and p between 2.6 and 4.2: a rounded top, half power at the rim, and wings out to 1.5 times
the half angle. The recorded doorway traces want the wings: the wall's range is pulled by 20 to 80 mm for some readings
before the body comes in.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

RAYS = 33
"""Rays in one fan; 1.25 degrees apart for a cone of 27 degrees."""
PHASES = 4
"""Fans that interleave by a quarter of the spacing, used in turn, so that edges are not seen in steps."""
WINGS = 1.5
"""How far the fan reaches, in half angles."""

Echo = tuple[float, float]
"""Rate of photons times K (1/m^2) and that rate times range (mm/m^2)."""


@dataclass(frozen=True, slots=True)
class Fan:
    """Directions and weights of one set of rays, left to right."""

    tan: tuple[float, ...]
    sin: tuple[float, ...]
    cos: tuple[float, ...]
    weight: tuple[float, ...]


def make_fans(fov_deg: float, order: float) -> tuple[Fan, ...]:
    """The interleaving fans of a cone of `fov_deg` (full width at half power) whose edge is the steeper the higher
    the `order`."""
    half = math.radians(fov_deg) / 2.0
    spacing = 2.0 * WINGS * half / RAYS
    fans = []
    for phase in range(PHASES):
        shift = (phase + 0.5) / PHASES
        angles = [-WINGS * half + (i + shift) * spacing for i in range(RAYS)]
        raw = [math.exp(-math.log(2.0) * abs(a / half) ** order) for a in angles]
        total = sum(raw)
        fans.append(
            Fan(
                tuple(math.tan(a) for a in angles),
                tuple(math.sin(a) for a in angles),
                tuple(math.cos(a) for a in angles),
                tuple(w / total for w in raw),
            )
        )
    return tuple(fans)


@dataclass(frozen=True, slots=True)
class Ellipse:
    """An opaque ellipse: points p with (p - c)' Q (p - c) = 1."""

    cx: float
    cy: float
    qa: float
    qb: float
    qc: float
    rho: float
    fill: float = 1.0
    target: int = 0
    """Echoes of the same target blend; see `sensor.blend`."""

    @property
    def nearness(self) -> float:
        """What stands in front: sorted by the range of the centre."""
        return self.cy

    def cast(self, fan: Fan, rest: list[float]) -> Echo:
        """What comes back of the light that is left (`rest`, a share for each ray, is used up)."""
        qcx = self.qa * self.cx + self.qb * self.cy
        qcy = self.qb * self.cx + self.qc * self.cy
        c0 = self.cx * qcx + self.cy * qcy - 1.0
        span = self._span(fan, qcx, qcy, c0)
        qa, qb, qc = self.qa, self.qb, self.qc
        sin, cos, weight = fan.sin, fan.cos, fan.weight
        through = 1.0 - self.fill
        sqrt = math.sqrt
        rate = moment = 0.0
        for i in span:
            left = rest[i]
            if left == 0.0:
                continue
            s, c = sin[i], cos[i]
            us, uc = qa * s + qb * c, qb * s + qc * c
            a = s * us + c * uc
            b = s * qcx + c * qcy
            disc = b * b - a * c0
            if disc <= 0.0:
                continue
            root = sqrt(disc)
            r = (b - root) / a
            if r <= 0.0:
                continue
            nx, ny = r * us - qcx, r * uc - qcy
            back = left * weight[i] * root / (sqrt(nx * nx + ny * ny) * r * r)
            rate += back
            moment += back * r
            rest[i] = left * through
        scale = self.rho * self.fill * 1e6
        return rate * scale, moment * scale

    def _span(self, fan: Fan, qcx: float, qcy: float, c0: float) -> range:
        """Rays between the two tangents from the sensor."""
        if c0 <= 0.0 or self.cy <= 0.0:
            return range(0)
        m11, m12, m22 = qcx * qcx - c0 * self.qa, qcx * qcy - c0 * self.qb, qcy * qcy - c0 * self.qc
        if m11 >= 0.0:
            return range(RAYS)
        root = math.sqrt(max(m12 * m12 - m11 * m22, 0.0))
        low, high = (-m12 + root) / m11, (-m12 - root) / m11
        return range(bisect_left(fan.tan, low), bisect_right(fan.tan, high))


@dataclass(frozen=True, slots=True)
class Circle:
    """An opaque disc: an ellipse whose rays are quicker to follow."""

    cx: float
    cy: float
    radius: float
    rho: float
    fill: float = 1.0
    target: int = 0

    @property
    def nearness(self) -> float:
        """What stands in front: sorted by the range of the centre."""
        return self.cy

    @property
    def qa(self) -> float:
        """As an ellipse's."""
        return 1.0 / (self.radius * self.radius)

    @property
    def qb(self) -> float:
        """As an ellipse's."""
        return 0.0

    @property
    def qc(self) -> float:
        """As an ellipse's."""
        return self.qa

    def cast(self, fan: Fan, rest: list[float]) -> Echo:
        """As Ellipse.cast; the cosine of the incidence is the half chord over the radius."""
        cx, cy, radius = self.cx, self.cy, self.radius
        outside = cx * cx + cy * cy - radius * radius
        if outside <= 0.0 or cy <= 0.0:
            return 0.0, 0.0
        sin, cos, weight = fan.sin, fan.cos, fan.weight
        through = 1.0 - self.fill
        sqrt = math.sqrt
        rate = moment = 0.0
        for i in self._span(fan, outside):
            left = rest[i]
            along = sin[i] * cx + cos[i] * cy
            chord = along * along - outside
            if left == 0.0 or chord <= 0.0:
                continue
            half = sqrt(chord)
            r = along - half
            back = left * weight[i] * half / (r * r)
            rate += back
            moment += back * r
            rest[i] = left * through
        scale = self.rho * self.fill * 1e6 / radius
        return rate * scale, moment * scale

    def _span(self, fan: Fan, outside: float) -> range:
        """Rays between the two tangents from the sensor: x = cx / cy plus and minus, by the tangents' own slopes."""
        wide = self.cy * self.cy - self.radius * self.radius
        if wide <= 0.0:
            return range(RAYS)
        across, reach = self.cx * self.cy, self.radius * math.sqrt(outside)
        return range(bisect_left(fan.tan, (across - reach) / wide), bisect_right(fan.tan, (across + reach) / wide))


@dataclass(frozen=True, slots=True)
class Board:
    """A flat board or wall at the perpendicular distance `cy`, seen by a sensor turned by `yaw` (radians)."""

    cy: float
    rho: float
    half_width: float = math.inf
    cx: float = 0.0
    yaw: float = 0.0
    fill: float = 1.0
    target: int = 0

    @property
    def nearness(self) -> float:
        """What stands in front: sorted by the range of the centre."""
        return self.cy

    def cast(self, fan: Fan, rest: list[float]) -> Echo:
        """What comes back of the light that is left: r = d / cos, so the rate goes with cos^3 / d^2."""
        ct, st = math.cos(self.yaw), math.sin(self.yaw)
        d = self.cy
        rate = moment = 0.0
        for i, (s, c, w) in enumerate(zip(fan.sin, fan.cos, fan.weight, strict=True)):
            cosine = c * ct - s * st
            if abs(d * (s * ct + c * st) / cosine - self.cx) > self.half_width:
                continue
            back = rest[i] * w * cosine**3 / (d * d)
            rate += back
            moment += back * d / cosine
            rest[i] *= 1.0 - self.fill
        scale = self.rho * self.fill * 1e6
        return rate * scale, moment * scale


Round = Ellipse | Circle
Shape = Round | Board


class Wall:
    """A fixed background whose share is found by taking away what is hidden, which is quicker than casting it."""

    __slots__ = ("distance_mm", "moments", "rates", "total")

    def __init__(self, distance_mm: float, rho: float, fans: Sequence[Fan]) -> None:
        self.distance_mm = distance_mm
        scale = 1e6 * rho / (distance_mm * distance_mm)
        self.rates = [[w * c**3 * scale for w, c in zip(f.weight, f.cos, strict=True)] for f in fans]
        self.moments = [
            [rate * distance_mm / c for rate, c in zip(rates, f.cos, strict=True)]
            for rates, f in zip(self.rates, fans, strict=True)
        ]
        self.total = [(sum(r), sum(m)) for r, m in zip(self.rates, self.moments, strict=True)]

    def behind(self, phase: int, rest: Sequence[float]) -> Echo:
        """What comes back of the light that is left."""
        rate, moment = self.total[phase]
        rates, moments = self.rates[phase], self.moments[phase]
        for i, left in enumerate(rest):
            if left != 1.0:
                rate -= (1.0 - left) * rates[i]
                moment -= (1.0 - left) * moments[i]
        return max(rate, 0.0), max(moment, 0.0)


def look(shapes: Sequence[Shape], fan: Fan, phase: int, wall: Wall | None, echoes: list[list[float]]) -> None:
    """Add one instant's echoes to `echoes`, one [rate, moment] for each target; the wall is the last of them."""
    rest = [1.0] * RAYS
    for shape in sorted(shapes, key=lambda s: s.nearness):
        if wall is not None and shape.cy >= wall.distance_mm:
            break
        rate, moment = shape.cast(fan, rest)
        slot = echoes[shape.target]
        slot[0] += rate
        slot[1] += moment
    if wall is not None:
        rate, moment = wall.behind(phase, rest)
        slot = echoes[-1]
        slot[0] += rate
        slot[1] += moment
