"""Sensors as the settings have them: which go together, and what each can do."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from retro_timer.errors import BadInputError
from retro_timer.ports import Placement, Role
from retro_timer.sensors.known import spec_of
from retro_timer.sensors.settings import DistanceMode, SensorSettings
from retro_timer.settings.loading import (
    check_settings,
    load_settings,
)
from retro_timer.settings.model import Settings


def test_an_active_buzzer_has_no_volume(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[buzzer]\nkind = 'active'\nvolume = 60\n")
    with pytest.raises(BadInputError, match=r"buzzer\.volume: 60 for an active buzzer, which knows on and off"):
        load_settings(path)


def _pair(
    xshut: tuple[int | None, int | None] = (None, None),
    addresses: tuple[int, int] = (0x29, 0x29),
    buses: tuple[int, int] = (1, 1),
) -> tuple[SensorSettings, ...]:
    parts = zip(("a", "b"), xshut, addresses, buses, strict=True)
    return tuple(SensorSettings(name=n, xshut_pin=pin, address=address, bus=bus) for n, pin, address, bus in parts)


def test_several_vl53l1x_with_shutdown_lines_and_addresses_of_their_own_are_taken() -> None:
    check_settings(Settings(sensors=_pair(xshut=(5, 6), addresses=(0x30, 0x31))), "c.toml")


@pytest.mark.parametrize(
    ("sensors", "words"),
    [
        ((SensorSettings(name="a"), SensorSettings(name="a", address=0x30)), "'a' stands twice"),
        ((SensorSettings(role=Role.WATCH),), "no sensor at the finish has the role timing or both"),
        ((SensorSettings(budget_ms=33.0, period_ms=36.0),), "period_ms: 36 with budget_ms 33; expected at least"),
        ((SensorSettings(mode=DistanceMode.LONG),), "budget_ms: 20 in mode long"),
        (_pair(), "sensors[0].xshut_pin: missing for 'a', one of several VL53L1X; expected the pin wired to its XSHUT"),
        (_pair(xshut=(5, None), addresses=(0x30, 0x31)), "sensors[1].xshut_pin: missing for 'b'"),
        (_pair(xshut=(5, 6)), "sensors[0].address: 0x29 for 'a'"),
        (_pair(xshut=(5, 6), addresses=(0x30, 0x29)), "sensors[1].address: 0x29 for 'b'"),
        (_pair(xshut=(5, 6), addresses=(0x30, 0x30)), "sensors[1].address: 0x30 for 'b' belongs to 'a'"),
        (_pair(buses=(1, 3), addresses=(0x29, 0x30)), "sensors[1].bus: 3 for 'b': VL53L1X on two buses"),
        ((SensorSettings(model="hc-sr04"),), "outlives its echo"),
        ((SensorSettings(model="hc-sr04", role=Role.TIMING),), "without its pins"),
    ],
)
def test_settings_that_contradict_each_other_are_told(sensors: tuple[SensorSettings, ...], words: str) -> None:
    chosen = Settings(sensors=tuple(_by_types(sensor) for sensor in sensors))
    with pytest.raises(BadInputError) as caught:
        check_settings(chosen, "c.toml")
    assert words in str(caught.value)
    assert "c.toml: sensors" in str(caught.value)
    assert "expected" in str(caught.value)


def _by_types(sensor: SensorSettings) -> SensorSettings:
    return msgspec.convert(msgspec.to_builtins(sensor), SensorSettings)


def test_the_recommended_build_is_sound() -> None:
    rear = SensorSettings(name="rear", model="tf-luna", placement=Placement.LANE_END, role=Role.WATCH)
    check_settings(Settings(sensors=(SensorSettings(), rear)), "c.toml")


@pytest.mark.parametrize(
    ("mode", "range_mm"),
    [(DistanceMode.SHORT, 1360), (DistanceMode.MEDIUM, 2900), (DistanceMode.LONG, 3600), (DistanceMode.AUTO, 3600)],
)
def test_a_vl53l1x_sees_as_far_as_its_data_sheet_says(mode: DistanceMode, range_mm: int) -> None:
    spec = spec_of(_by_types(SensorSettings(mode=mode, budget_ms=33.0, period_ms=37.0)))
    assert spec.max_range_mm == range_mm
    assert (spec.period_ns, spec.budget_ns, spec.fov_deg) == (37_000_000, 33_000_000, 27.0)
    assert spec.may_watch


def test_an_ultrasonic_sensor_may_not_keep_watch() -> None:
    assert not spec_of(SensorSettings(model="hc-sr04")).may_watch
