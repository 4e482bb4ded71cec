"""A TF-Luna through the driver: readings in time, every fault of the line named, and the way back."""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from collections.abc import Callable

import msgspec
import pytest

from retro_timer.errors import SensorFaultError
from retro_timer.ports import Placement, RangeSample, RangeStatus, Role
from retro_timer.sensors.settings import SensorSettings
from retro_timer.sim.optics import Surface, View

pytest.importorskip("serial", reason="the port's library is missing: pip install 'retro-timer[twin]'")

from retro_firmware.tf_luna.commands import CENTIMETRES, MILLIMETRES
from retro_firmware.tf_luna.ports import SerialPort, cannot_open
from retro_firmware.tf_luna.sensor import TfLunaSensor
from retro_firmware.tf_luna.twin import LunaFault, LunaTwin, PtyTwin, TwinPort

SETTINGS = SensorSettings(name="lane", model="tf-luna", placement=Placement.LANE_END, role=Role.WATCH)
MS = 1_000_000


class Lane:
    """A target that moves evenly between 2 and 5 m, so that each moment has a range of its own."""

    still_mm: float | None = None

    def range_mm(self, t_ns: int) -> float:
        if self.still_mm is not None:
            return self.still_mm
        phase = (t_ns / 1e9) % 4.0
        return 2000.0 + 1500.0 * (phase if phase < 2.0 else 4.0 - phase)

    def view(self, _sensor: str, t_ns: int) -> View:
        return View((Surface(self.range_mm(t_ns), 1.0, 0.4),), 2000.0)


class Bench:
    """The driver on the twin's port, in time that only sleeping moves."""

    def __init__(self, rate_hz: int = 100, *, deaf: bool = False, millimetres: bool = True) -> None:
        self.now_ns = 1_000_000_000
        self.lane = Lane()
        self.twin = LunaTwin("lane", self.lane, self.now_ns, deaf=deaf, millimetres=millimetres)
        self.ports: list[TwinPort] = []
        settings = msgspec.structs.replace(SETTINGS, rate_hz=rate_hz)
        self.sensor = TfLunaSensor(settings, open_port=self.open, clock=self.clock, sleep=self.sleep)

    def open(self, _path: str) -> TwinPort:
        if self.twin.fault_at(self.now_ns) is LunaFault.UNPLUGGED:
            raise FileNotFoundError(2, "No such file or directory")
        self.ports.append(TwinPort(self.twin, self.clock, self.sleep))
        return self.ports[-1]

    def clock(self) -> int:
        return self.now_ns

    def sleep(self, seconds: float) -> None:
        self.now_ns += max(1, round(seconds * 1e9))

    def read_for(self, seconds: float) -> tuple[list[RangeSample], list[tuple[int, str]]]:
        end_ns = self.now_ns + round(seconds * 1e9)
        samples, lost = [], []
        while self.now_ns < end_ns:
            try:
                sample = self.sensor.read()
                assert sample is not None
                samples.append(sample)
            except SensorFaultError as fault:
                lost.append((self.now_ns, fault.reason))
        return samples, lost

    def true(self, samples: list[RangeSample]) -> bool:
        """Whether each reading shows what was there at its own moment."""
        return all(s.range_mm is not None and abs(s.range_mm - self.lane.range_mm(s.t_ns)) < 75 for s in samples)


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    made.sensor.start()
    made.read_for(0.3)
    return made


def test_it_reads_100_frames_a_second_in_order_and_in_time(bench: Bench) -> None:
    samples, lost = bench.read_for(1.0)
    assert lost == []
    assert len(samples) == pytest.approx(100, abs=2)
    assert bench.true(samples)
    assert all(b.t_ns - a.t_ns == pytest.approx(10 * MS, abs=MS) for a, b in itertools.pairwise(samples))
    assert {s.status for s in samples} == {RangeStatus.VALID}
    assert all(s.signal_kcps is not None and s.ambient_kcps is None for s in samples)


def test_a_late_thread_gets_the_newest_readings_with_their_times(bench: Bench) -> None:
    bench.sleep(0.5)
    samples, _ = bench.read_for(0.1)
    assert bench.now_ns - samples[0].t_ns < 320 * MS
    assert bench.true(samples)


@pytest.mark.parametrize("rate_hz", [100, 250])
def test_a_thread_that_is_late_by_200_ms_loses_no_reading(rate_hz: int) -> None:
    late = Bench(rate_hz)
    late.sensor.start()
    before, _ = late.read_for(0.3)
    late.sleep(0.19)
    after, _ = late.read_for(0.3)
    spacing_ns = 1_000_000_000 // rate_hz
    pairs = itertools.pairwise([*before, *after])
    assert all(b.t_ns - a.t_ns == pytest.approx(spacing_ns, abs=MS) for a, b in pairs)
    assert late.true(after)


@pytest.mark.parametrize("rate_hz", [100, 125, 250])
def test_its_rate_and_its_format_are_told_at_each_start_and_never_saved(rate_hz: int) -> None:
    told = Bench(rate_hz)
    for _ in range(2):
        told.sensor.start()
        samples, lost = told.read_for(1.0)
        assert lost == []
        assert len(samples) == pytest.approx(rate_hz, abs=3)
        assert told.true(samples)
        assert any((s.range_mm or 0) % 10 for s in samples)
        told.sensor.stop()
    assert told.twin.format == MILLIMETRES
    assert told.twin.saved == 0
    told.sensor.start()
    assert f"firmware 3.3.1, {rate_hz} Hz in mm" in told.sensor.identity


def test_firmware_without_millimetres_is_read_in_centimetres() -> None:
    coarse = Bench(250, millimetres=False)
    coarse.sensor.start()
    samples, _ = coarse.read_for(0.5)
    assert coarse.twin.format == CENTIMETRES
    assert coarse.true(samples)


def test_a_sensor_that_hears_nothing_serves_at_its_own_rate() -> None:
    deaf = Bench(deaf=True)
    deaf.sensor.start()
    samples, lost = deaf.read_for(0.5)
    assert lost == []
    assert deaf.true(samples)
    assert "takes no command, 100 Hz in cm" in deaf.sensor.identity


def test_a_sensor_that_hears_nothing_is_refused_at_250_hz_with_what_mends_it() -> None:
    deaf = Bench(250, deaf=True)
    with pytest.raises(SensorFaultError, match=r"wire the box's TXD to its RXD .* or set rate_hz = 100") as refused:
        deaf.sensor.start()
    assert refused.value.reason == "wrong-rate"


def test_after_a_dip_of_its_supply_it_is_told_anew_before_a_reading_is_believed() -> None:
    dipped = Bench(250)
    dipped.sensor.start()
    dipped.read_for(0.3)
    dipped.twin.fail(LunaFault.SILENT, until_ns=dipped.now_ns + 90 * MS)
    dipped.twin.power_cut()
    samples, _ = dipped.read_for(1.0)
    assert dipped.true(samples)
    assert dipped.twin.format == MILLIMETRES
    assert len(samples) > 200


def test_torn_frames_are_told_with_what_mends_them(monkeypatch: pytest.MonkeyPatch) -> None:
    torn = Bench()
    torn.sensor.start()
    for _ in range(10):
        torn.twin.fail(LunaFault.TORN, until_ns=torn.now_ns + 11 * MS)
        torn.read_for(0.2)
    assert "shorten its cable" in torn.sensor.identity
    monkeypatch.setattr(os.path, "realpath", lambda _path: "/dev/ttyS0")
    assert "dtoverlay=disable-bt" in torn.sensor.identity


def test_a_torn_frame_does_not_shift_the_times_of_those_behind_it() -> None:
    torn = Bench(250)
    torn.sensor.start()
    torn.read_for(0.3)
    torn.twin.fail(LunaFault.TORN, until_ns=torn.now_ns + 8 * MS)
    samples, _ = torn.read_for(0.2)
    offsets_ns = [s.t_ns % (4 * MS) for s in samples]
    assert max(offsets_ns) - min(offsets_ns) < MS


def test_a_dark_target_far_away_reads_as_no_target(bench: Bench) -> None:
    bench.lane.still_mm = 7900.0
    bench.lane.view = lambda _sensor, t_ns: View((Surface(7900.0, 0.05, 0.05),), 0.0)  # type: ignore[method-assign]
    samples, _ = bench.read_for(0.5)
    assert (samples[-1].status, samples[-1].range_mm) == (RangeStatus.SIGNAL_FAIL, None)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (LunaFault.SILENT, "no-answer"),
        (LunaFault.TORN, "garbage"),
        (LunaFault.CORRUPT, "garbage"),
        (LunaFault.NOISE, "garbage"),
        (LunaFault.BABBLE, "garbage"),
        (LunaFault.UNPLUGGED, "no-answer"),
    ],
)
def test_a_lasting_fault_is_named_in_time_yields_nothing_false_and_is_left_behind(
    bench: Bench, fault: LunaFault, reason: str
) -> None:
    began_ns = bench.now_ns
    bench.twin.fail(fault, until_ns=began_ns + 600 * MS)
    samples, lost = bench.read_for(3.0)
    assert lost[0][1] == reason
    assert lost[0][0] - began_ns <= 200 * MS
    assert bench.true(samples)
    assert not [s for s in samples if began_ns + 10 * MS < s.t_ns < began_ns + 590 * MS]
    assert lost[-1][0] < began_ns + 1_800 * MS
    assert len(samples) > 100
    assert all(port.closed for port in bench.ports[:-1])


def test_one_corrupt_frame_costs_two_readings_and_no_alarm(bench: Bench) -> None:
    bench.twin.fail(LunaFault.CORRUPT, until_ns=bench.now_ns + 10 * MS)
    samples, lost = bench.read_for(1.0)
    assert lost == []
    assert len(samples) >= 97
    assert bench.true(samples)


def test_it_is_silent_after_stop_and_starts_again(bench: Bench) -> None:
    bench.sensor.stop()
    bench.sensor.stop()
    assert bench.sensor.read() is None
    bench.sensor.start()
    assert bench.read_for(0.1)[0]


def failure(open_with: Callable[[str], TwinPort]) -> SensorFaultError:
    bench = Bench()
    sensor = TfLunaSensor(SETTINGS, open_port=open_with, clock=bench.clock, sleep=bench.sleep)
    with pytest.raises(SensorFaultError) as caught:
        sensor.start()
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("error", "reason", "command"),
    [
        (FileNotFoundError(2, "No such file or directory"), "no-port", "sudo raspi-config nonint do_serial_hw 0"),
        (PermissionError(13, "Permission denied"), "no-permission", "sudo usermod -aG dialout $USER"),
        (OSError(16, "Device or resource busy"), "busy", "sudo fuser /dev/serial0"),
    ],
)
def test_a_port_that_does_not_open_says_why(error: OSError, reason: str, command: str) -> None:
    def open_with(_path: str) -> TwinPort:
        raise error

    fault = failure(open_with)
    assert fault.reason == reason
    assert command in fault.detail


@pytest.mark.parametrize(
    ("port", "mend"),
    [
        ("/dev/serial0", "sudo raspi-config nonint do_serial_hw 0"),
        (
            "/dev/ttyAMA3",
            "only a Pi 4 and a Pi 5 have a further pair: put its dtoverlay into /boot/firmware/config.txt",
        ),
        ("/dev/ttyUSB0", "plug its USB adapter in"),
    ],
)
def test_a_port_that_is_not_there_is_mended_as_what_it_is(port: str, mend: str) -> None:
    missing = cannot_open(port, FileNotFoundError(2, "No such file or directory"))
    assert missing.detail.startswith(f"{port} does not exist; ")
    assert mend in missing.detail


@pytest.mark.parametrize(
    ("wrong", "reason", "hint"),
    [
        (LunaFault.SILENT, "no-answer", "retro-timer wiring"),
        (LunaFault.BABBLE, "garbage", "sudo raspi-config nonint do_serial_cons 1"),
    ],
)
def test_a_start_without_frames_names_the_likely_cause(wrong: LunaFault, reason: str, hint: str) -> None:
    bench = Bench()
    bench.twin.fail(wrong)
    with pytest.raises(SensorFaultError) as caught:
        bench.sensor.start()
    assert caught.value.reason == reason
    assert hint in caught.value.detail
    bench.twin.fail(None)
    assert bench.read_for(1.0)[0]


def test_it_reads_a_real_terminal_through_pyserial() -> None:
    with contextlib.closing(PtyTwin(LunaTwin("lane", Lane(), time.monotonic_ns()))) as terminal:
        sensor = TfLunaSensor(SETTINGS, open_port=lambda _path: SerialPort(terminal.path))
        sensor.start()
        samples = [sensor.read() for _ in range(20)]
        assert all(s is not None and s.status == RangeStatus.VALID for s in samples)
        assert all(s is not None and 1900 < (s.range_mm or 0) < 5100 for s in samples)
        terminal.twin.fail(LunaFault.TORN)
        with pytest.raises(SensorFaultError, match="garbage"):
            list(iter(sensor.read, None))
        sensor.stop()
