"""The last ten minutes of readings: kept on request and when a rep is disputed, and replayed to the same result."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from beacon_made import Beacon, steady
from plans_made import block, plan
from replaying import of, replayed_file

from retro_timer.beacon.keeper import Keeper
from retro_timer.errors import RetroTimerError
from retro_timer.ports import Placement, RangeSample
from retro_timer.store.traces import TraceReader
from retro_timer.training.gaits import Gait
from retro_timer.training.session import inputs

TWO = plan(block(reps=2, distance_m=10.0), gait=Gait.JOG, walk_out_s=0.0, rest_s=5.0)
DEADLINE_S = 20.0


class Box:
    """A beacon with its keeper."""

    def __init__(self, directory: Path) -> None:
        self.beacon = Beacon(directory / "state")
        self.troubles: list[str] = []
        self._told = threading.Event()
        self.folder = directory / "kept" / "traces"
        self.keeper = Keeper(self.beacon.core, directory / "kept", self._trouble)

    def _trouble(self, text: str) -> None:
        self.troubles.append(text)
        self._told.set()

    def run_a_rep(self) -> None:
        """Start the plan, and let somebody pass 4.5 s after the go."""
        beacon = self.beacon
        beacon.scene["gate"] = steady(2000)
        beacon.after(3.0).begin(TWO).until("go")
        from_ns = beacon.clock.monotonic_ns() + 4_500_000_000
        empty, body = steady(2000), steady(800, 3000.0)

        def read(t_ns: int) -> RangeSample:
            return body(t_ns) if from_ns <= t_ns <= from_ns + 180_000_000 else empty(t_ns)

        beacon.scene["gate"] = read
        beacon.until("finish", 10.0)

    def written(self) -> list[Path]:
        """The traces, once those that were begun are whole."""
        for thread in threading.enumerate():
            if thread.name == "keeper":
                thread.join(DEADLINE_S)
        return sorted(self.folder.glob("*"))

    def wait_for_trouble(self) -> str:
        assert self._told.wait(DEADLINE_S)
        return self.troubles[0]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    made = Box(tmp_path)
    yield made
    made.beacon.close()


def test_before_the_first_reading_there_is_nothing_to_keep(box: Box) -> None:
    with pytest.raises(RetroTimerError, match="no readings yet"):
        box.keeper.keep({})


def test_what_is_kept_replays_to_the_same_finish(box: Box) -> None:
    box.run_a_rep()
    (promised,) = box.keeper.keep({})["files"]
    assert [str(path) for path in box.written()] == [promised]
    (live,) = box.beacon.told("finish")
    (again,) = of(replayed_file(Path(promised), Placement.GATE, *TraceReader(Path(promised)).head.reps), "finish")
    assert again["time_s"] == pytest.approx(live["time_s"], abs=1e-4)
    assert again["uncertainty_s"] == pytest.approx(live["uncertainty_s"], abs=1e-3)


def test_a_result_that_is_voided_is_disputed_and_its_readings_are_kept(box: Box) -> None:
    """A double press after a result voids it: the one table of the button has no gesture left over."""
    box.run_a_rep()
    assert box.written() == []
    box.beacon.put(inputs.Void()).after(1.0)
    (path,) = box.written()
    assert len(TraceReader(path).head.reps) == 1


def test_only_the_last_ten_minutes_are_kept_and_only_their_goes(box: Box) -> None:
    box.run_a_rep()
    box.beacon.after(650.0)
    box.keeper.keep({})
    (path,) = box.written()
    reader = TraceReader(path)
    times = [sample.t_ns for sample in reader]
    assert (times[-1] - times[0]) / 1e9 == pytest.approx(600.0, abs=1.0)
    assert all(rep.go_s >= 0.0 for rep in reader.head.reps)


def test_two_kept_within_a_second_are_one_whole_trace(box: Box) -> None:
    box.run_a_rep()
    box.keeper.keep({})
    box.keeper.keep({})
    (path,) = box.written()
    assert sum(1 for _ in TraceReader(path)) > 100


def test_a_place_that_cannot_be_written_is_told_and_the_session_goes_on(box: Box) -> None:
    box.run_a_rep()
    box.folder.parent.mkdir()
    box.folder.touch()
    box.keeper.keep({})
    assert "not kept" in box.wait_for_trouble()
    box.beacon.until("go", 60.0)


def test_old_traces_make_room_for_new_ones(box: Box) -> None:
    box.folder.mkdir(parents=True)
    for n in range(60):
        (box.folder / f"{n:011d}-gate.csv").write_text("old")
    box.run_a_rep()
    box.keeper.keep({})
    assert len(box.written()) <= 41
