"""The last ten minutes of readings: kept on request and when a rep is disputed, and replayed to the same result."""

from __future__ import annotations

import os
import queue
import resource
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from retro_timer.beacon.recording.flight_recorder import FlightRecorder, Kept
from retro_timer.errors import RetroTimerError
from retro_timer.ports import Placement, RangeSample
from retro_timer.store.traces import TraceReader
from retro_timer.training.gaits import Gait
from retro_timer.training.session import inputs
from tests.helpers.beacon_made import Beacon, steady
from tests.helpers.plans_made import block, plan
from tests.helpers.replaying import of, replayed_file

TWO = plan(block(reps=2, distance_m=10.0), gait=Gait.JOG, walk_out_s=0.0, rest_s=5.0)
DEADLINE_S = 60.0


class Box:
    """A beacon with its recorder."""

    def __init__(self, directory: Path) -> None:
        self.beacon = Beacon(directory / "state")
        self.troubles: list[str] = []
        self._answers: queue.SimpleQueue[Kept] = queue.SimpleQueue()
        self.folder = directory / "kept" / "traces"
        self.recorder = FlightRecorder(self.beacon.core, directory / "kept", self.troubles.append)

    def keep(self) -> Kept:
        """The answer, when it comes."""
        self.recorder.keep(self._answers.put)
        return self._answers.get(timeout=DEADLINE_S)

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
            if thread.name == "flight-recorder":
                thread.join(DEADLINE_S)
        return sorted(self.folder.glob("*"))


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    made = Box(tmp_path)
    yield made
    made.beacon.close()


def test_before_the_first_reading_there_is_nothing_to_keep(box: Box) -> None:
    with pytest.raises(RetroTimerError, match="no readings yet"):
        box.keep()


def test_what_is_kept_replays_to_the_same_finish(box: Box) -> None:
    box.run_a_rep()
    (promised,) = box.keep().files
    assert [str(path) for path in box.folder.iterdir()] == [promised]
    (live,) = box.beacon.told("finish")
    (again,) = of(replayed_file(Path(promised), Placement.GATE, *TraceReader(Path(promised)).head.reps), "finish")
    # A trace rounds times to the microsecond and signals to a tenth: a fit over the break's readings moves by less
    # than a millisecond.
    assert again["time_s"] == pytest.approx(live["time_s"], abs=1e-3)
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
    (path,) = map(Path, box.keep().files)
    reader = TraceReader(path)
    times = [sample.t_ns for sample in reader]
    assert (times[-1] - times[0]) / 1e9 == pytest.approx(600.0, abs=1.0)
    assert all(rep.begins_s >= 0.0 for rep in reader.head.reps)


def test_two_kept_within_a_second_are_one_whole_trace(box: Box) -> None:
    box.run_a_rep()
    answers: queue.SimpleQueue[Kept] = queue.SimpleQueue()
    box.recorder.keep(answers.put)
    box.recorder.keep(answers.put)
    assert answers.get(timeout=DEADLINE_S) == answers.get(timeout=DEADLINE_S)
    (path,) = box.folder.iterdir()
    assert sum(1 for _ in TraceReader(path)) > 100


def test_the_answer_comes_when_the_file_is_whole_and_on_the_disk(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    box.run_a_rep()
    happened: list[str] = []
    fsync = os.fsync

    def seen(fd: int) -> None:
        happened.append(f"synced {Path(f'/proc/self/fd/{fd}').readlink().name}")
        fsync(fd)

    monkeypatch.setattr("os.fsync", seen)
    answer = box.keep()
    (path,) = map(Path, answer.files)
    assert happened == [f"synced {path.name}.new", "synced traces"]
    assert path.is_file()


def test_a_full_disk_is_answered_and_nothing_half_is_left(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file size limit of the process stands for the disk's: the kernel refuses what goes beyond it."""
    box.run_a_rep()
    box.folder.mkdir(parents=True)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, before[1]))
    try:
        answer = box.keep()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert answer.trouble
    assert "not kept (File too large)" in answer.trouble
    assert [*box.folder.iterdir()] == []
    assert not box.keep().trouble


def test_a_place_that_cannot_be_written_is_told_and_the_session_goes_on(box: Box) -> None:
    box.run_a_rep()
    box.folder.parent.mkdir()
    box.folder.touch()
    answer = box.keep()
    assert answer.trouble
    assert "not kept" in answer.trouble
    assert box.troubles == [answer.trouble]
    box.beacon.until("go", 60.0)


def test_old_traces_make_room_for_new_ones(box: Box) -> None:
    box.folder.mkdir(parents=True)
    for n in range(60):
        (box.folder / f"{n:011d}-gate.csv").write_text("old")
    box.run_a_rep()
    box.keep()
    assert len(list(box.folder.iterdir())) <= 41
