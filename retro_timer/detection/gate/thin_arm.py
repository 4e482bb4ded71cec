"""What breaks a thin beam and is no trunk: an arm that is held into it, as flat as the arm before a runner's trunk."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, pstdev

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.gate.torso import Torso
from retro_timer.detection.lane_map import near_shoulder_mm
from retro_timer.detection.passages import BeamEntry
from retro_timer.detection.readings import Kind

_FLAT_M = 0.05
"""A quarter of a trunk's depth lies farther than this behind its face; a TF-Luna's noise reaches 6 cm at times only."""
_FLAT_SHARE = 0.1
"""Flat is what shows a flank in fewer of its readings: arms that hide one of both leave an eighth of them."""
_ENOUGH_HITS = 8
"""Of fewer readings of a trunk none may have met its flanks, which are a quarter of it."""
_LONG = 3.0
"""What is flat is no torso when it was held in the beam for so many times as long as a trunk is at the runner's speed:
trunk and elbows to either side make 2.3, at a speed that is off by a quarter."""
_STEADY = 0.04
"""... or when its light stays the same so closely, one standard deviation: twice a TF-Luna's noise. More refuses who
passes with a steady light (a trunk's, with the arm before it, changes by 10 % and more), less only arms held like a
pole."""
_STOP_NS = 800_000_000
"""Who stops in the beam and goes on stays for longer: to brake from a walk takes 0.4 s, and so does to set off. More
refuses them, less believes an arm that is held for half a second."""
_BESIDE = 2
"""Readings to either side: between two bodies one may show a mixture of both."""
_EDGES = 5
"""That part of the readings at either end is left out, when it comes and goes."""


def is_arm(torso: Torso, config: WatchConfig, speed_mps: float, *, stopped: bool) -> bool:
    """Whether a break is flat and lasts too long for a trunk, or shows that nobody passes. `stopped`: it lasts as if
    somebody had stopped in the beam."""
    hits = [e for e in torso.hits if e.range_mm is not None]
    if not _is_flat(hits, config):
        return False
    if _is_steady(hits) and not _is_piece(torso, hits, config, speed_mps):
        return not stopped or (torso.broken.over and hits[-1].t_ns - hits[0].t_ns < _STOP_NS)
    return not stopped and _is_long(hits, config, speed_mps)


def _is_flat(hits: Sequence[BeamEntry], config: WatchConfig) -> bool:
    near_mm = near_shoulder_mm(sorted(e.range_mm or 0 for e in hits))
    if len(hits) < _ENOUGH_HITS or config.cone_half_width_m(near_mm / 1000.0) > config.torso_mm / 4000.0:
        return False
    flank = sum((e.range_mm or 0) > near_mm + 1000.0 * _FLAT_M for e in hits)
    return flank < _FLAT_SHARE * len(hits)


def _is_long(hits: Sequence[BeamEntry], config: WatchConfig, speed_mps: float) -> bool:
    """Whether the break is longer than a trunk with its arms can be at this speed."""
    return 1000.0 * speed_mps * (hits[-1].t_ns - hits[0].t_ns) / 1e9 > _LONG * config.torso_mm


def _is_piece(torso: Torso, hits: Sequence[BeamEntry], config: WatchConfig, speed_mps: float) -> bool:
    """Whether it is less than half a trunk, whose flanks may be too dark, or somebody nearer stood right beside it: its
    flanks may be behind them."""
    entries = torso.broken.entries
    beside = (
        *entries[max(0, torso.first - _BESIDE) : torso.first],
        *entries[torso.last + 1 : torso.last + 1 + _BESIDE],
    )
    short = 1000.0 * speed_mps * (hits[-1].t_ns - hits[0].t_ns) / 1e9 < config.torso_mm / 2.0
    return short or any(entry.kind is Kind.REJECTED for entry in beside)


def _is_steady(hits: Sequence[BeamEntry]) -> bool:
    """Whether the light is the same all the while: a body that passes turns more and less of itself to the sensor."""
    beside = len(hits) // _EDGES
    lights = [e.signal_kcps for e in hits[beside : len(hits) - beside] if e.signal_kcps is not None]
    # One and the same number is a sensor that tells no more of it.
    return len(set(lights)) > 1 and pstdev(lights) < _STEADY * fmean(lights)
