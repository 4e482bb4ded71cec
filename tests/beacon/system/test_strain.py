"""A supply that sags, heat and a slowed processor: seen in a made-up /sys, said once, and again only after recovery."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.beacon.clock import RealClock
from retro_timer.beacon.control.status import snapshot
from retro_timer.beacon.events import Strain as StrainEvent
from retro_timer.beacon.system.strain import Strain, StrainChange, StrainJudge, StrainWatch, is_pi, read_strain
from retro_timer.cli.output.lines import line_of
from tests.helpers.beacon_made import Beacon, S, steady
from tests.helpers.plans_made import block, plan

WELL = Strain(False, False, 50.0)
LOW = Strain(True, False, 50.0)
HOT = Strain(False, False, 84.0)
SLOWED = Strain(False, True, 50.0)


class FakePi:
    """The files of /sys and /proc that tell how a Pi does."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.put("proc/device-tree/model", "Raspberry Pi Zero 2 W Rev 1.0\0")
        self.put("sys/class/hwmon/hwmon0/name", "cpu_thermal\n")
        self.put("sys/class/hwmon/hwmon1/name", "rpi_volt\n")
        self.does(low=False, degrees_c=48.3)

    def put(self, name: str, text: str) -> None:
        """A file, whole at every moment as those of /sys are: a thread may be reading it."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.new")
        fresh.write_text(text)
        fresh.replace(path)

    def does(self, *, low: bool, degrees_c: float, bits: int | None = None) -> None:
        """How it does from now on; `bits` only where the kernel shows them."""
        self.put("sys/class/hwmon/hwmon1/in0_lcrit_alarm", f"{int(low)}\n")
        self.put("sys/class/thermal/thermal_zone0/temp", f"{round(1000 * degrees_c)}\n")
        if bits is not None:
            self.put("sys/devices/platform/soc/soc:firmware/get_throttled", f"{bits:x}\n")


@pytest.fixture
def pi(tmp_path: Path) -> FakePi:
    return FakePi(tmp_path / "root")


def told(judge: StrainJudge, *readings: tuple[float, Strain]) -> list[tuple[float, str, bool, str]]:
    """(minute, what, on, phrase) of every change, for readings at minutes."""
    found = []
    for minute, strain in readings:
        changes = judge.feed(strain, round(minute * 60 * S))
        found += [(minute, change.what, change.on, change.phrase) for change in changes]
    return found


# What is read


def test_the_kernels_under_voltage_alarm_and_temperature_are_read(pi: FakePi) -> None:
    assert read_strain(pi.root) == Strain(power_low=False, slowed=None, temperature_c=48.3)
    pi.does(low=True, degrees_c=81.0)
    assert read_strain(pi.root) == Strain(power_low=True, slowed=None, temperature_c=81.0)


@pytest.mark.parametrize(
    ("bits", "low", "slowed"),
    [(0, False, False), (0x1, True, False), (0x50005, True, True), (0x50000, False, False), (0x80008, False, True)],
)
def test_the_firmwares_bits_tell_more_where_the_kernel_shows_them(
    pi: FakePi, bits: int, low: bool, slowed: bool
) -> None:
    """What was since the start (bits 16 and up) is no news."""
    pi.does(low=False, degrees_c=50.0, bits=bits)
    strain = read_strain(pi.root)
    assert (strain.power_low, strain.slowed) == (low, slowed)


def test_a_machine_that_tells_nothing_is_not_judged(tmp_path: Path) -> None:
    assert read_strain(tmp_path) == Strain()
    assert not is_pi(tmp_path)
    assert told(StrainJudge(), (0, Strain())) == []


# What is told


def test_low_power_is_told_once_however_often_it_comes_and_goes() -> None:
    flicker = [(n / 60, LOW if n % 3 else WELL) for n in range(1, 600)]
    assert told(StrainJudge(), *flicker) == [(1 / 60, "power", True, "power_low")]


def test_it_is_told_again_after_it_has_been_well_for_ten_minutes() -> None:
    readings = [(0, LOW), (1, WELL), (9.9, WELL), (10, WELL), (10.1, LOW)]
    assert told(StrainJudge(), *readings) == [
        (0, "power", True, "power_low"),
        (10, "power", False, ""),
        (10.1, "power", True, "power_low"),
    ]


def test_heat_begins_at_80_degrees_and_ends_below_75() -> None:
    warm = Strain(False, False, 77.0)
    readings = [(0, warm), (1, HOT), *[(n, warm) for n in range(2, 30)], (30, WELL), (41, WELL)]
    assert told(StrainJudge(), *readings) == [(1, "heat", True, "box_hot"), (41, "heat", False, "")]


def test_a_slowed_processor_is_said_unless_its_cause_was() -> None:
    assert told(StrainJudge(), (0, SLOWED)) == [(0, "slow", True, "box_slow")]
    both = Strain(True, True, 84.0)
    assert told(StrainJudge(), (0, both)) == [
        (0, "power", True, "power_low"),
        (0, "heat", True, "box_hot"),
        (0, "slow", True, ""),
    ]


@given(st.lists(st.tuples(st.floats(0.01, 20.0), st.sampled_from([WELL, LOW, HOT, SLOWED, Strain()])), max_size=60))
def test_whatever_comes_nothing_is_told_on_twice_and_never_within_ten_minutes(
    steps: list[tuple[float, Strain]],
) -> None:
    judge, minute = StrainJudge(), 0.0
    readings = []
    for pause, strain in steps:
        minute += pause
        readings.append((minute, strain))
    for what in ("power", "heat", "slow"):
        changes = [(at, on) for at, kind, on, _ in told(judge, *readings) if kind == what]
        assert [on for _, on in changes] == [n % 2 == 0 for n in range(len(changes))]
        begun = [at for at, on in changes if on]
        assert all(later - earlier >= 10.0 for earlier, later in pairwise(begun))
        judge = StrainJudge()


# The box


@pytest.fixture
def beacon(tmp_path: Path) -> Iterator[Beacon]:
    made = Beacon(tmp_path / "state")
    made.scene["gate"] = steady(2000)
    yield made.after(1.0)
    made.close()


def test_it_is_spoken_logged_and_in_the_status_also_in_a_session(
    beacon: Beacon, monkeypatch: pytest.MonkeyPatch
) -> None:
    beacon.begin(plan(block(reps=2, distance_m=10.0), walk_out_s=0.0)).until("go")
    monkeypatch.setattr(beacon.core, "strain", lambda: LOW)
    beacon.put(StrainChange("power", True, 50.0, "power_low")).after(10.0)
    assert beacon.voice.said.count("Power is low.") == 1
    (event,) = beacon.told("strain")
    assert (event["what"], event["on"]) == ("power", True)
    assert (line_of(msgspec.convert(event, StrainEvent), 0) or "").endswith("power is low (50 °C)")
    assert snapshot(beacon.core).machine == LOW


def test_the_end_of_an_episode_is_logged_and_not_talked_about(beacon: Beacon) -> None:
    said = list(beacon.voice.said)
    beacon.put(StrainChange("heat", False, 60.0, "")).after(2.0)
    assert beacon.voice.said == said
    (event,) = beacon.told("strain")
    assert "cooled down" in (line_of(msgspec.convert(event, StrainEvent), 0) or "")


def test_a_thread_of_its_own_sees_a_supply_that_sags(pi: FakePi) -> None:
    posted: queue.SimpleQueue[Any] = queue.SimpleQueue()
    watch = StrainWatch(posted.put, RealClock(), pi.root, poll_s=0.005)
    watch.start()
    pi.does(low=True, degrees_c=50.0)
    change = posted.get(timeout=60.0)
    assert isinstance(change, StrainChange)
    assert msgspec.structs.astuple(change) == ("power", True, pytest.approx(50.0, abs=2.0), "power_low")
    watch.close()
    watch.close()
    assert watch.latest.power_low


def test_nobody_looks_at_a_computer_that_is_no_pi(tmp_path: Path) -> None:
    watch = StrainWatch(lambda _change: None, RealClock(), tmp_path)
    watch.start()
    watch.close()
    assert watch.latest == Strain()
