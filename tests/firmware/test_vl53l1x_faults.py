"""Every fault of the bus, met by the real C driver: named in time, never taken for a reading, and left behind."""

from __future__ import annotations

import ctypes
import itertools
from typing import Any

import pytest

from retro_timer.errors import SensorFaultError
from retro_timer.ports import RangeSample
from retro_timer.sensors.settings import SensorSettings
from tests.firmware.sensor_bench import MS, Bench, Fault, FaultKind, faults, native, readings

NOTICE_NS = 200 * MS
FAULT_S = 0.6

LASTING: list[tuple[FaultKind, dict[str, Any], str]] = [
    (FaultKind.NACK, {}, "no-answer"),
    (FaultKind.DEAD_BUS, {}, "bus-stuck"),
    (FaultKind.DEAD_BUS, {"hang_s": 0.05}, "bus-stuck"),
    (FaultKind.LOST_HANDSHAKE, {}, "frozen"),
    (FaultKind.FROZEN, {}, "frozen"),
    (FaultKind.NEVER_READY, {}, "stuck"),
    (FaultKind.GARBAGE, {}, "garbage"),
    (FaultKind.FLOATING, {"fill": 0x00}, "garbage"),
    (FaultKind.FLOATING, {"fill": 0xFF}, "garbage"),
    (FaultKind.FLOATING, {"fill": 0x55}, "garbage"),
]
IDS = [f"{kind}{''.join(f'-{v}' for v in details.values())}" for kind, details, _ in LASTING]


def swing(t_ns: int) -> float:
    """A target that is never twice in a second at the same place: 0.4 to 1.1 m and back, 0.7 m/s."""
    phase = (t_ns / 1e9) % 2.0
    return 400.0 + 700.0 * (phase if phase < 1.0 else 2.0 - phase)


def true_to_their_time(samples: list[RangeSample]) -> bool:
    """Whether each reading shows what was there at its own moment; a stale or false one would be elsewhere."""
    return all(s.range_mm is not None and abs(s.range_mm - swing(s.t_ns)) < 45.0 for s in samples)


@pytest.fixture(params=[None, 5], ids=["soft-reset", "xshut"])
def bench(request: pytest.FixtureRequest) -> Any:
    """A sensor that has ranged for a while before a moving target, with and without its shutdown line."""
    with Bench([SensorSettings(xshut_pin=request.param)]).start() as made:
        made.lane.moves = swing
        made.read(12)
        yield made


@pytest.mark.parametrize(("kind", "details", "reason"), LASTING, ids=IDS)
def test_a_lasting_fault_is_named_in_time_yields_nothing_false_and_is_left_behind(
    bench: Bench, kind: FaultKind, details: dict[str, Any], reason: str
) -> None:
    bench.least_transfer_s = 0.001 if kind is FaultKind.NEVER_READY else 0.0
    began_ns = bench.fail(kind, for_s=FAULT_S, **details)
    found = bench.read_for(3.0)
    lost = faults(found)
    assert lost[0][1].reason == reason
    assert lost[0][0] - began_ns <= NOTICE_NS
    assert true_to_their_time(readings(found))
    during = [s for s in readings(found) if began_ns < s.t_ns < began_ns + FAULT_S * 1e9]
    # While handshakes are lost, the first frame after each restart is a true one; otherwise there is none.
    assert len(during) <= (4 if kind is FaultKind.LOST_HANDSHAKE else 0)
    back_ns = next(t_ns for t_ns, what in found if t_ns > lost[-1][0] and isinstance(what, RangeSample))
    # The pause has grown to 0.8 s at the most while the fault lasted.
    assert back_ns - began_ns <= (FAULT_S + 0.8 + 0.4) * 1e9
    assert len(readings(found)) > 40


@pytest.mark.parametrize("reset_line", [None, 5], ids=["soft-reset", "xshut"])
def test_a_transfer_that_takes_seconds_is_noticed_as_it_returns(reset_line: int | None) -> None:
    with Bench([SensorSettings(xshut_pin=reset_line)]).start() as bench:
        bench.lane.moves = swing
        bench.read(12)
        bench.wire.fail(Fault(FaultKind.SLOW, hang_s=3.0, first_transfer=bench.wire.transfers + 2,
                              last_transfer=bench.wire.transfers + 2))  # fmt: skip
        began_ns = bench.clock()
        found = bench.read_for(5.0)
        lost = faults(found)
        assert lost[0][1].reason == "slow-bus"
        # The thread was in the kernel; nobody can call it back, so the sounder's own dead-man covers that time.
        assert lost[0][0] - began_ns <= 3.0e9 + NOTICE_NS
        assert true_to_their_time(readings(found))
        assert all(not began_ns < s.t_ns < began_ns + 2.9e9 for s in readings(found))
        assert isinstance(found[-1][1], RangeSample)


def test_a_supply_that_dips_is_told_as_a_reset(bench: Bench) -> None:
    began_ns = bench.fail(FaultKind.BROWN_OUT)
    found = bench.read_for(2.0)
    lost = faults(found)
    assert lost[0][1].reason == "reset"
    assert lost[0][0] - began_ns <= NOTICE_NS
    assert true_to_their_time(readings(found))
    assert lost[-1][0] - began_ns < 0.5e9


def test_a_moved_sensor_whose_supply_dips_is_told_as_a_reset_too() -> None:
    with Bench([SensorSettings(address=0x31)]).start() as bench:
        bench.read(5)
        began_ns = bench.fail(FaultKind.BROWN_OUT)
        found = bench.read_for(1.0)
        assert faults(found)[0][1].reason == "reset"
        assert faults(found)[0][0] - began_ns <= NOTICE_NS
        assert bench.chips["gate"].address == 0x31
        assert isinstance(found[-1][1], RangeSample)


@pytest.mark.parametrize("kind", [FaultKind.NACK, FaultKind.LOST_HANDSHAKE, FaultKind.GARBAGE, FaultKind.NEVER_READY])
@pytest.mark.parametrize("ahead", range(1, 9))
def test_one_disturbed_transfer_costs_a_reading_or_two_and_no_more(kind: FaultKind, ahead: int) -> None:
    with Bench().start() as bench:
        bench.lane.moves = swing
        bench.read(12)
        hit = bench.wire.transfers + ahead
        bench.wire.fail(Fault(kind, first_transfer=hit, last_transfer=hit))
        found = bench.read_for(1.0)
        assert faults(found) == []
        assert len(found) >= 40
        assert true_to_their_time(readings(found))


@pytest.mark.parametrize("kind", [FaultKind.NACK, FaultKind.GARBAGE, FaultKind.DEAD_BUS])
def test_a_fault_at_any_transfer_of_the_start_leaves_a_sensor_that_is_right_or_lost(kind: FaultKind) -> None:
    with Bench().start() as healthy:
        transfers = healthy.wire.transfers
    for hit in range(1, transfers + 1, 2):
        with Bench() as bench:
            bench.lane.moves = swing
            bench.wire.fail(Fault(kind, first_transfer=hit, last_transfer=hit))
            try:
                bench.start()
            except SensorFaultError:
                assert bench.wire.transfers >= hit
            found = bench.read_for(0.6)
            assert true_to_their_time(readings(found))
            assert isinstance(found[-1][1], RangeSample)


def test_while_it_is_lost_each_call_returns_soon_and_attempts_grow_rare(bench: Bench) -> None:
    bench.fail(FaultKind.NACK)
    found = bench.read_for(8.0)
    moments = [t_ns for t_ns, _ in faults(found)]
    assert max(b - a for a, b in itertools.pairwise(moments)) < 0.5e9
    pauses: list[int] = []
    before = bench.wire.transfers
    last_ns = bench.clock()
    while len(pauses) < 3:
        with pytest.raises(SensorFaultError, match="no-answer"):
            bench.sensor.read()
        if bench.wire.transfers != before:
            pauses.append(bench.clock() - last_ns)
            last_ns, before = bench.clock(), bench.wire.transfers
    assert max(pauses) <= 2.2e9
    assert pauses[-1] >= 1.9e9


def test_readings_that_resume_for_a_moment_do_not_make_the_attempts_frequent_again(bench: Bench) -> None:
    waits_ns = []
    for _ in range(4):
        bench.fail(FaultKind.NACK, for_s=0.1)
        lost = faults(bench.read_for(1.4))
        waits_ns.append(lost[-1][0] - lost[0][0])
    assert waits_ns[0] < 0.2e9
    assert waits_ns[-1] > 0.6e9
    bench.read_for(2.5)
    bench.fail(FaultKind.NACK, for_s=0.1)
    lost = faults(bench.read_for(1.4))
    assert lost[-1][0] - lost[0][0] < 0.2e9


def test_a_dead_bus_that_hangs_each_transfer_does_not_hold_the_thread(bench: Bench) -> None:
    bench.fail(FaultKind.DEAD_BUS, hang_s=1.0)
    began_ns = bench.clock()
    with pytest.raises(SensorFaultError, match="slow-bus"):
        bench.sensor.read()
    # One transfer, not the thousands that the C driver would try.
    assert bench.clock() - began_ns < 1.2e9


def test_a_chip_that_never_finishes_its_self_test_ends_the_c_drivers_own_poll(bench: Bench) -> None:
    bench.least_transfer_s = 0.001
    bench.fail(FaultKind.NEVER_READY)
    with pytest.raises(SensorFaultError, match="stuck"):
        bench.sensor.read()
    bench.clock.sleep(0.1)
    began_ns = bench.clock()
    with pytest.raises(SensorFaultError, match="stuck"):
        bench.sensor.read()
    # Its own limit is 60 s.
    assert 0.3e9 < bench.clock() - began_ns < 0.5e9


def test_handles_of_failed_and_ended_starts_are_freed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    freed: list[int] = []
    initialise, free = native.LIBRARY.initialise, native.LIBRARY.free

    def count_made(*args: Any) -> int:
        made.append(initialise(*args))
        return made[-1]

    def count_freed(handle: int) -> None:
        freed.append(handle)
        free(handle)

    monkeypatch.setattr(native.LIBRARY, "initialise", count_made)
    monkeypatch.setattr(native.LIBRARY, "free", count_freed)
    for _ in range(4):
        bench.fail(FaultKind.BROWN_OUT)
        bench.read_for(2.8)
    bench.sensor.stop()
    assert len(made) >= 4
    # One more was made before this test counted.
    assert len(freed) == len(made) + 1


def test_the_result_struct_is_as_long_as_in_c() -> None:
    assert ctypes.sizeof(native.RangingData) == 28


def test_what_is_raised_in_a_callback_reaches_the_caller(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_messages: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(bench.wire, "i2c_rdwr", interrupted)
        with pytest.raises(KeyboardInterrupt):
            bench.sensor.read()
