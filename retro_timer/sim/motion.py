"""How a person runs backward over the lane: reaction, acceleration, sway, elbows, braking, the walk back."""

from __future__ import annotations

import math
import random

import msgspec

from retro_timer.training.gaits import WALK_SPEED_MPS, Gait

CRUISE_MPS: dict[Gait, float] = {Gait.WALK: 1.1, Gait.JOG: 2.3, Gait.RUN: 3.8}
_STEPS_PER_S = {Gait.WALK: 1.9, Gait.JOG: 2.7, Gait.RUN: 3.2}
_STAND_S = 4.0


class Style(msgspec.Struct, frozen=True):
    """One runner on one rep. Lengths in metres."""

    speed_mps: float
    reaction_s: float
    time_constant_s: float
    """Of the approach to the cruising speed."""
    torso_m: float
    sway_m: float
    """Amplitude of the back's swing to and fro around its even motion."""
    elbow_m: float
    """How far an elbow reaches out beyond the back at the most."""
    steps_per_s: float
    phase: float
    braking_mps2: float
    stops_at_m: float | None = None
    """Gives up at this distance from the start."""
    stumbles_at_m: float | None = None
    """Slows down to a stand from there on, and runs on."""
    stumble_costs_s: float = 0.0
    """How much later they come for it."""


def draw_style(gait: Gait, rng: random.Random, speed_mps: float | None = None, **changes: float) -> Style:
    """A runner of that gait; `speed_mps` fixes the cruising speed, `changes` any other field of the style."""
    speed = speed_mps if speed_mps is not None else CRUISE_MPS[gait] * rng.uniform(0.85, 1.15)
    style = Style(
        speed_mps=speed,
        reaction_s=max(0.15, rng.gauss(0.35, 0.08)),
        time_constant_s=0.3 + 0.12 * speed,
        torso_m=max(0.18, rng.gauss(0.24, 0.02)),
        sway_m=rng.uniform(0.004, 0.012),
        elbow_m=rng.uniform(0.02, 0.14),
        steps_per_s=_STEPS_PER_S[gait] * rng.uniform(0.93, 1.07),
        phase=rng.uniform(0.0, math.tau),
        braking_mps2=rng.uniform(1.8, 2.8),
    )
    return msgspec.structs.replace(style, **changes)


class Run:
    """A rep of one runner; times in seconds from the go, positions in metres from the start line."""

    def __init__(self, style: Style, distance_m: float, *, brakes_at_m: float | None = None) -> None:
        self.style = style
        self.distance_m = distance_m
        self._stumble_s = math.inf
        """How long they have run by then."""
        if style.stumbles_at_m is not None:
            self._stumble_s = max(0.0, self._time_at(style.stumbles_at_m) - style.reaction_s)
        brake_at = distance_m + 0.3 if brakes_at_m is None else brakes_at_m
        if style.stops_at_m is not None:
            brake_at = min(brake_at, style.stops_at_m)
        self.brake_s = self._time_at(brake_at)
        self._brake_m = brake_at
        self._brake_mps = self._even_speed(self.brake_s)
        self.stop_s = self.brake_s + self._brake_mps / style.braking_mps2
        self.stop_m = brake_at + self._brake_mps**2 / (2.0 * style.braking_mps2)
        self.turn_s = self.stop_s + _STAND_S
        self.home_s = self.turn_s + self.stop_m / WALK_SPEED_MPS

    def _running_s(self, t_s: float) -> float:
        """How long they would have been running for where they are now, had they not stumbled."""
        since_s, lost_s = t_s - self.style.reaction_s - self._stumble_s, self.style.stumble_costs_s
        if since_s <= 0.0:
            return t_s - self.style.reaction_s
        turn = since_s / (2.0 * lost_s)
        if turn >= 1.0:
            return self._stumble_s + since_s - lost_s
        # Their own time goes slower and slower, stands, and gains its pace again.
        return self._stumble_s + lost_s * (turn + math.sin(math.tau * turn) / math.tau)

    def _pace(self, t_s: float) -> float:
        """How fast that time goes: 0 to 1."""
        turn = (t_s - self.style.reaction_s - self._stumble_s) / max(1e-9, 2.0 * self.style.stumble_costs_s)
        return (1.0 + math.cos(math.tau * turn)) / 2.0 if 0.0 < turn < 1.0 else 1.0

    def _even_position(self, t_s: float) -> float:
        moving = self._running_s(t_s)
        if moving <= 0.0:
            return 0.0
        tau = self.style.time_constant_s
        return self.style.speed_mps * (moving - tau * (1.0 - math.exp(-moving / tau)))

    def _even_speed(self, t_s: float) -> float:
        moving = self._running_s(t_s)
        if moving <= 0.0:
            return 0.0
        return self._pace(t_s) * self.style.speed_mps * (1.0 - math.exp(-moving / self.style.time_constant_s))

    def _time_at(self, position_m: float) -> float:
        style = self.style
        low, high = 0.0, style.reaction_s + position_m / style.speed_mps + 10.0 * style.time_constant_s
        high += style.stumble_costs_s
        for _ in range(60):
            middle = (low + high) / 2.0
            if self._even_position(middle) < position_m:
                low = middle
            else:
                high = middle
        return high

    def back_m(self, t_s: float) -> float:
        """Where the leading edge of the back is."""
        if t_s >= self.turn_s:
            return max(0.0, self.stop_m - (t_s - self.turn_s) * WALK_SPEED_MPS)
        if t_s >= self.stop_s:
            return self.stop_m
        if t_s >= self.brake_s:
            braking = t_s - self.brake_s
            return self._brake_m + self._brake_mps * braking - 0.5 * self.style.braking_mps2 * braking * braking
        style = self.style
        sway = style.sway_m * math.sin(math.tau * style.steps_per_s * t_s + style.phase)
        return self._even_position(t_s) + sway * min(1.0, max(0.0, t_s - style.reaction_s))

    def elbow_m(self, t_s: float) -> float:
        """How far an elbow reaches beyond the back now; one arm swings out with each second step."""
        if t_s >= self.brake_s or t_s <= self.style.reaction_s:
            return 0.0
        return max(0.0, self.style.elbow_m * math.sin(math.pi * self.style.steps_per_s * t_s + self.style.phase))

    def walks_back(self, t_s: float) -> bool:
        """Whether the runner has turned round and walks back to the start."""
        return self.turn_s <= t_s < self.home_s

    def finish_s(self) -> float | None:
        """The truth: when the back first reaches the line; None if it never does."""
        if self.stop_m < self.distance_m:
            return None
        near = self._time_at(self.distance_m) if self._brake_m >= self.distance_m else None
        if near is None:
            return None
        low = max(0.0, near - 0.3)
        step = 0.001
        while self.back_m(low + step) < self.distance_m:
            low += step
            if low > near + 1.0:
                return None
        high = low + step
        for _ in range(40):
            middle = (low + high) / 2.0
            if self.back_m(middle) < self.distance_m:
                low = middle
            else:
                high = middle
        return high
