"""The twin fails as it is told: which transfer, from when until when, which chip; and what each fault looks like."""

from __future__ import annotations

import errno
from typing import Any

import pytest

from retro_timer.ports import RangeStatus
from tests.firmware.sensor_bench import MS, Fault, FaultKind, Lane, StepClock, TwinBus, TwinChip

pytest.importorskip("smbus2", reason="the bus library is missing: pip install 'retro-timer[twin]'")

from retro_firmware.vl53l1x.twin import lent_to_package
from retro_firmware.vl53l1x.twin import registers as reg
from smbus2 import i2c_msg

MODEL = b"\x01\x0f"


class Wires:
    """Two chips on a bus, the second at 0x30, in time that each transfer moves by a millisecond."""

    def __init__(self) -> None:
        self.clock = StepClock()
        self.lane = Lane()
        self.bus = TwinBus(
            [TwinChip("gate", self.lane), TwinChip("lane", self.lane)],
            clock=self.clock,
            sleep=lambda s: self.clock.sleep(max(s, 0.001)),
            bus_hz=400_000,
        )
        self.bus.set_xshut("gate", False)
        self.bus.transfer(0x29, b"\x00\x01\x30", 0)
        self.bus.set_xshut("gate", True)
        self.clock.sleep(0.002)

    def model(self, address: int = 0x29) -> bytes | None:
        return self.bus.transfer(address, MODEL, 2)


@pytest.fixture
def wires() -> Wires:
    return Wires()


@pytest.fixture
def sensor(wires: Wires) -> Any:
    """The unmodified package, ranging at 0x29."""
    pytest.importorskip("VL53L1X", reason="the package is missing: pip install 'retro-timer[twin]'")
    with lent_to_package(wires.bus) as package:
        made = package.VL53L1X(i2c_bus=1)
        made.open()
        made.set_distance_mode(1)
        made.set_timing(20_000, 24)
        made.start_ranging(0)
        wires.bus.wait_for_interrupt("gate", 1.0)
        made.get_distance()
        yield made
        wires.bus.fail()


def test_a_fault_at_one_transfer_is_at_that_one_only(wires: Wires) -> None:
    wires.bus.fail(Fault(FaultKind.NACK, first_transfer=wires.bus.transfers + 3, last_transfer=wires.bus.transfers + 3))
    assert [wires.model() for _ in range(4)] == [b"\xea\xcc", b"\xea\xcc", None, b"\xea\xcc"]


def test_a_fault_holds_from_one_moment_until_another(wires: Wires) -> None:
    now_ns = wires.clock()
    wires.bus.fail(Fault(FaultKind.NACK, from_ns=now_ns + 2 * MS, until_ns=now_ns + 4 * MS))
    # Each transfer takes a millisecond and is judged at its end.
    assert [wires.model() is None for _ in range(5)] == [False, True, True, False, False]


def test_a_fault_of_one_chip_leaves_the_other_alone(wires: Wires) -> None:
    wires.bus.fail(Fault(FaultKind.NACK, chip="lane"))
    assert wires.model(0x29) == b"\xea\xcc"
    assert wires.model(0x30) is None
    wires.bus.fail()
    assert wires.model(0x30) == b"\xea\xcc"


def test_nobody_at_an_address_is_no_acknowledge_and_a_stuck_bus_a_time_out(wires: Wires) -> None:
    with pytest.raises(OSError, match="Remote I/O") as caught:
        wires.bus.i2c_rdwr(i2c_msg.write(0x44, MODEL))
    assert caught.value.errno == errno.EREMOTEIO
    assert wires.bus.transfer(0x44, MODEL, 2) is None
    wires.bus.fail(Fault(FaultKind.DEAD_BUS))
    with pytest.raises(TimeoutError):
        wires.bus.i2c_rdwr(i2c_msg.write(0x29, MODEL))
    with pytest.raises(TimeoutError):
        wires.model()


def test_a_slow_transfer_takes_its_seconds_and_works(wires: Wires) -> None:
    wires.bus.fail(Fault(FaultKind.SLOW, hang_s=3.0, last_transfer=wires.bus.transfers + 1))
    began_ns = wires.clock()
    assert wires.model() == b"\xea\xcc"
    assert wires.clock() - began_ns >= 3.0e9


def test_a_brown_out_happens_once(wires: Wires) -> None:
    wires.bus.fail(Fault(FaultKind.BROWN_OUT, chip="lane"))
    assert wires.model(0x30) is None
    wires.clock.sleep(0.002)
    assert wires.bus.chips["lane"].address == 0x29
    wires.model()
    assert wires.bus.chips["lane"].resets == 1
    assert wires.bus.chips["gate"].resets == 1  # from its XSHUT line, before


def test_a_floating_line_reads_all_ones_and_garbage_reads_anything(wires: Wires) -> None:
    wires.bus.fail(Fault(FaultKind.FLOATING))
    assert wires.model() == b"\xff\xff"
    wires.bus.fail(Fault(FaultKind.GARBAGE))
    found = wires.bus.transfer(0x29, MODEL, 32)
    assert found is not None
    assert len(set(found)) > 8


def test_a_write_and_a_read_may_come_as_two_messages(wires: Wires) -> None:
    wires.bus.i2c_rdwr(i2c_msg.write(0x29, MODEL))
    read = i2c_msg.read(0x29, 2)
    wires.bus.i2c_rdwr(read)
    assert bytes(read) == b"\xea\xcc"
    assert wires.bus.read_byte(0x29) == 0xEA


def test_several_messages_go_out_in_their_order(wires: Wires) -> None:
    read = i2c_msg.read(0x29, 1)
    wires.bus.i2c_rdwr(i2c_msg.write(0x29, b"\x00\x60\x07"), i2c_msg.write(0x29, b"\x00\x60"), read)
    assert bytes(read) == b"\x07"


# What the package alone makes of it: why there is a driver around it


def test_a_lost_handshake_makes_the_package_repeat_a_frame_as_valid(wires: Wires, sensor: Any) -> None:
    wires.bus.wait_for_interrupt("gate", 1.0)
    wires.bus.fail(Fault(FaultKind.LOST_HANDSHAKE))
    first = sensor.get_distance()
    wires.lane.range_mm = 300.0
    assert [sensor.get_distance() for _ in range(3)] == [first] * 3
    assert sensor.get_range_status() == RangeStatus.VALID


def test_a_frozen_frame_is_announced_anew_and_is_the_old_one(wires: Wires, sensor: Any) -> None:
    wires.bus.wait_for_interrupt("gate", 1.0)
    first = sensor.get_distance()
    wires.bus.fail(Fault(FaultKind.FROZEN))
    assert wires.bus.wait_for_interrupt("gate", 0.1)
    assert sensor.get_distance() == first
    assert sensor.get_range_status() == RangeStatus.VALID


def test_never_ready_announces_nothing(wires: Wires, sensor: Any) -> None:
    wires.bus.fail(Fault(FaultKind.NEVER_READY))
    assert not wires.bus.wait_for_interrupt("gate", 0.5)
    assert wires.bus.transfer(0x29, reg.INTERRUPT_LEVEL.to_bytes(2, "big"), 1) == b"\x03"
    wires.bus.fail()
    assert wires.bus.wait_for_interrupt("gate", 0.1)
