"""A VL53L1X that nothing is wrong with: rate, time stamps, what each reading carries, light, several on one bus."""

from __future__ import annotations

import itertools
import statistics

import pytest

from retro_timer.ports import Placement, RangeSample, RangeStatus, Role
from retro_timer.sensors.settings import DistanceMode, SensorSettings
from tests.firmware.sensor_bench import MS, Bench, FaultKind, faults, readings

TWO = (
    SensorSettings(name="gate", address=0x30, xshut_pin=5),
    SensorSettings(name="lane", address=0x31, xshut_pin=6, placement=Placement.LANE_END, role=Role.WATCH),
)


def test_it_ranges_at_41_hz_by_default() -> None:
    with Bench().start() as bench:
        bench.read(10)
        began_ns = bench.clock()
        bench.read(100)
        assert 100e9 / (bench.clock() - began_ns) == pytest.approx(41.7, abs=1.5)


def test_a_reading_carries_status_rates_and_sigma() -> None:
    with Bench().start() as bench:
        first, *others = bench.read(20)
        assert first.status == RangeStatus.NO_WRAP_CHECK
        assert {s.status for s in others} == {RangeStatus.VALID}
        assert statistics.fmean(s.range_mm or 0 for s in others) == pytest.approx(700.0, abs=10.0)
        # Half white, filling the cone at 0.7 m, by the simulator's scale.
        assert statistics.fmean(s.signal_kcps or 0 for s in others) == pytest.approx(5100.0, rel=0.05)
        assert statistics.fmean(s.ambient_kcps or 0 for s in others) == pytest.approx(1500.0, rel=0.05)
        assert statistics.fmean(s.sigma_mm or 0 for s in others) == pytest.approx(5.5, abs=1.0)


def test_an_empty_field_reads_as_no_target() -> None:
    with Bench().start() as bench:
        bench.lane.range_mm = None
        bench.read(2)
        assert {(s.status, s.range_mm) for s in bench.read(5)} == {(RangeStatus.SIGNAL_FAIL, None)}


def test_each_reading_is_stamped_with_the_middle_of_its_integration() -> None:
    with Bench().start() as bench:
        bench.read(50)
        bench.lane.looks.clear()
        stamps = [s.t_ns for s in bench.read(50)]
        middles = [t_ns for _, t_ns in bench.lane.looks]
        assert max(abs(a - b) for a, b in zip(stamps, middles, strict=True)) < 1.5 * MS


def test_a_thread_that_is_kept_from_running_does_not_move_the_stamps() -> None:
    with Bench().start() as bench:
        bench.read(50)
        bench.lane.looks.clear()
        stamps: list[int] = []
        for late_ms in (0, 12, 3, 15, 0, 7, 14, 1) * 4:
            bench.clock.sleep(late_ms / 1000.0)
            stamps.extend(s.t_ns for s in bench.read())
        middles = [t_ns for _, t_ns in bench.lane.looks]
        assert max(abs(a - b) for a, b in zip(stamps, middles, strict=True)) < 3 * MS
        assert all(a < b for a, b in itertools.pairwise(stamps))


def test_a_frame_that_waited_for_long_is_dropped_for_a_fresh_one() -> None:
    with Bench().start() as bench:
        bench.read(10)
        bench.clock.sleep(1.0)
        (sample,) = bench.read()
        assert bench.clock() - sample.t_ns < 40 * MS


def test_a_host_that_stalls_does_not_make_the_sensor_lost() -> None:
    with Bench() as bench:
        stalls = iter([0.0] * 60 + [0.5, 0.0, 0.0, 0.3] + [0.0] * 1000)
        bench.open(sleep=lambda seconds: bench.clock.sleep(seconds + next(stalls)))
        bench.sensor.start()
        found = bench.read_for(3.0)
        assert faults(found) == []
        assert len(found) > 80


def test_it_sleeps_between_frames_and_looks_about_twice_at_each() -> None:
    with Bench().start() as bench:
        bench.read(100)
        before = bench.wire.transfers
        bench.read(100)
        # Besides the looks: the block, the block's head again, the handshake.
        assert bench.wire.transfers - before <= 100 * (3 + 2.5)


def test_with_the_interrupt_wired_one_look_is_enough() -> None:
    settings = (SensorSettings(interrupt_pin=26),)
    with Bench(settings, interrupts=True).start() as bench:
        bench.read(20)
        before = bench.wire.transfers
        bench.lane.looks.clear()
        stamps = [s.t_ns for s in bench.read(50)]
        assert bench.wire.transfers - before == 50 * 4
        middles = [t_ns for _, t_ns in bench.lane.looks]
        assert max(abs(a - b) for a, b in zip(stamps, middles, strict=True)) < 1.5 * MS


def test_when_the_interrupt_wire_falls_off_looking_goes_on_without_it() -> None:
    settings = (SensorSettings(interrupt_pin=26),)
    with Bench(settings) as bench:
        bench.open(interrupt=lambda _pin: lambda timeout_s: bench.clock.sleep(timeout_s))
        bench.sensor.start()
        bench.read_for(0.3)
        began_ns = bench.clock()
        found = bench.read_for(1.0)
        assert faults(found) == []
        assert 1e9 * len(found) / (bench.clock() - began_ns) > 38.0
        bench.lane.looks.clear()
        stamps = [s.t_ns for s in bench.read(10)]
        assert max(abs(a - t_ns) for a, (_, t_ns) in zip(stamps, bench.lane.looks, strict=True)) < 1.5 * MS


def test_the_spec_says_mode_period_and_range() -> None:
    settings = SensorSettings(mode=DistanceMode.LONG, budget_ms=33.0, period_ms=40.0)
    with Bench([settings]).open() as bench:
        spec = bench.sensor.spec
        assert (spec.model, spec.max_range_mm, spec.may_watch) == ("VL53L1X long", 3600, True)
        assert (spec.period_ns, spec.budget_ns, spec.fov_deg) == (40 * MS, 33 * MS, 27.0)


def test_a_budget_too_short_for_the_mode_is_lengthened() -> None:
    with Bench([SensorSettings(mode=DistanceMode.LONG)]).start() as bench:
        assert (bench.sensor.spec.budget_ns, bench.sensor.spec.period_ns) == (33 * MS, 37 * MS)
        assert bench.chips["gate"].timing.mode == "long"
        assert bench.chips["gate"].timing.budget_ns == pytest.approx(33 * MS, rel=0.02)


def test_the_calibrated_offset_is_added_to_every_range() -> None:
    with Bench().open(offsets_mm={"gate": 25}) as bench:
        bench.sensor.start()
        ranges = [s.range_mm or 0 for s in bench.read(20)]
        assert statistics.fmean(ranges) == pytest.approx(725.0, abs=10.0)


def test_auto_mode_gives_range_up_in_the_sun_and_claims_it_back_slowly() -> None:
    settings = SensorSettings(mode=DistanceMode.AUTO, budget_ms=33.0, period_ms=37.0)
    with Bench([settings]).start() as bench:
        assert bench.sensor.mode == "long"
        bench.lane.ambient_kcps = 30_000.0
        bench.read_for(1.0)
        assert (bench.sensor.mode, bench.chips["gate"].timing.mode) == ("short", "short")
        assert (bench.sensor.spec.model, bench.sensor.spec.max_range_mm) == ("VL53L1X short", 1360)
        bench.lane.ambient_kcps = 6_500.0
        bench.read_for(8.0)
        assert bench.sensor.mode == "short"
        bench.lane.ambient_kcps = 1_000.0
        bench.read_for(4.0)
        assert bench.sensor.mode == "short"
        found = bench.read_for(2.0)
        assert (bench.sensor.mode, bench.chips["gate"].timing.mode) == ("long", "long")
        # Changing over takes the watch away for less than its patience.
        moments = [t_ns for t_ns, _ in found]
        assert max(b - a for a, b in itertools.pairwise(moments)) < 150 * MS
        assert faults(found) == []


def test_auto_mode_stays_as_it_is_through_a_recovery() -> None:
    settings = SensorSettings(mode=DistanceMode.AUTO, budget_ms=33.0, period_ms=37.0)
    with Bench([settings]).start() as bench:
        bench.lane.ambient_kcps = 30_000.0
        bench.read_for(1.0)
        bench.fail(FaultKind.BROWN_OUT)
        found = bench.read_for(1.0)
        assert faults(found)
        assert bench.chips["gate"].timing.mode == "short"


def test_several_sensors_share_a_bus_and_do_not_read_each_others_ranges() -> None:
    with Bench(TWO).start() as bench:
        bench.lane.ranges_mm.update(gate=500.0, lane=1100.0)
        began_ns = bench.clock()
        rounds = []
        while bench.clock() - began_ns < 1e9:
            rounds.append(tuple(sensor.read() for sensor in bench.sensors))
        gate, lane = ([s.range_mm for s in column if s is not None] for column in zip(*rounds, strict=True))
        assert statistics.fmean(r or 0 for r in gate[2:]) == pytest.approx(500.0, abs=15.0)
        assert statistics.fmean(r or 0 for r in lane[2:]) == pytest.approx(1100.0, abs=15.0)
        assert len(rounds) >= 38
        assert [chip.address for chip in bench.chips.values()] == [0x30, 0x31]


def test_one_lost_sensor_does_not_take_the_other_along() -> None:
    with Bench(TWO).start() as bench:
        for sensor in bench.sensors:
            sensor.read()
        bench.fail(FaultKind.NACK, chip="gate")
        began_ns = bench.clock()
        moments: list[int] = []
        while bench.clock() - began_ns < 3e9:
            with pytest.raises(Exception, match="no-answer"):
                bench.sensors[0].read()
            sample = bench.sensors[1].read()
            assert isinstance(sample, RangeSample)
            moments.append(bench.clock())
        assert max(b - a for a, b in itertools.pairwise(moments)) < 200 * MS
        bench.wire.fail()
        assert len(readings(bench.read_for(3.0))) > 20
        assert [chip.address for chip in bench.chips.values()] == [0x30, 0x31]


def test_a_sensor_can_be_stopped_twice_and_started_again() -> None:
    with Bench([SensorSettings(xshut_pin=5)]).start() as bench:
        bench.read(3)
        bench.sensor.stop()
        bench.sensor.stop()
        assert bench.sensor.read() is None
        assert bench.wire.transfer(0x29, b"\x01\x0f", 2) is None
        bench.sensor.start()
        assert len(bench.read(3)) == 3
