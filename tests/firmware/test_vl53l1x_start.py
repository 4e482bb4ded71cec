"""Starting a VL53L1X: what is refused, and how a failure names its cause and the command that mends it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from retro_timer.errors import BadInputError, RetroTimerError, SensorFaultError
from retro_timer.sensors.settings import SensorSettings
from retro_timer.sensors.vl53l1x import bus_share
from tests.firmware.sensor_bench import Bench, Fault, FaultKind, open_bus


def test_two_sensors_on_a_slow_bus_are_refused_with_the_boot_line_that_mends_it() -> None:
    two = [
        SensorSettings(name="upper", address=0x30, xshut_pin=5),
        SensorSettings(name="lower", address=0x31, xshut_pin=6),
    ]
    with pytest.raises(RetroTimerError) as refused:
        open_bus(two, clock_hz=lambda _number: 100_000)
    assert "at 100 kHz 'upper' and 'lower' need 163% of its time" in str(refused.value)
    assert "dtparam=i2c_arm_baudrate=400000 in /boot/firmware/config.txt" in str(refused.value)
    assert round(bus_share(two, 400_000), 2) == 0.41


def failure(bench: Bench) -> SensorFaultError:
    with pytest.raises(RetroTimerError) as caught:
        bench.sensor.start()
    assert isinstance(caught.value, SensorFaultError)
    assert "\n" not in str(caught.value)
    return caught.value


def raising(error: OSError) -> Callable[[int], object]:
    def open_wire(_number: int) -> object:
        raise error

    return open_wire


@pytest.mark.parametrize(
    ("error", "reason", "command"),
    [
        (FileNotFoundError(2, "No such file or directory"), "i2c-off", "sudo raspi-config nonint do_i2c 0"),
        (PermissionError(13, "Permission denied"), "no-permission", "sudo usermod -aG i2c $USER"),
        (OSError(19, "No such device"), "no-answer", "dmesg | grep i2c"),
    ],
)
def test_a_bus_that_does_not_open_says_why(error: OSError, reason: str, command: str) -> None:
    with Bench().open(open_wire=raising(error)) as bench:
        fault = failure(bench)
        assert fault.reason == reason
        assert command in fault.detail
        assert "/dev/i2c-1" in fault.detail


def test_nothing_on_the_bus_points_at_the_wiring() -> None:
    with Bench().open() as bench:
        bench.wire.set_xshut("gate", False)
        fault = failure(bench)
        assert fault.reason == "no-answer"
        assert "nothing answers at 0x29 on /dev/i2c-1" in fault.detail
        assert "retro-timer wiring" in fault.detail
        assert "i2cdetect -y 1" in fault.detail


def test_a_sensor_that_kept_another_address_is_told_as_such() -> None:
    with Bench().open() as bench:
        bench.wire.transfer(0x29, b"\x00\x01\x42", 0)
        fault = failure(bench)
        assert fault.reason == "wrong-address"
        assert "0x42" in fault.detail
        assert "i2cdetect -y 1" in fault.detail


def test_a_sensor_left_at_its_own_address_by_the_last_run_is_found() -> None:
    with Bench([SensorSettings(address=0x33)]).open() as bench:
        bench.wire.transfer(0x29, b"\x00\x01\x33", 0)
        bench.sensor.start()
        assert len(bench.read(3)) == 3
        assert bench.chips["gate"].address == 0x33


def test_another_chip_at_the_address_is_not_taken_for_the_sensor() -> None:
    with Bench().open() as bench:
        bench.wire.fail(Fault(FaultKind.FLOATING, fill=0x5A))
        fault = failure(bench)
        assert fault.reason == "wrong-chip"
        assert "id 5a5a" in fault.detail


def test_a_bus_held_low_points_at_a_short() -> None:
    with Bench().open() as bench:
        bench.wire.fail(Fault(FaultKind.DEAD_BUS))
        fault = failure(bench)
        assert fault.reason == "bus-stuck"
        assert "held low" in fault.detail


def test_a_start_that_failed_is_tried_again_by_reading() -> None:
    with Bench().open() as bench:
        bench.wire.set_xshut("gate", False)
        failure(bench)
        with pytest.raises(SensorFaultError, match="no-answer"):
            bench.sensor.read()
        bench.wire.set_xshut("gate", True)
        assert bench.read_for(1.0)[-1][1].__class__.__name__ == "RangeSample"


def test_an_i2c_device_that_appears_later_is_opened_then() -> None:
    attempts: list[int] = []
    with Bench() as bench:

        def open_wire(number: int) -> object:
            attempts.append(number)
            if len(attempts) < 3:
                raise FileNotFoundError(2, "No such file or directory")
            return bench.wire

        bench.open(open_wire=open_wire)
        assert failure(bench).reason == "i2c-off"
        assert bench.read_for(1.0)[-1][1].__class__.__name__ == "RangeSample"
        assert attempts == [1, 1, 1]


def test_a_second_bus_in_one_process_is_refused_in_one_line() -> None:
    with Bench().open(), pytest.raises(RetroTimerError, match="a second bus of VL53L1X in one process") as caught:
        open_bus([SensorSettings(bus=3)])
    assert "\n" not in str(caught.value)
    with Bench().start() as bench:
        assert bench.read()


def test_sensors_on_two_buses_are_refused() -> None:
    with pytest.raises(BadInputError, match="two buses"):
        open_bus([SensorSettings(bus=1, xshut_pin=5), SensorSettings(bus=3, name="b", xshut_pin=6)])


def test_several_sensors_need_their_shutdown_lines_and_addresses_of_their_own() -> None:
    with pytest.raises(BadInputError, match=r"'b'\.xshut_pin"):
        open_bus([SensorSettings(address=0x30, xshut_pin=5), SensorSettings(name="b", address=0x31)])
    with pytest.raises(BadInputError, match=r"'gate'\.address"):
        open_bus([SensorSettings(xshut_pin=5), SensorSettings(name="b", address=0x31, xshut_pin=6)])


def test_all_shutdown_lines_are_low_before_the_first_start() -> None:
    settings = (
        SensorSettings(name="gate", address=0x30, xshut_pin=5),
        SensorSettings(name="lane", address=0x31, xshut_pin=6),
    )
    with Bench(settings).open() as bench:
        assert bench.wire.transfer(0x29, b"\x01\x0f", 2) is None
        bench.sensors[0].start()
        assert bench.wire.transfer(0x29, b"\x01\x0f", 2) is None
        assert bench.wire.transfer(0x30, b"\x01\x0f", 2) == b"\xea\xcc"


def test_the_bus_counts_its_errors_and_has_a_name() -> None:
    with Bench().start() as bench:
        assert bench.bus is not None
        assert (bench.bus.name, bench.bus.errors) == ("i2c-1", 0)
        bench.fail(FaultKind.NACK, for_s=0.05)
        bench.read_for(0.5)
        assert bench.bus.errors > 0
