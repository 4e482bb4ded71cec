"""Faults of every kind in any order and overlap: no false reading, no call that hangs, and always a way back."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retro_timer.errors import SensorFaultError
from retro_timer.ports import RangeSample
from retro_timer.sensors.settings import SensorSettings
from tests.firmware.sensor_bench import MS, Bench, Fault, FaultKind, readings
from tests.firmware.test_vl53l1x_faults import swing as swing
from tests.firmware.test_vl53l1x_faults import true_to_their_time

LONGEST_MS = 900
RECOVERED_S = 3.6
"""The longest pause, an attempt, and a little."""


@st.composite
def plans(draw: st.DrawFn) -> list[tuple[FaultKind, int, int, float, int]]:
    """Up to five faults: kind, beginning and length in milliseconds, hang in seconds, fill."""
    kinds = st.sampled_from(list(FaultKind))
    count = draw(st.integers(1, 5))
    return [
        (
            draw(kinds),
            draw(st.integers(0, LONGEST_MS)),
            draw(st.integers(1, LONGEST_MS)),
            draw(st.sampled_from([0.0, 0.02, 0.3])),
            draw(st.sampled_from([0x00, 0x31, 0xFF])),
        )
        for _ in range(count)
    ]


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plans(), st.sampled_from([None, 5]), st.sampled_from([0x29, 0x33]))
def test_nothing_false_gets_through_and_the_sensor_comes_back(
    plan: list[tuple[FaultKind, int, int, float, int]], xshut_pin: int | None, address: int
) -> None:
    with Bench([SensorSettings(xshut_pin=xshut_pin, address=address)]).start() as bench:
        bench.lane.moves = swing
        bench.least_transfer_s = 0.0005
        bench.read(6)
        now_ns = bench.clock()
        bench.wire.fail(
            *(
                Fault(
                    kind,
                    from_ns=now_ns + begin * MS,
                    until_ns=now_ns + (begin + length) * MS,
                    hang_s=hang_s,
                    fill=fill,
                )
                for kind, begin, length, hang_s, fill in plan
            )
        )
        found: list[tuple[int, RangeSample | SensorFaultError]] = []
        over_ns = now_ns + 2 * LONGEST_MS * MS
        while bench.clock() < over_ns + round(RECOVERED_S * 1e9):
            called_ns = bench.clock()
            found += bench.read_for(1e-9)
            # An attempt to recover, the wait for a frame, and one transfer that hangs in each.
            assert bench.clock() - called_ns <= 1_400 * MS
        assert true_to_their_time([s for s in readings(found) if s.status == 0])
        assert isinstance(found[-1][1], RangeSample)
