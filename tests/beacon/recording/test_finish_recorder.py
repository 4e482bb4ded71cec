"""The readings around each finish are kept while a session runs, and nothing waits for that."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from retro_timer.beacon.recording import finish_recorder
from retro_timer.ports import RangeSample
from retro_timer.store.finishes import KeptFinish, kept_places, read_finish
from retro_timer.store.results.database import open_for_reading
from retro_timer.store.results.queries import session
from retro_timer.training.gaits import Gait
from retro_timer.training.session import inputs
from tests.helpers.beacon_made import Beacon, steady
from tests.helpers.plans_made import block, plan

S = 1_000_000_000
ONE = plan(block(distance_m=10.0), gait=Gait.JOG, walk_out_s=0.0, rest_s=5.0)


@pytest.fixture
def beacon(tmp_path: Path) -> Iterator[Beacon]:
    made = Beacon(tmp_path)
    yield made
    made.close()


def run_a_rep(beacon: Beacon) -> None:
    """Somebody passes 4.5 s after the go."""
    beacon.scene["gate"] = steady(2000)
    beacon.after(3.0).begin(ONE).until("go")
    from_ns = beacon.clock.monotonic_ns() + 4_500_000_000
    empty, body = steady(2000), steady(800, 3000.0)

    def read(t_ns: int) -> RangeSample:
        return body(t_ns) if from_ns <= t_ns <= from_ns + 180_000_000 else empty(t_ns)

    beacon.scene["gate"] = read


def files(state: Path, beacon: Beacon) -> list[KeptFinish]:
    """What is kept when all that waits is written."""
    beacon.close()
    return [read_finish(place.path) for place in kept_places(state)]


def test_three_seconds_around_a_finish_are_kept_with_the_break_that_made_it(beacon: Beacon, tmp_path: Path) -> None:
    run_a_rep(beacon)
    beacon.until("finish", 10.0).after(3.0)
    (told,) = beacon.told("finish")
    (kept,) = files(tmp_path, beacon)
    (sensor,) = kept.sensors
    assert (sensor.samples[0].t_ns - kept.back_ns) / S == pytest.approx(-1.5, abs=0.05)
    assert (sensor.samples[-1].t_ns - kept.back_ns) / S == pytest.approx(1.5, abs=0.05)
    assert kept.back_ns - kept.go_ns == round(told["time_s"] * 1e9)
    (passage,) = kept.passages
    assert sum(entry.hit for entry in passage.broken.entries) > 4
    connection = open_for_reading(tmp_path)
    assert connection is not None
    row = session(connection, 1)
    connection.close()
    assert row is not None
    assert row.uid == kept.session_id


def test_a_finish_by_hand_keeps_what_the_sensor_saw_meanwhile(beacon: Beacon, tmp_path: Path) -> None:
    beacon.scene["gate"] = steady(2000)
    beacon.after(3.0).begin(ONE).until("go").after(5.0).put(inputs.ManualFinish()).after(3.0)
    (kept,) = files(tmp_path, beacon)
    assert len(kept.sensors[0].samples) > 60
    assert list(kept.passages) == []


def test_a_session_that_ends_with_the_finish_keeps_what_there_is(beacon: Beacon, tmp_path: Path) -> None:
    run_a_rep(beacon)
    beacon.until("finish", 10.0)
    (kept,) = files(tmp_path, beacon)
    assert kept.sensors[0].samples[-1].t_ns < kept.back_ns + 1.5 * S


def test_nothing_is_written_while_the_journal_has_something_to_write(
    beacon: Beacon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is durable is never late by what can be spared: it begins when the journal has answered everything."""
    written: list[KeptFinish] = []
    looked = threading.Event()

    def keep(_state: Path, kept: KeptFinish) -> None:
        looked.wait(60.0)
        written.append(kept)

    monkeypatch.setattr(finish_recorder, "keep_finish", keep)
    run_a_rep(beacon)
    beacon.until("finish", 10.0)
    recorder, late_ns = beacon.made.finishes, beacon.clock.monotonic_ns() + 3 * S
    recorder.tick(late_ns, journal_busy=True)
    assert "finish-recorder" not in {thread.name for thread in threading.enumerate()}
    recorder.tick(late_ns, journal_busy=False)
    assert "finish-recorder" in {thread.name for thread in threading.enumerate()}
    looked.set()
    beacon.close()
    assert len(written) == 1


def test_a_disk_that_takes_no_readings_costs_the_readings_and_a_word_alone(
    beacon: Beacon, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "finishes").write_text("no folder")
    run_a_rep(beacon)
    beacon.until("finish", 10.0).after(3.0)
    beacon.close()
    assert "rep 1: its readings are not kept" in caplog.text
    connection = open_for_reading(tmp_path)
    assert connection is not None
    assert connection.execute("SELECT status FROM rep").fetchall()[0][0] == "finished"
    connection.close()
