"""What calibration has learnt, in its file."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from retro_timer.errors import BadInputError
from retro_timer.settings.calibration import (
    Calibration,
    SensorCalibration,
    SoundCheck,
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
    heard = SoundCheck(heard=True, voice=80, buzzer=100)
    for kept in (learnt, msgspec.structs.replace(learnt, sound=heard), Calibration(sound=SoundCheck(heard=False))):
        (tmp_path / "calibration.toml").write_text(format_calibration(kept))
        assert load_calibration(tmp_path) == kept
    assert load_calibration(tmp_path / "none") == Calibration()


@pytest.mark.parametrize(
    ("voice", "buzzer", "holds"),
    [(80, 60, True), (100, 100, True), (79, 60, False), (80, 59, False), (None, 60, False)],
)
def test_a_box_that_was_heard_at_the_start_is_heard_as_long_as_it_is_not_quieter(
    voice: int | None, buzzer: int, holds: bool
) -> None:
    assert SoundCheck(heard=True, voice=80, buzzer=60).holds(voice, buzzer) is holds
    assert not SoundCheck(heard=False, voice=80, buzzer=60).holds(voice, buzzer)
    assert not SoundCheck(voice=80, buzzer=60).holds(voice, buzzer)


def test_a_calibration_made_elsewhere_does_not_hold() -> None:
    learnt = Calibration(sensors={"gate": SensorCalibration(placement="gate", background_mm=2050)})
    assert learnt.of("gate", "gate").background_mm == 2050
    assert learnt.of("gate", "belt").background_mm is None
    assert learnt.of("rear", "gate").background_mm is None


def test_a_damaged_calibration_is_one_line_of_complaint(tmp_path: Path) -> None:
    (tmp_path / "calibration.toml").write_text("[sensors.gate]\nbackground = 2\n")
    with pytest.raises(BadInputError, match=r"sensors\.gate\.background: unknown key|sensors.*background: unknown key"):
        load_calibration(tmp_path)
