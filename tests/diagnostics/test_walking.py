"""What walks through a gate of two beams teach."""

from __future__ import annotations

import pytest

from retro_timer.detection.gate.delay import Walk
from retro_timer.diagnostics.walking import judged
from retro_timer.errors import RetroTimerError
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.calibration import Calibration, SensorCalibration
from retro_timer.settings.model import Settings
from tests.helpers.checks_made import facts, sensor

HALVES = SensorSettings(name="near"), SensorSettings(name="far", offset_mm=200)
PAIR = sensor(HALVES[0]), sensor(HALVES[1])


def walks(late_s: float, beyond_m: float) -> list[Walk]:
    """Ten, in turn, at 1.2 m/s: the far half is so late, and its beam so far beyond the other one."""
    return [Walk(late_s + (-1 if back else 1) * beyond_m / 1.2, 0.003, 1.2, 0.05, back) for back in (False, True) * 5]


def learn(found: list[Walk], *, late_ms: float = 0.0, beyond_mm: int = 0) -> SensorCalibration:
    """What is known of the far half after the walks; `late_ms` and `beyond_mm`: what was known before."""
    before = SensorCalibration(placement="gate", late_ms=late_ms, beyond_mm=beyond_mm)
    known = facts(*PAIR, settings=Settings(sensors=HALVES), calibration=Calibration(sensors={"far": before}))
    return judged(known, PAIR, found).sensors["far"]


def test_walks_add_to_what_was_learnt_before() -> None:
    far = learn(walks(0.05, 0.3), late_ms=20.0)
    assert far.late_ms == pytest.approx(70.0)
    assert far.beyond_mm == 100


@pytest.mark.parametrize(("late_ms", "beyond_mm"), [(60.0, 0), (0.0, 150)])
def test_walks_that_add_up_to_what_no_calibration_may_say_fit_no_gate(late_ms: float, beyond_mm: int) -> None:
    with pytest.raises(RetroTimerError, match="the walks fit no gate"):
        learn(walks(0.05, 0.2 + beyond_mm / 1000.0 + 0.1), late_ms=late_ms, beyond_mm=beyond_mm)
