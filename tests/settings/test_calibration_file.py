"""What calibration has learnt, in its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from retro_timer.errors import BadInputError
from retro_timer.settings.calibration import (
    Calibration,
    SensorCalibration,
    format_calibration,
    load_calibration,
)


def test_a_calibration_reads_back_as_it_was_written(tmp_path: Path) -> None:
    learnt = Calibration(
        sensors={
            "gate": SensorCalibration(placement="gate", background_mm=2050, noise_mm=3.5, offset_mm=-4, range_m=1.3),
            "rear": SensorCalibration(placement="lane-end", ambient_kcps=1500.0),
        }
    )
    (tmp_path / "calibration.toml").write_text(format_calibration(learnt))
    assert load_calibration(tmp_path) == learnt
    assert load_calibration(tmp_path / "none") == Calibration()


def test_a_calibration_made_elsewhere_does_not_hold() -> None:
    learnt = Calibration(sensors={"gate": SensorCalibration(placement="gate", background_mm=2050)})
    assert learnt.of("gate", "gate").background_mm == 2050
    assert learnt.of("gate", "belt").background_mm is None
    assert learnt.of("rear", "gate").background_mm is None


def test_a_damaged_calibration_is_one_line_of_complaint(tmp_path: Path) -> None:
    (tmp_path / "calibration.toml").write_text("[sensors.gate]\nbackground = 2\n")
    with pytest.raises(BadInputError, match=r"sensors\.gate\.background: unknown key|sensors.*background: unknown key"):
        load_calibration(tmp_path)
