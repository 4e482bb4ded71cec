"""The driver's pure parts, one at a time: which frames are believed, when they were ready, what the light allows."""

from __future__ import annotations

import ctypes
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.errors import SensorFaultError
from retro_timer.ports import RangeStatus
from retro_timer.sensors.settings import DistanceMode, SensorSettings
from retro_timer.sensors.vl53l1x import BRIGHT_KCPS
from tests.firmware.sensor_bench import (
    MS,
    Backoff,
    Fault,
    FaultKind,
    Lane,
    Pace,
    SafeBus,
    StepClock,
    TwinBus,
    TwinChip,
    frames,
    light,
    open_bus,
)

WHOLE = bytes((0x03, 9, 0, 17)) + bytes.fromhex("64000200010000140000") + (700).to_bytes(2, "big") + b"\x02\x00"
KNOWN = {1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 17, 19}


# Frames


def test_a_whole_new_frame_is_believed() -> None:
    assert frames.refusal(WHOLE, WHOLE, 16) == ""
    assert frames.refusal(WHOLE, WHOLE, None) == ""


@given(st.binary(min_size=18, max_size=18), st.binary(min_size=18, max_size=18), st.integers(0, 255))
def test_a_block_that_reads_differently_the_second_time_is_garbage(head: bytes, again: bytes, last: int) -> None:
    if head != again:
        assert frames.refusal(head, again, last) == "garbage"


@given(st.integers(0, 255))
def test_a_status_that_no_chip_reports_is_garbage_and_not_no_target(status: int) -> None:
    head = bytes((0x03, status)) + WHOLE[2:]
    assert (frames.refusal(head, head, 16) == "") is (status & 0x1F in KNOWN)


@pytest.mark.parametrize("fill", [0x00, 0xFF, 0x55, 0xAA])
def test_a_line_that_hangs_is_garbage(fill: int) -> None:
    head = bytes((fill,)) * 18
    assert frames.refusal(head, head, None) == "garbage"


def test_a_valid_range_beyond_what_light_can_measure_is_garbage() -> None:
    head = WHOLE[:14] + (9000).to_bytes(2, "big") + WHOLE[16:]
    assert frames.refusal(head, head, 16) == "garbage"


@pytest.mark.parametrize(
    ("last", "now", "reason"),
    [
        (17, 17, "frozen"),
        (16, 17, ""),
        (250, 255, ""),
        (255, 128, ""),
        (200, 130, ""),
        (40, 0, "reset"),
        (255, 3, "reset"),
    ],
)
def test_the_stream_count_must_have_moved_on(last: int, now: int, reason: str) -> None:
    head = WHOLE[:3] + bytes((now,)) + WHOLE[4:]
    assert frames.refusal(head, head, last) == reason


@pytest.mark.parametrize(
    ("status", "range_mm", "expected"),
    [
        (RangeStatus.VALID, 700, 710),
        (RangeStatus.WRAP_AROUND, 300, 310),
        (RangeStatus.SIGNAL_FAIL, 700, None),
        (RangeStatus.NONE, 700, None),
        (RangeStatus.HARDWARE_FAIL, 700, None),
        (RangeStatus.NO_WRAP_CHECK, -1185, None),
        (RangeStatus.BELOW_MINIMUM, -3, None),
    ],
)
def test_a_range_is_reported_only_where_the_register_holds_one(
    status: int, range_mm: int, expected: int | None
) -> None:
    assert frames.range_of(status, range_mm, 10) == expected


# Pace


@given(
    st.floats(0.9, 1.1),
    st.lists(st.integers(0, 20), min_size=60, max_size=120),
    st.integers(0, 23_000),
)
def test_the_moment_of_a_frame_lies_between_the_look_before_and_the_look_that_found_it(
    stretch: float, late_ms: list[int], phase_us: int
) -> None:
    period_ns = round(24 * MS * stretch)
    first_ns = 1_000_000_000 + phase_us * 1000
    pace = Pace(24 * MS)
    now_ns = 1_000_000_000
    pace.restart(now_ns, 20 * MS)
    shown = first_ns
    for late in late_ms:
        not_before = now_ns
        now_ns = max(now_ns, pace.due_ns) + late * MS
        while now_ns < shown:
            not_before = now_ns
            pace.nothing_yet(now_ns)
            now_ns = max(now_ns + 1, pace.due_ns)
        stamp = pace.found(now_ns)
        assert stamp is None or not_before <= stamp <= now_ns
        pace.acknowledged(now_ns)
        # The chip shows the first frame that is ready after the handshake.
        shown += -(-(now_ns - shown) // period_ns) * period_ns if now_ns > shown else period_ns
    assert abs(pace.period_ns - 24 * MS) <= 0.15 * 24 * MS + 1


def test_the_period_is_learnt() -> None:
    pace = Pace(24 * MS)
    pace.restart(0, 20 * MS)
    ready_ns = 20 * MS
    now_ns = 0
    for _ in range(200):
        now_ns = max(now_ns, pace.due_ns)
        while now_ns < ready_ns:
            pace.nothing_yet(now_ns)
            now_ns = pace.due_ns
        pace.found(now_ns)
        pace.acknowledged(now_ns)
        ready_ns += 25 * MS + 300_000
    assert pace.period_ns == pytest.approx(25.3 * MS, abs=0.1 * MS)


def test_a_frame_that_is_found_where_the_grid_has_none_gets_no_time() -> None:
    pace = Pace(24 * MS)
    pace.restart(0, 20 * MS)
    pace.nothing_yet(19 * MS)
    assert pace.found(20 * MS) == 20 * MS
    pace.acknowledged(21 * MS)
    # It was ready at 44 ms; a line that hung said 'nothing yet' until 60.
    pace.nothing_yet(60 * MS)
    assert pace.found(61 * MS) is None
    pace.acknowledged(62 * MS)
    pace.nothing_yet(pace.due_ns)
    assert pace.found(68 * MS) == 68 * MS


def test_a_first_frame_that_was_there_before_anybody_looked_gets_no_time() -> None:
    pace = Pace(24 * MS)
    pace.restart(0, 20 * MS)
    assert pace.found(70 * MS) is None


# Light


def test_a_fixed_mode_does_not_follow_the_light() -> None:
    chooser = light.ModeChooser(DistanceMode.SHORT)
    for t_ns in range(0, 20_000 * MS, 100 * MS):
        chooser.feed(10.0, t_ns)
    assert chooser.mode == "short"


def test_a_glint_does_not_change_the_mode() -> None:
    chooser = light.ModeChooser(DistanceMode.AUTO)
    for t_ns in range(0, 5_000 * MS, 40 * MS):
        chooser.feed(40_000.0 if (t_ns // MS) % 1000 < 400 else 1000.0, t_ns)
        assert chooser.mode == "long"


def test_between_the_two_thresholds_nothing_changes() -> None:
    chooser = light.ModeChooser(DistanceMode.AUTO)
    for t_ns in range(0, 2_000 * MS, 40 * MS):
        chooser.feed(BRIGHT_KCPS + 1, t_ns)
    assert chooser.mode == "short"
    for t_ns in range(2_000 * MS, 30_000 * MS, 40 * MS):
        chooser.feed((BRIGHT_KCPS + light.DIM_KCPS) / 2, t_ns)
    assert chooser.mode == "short"


# Back-off


def test_the_pause_doubles_to_two_seconds_and_starts_over_after_two_good_ones() -> None:
    backoff = Backoff()
    fault = SensorFaultError("no-answer", "")
    pauses = []
    for _ in range(7):
        backoff.lost(fault, 0)
        pauses.append(backoff.retry_at_ns // MS)
    assert pauses == [100, 200, 400, 800, 1600, 2000, 2000]
    backoff.found()
    assert backoff.fault is None
    backoff.well(0)
    backoff.well(1_900 * MS)
    backoff.lost(fault, 0)
    assert backoff.retry_at_ns == 2000 * MS
    backoff.well(0)
    backoff.well(2_000 * MS)
    backoff.lost(fault, 0)
    assert backoff.retry_at_ns == 100 * MS


# Safe bus


def test_after_an_error_nothing_more_reaches_the_wire_and_polls_find_a_way_out() -> None:
    clock = StepClock()
    wire = TwinBus([TwinChip("gate", Lane())], clock=clock, sleep=clock.sleep)
    wire.fail(Fault(FaultKind.NACK))
    bus = SafeBus(wire, clock)
    data = (ctypes.c_ubyte * 4)()

    def c_code() -> int:
        assert bus.on_read(0x29, 0x0088, data, 4) < 0
        assert bus.on_write(0x29, 0x0086, data, 1) < 0
        assert {bus.on_read(0x29, 0x0031, data, 1) or data[0] for _ in range(2)} == {0, 1}
        return 0

    with pytest.raises(SensorFaultError, match="no-answer"):
        bus.call(clock() + MS, c_code)
    assert wire.transfers == 1
    assert bus.errors == 1


def test_after_the_deadline_nothing_reaches_the_wire() -> None:
    clock = StepClock()
    wire = TwinBus([TwinChip("gate", Lane())], clock=clock, sleep=clock.sleep)
    bus = SafeBus(wire, clock)
    with pytest.raises(SensorFaultError, match="stuck"):
        bus.read(0x29, 0x010F, 2, clock())
    assert wire.transfers == 0


# All of it in real time


def test_it_ranges_in_real_time_too() -> None:
    wire = TwinBus([TwinChip("gate", Lane())])
    bus = open_bus([SensorSettings()], open_wire=lambda _number: wire)
    try:
        sensor = bus.sensors[0]
        sensor.start()
        samples = [sensor.read() for _ in range(12)]
        now_ns = time.monotonic_ns()
        assert all(s is not None and s.range_mm == pytest.approx(700, abs=40) for s in samples)
        assert all(s is not None and s.t_ns < now_ns for s in samples)
    finally:
        bus.close()
