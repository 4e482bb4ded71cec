"""Which hits of a break are a torso's, where no light tells: by their ranges."""

from __future__ import annotations

import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.gate.crossing_fit import solve
from retro_timer.detection.gate.torso import find_torso
from retro_timer.detection.passages import BeamEntry, Break
from retro_timer.detection.readings import Kind

PERIOD_S = 0.04
WALL_MM, WALL_KCPS = 1760, 5900.0
BODY_MM = (1670, 1618, 1530, 1500, 1490, 1502, 1540, 1610, 1680)
"""A runner in dark clothes before a bright wall, whose light hardly changes: the sensor averages over all of it."""


def broken(ranges_mm: tuple[int, ...], kcps: tuple[float, ...] | None = None) -> Break:
    every = [WALL_MM] * 8 + list(ranges_mm) + [WALL_MM] * 8
    light = [WALL_KCPS] * 8 + list(kcps or [WALL_KCPS * 1.06] * len(ranges_mm)) + [WALL_KCPS] * 8
    entries = [
        BeamEntry(round(n * PERIOD_S * 1e9), Kind.TARGET, range_mm < 1730, range_mm, signal)
        for n, (range_mm, signal) in enumerate(zip(every, light, strict=True))
    ]
    return Break(entries, WALL_MM, WALL_KCPS, 1.15 * WALL_KCPS, PERIOD_S, 0.02, 2.3, 1.3, 3.0, over=True)


@pytest.mark.parametrize("beside", [-2, -1, len(BODY_MM), len(BODY_MM) + 1])
def test_a_phantom_far_nearer_than_a_dark_body_beside_its_break_is_no_part_of_it(beside: int) -> None:
    clean = solve(broken(BODY_MM), WatchConfig())
    wide = [WALL_MM, WALL_MM, *BODY_MM, WALL_MM, WALL_MM]
    wide[beside + 2] = 560
    found = solve(broken(tuple(wide)), WatchConfig())
    assert found.refusal == clean.refusal == ""
    early_ns = round(2 * PERIOD_S * 1e9)
    assert abs(found.back_ns - early_ns - clean.back_ns) <= clean.uncertainty_ns


def test_a_reading_with_a_bodys_light_is_never_taken_out() -> None:
    kcps = [WALL_KCPS * 1.06] * len(BODY_MM)
    kcps[4] = 2.0 * WALL_KCPS
    torso = find_torso(broken((*BODY_MM[:4], 900, *BODY_MM[5:]), tuple(kcps)), WatchConfig())
    assert torso is not None
    assert 900 in [hit.range_mm for hit in torso.hits]
