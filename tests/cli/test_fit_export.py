"""`retro-timer results export --format fit`: what another program's reader finds in the files."""

from __future__ import annotations

import contextlib
import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import fitdecode
import pytest
from fit_tool.fit_file import FitFile

from retro_timer.store.exchange.fit.activity import Activity, Lap, plain_name
from retro_timer.store.exchange.fit.encoding import fit_bytes
from retro_timer.store.results.edits import DateSession, carry_out
from retro_timer.store.results.journal import Journal
from retro_timer.training.gaits import Gait
from retro_timer.training.record import RepRecord, RepStatus, Split
from tests.helpers.command import Command
from tests.helpers.exchange_made import NOON_NS, PLAN, STAMP, S, session_of, without_clock


def read(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The messages of a file by kind, each as its fields, read by fitdecode with its checks."""
    found = dict[str, list[dict[str, Any]]]()
    with fitdecode.FitReader(str(path), error_handling=fitdecode.ErrorHandling.RAISE) as reader:
        for frame in reader:
            if isinstance(frame, fitdecode.FitDataMessage):
                found.setdefault(frame.name, []).append({field.name: field.value for field in frame.fields})
    return found


def rep(number: int, time_s: float, **fields: Any) -> RepRecord:
    values = {"distance_m": 30.0, "duration_s": None, "splits": (), "obstacles": 0, **fields}
    return RepRecord(
        number, 1, number, "Ann", gait=Gait.JOG, status=RepStatus.FINISHED, go_ns=number, time_ns=round(time_s * S),
        uncertainty_ns=11_000_000, sound_delay_ns=87_000_000, **values,
    )  # fmt: skip


def keep(directory: Path, *reps: tuple[float, RepRecord]) -> None:
    """A session of reps, each with the seconds from its beginning to its go."""
    with contextlib.closing(Journal(directory)) as journal:
        number = journal.begin(PLAN, ("Ann",), "pi", NOON_NS)
        for after_s, record in reps:
            journal.save(number, record, NOON_NS + round(after_s * S))
        journal.end(number, "done", NOON_NS + 900 * S)


def test_crossings_are_a_lap_by_time_as_long_as_the_way_to_the_last_of_them(
    run: Command, state_dir: Path, tmp_path: Path
) -> None:
    splits = (Split("finish", 10.0, 6 * S, S // 20), Split("finish", 30.0, 16 * S, S // 20))
    keep(state_dir, (10.0, rep(1, 20.0, distance_m=None, duration_s=20.0, splits=splits)))
    path = tmp_path / "ann.fit"
    assert run("results", "export", "--format", "fit", "-o", path).code == 0
    found = read(path)
    (lap,) = found["lap"]
    assert (lap["total_distance"], lap["total_elapsed_time"], lap["lap_trigger"]) == (30.0, 20.0, "time")
    covered = [record["distance"] for record in found["record"]]
    assert (covered[6], covered[11], covered[-1]) == (10.0, 20.0, 30.0)


def test_reps_and_rests_are_laps_with_their_times_and_steps(run: Command, state_dir: Path, tmp_path: Path) -> None:
    keep(
        state_dir,
        (10.75, rep(1, 11.432, obstacles=2)),
        (50.25, rep(2, 10.9)),
        (100.0, rep(3, 60.5, distance_m=None, duration_s=60.0)),
    )
    path = tmp_path / "ann.fit"
    outcome = run("results", "export", "--format", "fit", "-o", path)
    assert (outcome.code, outcome.out, outcome.err) == (0, f"{path}: files: 1\n", "")
    found = read(path)
    laps = found["lap"]
    assert [(lap["intensity"], lap["total_elapsed_time"], lap["total_distance"]) for lap in laps] == [
        ("active", 11.432, 30.0),
        ("rest", 28.068, 0.0),
        ("active", 10.9, 30.0),
        ("rest", 38.85, 0.0),
        ("active", 60.5, 0.0),
    ]
    assert [lap["wkt_step_index"] for lap in laps] == [0, 1, 2, 3, 4]
    assert [(step["duration_type"], step["intensity"]) for step in found["workout_step"]] == [
        ("distance", "active"), ("time", "rest"), ("distance", "active"), ("time", "rest"), ("time", "active"),
    ]  # fmt: skip
    started = datetime.fromtimestamp(NOON_NS // S + 10, UTC)
    assert laps[0]["start_time"] == started
    for before, after in itertools.pairwise(laps):
        assert after["start_time"] == before["timestamp"]
    (session,) = found["session"]
    assert (session["sport"], session["sub_sport"], session["num_laps"]) == ("running", "track", 5)
    assert session["total_elapsed_time"] == pytest.approx(sum(lap["total_elapsed_time"] for lap in laps))
    assert session["timestamp"] == started + timedelta(seconds=149)
    assert laps[0]["uncertainty"] == pytest.approx(0.011)
    assert (laps[0]["obstacles"], laps[0]["gait"]) == (2, "jog")
    assert laps[0]["shown_time"] == pytest.approx(11.35)
    assert "gait" not in laps[1]
    assert [event["event_type"] for event in found["event"]] == ["start", "stop_all"]


def test_there_is_a_record_each_second_of_a_rep_and_at_both_ends_of_a_rest(
    run: Command, state_dir: Path, tmp_path: Path
) -> None:
    split = Split("ten", 10.0, 5 * S, S // 100)
    keep(state_dir, (0.0, rep(1, 10.0, splits=(split,))), (40.0, rep(2, 3.4, distance_m=10.0)))
    run("results", "export", "--format", "fit", "-o", tmp_path / "a.fit")
    records = read(tmp_path / "a.fit")["record"]
    seconds = [round(record["timestamp"].timestamp()) - NOON_NS // S for record in records]
    assert seconds == [*range(11), *range(40, 44)]
    distances = [record["distance"] for record in records]
    assert distances == sorted(distances)
    assert (distances[0], distances[5], distances[10], distances[11], distances[-1]) == (0.0, 10.0, 30.0, 30.0, 40.0)


def test_each_athlete_has_a_file_and_fit_tool_finds_nothing_wrong(
    run: Command, state_dir: Path, tmp_path: Path
) -> None:
    with contextlib.closing(Journal(state_dir)) as journal:
        session_of(journal, ("Žofia", "Bea Lund"))
    for place, told in (("folder", "folder"), ("all.fit", "all-….fit")):
        outcome = run("results", "export", "--format", "fit", "-o", tmp_path / place)
        assert (outcome.code, outcome.out) == (0, f"{tmp_path / told}: files: 2\n")
    inside, beside = sorted((tmp_path / "folder").iterdir()), sorted(tmp_path.glob("all-*.fit"))
    assert {path.name.partition("session-1-")[2] for path in inside} == {"bea-lund.fit", "žofia.fit"}
    assert [path.read_bytes() for path in inside] == [path.read_bytes() for path in beside]
    assert not (tmp_path / "all.fit").exists()
    for path in inside:
        assert FitFile.from_file(str(path)).validate().findings == []


def test_a_session_without_a_date_is_dated_first(run: Command, state_dir: Path, tmp_path: Path) -> None:
    without_clock(state_dir)
    outcome = run("results", "export", "--format", "fit", "-o", tmp_path / "a.fit")
    assert outcome.code == 2
    assert "session 1: the box did not know its date; expected `retro-timer results edit" in outcome.one_line()
    assert list(tmp_path.glob("*.fit")) == []
    with contextlib.closing(Journal(state_dir)) as journal:
        carry_out(journal, DateSession(1, NOON_NS), STAMP)
    assert run("results", "export", "--format", "fit", "-o", tmp_path / "a.fit").code == 0
    assert read(tmp_path / "a.fit")["lap"][0]["start_time"] == datetime.fromtimestamp(NOON_NS // S + 1, UTC)


def test_what_is_no_lap_is_told(run: Command, state_dir: Path, tmp_path: Path) -> None:
    lost = RepRecord(2, 1, 2, "Ann", 30.0, None, Gait.JOG, RepStatus.DNF, 9, reason="timeout")
    keep(state_dir, (0.0, rep(1, 10.0)), (40.0, lost))
    outcome = run("results", "export", "--format", "fit", "-o", tmp_path / "a.fit")
    assert "reps without a finish: 1, not in it" in outcome.one_line()
    assert len(read(tmp_path / "a.fit")["lap"]) == 1


def test_laps_never_overlap_though_a_clock_was_set_back(run: Command, state_dir: Path, tmp_path: Path) -> None:
    keep(state_dir, (10.0, rep(1, 10.0)), (12.0, rep(2, 9.5)))
    run("results", "export", "--format", "fit", "-o", tmp_path / "a.fit")
    laps = read(tmp_path / "a.fit")["lap"]
    assert [lap["total_elapsed_time"] for lap in laps] == [10.0, 9.5]
    assert laps[1]["start_time"] == laps[0]["timestamp"]


def test_no_athletes_file_takes_the_place_of_anothers(run: Command, state_dir: Path, tmp_path: Path) -> None:
    with contextlib.closing(Journal(state_dir)) as journal:
        session_of(journal, ("李", "王", "Ann B", "Ann-B", "?!", "हिन्दी"))
    outcome = run("results", "export", "--format", "fit", "-o", tmp_path / "all")
    names = {path.name.partition("-session-1-")[2] for path in (tmp_path / "all").iterdir()}
    assert names == {"李.fit", "王.fit", "ann-b-3.fit", "ann-b-4.fit", "athlete.fit", "हिन्दी.fit"}
    assert outcome.out.endswith("files: 6\n")
    for number in ("#3", "#4"):
        run("results", "export", "--format", "fit", "-o", tmp_path / "one", "--athlete", number)
    assert len(list((tmp_path / "one").iterdir())) == 2


@pytest.mark.parametrize(
    ("athlete", "plain"),
    [("Žofia  O'Neil", "žofia-o-neil"), ("Zoe\u0308", "zoë"), ("..", "athlete"), ("Ж" * 200, "ж" * 40)],
)
def test_a_files_name_keeps_the_letters_of_an_athletes(athlete: str, plain: str) -> None:
    assert plain_name(athlete) == plain


def test_a_long_title_and_a_name_in_any_script_fit_in() -> None:
    laps = (Lap(0, 10_000, rep(1, 10.0)),)
    activity = Activity(1, "0" * 16, "Ж" * 300, "李", NOON_NS // S, laps, "a.fit")
    assert len(fit_bytes(activity)) > 400
