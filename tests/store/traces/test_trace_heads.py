"""The head of a trace: sensors, lines, lanes, reps; whatever cannot be read of it is told and ignored, never lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.ports import Placement, RangeSample
from retro_timer.store.traces import HEADER, SENSOR_COLUMN, TraceHead, TraceReader, TraceRep, TraceSensor, parse_rep
from retro_timer.training.gaits import Gait


def head_of(*lines: str) -> tuple[TraceHead, list[str]]:
    head = TraceHead()
    problems: list[str] = []
    for line in lines:
        key, _, value = line.partition(": ")
        problems += head.take(key, value)
    return head, problems


def read(path: Path, text: str) -> tuple[TraceReader, list[tuple[str, RangeSample]]]:
    path.write_text(text, encoding="utf-8")
    reader = TraceReader(path)
    try:
        return reader, list(reader.rows_of_sensors())
    finally:
        reader.close()


def test_each_of_several_sensors_has_a_line_that_says_where_it_looks() -> None:
    head, problems = head_of(
        "sensor near: placement=gate line=finish offset_mm=0 fov_deg=27 budget_ms=20",
        "sensor far: offset_mm=200 fov_deg=2 budget_ms=4 model=TF-Luna background_mm=3000",
        "sensor rear: placement=lane-end colour=red",
    )
    assert problems == []
    assert list(head.sensors) == ["near", "far", "rear"]
    assert head.sensors["near"] == TraceSensor(Placement.GATE, "finish", 0.0, 20.0, 27.0)
    far = head.sensors["far"]
    assert (far.offset_mm, far.fov_deg, far.budget_ms, far.model, far.background_mm) == (200, 2, 4, "TF-Luna", 3000)
    assert head.sensors["rear"].other == {"colour": "red"}
    assert head.other == {}


def test_lines_lanes_course_and_order_are_read() -> None:
    head, problems = head_of(
        "line ten: distance_m=10",
        "line start: distance_m=0",
        "lanes: 4",
        "lane_width_m: 1.22",
        "first_lane_m: 0.4",
        "course: out-and-back",
        "order: waves",
    )
    assert problems == []
    assert head.lines == {"ten": 10.0, "start": 0.0}
    assert (head.lanes, head.lane_width_m, head.first_lane_m) == (4, 1.22, 0.4)
    assert (head.course, head.order) == ("out-and-back", "waves")


def test_a_rep_may_begin_by_release_and_name_lane_and_athlete() -> None:
    head, problems = head_of(
        "rep: release_from_s=5.0 distance_m=20 gait=jog",
        "rep: flying_from_s=6.0 distance_m=20 gait=jog",
        "rep: go_s=12.000 distance_m=30 gait=jog lane=2 athlete=Anna",
        "rep: go_s=14 athlete=Anna Maria Berg lane=1 distance_m=30 gait=run",
    )
    assert problems == []
    assert head.reps == [
        TraceRep(None, 20.0, Gait.JOG, release_from_s=5.0),
        TraceRep(None, 20.0, Gait.JOG, release_from_s=6.0, flying=True),
        TraceRep(12.0, 30.0, Gait.JOG, lane=2, athlete="Anna"),
        TraceRep(14.0, 30.0, Gait.RUN, lane=1, athlete="Anna Maria Berg"),
    ]
    assert [rep.begins_s for rep in head.reps] == [5.0, 6.0, 12.0, 14.0]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("sensor near: offset_mm=far", "offset_mm 'far' is not a number from -2000 to 2000"),
        ("sensor near: placement=gat", "did you mean 'gate'?"),
        ("line ten: distance=10", "no distance_m, expected 'distance_m=10'"),
        ("line ten: distance_m=-1", "distance '-1' is not a number of metres from 0"),
        ("lanes: 5", "lane '5' is not a whole number from 1 to 4"),
        ("lanes: 1.5", "not a whole number"),
        ("course: round", "'round' is none of straight, out-and-back"),
        ("order: wave", "did you mean 'waves'?"),
        ("rep: go_s=1 release_from_s=2 distance_m=20 gait=jog", "go_s and release_from_s, expected one of them"),
        ("rep: go_s=1 flying_from_s=2 distance_m=20 gait=jog", "go_s and flying_from_s, expected one of them"),
        ("rep: release_from_s=soon distance_m=20 gait=jog", "release_from 'soon' is not a time in seconds"),
    ],
)
def test_what_cannot_be_read_is_told_and_ignored(line: str, words: str) -> None:
    head, (problem,) = head_of(line)
    assert words in problem
    assert (head.reps, head.lines, head.lanes, head.course, head.order) == ([], {}, None, None, None)


def test_what_cannot_be_read_of_a_sensor_or_a_rep_takes_nothing_else_with_it() -> None:
    head, problems = head_of("sensor a: offset_mm=x fov_deg=2", "rep: go_s=1 distance_m=20 gait=jog lane=nine")
    assert len(problems) == 2
    assert head.sensors["a"].fov_deg == 2.0
    assert head.reps == [TraceRep(1.0, 20.0, Gait.JOG, lane_unclear=True)]


def test_a_rep_of_the_command_line_may_have_a_lane() -> None:
    assert parse_rep("5", "30", "jog", "2") == TraceRep(5.0, 30.0, Gait.JOG, lane=2)
    with pytest.raises(ValueError, match="lane '7' is not a whole number from 1 to 4"):
        parse_rep("5", "30", "jog", "7")


@given(key=st.text(max_size=20), value=st.text(max_size=60))
def test_no_line_of_metadata_is_an_error(key: str, value: str) -> None:
    TraceHead().take(key, value)


def test_each_row_of_a_trace_of_several_names_its_sensor(tmp_path: Path) -> None:
    text = f"# sensor a: placement=gate\n{HEADER}{SENSOR_COLUMN}\n0.00,2000,0,,,a\n0.01,,,,, b \n0.02,1,0,,,a\n"
    reader, rows = read(tmp_path / "two.csv", text)
    assert reader.several
    assert [(name, sample.range_mm) for name, sample in rows] == [("a", 2000), ("b", None), ("a", 1)]
    assert list(reader.head.sensors) == ["a", "b"], "one that no line describes has the defaults"
    assert reader.report() == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("0.1,2000,0,,", "not 6 columns"),
        ("0.1,2000,0,,,a,a", "not 6 columns"),
        ("0.1,2000,0,,,", "no sensor's name in column 6"),
        ("-1,2000,0,,,a", "time runs backwards"),
    ],
)
def test_a_row_without_its_sensor_is_ignored_and_counted(tmp_path: Path, row: str, reason: str) -> None:
    reader, rows = read(tmp_path / "two.csv", f"{HEADER}{SENSOR_COLUMN}\n0.0,1,0,,,a\n{row}\n0.2,2,0,,,a\n")
    assert len(rows) == 2
    assert reader.bad_rows == {reason: 1}


def test_names_without_end_are_no_sensors(tmp_path: Path) -> None:
    rows = "".join(f"0.{n:03d},2000,0,,,s{n}\n" for n in range(40))
    reader, kept = read(tmp_path / "many.csv", f"{HEADER}{SENSOR_COLUMN}\n{rows}")
    assert len(kept) == 16
    assert reader.bad_rows == {"over 16 sensors": 24}


def test_a_rep_may_count_crossings_and_a_relay_s_later_leg_has_no_go() -> None:
    head, problems = head_of(
        "rep: go_s=5.000 distance_m=20 gait=run crossings_s=60",
        "rep: go_s=90 distance_m=20 gait=jog leg=1 athlete=Ann Lee",
        "rep: distance_m=20 gait=walk leg=2 athlete=Bea",
    )
    assert problems == []
    assert head.reps == [
        TraceRep(5.0, 20.0, Gait.RUN, crossings_s=60.0),
        TraceRep(90.0, 20.0, Gait.JOG, athlete="Ann Lee", leg=1),
        TraceRep(None, 20.0, Gait.WALK, athlete="Bea", leg=2),
    ]
    assert [rep.follows for rep in head.reps] == [False, False, True]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("rep: go_s=5 distance_m=20 gait=jog crossings_s=soon", "crossings 'soon' is not a number of seconds"),
        ("rep: go_s=5 distance_m=20 gait=jog leg=0", "leg '0' is not a whole number from 1"),
        ("rep: go_s=5 distance_m=20 gait=jog leg=2", "go_s with leg 2, expected none: it begins when the leg before"),
        (
            "rep: flying_from_s=5 distance_m=20 gait=jog leg=2",
            "flying_from_s with leg 2, expected none: it begins when",
        ),
        ("rep: gait=jog leg=2", "no distance_m, expected 'distance_m=20 gait=jog leg=2'"),
        ("rep: distance_m=20 gait=jog leg=1", "no go_s, expected"),
    ],
)
def test_crossings_or_a_leg_that_cannot_be_read_is_told_and_ignored(line: str, words: str) -> None:
    head, problems = head_of(line)
    assert len(problems) == 1
    assert words in problems[0]
    assert head.reps == []


@pytest.mark.parametrize(
    ("line", "words", "kept"),
    [
        (
            "rep: go_s=5 distance_m=20 gait=jog leg=1 crossings_s=60",
            ["crossings_s with leg 1, expected one of them"],
            TraceRep(5.0, 20.0, Gait.JOG, leg=1),
        ),
        (
            "rep: flying_from_s=5 distance_m=20 gait=jog leg=1 crossings_s=60",
            ["crossings_s with flying_from_s, expected go_s", "leg with flying_from_s, expected go_s"],
            TraceRep(None, 20.0, Gait.JOG, release_from_s=5.0, flying=True),
        ),
        (
            "rep: distance_m=20 gait=jog leg=2 lane=3 crossings_s=60",
            ["crossings_s with leg 2, expected none", "lane with leg 2, expected none"],
            TraceRep(None, 20.0, Gait.JOG, leg=2),
        ),
    ],
)
def test_what_does_not_go_with_the_rest_of_a_rep_is_told_and_the_rest_is_kept(
    line: str, words: list[str], kept: TraceRep
) -> None:
    head, problems = head_of(line)
    assert problems == words
    assert head.reps == [kept]
