"""The unmodified package VL53L1X, with ST's C driver inside, works on the twin as on a sensor."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from retro_timer.ports import RangeStatus
from retro_timer.sensors.vl53l1x import OPTICS
from retro_timer.sim.optics import count_photons
from tests.firmware.sensor_bench import MS, Lane, StepClock

pytest.importorskip("VL53L1X", reason="the package on trial is missing: pip install 'retro-timer[twin]'")

from retro_firmware.vl53l1x.twin import TwinBus, TwinChip, lent_to_package
from retro_firmware.vl53l1x.twin import registers as reg
from retro_firmware.vl53l1x.twin.ranging import RangeEngine, Timing


class Bare:
    """The package on a twin in time of its own. Each transfer takes a millisecond, as a poll of the C driver does."""

    def __init__(self, *names: str) -> None:
        self.lane = Lane()
        self.clock = StepClock()
        self.chips = {name: TwinChip(name, self.lane) for name in names or ("gate",)}
        self.bus = TwinBus(
            self.chips.values(), clock=self.clock, sleep=lambda _s: self.clock.sleep(0.001), bus_hz=400_000
        )

    @property
    def chip(self) -> TwinChip:
        return next(iter(self.chips.values()))

    def distance(self, sensor: Any) -> int:
        """A reading; time passes at once until it is ready, which leaves the C driver nothing to poll for."""
        self.bus.wait_for_interrupt(self.chip.name, 1.0)
        return int(sensor.get_distance())

    def register(self, register: int, size: int = 1, address: int = 0x29) -> int:
        found = self.bus.transfer(address, register.to_bytes(2, "big"), size)
        assert found is not None
        return int.from_bytes(found, "big")


@pytest.fixture
def bare() -> Bare:
    return Bare()


@pytest.fixture
def package(bare: Bare) -> Iterator[Any]:
    with lent_to_package(bare.bus) as module:
        yield module


@pytest.fixture
def sensor(package: Any) -> Iterator[Any]:
    opened = package.VL53L1X(i2c_bus=1)
    opened.open()
    yield opened
    opened.stop_ranging()
    opened.close()


def ranging(sensor: Any, mode: int = 1, budget_us: int = 20_000, period_ms: int = 24) -> Any:
    sensor.set_distance_mode(mode)
    sensor.set_timing(budget_us, period_ms)
    sensor.start_ranging(0)
    return sensor


def test_the_package_opens_the_twin(bare: Bare, package: Any) -> None:
    sensor = package.VL53L1X(i2c_bus=1)
    before = bare.bus.transfers
    sensor.open()
    # 25 without the polls for the reference SPAD test, whose number depends on how long that takes.
    assert 25 <= bare.bus.transfers - before <= 30
    sensor.close()


def test_the_package_has_its_own_bus_back_afterwards() -> None:
    import VL53L1X

    own = VL53L1X.SMBus
    with lent_to_package(Bare().bus):
        assert VL53L1X.SMBus is not own
    assert VL53L1X.SMBus is own


def test_it_measures_what_the_scene_shows(bare: Bare, sensor: Any) -> None:
    ranging(sensor)
    bare.distance(sensor)
    for truth_mm in (300.0, 900.0, 1200.0):
        bare.lane.range_mm = truth_mm
        bare.distance(sensor)
        ranges = [bare.distance(sensor) for _ in range(8)]
        assert sum(ranges) / 8 == pytest.approx(truth_mm, abs=15.0)
        assert sensor.get_range_status() == RangeStatus.VALID


def test_the_scene_is_asked_for_the_middle_of_the_integration(bare: Bare, sensor: Any) -> None:
    ranging(sensor)
    bare.distance(sensor)
    name, middle_ns = bare.lane.looks[-1]
    assert name == "gate"
    assert bare.clock() - middle_ns == pytest.approx(10 * MS, abs=6 * MS)


def test_the_first_frame_has_no_wrap_check_and_the_count_skips_the_low_half_after_255(bare: Bare, sensor: Any) -> None:
    ranging(sensor)
    bare.distance(sensor)
    assert sensor.get_range_status() == RangeStatus.NO_WRAP_CHECK
    assert bare.register(reg.RESULT + 3) == 0
    bare.distance(sensor)
    assert bare.register(reg.RESULT + 3) == 1
    engine = RangeEngine(0, Timing("short", 20 * MS, 24 * MS, 256))
    counts = []
    for _ in range(300):
        counts.append(engine.stream_count)
        engine.finish()
    assert counts[254:258] == [254, 255, 128, 129]


def test_frames_come_once_a_period(bare: Bare, sensor: Any) -> None:
    ranging(sensor, period_ms=50)
    bare.distance(sensor)
    began_ns = bare.clock()
    for _ in range(10):
        bare.distance(sensor)
    assert (bare.clock() - began_ns) / 10 == pytest.approx(50 * MS, rel=0.1)


@pytest.mark.parametrize(("budget_us", "period_ms"), [(20_000, 24), (33_000, 37), (140_000, 150)])
def test_budget_and_period_are_what_was_asked(bare: Bare, sensor: Any, budget_us: int, period_ms: int) -> None:
    ranging(sensor, budget_us=budget_us, period_ms=period_ms)
    timing = bare.chip.timing
    assert timing.budget_ns == pytest.approx(budget_us * 1000, rel=0.02)
    # Whole milliseconds lie between what was asked and what ST's driver writes.
    assert timing.period_ns == pytest.approx(period_ms * MS, rel=0.03)


def test_a_period_without_room_for_the_budget_never_ranges(bare: Bare, sensor: Any) -> None:
    ranging(sensor, budget_us=33_000, period_ms=35)
    assert bare.chip.due_ns is None


@pytest.mark.parametrize(("number", "mode"), [(1, "short"), (2, "medium"), (3, "long")])
def test_modes_reach_as_far_as_the_data_sheet_says(bare: Bare, sensor: Any, number: int, mode: str) -> None:
    ranging(sensor, mode=number, budget_us=33_000, period_ms=40)
    bare.distance(sensor)
    reach_mm = {"short": 1360, "medium": 2900, "long": 3600}[mode]
    for truth_mm, seen in ((reach_mm - 150.0, True), (reach_mm + 150.0, False)):
        bare.lane.range_mm = truth_mm
        bare.lane.ambient_kcps = 100.0
        bare.distance(sensor)
        statuses = {sensor.get_range_status() for _ in range(6) if bare.distance(sensor) is not None}
        assert (RangeStatus.VALID in statuses) is seen
    assert bare.chip.timing.mode == mode


def test_long_mode_loses_its_range_in_the_sun(bare: Bare, sensor: Any) -> None:
    ranging(sensor, mode=3, budget_us=33_000, period_ms=40)
    bare.lane.range_mm = 2000.0
    bare.lane.ambient_kcps = 45_000.0
    bare.distance(sensor)
    believed = 0
    for _ in range(20):
        distance = bare.distance(sensor)
        believed += sensor.get_range_status() == RangeStatus.VALID and abs(distance - 2000) < 100
    assert believed == 0


def test_signal_ambient_and_sigma_arrive_as_the_optics_gave_them(bare: Bare, sensor: Any) -> None:
    ranging(sensor)
    bare.distance(sensor)
    bare.distance(sensor)
    signal = bare.register(reg.RESULT + 0x10, 2) / 128.0 * 1000.0
    ambient = bare.register(reg.RESULT + 0x08, 2) / 128.0 * 1000.0
    sigma = bare.register(reg.RESULT + 0x0A, 2) / 4.0
    expected = count_photons(bare.lane.view("gate", 0), OPTICS["short"], 20.0, random.Random(1))
    assert signal == pytest.approx(expected.signal_kcps, rel=0.2)
    assert ambient == pytest.approx(1500.0, rel=0.2)
    assert sigma == pytest.approx(expected.sigma_mm, rel=0.2)


def test_a_smaller_region_of_interest_collects_less_light(bare: Bare, sensor: Any, package: Any) -> None:
    sensor.set_user_roi(package.VL53L1xUserRoi(4, 11, 11, 4))
    ranging(sensor)
    bare.distance(sensor)
    bare.distance(sensor)
    assert bare.chip.timing.spads == 64
    assert bare.register(reg.RESULT + 0x08, 2) / 128.0 * 1000.0 == pytest.approx(1500.0 / 4.0, rel=0.2)
    assert bare.register(reg.RESULT + 0x04, 2) / 256.0 == 64


def test_a_region_below_4x4_is_refused_and_changes_nothing(bare: Bare, sensor: Any, package: Any) -> None:
    sensor.set_user_roi(package.VL53L1xUserRoi(0, 2, 2, 0))
    ranging(sensor)
    assert bare.chip.timing.spads == 256


def test_a_changed_address_holds_until_the_supply_goes(bare: Bare, package: Any) -> None:
    first = package.VL53L1X(i2c_bus=1)
    first.open()
    first.change_address(0x30)
    first.close()
    assert bare.bus.transfer(0x29, b"\x01\x0f", 2) is None
    again = package.VL53L1X(i2c_bus=1, i2c_address=0x30)
    again.open()
    ranging(again)
    bare.distance(again)
    assert bare.distance(again) == pytest.approx(700, abs=40)
    again.stop_ranging()
    again.close()
    bare.bus.set_xshut("gate", False)
    bare.bus.set_xshut("gate", True)
    bare.clock.sleep(0.002)
    assert bare.bus.transfer(0x30, b"\x01\x0f", 2) is None
    assert bare.bus.transfer(0x29, b"\x01\x0f", 2) == b"\xea\xcc"


def test_ranging_on_the_object_that_changed_the_address_falls_back_to_0x29(bare: Bare, package: Any) -> None:
    sensor = package.VL53L1X(i2c_bus=1)
    sensor.open()
    sensor.change_address(0x30)
    ranging(sensor)
    assert bare.chip.address == 0x29
    sensor.close()


def test_a_chip_is_deaf_while_it_boots_and_while_xshut_is_low(bare: Bare) -> None:
    bare.bus.set_xshut("gate", False)
    assert bare.bus.transfer(0x29, b"\x01\x0f", 2) is None
    bare.bus.set_xshut("gate", True)
    assert bare.bus.transfer(0x29, b"\x01\x0f", 2) is None
    bare.clock.sleep(0.0013)
    assert bare.bus.transfer(0x29, b"\x01\x0f", 2) == b"\xea\xcc"
    assert bare.register(reg.FIRMWARE_STATUS) == 1


def test_soft_reset_boots_it_anew(bare: Bare) -> None:
    bare.bus.transfer(0x29, b"\x00\x01\x33", 0)
    assert bare.register(reg.I2C_ADDRESS, address=0x33) == 0x33
    bare.bus.transfer(0x33, b"\x00\x00\x00", 0)
    bare.bus.transfer(0x33, b"\x00\x00\x01", 0)
    bare.clock.sleep(0.002)
    assert bare.chip.resets == 1
    assert bare.register(reg.I2C_ADDRESS) == 0x29


def test_two_chips_at_one_address_answer_with_the_and_of_both() -> None:
    bare = Bare("gate", "lane")
    bare.bus.set_xshut("lane", False)
    bare.bus.transfer(0x29, b"\x00\x60\x07", 0)
    bare.bus.set_xshut("lane", True)
    bare.clock.sleep(0.002)
    assert bare.register(reg.VCSEL_PERIOD_A) == 0x00
    bare.bus.transfer(0x29, b"\x00\x60\x0f", 0)
    assert bare.register(reg.VCSEL_PERIOD_A) == 0x0F


def test_results_cannot_be_written(bare: Bare) -> None:
    bare.bus.transfer(0x29, b"\x01\x0f\x00\x00", 0)
    assert bare.register(reg.MODEL_ID, 2) == 0xEACC


def test_gpio1_is_active_while_a_frame_waits(bare: Bare, sensor: Any) -> None:
    ranging(sensor)
    assert not bare.bus.interrupt("gate")
    assert bare.bus.wait_for_interrupt("gate", 0.1)
    assert bare.register(reg.INTERRUPT_LEVEL) & 0x01 == 0
    bare.distance(sensor)
    assert not bare.bus.interrupt("gate")
    bare.bus.set_xshut("gate", False)
    assert not bare.bus.wait_for_interrupt("gate", 0.05)
    bare.bus.set_xshut("gate", True)
    bare.clock.sleep(0.002)
