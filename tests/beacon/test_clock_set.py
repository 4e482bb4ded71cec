"""The wall clock may be set at any moment, by hand or by the network: no interval changes, and labels follow it."""

from __future__ import annotations

from pathlib import Path

import pytest

from retro_timer.beacon.clock import VirtualClock
from retro_timer.store.results.database import open_for_reading
from retro_timer.store.results.queries import sessions
from retro_timer.training.gaits import Gait
from tests.helpers.beacon_made import BEGIN_NS, Beacon, S, steady
from tests.helpers.plans_made import block, plan

TWO_REPS = plan(block(reps=2, distance_m=10.0), gait=Gait.JOG, walk_out_s=0.0, rest_s=30.0)
TRUE_NS = 1_700_000_000 * S


class FieldClock(VirtualClock):
    """A box without a clock battery: it is switched on in 1970."""

    def __init__(self) -> None:
        super().__init__(BEGIN_NS, BEGIN_NS)

    def since_boot_ns(self) -> int:
        return self.monotonic_ns()

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
