"""An HC-SR04 through gpiozero's pins: single pings that time, a line that says nothing false, and no watch."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from retro_timer.errors import BadInputError, SensorFaultError
from retro_timer.ports import RangeStatus, Role
from retro_timer.sensors.settings import SensorSettings
from retro_timer.sim.optics import Surface, View

pytest.importorskip("gpiozero", reason="the pins' library is missing: pip install 'retro-timer[twin]'")

from gpiozero import DigitalOutputDevice
from gpiozero.pins.mock import MockFactory, MockPin, MockPWMPin
from retro_firmware.hc_sr04.sensor import HcSr04Sensor
from retro_firmware.hc_sr04.twin import EchoFault, HcSr04Twin

SETTINGS = SensorSettings(name="gate", model="hc-sr04", role=Role.TIMING, trigger_pin=20, echo_pin=21, period_ms=60.0)


class Lane:
    range_mm: float | None = 900.0

    def __init__(self) -> None:
        self.looks: list[int] = []

    def view(self, _sensor: str, t_ns: int) -> View:
        self.looks.append(t_ns)
        return View(() if self.range_mm is None else (Surface(self.range_mm, 0.5, 0.3),), 0.0)


class Bench:
    def __init__(self, pin_class: type[MockPin]) -> None:
        self.lane = Lane()
        self.factory = MockFactory(pin_class=pin_class)
        self.twin = HcSr04Twin(self.factory, 20, 21, "gate", self.lane)
        self.sensor = HcSr04Sensor(SETTINGS, pin_factory=self.factory)


@pytest.fixture(params=[MockPin, MockPWMPin])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    made = Bench(request.param)
    yield made
    made.sensor.stop()
    made.twin.close()
    made.factory.close()


def test_it_measures_what_the_scene_shows_when_the_sound_met_it(bench: Bench) -> None:
    bench.sensor.start()
    for truth_mm in (400.0, 1500.0):
        bench.lane.range_mm = truth_mm
        sample = bench.sensor.read()
        assert sample is not None
        assert sample.range_mm == pytest.approx(truth_mm, abs=15.0)
        assert sample.status == RangeStatus.VALID
        met_ns = bench.lane.looks[-1] + truth_mm / 1000.0 / 343.0 * 1e9
        assert sample.t_ns == pytest.approx(met_ns, abs=5e6)


def test_nothing_within_four_metres_is_no_target_and_not_the_last_range(bench: Bench) -> None:
    bench.sensor.start()
    assert bench.sensor.read() is not None
    bench.lane.range_mm = None
    sample = bench.sensor.read()
    assert sample is not None
    assert (sample.range_mm, sample.status) == (None, RangeStatus.SIGNAL_FAIL)


def test_a_step_shows_in_the_next_reading(bench: Bench) -> None:
    bench.sensor.start()
    bench.sensor.read()
    bench.lane.range_mm = 500.0
    sample = bench.sensor.read()
    assert sample is not None
    assert sample.range_mm == pytest.approx(500.0, abs=15.0)


def test_an_echo_that_is_told_late_is_not_taken_for_the_next_ones(bench: Bench) -> None:
    bench.sensor.start()
    bench.sensor.read()
    before = bench.factory.ticks() - 0.2
    echo = bench.factory.pin(21)
    bench.twin.fault = EchoFault.SILENT

    def tell_late(*_: object) -> None:
        echo.move(True, before)
        echo.move(False, before + 0.002)

    bench.twin.heard = tell_late
    with pytest.raises(SensorFaultError, match="no-answer"):
        bench.sensor.read()


@pytest.mark.parametrize(
    ("fault", "reason"), [(EchoFault.SILENT, "no-answer"), (EchoFault.STUCK, "stuck")]
)  # fmt: skip
def test_three_pings_without_an_echo_lose_it_and_the_next_good_one_brings_it_back(
    bench: Bench, fault: EchoFault, reason: str
) -> None:
    bench.sensor.start()
    bench.sensor.read()
    bench.twin.fault = fault
    before = bench.twin.pings
    with pytest.raises(SensorFaultError, match=reason):
        bench.sensor.read()
    # Three pings take 180 ms. A line that stays high is not pinged again.
    assert bench.twin.pings - before == (3 if fault is EchoFault.SILENT else 1)
    with pytest.raises(SensorFaultError, match=reason):
        bench.sensor.read()
    bench.twin.release()
    found = None
    for _ in range(20):
        try:
            found = bench.sensor.read()
            break
        except SensorFaultError:
            continue
    assert found is not None
    assert found.range_mm == pytest.approx(900.0, abs=15.0)


def test_it_may_time_and_not_keep_watch(bench: Bench) -> None:
    assert bench.sensor.spec.may_watch is False


def test_a_pin_that_somebody_holds_is_named(bench: Bench) -> None:
    other = DigitalOutputDevice(20, pin_factory=bench.factory)
    with pytest.raises(SensorFaultError, match="GPIO20 and GPIO21 cannot be had") as caught:
        bench.sensor.start()
    assert caught.value.reason == "no-pins"
    other.close()
    bench.sensor.start()
    assert bench.sensor.read() is not None


def test_pins_are_given_back(bench: Bench) -> None:
    bench.sensor.start()
    bench.sensor.stop()
    bench.sensor.stop()
    assert bench.sensor.read() is None
    DigitalOutputDevice(20, pin_factory=bench.factory).close()


def test_without_pins_it_is_refused() -> None:
    with pytest.raises(BadInputError, match="without its pins"):
        HcSr04Sensor(SensorSettings(model="hc-sr04", role=Role.TIMING))
