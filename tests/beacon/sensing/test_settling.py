"""A start that wants for a processor is no fault of the sensor; a sensor that is dead at power-on is told at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.beacon.sensing.settling import LONGEST_NS, Settling
from retro_timer.beacon.sensing.waiting import waited_ns
from tests.helpers.beacon_made import S

MS = 1_000_000
PERIOD_NS = 24 * MS


class Host:
    """How long this process has waited for a processor."""

    def __init__(self) -> None:
        self.waited_ns = 0

    def __call__(self) -> int:
        return self.waited_ns


@pytest.fixture
def host() -> Host:
    return Host()


def settle(settling: Settling, from_ns: int) -> int:
    """Even readings until it has settled; the time of the last."""
    now_ns = from_ns
    while not settling.reading(now_ns):
        now_ns += PERIOD_NS
    return now_ns


def test_a_sensor_settles_by_a_third_of_a_second_of_even_readings(host: Host) -> None:
    settling = Settling(0, host)
    assert 0.3 * S <= settle(settling, 0) <= 0.35 * S
    assert not settling.held_up


def test_on_a_machine_that_keeps_the_start_waiting_a_third_of_a_second_does_not_settle_it(host: Host) -> None:
    # Threads waited for 85 ms while readings came evenly, and then for 600 ms: the loss was told as the sensor's.
    settling = Settling(0, host)
    for number in range(14):
        host.waited_ns += 6 * MS
        assert not settling.reading(number * PERIOD_NS)
    assert settling.held_up
    host.waited_ns += 600 * MS
    assert settling.excuses("stuck", 600 * MS)
    assert settle(settling, 860 * MS) >= 2360 * MS


def test_a_reading_that_came_although_its_machine_was_busy_begins_the_count_anew(host: Host) -> None:
    settling = Settling(0, host)
    host.waited_ns += 100 * MS
    for number in range(60):
        assert not settling.reading(number * PERIOD_NS)
    host.waited_ns += 70 * MS
    assert settle(settling, 1450 * MS) >= 2950 * MS


@pytest.mark.parametrize("reason", ["gap", "stuck", "slow-bus"])
def test_a_loss_for_want_of_a_processor_is_part_of_the_start_and_begins_it_anew(host: Host, reason: str) -> None:
    settling = Settling(0, host)
    for number in range(11):
        assert not settling.reading(number * PERIOD_NS)
    host.waited_ns += 150 * MS
    assert settling.excuses(reason, 500 * MS)
    assert settling.held_up
    assert settle(settling, 600 * MS) >= 2100 * MS


@pytest.mark.parametrize("reason", ["gap", "stuck", "slow-bus", "no-answer", "frozen", "wrong-chip", "i2c-off"])
def test_a_loss_on_an_idle_machine_is_told_at_once(host: Host, reason: str) -> None:
    settling = Settling(0, host)
    host.waited_ns += 5 * MS
    assert not settling.excuses(reason, 200 * MS)
    assert settling.over


@pytest.mark.parametrize("reason", ["no-answer", "frozen", "hardware", "wrong-chip", "i2c-off", "defect"])
def test_what_no_busy_machine_explains_is_told_at_once_on_a_busy_one_too(host: Host, reason: str) -> None:
    settling = Settling(0, host)
    host.waited_ns += S
    assert not settling.excuses(reason, 200 * MS)


@given(st.lists(st.integers(50 * MS, 600 * MS), min_size=40, max_size=60))
def test_a_sensor_that_gives_nothing_is_excused_for_five_seconds_at_most(spacings: list[int]) -> None:
    host = Host()
    settling = Settling(0, host)
    now_ns = 0
    for spacing in spacings:
        now_ns += spacing
        host.waited_ns += spacing
        if not settling.excuses("stuck", now_ns):
            break
    assert settling.over == (now_ns >= LONGEST_NS)


def test_once_settled_nothing_is_excused_however_busy_the_machine(host: Host) -> None:
    settling = Settling(0, host)
    now_ns = settle(settling, 0)
    host.waited_ns += S
    assert not settling.excuses("gap", now_ns + S)


def test_the_kernel_counts_how_long_a_process_waits_for_a_processor() -> None:
    # Three that never rest share one processor: each of them waits.
    one = min(os.sched_getaffinity(0))
    spin = f"import os, time\nos.sched_setaffinity(0, {{{one}}})\nwhile time.process_time() < 0.15: pass\n"
    count = "from retro_timer.beacon.sensing.waiting import waited_ns\nprint(waited_ns())"
    running = [
        subprocess.Popen([sys.executable, "-c", spin + count], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    counted = [int(process.communicate(timeout=60)[0]) for process in running]
    assert max(counted) > 50 * MS
    assert waited_ns(Path("/nowhere")) == 0
