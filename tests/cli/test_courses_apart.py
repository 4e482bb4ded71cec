"""Reps out and back are held against reps out and back alone: in progress, in pictures, and in what goes into files."""

from __future__ import annotations

import contextlib
import csv
import json
from pathlib import Path

import pytest

from retro_timer.store.results.journal import Journal
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Course, StartMethod
from retro_timer.training.record import RepRecord, RepStatus, StartKind
from tests.helpers.boxes import Boxes
from tests.helpers.command import Command
from tests.helpers.exchange_made import NOON_NS, S, rows
from tests.helpers.plans_made import block, plan

WEEK_NS = 7 * 86_400 * S
STRAIGHT_S, BACK_S = 8.0, 11.0


def two_courses(directory: Path) -> None:
    """Anna's 20 m by release: three evenings straight on, and between them two out and back, which takes longer."""
    with contextlib.closing(Journal(directory)) as journal:
        for week in range(5):
            course = Course.OUT_AND_BACK if week % 2 else Course.STRAIGHT
            began_ns = NOON_NS + week * WEEK_NS
            number = journal.begin(
                plan(block(reps=4), start=StartMethod.RELEASE, course=course), ("Anna",), "pi", began_ns
            )
            for rep in range(1, 5):
                time_s = (BACK_S if course is Course.OUT_AND_BACK else STRAIGHT_S) + 0.01 * rep
                ran = RepRecord(
                    rep, 1, rep, "Anna", 20.0, None, Gait.JOG, RepStatus.FINISHED, rep * 60 * S, round(time_s * S),
                    11_000_000, method="gate", start=StartKind.RELEASE,
                )  # fmt: skip
                journal.save(number, ran, began_ns + rep * 60 * S)
            journal.end(number, "done", began_ns + 600 * S)


@pytest.fixture
def kept(state_dir: Path) -> Path:
    two_courses(state_dir)
    return state_dir


def test_progress_has_a_best_an_average_and_a_trend_for_each_course(kept: Path, run: Command) -> None:
    told = json.loads(run("results", "progress", "Anna", "--json").out)
    bests = {best["kind"]["course"]: (best["time_ns"] / S, best["session"]) for best in told["bests"]}
    assert bests == {"straight": (8.01, 1), "out-and-back": (11.01, 2)}
    forms = {form["kind"]["course"]: form for form in told["forms"]}
    assert forms["straight"]["average"]["value_s"] == pytest.approx(8.025)
    assert forms["out-and-back"]["average"]["value_s"] == pytest.approx(11.025)
    assert [forms[course]["sessions"] for course in ("straight", "out-and-back")] == [3, 2]
    assert {form["change_verdict"] for form in forms.values()} == {"same"}
    assert "20 m jog, by release, out and back  11.01  2" in run("results", "progress", "Anna").out


@pytest.mark.parametrize("picture", ["trend", "distribution"])
def test_a_picture_is_of_one_course(kept: Path, run: Command, picture: str) -> None:
    straight = run("results", "plot", picture, "--athlete", "Anna", "--term")
    back = run(
        "results", "plot", picture, "--athlete", "Anna", "--what", "20 m jog, by release, out and back", "--term"
    )
    assert (straight.code, back.code) == (0, 0)
    assert "out and back" not in straight.out
    assert "out and back" in back.out
    if picture == "distribution":
        assert "12 reps" in straight.out
        assert "8 reps" in back.out


def test_lists_and_files_tell_each_reps_course(kept: Path, run: Command, tmp_path: Path) -> None:
    listed = json.loads(run("results", "reps", "--json").out)
    wanted = {number: "straight" if number % 2 else "out-and-back" for number in range(1, 6)}
    assert {rep["session"]: rep["course"] for rep in listed} == wanted
    run("results", "export", "--format", "csv", "-o", tmp_path / "reps.csv")
    with (tmp_path / "reps.csv").open(encoding="utf-8", newline="") as file:
        told = {int(row["session"]): row["course"] for row in csv.DictReader(file)}
    assert told == {number: "" if course == "straight" else course for number, course in wanted.items()}


def test_a_csv_file_brings_the_course_along(tmp_path: Path) -> None:
    boxes = Boxes(tmp_path)
    two_courses(boxes.a)
    file = boxes.exported(boxes.a, "csv")
    boxes.brought(boxes.b, file)
    assert boxes.exported(boxes.b, "csv").read_bytes() == file.read_bytes()
    plans = [json.loads(str(row["plan"])) for row in rows(boxes.b, "session", "id")]
    assert plans == [{}, {"course": "out-and-back"}] * 2 + [{}]
    told = boxes.brought(boxes.b, boxes.exported(boxes.a, "json"))
    assert sum("no plan here" in line for line in told) == 5


def test_a_csv_file_of_a_program_that_knew_no_courses_comes_in(tmp_path: Path) -> None:
    boxes = Boxes(tmp_path)
    two_courses(boxes.a)
    file = boxes.exported(boxes.a, "csv")
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\r\n".join(line.rpartition(",")[0] for line in lines) + "\r\n", encoding="utf-8", newline="")
    assert boxes.brought(boxes.b, file)[0].startswith("new sessions: 5; reps: 20")


def test_a_course_that_is_none_is_refused_with_its_line(tmp_path: Path) -> None:
    boxes = Boxes(tmp_path)
    two_courses(boxes.a)
    file = boxes.exported(boxes.a, "csv")
    file.write_bytes(file.read_bytes().replace(b"out-and-back", b"zigzag"))
    refused = boxes.do(boxes.b, "import", file)
    assert refused.code == 2
    assert "course: 'zigzag'" in refused.one_line()


def test_a_session_whose_rows_tell_two_courses_is_refused_with_the_line(tmp_path: Path) -> None:
    boxes = Boxes(tmp_path)
    two_courses(boxes.a)
    file = boxes.exported(boxes.a, "csv")
    file.write_bytes(file.read_bytes().replace(b"out-and-back", b"", 1))
    refused = boxes.do(boxes.b, "import", file)
    assert refused.code == 2
    assert "line 7: course: 'out-and-back'; expected none, as in the rows before" in refused.one_line()
