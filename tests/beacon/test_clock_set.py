"""The wall clock may be set at any moment, by hand or by the network: no interval changes, and labels follow it."""

from __future__ import annotations

import contextlib
from datetime import datetime
from pathlib import Path

import pytest

from retro_timer.beacon.clock import VirtualClock
from retro_timer.hardware.clock_source import clock_source
from retro_timer.ports import ClockSource
from retro_timer.store.results.database import open_for_reading
from retro_timer.store.results.queries import Wanted, reps, sessions
from retro_timer.training.gaits import Gait
from tests.helpers.beacon_made import BEGIN_NS, Beacon, S, steady
from tests.helpers.plans_made import block, plan

TWO_REPS = plan(block(reps=2, distance_m=10.0), gait=Gait.JOG, walk_out_s=0.0, rest_s=30.0)
TRUE_NS = 1_700_000_000 * S
LATER_S = 1_800_000_000
"""Late enough for a date."""


class FieldClock(VirtualClock):
    """A box without a clock battery: it is switched on in 1970."""

    def __init__(self) -> None:
        super().__init__(BEGIN_NS, BEGIN_NS)

        self.source: ClockSource | None = None

    def since_boot_ns(self) -> int:
        return self.monotonic_ns()

    def set_by(self) -> ClockSource | None:
        return self.source

    def set(self, wall_ns: int) -> None:
        """Somebody sets it."""
        self._offset_ns = wall_ns - self.monotonic_ns()


def run(directory: Path, *settings_ns: int) -> tuple[Beacon, list[tuple[str, int]]]:
    """A session whose clock is set in turn after the first DNF; what happened at which monotonic time."""
    clock = FieldClock()
    beacon = Beacon(directory, clock=clock)
    beacon.scene["gate"] = steady(2000)
    beacon.after(3.0).begin(TWO_REPS).until("dnf")
    for wall_ns in settings_ns:
        beacon.after(1.0)
        clock.set(wall_ns)
        beacon.after(1.0)
    while len(beacon.told("go")) < 2:
        beacon.after(1.0)
    beacon.close()
    return beacon, [(event["event"], event["t_ns"]) for event in beacon.told("go", "dnf", "said")]


@pytest.mark.parametrize("first_ns", [TRUE_NS + 10**18, 5], ids=["decades forward", "back to the beginning"])
def test_no_interval_of_a_session_changes_when_the_clock_is_set(tmp_path: Path, first_ns: int) -> None:
    _, undisturbed = run(tmp_path / "undisturbed")
    _, disturbed = run(tmp_path / "disturbed", first_ns, TRUE_NS)
    assert disturbed == undisturbed


def test_the_labels_of_what_came_before_follow_and_it_is_told(tmp_path: Path) -> None:
    beacon, _ = run(tmp_path, TRUE_NS)
    (told,) = beacon.told("clock_set")
    offset_ns = TRUE_NS - told["t_ns"]
    assert told["by_s"] == pytest.approx(offset_ns / S, abs=1.0)
    reading = open_for_reading(tmp_path)
    assert reading is not None
    (session,) = sessions(reading)
    gos = [row[0] for row in reading.execute("SELECT go_wall_ns FROM rep ORDER BY rep")]
    assert session.started_wall_ns == pytest.approx(BEGIN_NS + 3 * S + offset_ns, abs=S)
    assert gos == pytest.approx([event["t_ns"] + offset_ns for event in beacon.told("go")], abs=S)


def test_a_process_that_starts_after_the_clock_was_set_corrects_what_one_before_it_labelled(tmp_path: Path) -> None:
    run(tmp_path)
    clock = FieldClock()
    clock.set(TRUE_NS)
    second = Beacon(tmp_path, clock=clock)
    second.after(0.1)
    second.close()
    reading = open_for_reading(tmp_path)
    assert reading is not None
    assert next(sessions(reading)).started_wall_ns == pytest.approx(TRUE_NS + 3 * S, abs=S)
    assert second.told("clock_set") == []


def dates(directory: Path) -> list[datetime | None]:
    """When the newest session began, and its gos, as they are shown."""
    reading = open_for_reading(directory)
    assert reading is not None
    with contextlib.closing(reading):
        newest = next(sessions(reading))
        return [newest.started_at, *(kept.go_at for kept in reps(reading, Wanted(session=newest.id)))]


def test_what_a_clock_showed_that_nobody_had_set_is_no_date_until_the_network_sets_it(tmp_path: Path) -> None:
    clock = FieldClock()
    clock.source = ClockSource.NOBODY
    clock.set(LATER_S * S + 3600 * S)
    first = Beacon(tmp_path, clock=clock)
    first.scene["gate"] = steady(2000)
    first.after(3.0).begin(TWO_REPS).until("dnf").close()
    assert dates(tmp_path) == [None, None]
    second = Beacon(tmp_path, clock=clock)
    second.after(1.0)
    clock.source = ClockSource.NTP
    clock.set(LATER_S * S + 9000 * S)
    second.after(11.0).close()
    assert all(date is not None and 8400 < date.timestamp() - LATER_S < 9000 for date in dates(tmp_path))


def test_what_somebody_sets_while_the_timer_runs_is_a_date(tmp_path: Path) -> None:
    clock = FieldClock()
    clock.source = ClockSource.NOBODY
    clock.set(LATER_S * S)
    beacon = Beacon(tmp_path, clock=clock)
    beacon.scene["gate"] = steady(2000)
    beacon.after(3.0).begin(TWO_REPS).until("dnf")
    clock.set(LATER_S * S + 9000 * S)
    beacon.after(1.0).close()
    assert all(date is not None and 8400 < date.timestamp() - LATER_S < 9000 for date in dates(tmp_path))


def battery(root: Path, took: str, shows_s: int) -> None:
    device = root / "sys" / "class" / "rtc" / "rtc0"
    device.mkdir(parents=True)
    (device / "hctosys").write_text(f"{took}\n")
    (device / "since_epoch").write_text(f"{shows_s}\n")


@pytest.mark.parametrize(
    ("took", "shows_s", "source"),
    [
        ("1", LATER_S + 5, ClockSource.RTC),
        ("1", 40, ClockSource.NOBODY),
        ("0", LATER_S, ClockSource.NOBODY),
    ],
    ids=["its clock has a battery", "the battery is empty", "the kernel did not ask it"],
)
def test_a_clock_with_a_battery_has_set_a_pi_if_it_still_shows_its_time(
    tmp_path: Path, took: str, shows_s: int, source: ClockSource
) -> None:
    battery(tmp_path, took, shows_s)
    assert clock_source(tmp_path, "aarch64", LATER_S) is source


def test_who_has_set_a_clock_without_a_battery_is_the_network_or_nobody(tmp_path: Path) -> None:
    assert clock_source(tmp_path, "aarch64", LATER_S) is ClockSource.NOBODY
    assert clock_source(tmp_path, "x86_64", LATER_S) is ClockSource.RTC
    (tmp_path / "run/systemd/timesync").mkdir(parents=True)
    (tmp_path / "run/systemd/timesync/synchronized").touch()
    assert clock_source(tmp_path, "aarch64", LATER_S) is ClockSource.NTP
