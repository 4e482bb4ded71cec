"""A session's readings as a trace: valid at any moment, with the goes at its head when it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from retro_timer.beacon.recording.recorder import Recorder
from retro_timer.errors import BadInputError
from retro_timer.ports import Placement, RangeSample
from retro_timer.sensors.known import spec_of
from retro_timer.sensors.settings import SensorSettings
from retro_timer.store.traces import TraceReader
from retro_timer.training.gaits import Gait
from retro_timer.training.session.events import Crossing, Go
from tests.helpers.beacon_made import S

SPEC = spec_of(SensorSettings(placement=Placement.GATE))


def sample(n: int) -> RangeSample:
    return RangeSample(5 * S + n * 24_000_000, 2000 + n, 0, 800.5, 500.0)


def go(t_s: float, rep: int = 1, distance_m: float | None = 20.0) -> Go:
    return Go(round(t_s * S), rep, "Runner", distance_m, None, "jog")


def read(path: Path) -> tuple[TraceReader, list[RangeSample]]:
    reader = TraceReader(path)
    samples = list(reader)
    reader.close()
    return reader, samples


def test_what_was_read_is_in_the_file_with_times_from_the_first_reading(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "day.csv", [SPEC])
    for n in range(100):
        recorder.take("gate", sample(n))
    recorder.hear(go(6.5))
    recorder.hear(Crossing(0, 1, "Ann"))
    recorder.close()
    reader, samples = read(tmp_path / "day.csv")
    assert reader.bad_rows == {}
    assert [s.t_ns for s in samples] == [n * 24_000_000 for n in range(100)]
    assert [(s.range_mm, s.status, s.signal_kcps, s.ambient_kcps) for s in samples[:2]] == [
        (2000, 0, 800.5, 500.0),
        (2001, 0, 800.5, 500.0),
    ]
    head = reader.head
    assert (head.placement, head.budget_ms, head.fov_deg) == (Placement.GATE, 20.0, 27.0)
    assert [(rep.go_s, rep.distance_m, rep.gait) for rep in head.reps] == [(1.5, 20.0, Gait.JOG)]
    assert head.warnings == []


def test_a_timed_step_is_no_rep_of_a_trace(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "day.csv", [SPEC])
    recorder.take("gate", sample(0))
    recorder.hear(go(6.0, distance_m=None))
    recorder.close()
    assert read(tmp_path / "day.csv")[0].head.reps == []


def test_a_record_without_any_reading_is_a_trace_all_the_same(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "day.csv", [SPEC])
    recorder.close()
    assert read(tmp_path / "day.csv")[1] == []


def test_no_target_is_an_empty_range(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "day.csv", [SPEC])
    recorder.take("gate", RangeSample(5 * S, None, 2, 3.0, 100.0))
    recorder.close()
    assert "0.000000,,2,3.0,100.0\n" in (tmp_path / "day.csv").read_text()
    assert read(tmp_path / "day.csv")[1] == [RangeSample(0, None, 2, 3.0, 100.0)]


def test_a_file_that_cannot_be_written_is_told_before_the_session_begins(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="cannot be written"):
        Recorder(tmp_path / "missing" / "day.csv", [SPEC])


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_disk_that_is_full_ends_neither_the_session_nor_the_recorder(tmp_path: Path) -> None:
    recorder = Recorder(Path("/dev/full"), [SPEC])
    for n in range(1000):
        recorder.take("gate", sample(n))
    recorder.close()


def test_what_is_no_ordinary_file_is_never_replaced_by_one(tmp_path: Path) -> None:
    """`--record /dev/null` by root must not put a file where /dev/null was."""
    device = tmp_path / "null"
    device.symlink_to("/dev/null")
    recorder = Recorder(device, [SPEC])
    recorder.take("gate", sample(0))
    recorder.hear(go(6.0))
    recorder.close()
    assert device.is_symlink()
    assert not device.is_file()


def test_rows_of_several_sensors_are_in_order_of_time_whoever_comes_late(tmp_path: Path) -> None:
    specs = [
        spec_of(SensorSettings(name="low", xshut_pin=5, address=0x30)),
        spec_of(SensorSettings(name="high", model="tf-luna", offset_mm=200)),
    ]
    recorder = Recorder(tmp_path / "two.csv", specs)
    for n in range(100):
        if n >= 10:
            # Its readings need a quarter of a second to come.
            recorder.take("low", sample(n - 10))
        recorder.take("high", sample(n))
    recorder.close()
    reader = TraceReader(tmp_path / "two.csv")
    rows = list(reader.rows_of_sensors())
    reader.close()
    assert reader.report() == []
    assert len(rows) == 190
    assert [name for name, _ in rows[:4]] == ["high", "low", "high", "low"]
    assert {name: (one.line, one.offset_mm, one.model) for name, one in reader.head.sensors.items()} == {
        "low": ("finish", 0.0, "VL53L1X"),
        "high": ("finish", 200.0, "TF-Luna"),
    }
