"""Traces: read whatever stands in them, count what cannot be read, write what can be read back."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.errors import BadInputError
from retro_timer.ports import Placement, RangeSample
from retro_timer.store.traces import HEADER, TraceReader, TraceRep
from retro_timer.training.gaits import Gait
from tests.helpers.complaints import value_or_complaint

ReadTrace = Callable[..., tuple[TraceReader, list[RangeSample]]]
ROWS = "0.0,2000,0,800.0,500.0\n0.1,2001,,,\n0.2,,2,4.0,500.0\n"


def read(path: Path) -> tuple[TraceReader, list[RangeSample]]:
    reader = TraceReader(path)
    try:
        return reader, list(reader)
    finally:
        reader.close()


@pytest.fixture
def trace(tmp_path: Path) -> ReadTrace:
    """Reads a text as a trace."""

    def made(text: str | bytes, name: str = "day.csv") -> tuple[TraceReader, list[RangeSample]]:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read(path)

    return made


def test_rows_are_read_with_empty_cells_as_nothing_recorded(trace: ReadTrace) -> None:
    reader, samples = trace(f"{HEADER}\n{ROWS}")
    assert samples == [
        RangeSample(0, 2000, 0, 800.0, 500.0),
        RangeSample(100_000_000, 2001, None, None, None),
        RangeSample(200_000_000, None, 2, 4.0, 500.0),
    ]
    assert reader.rows == 3
    assert reader.report() == []


def test_metadata_that_replay_reads(trace: ReadTrace) -> None:
    head = trace(
        "# placement: lane-end\n# budget_ms: 33\n# fov_deg: 15\n# background_mm: 2050\n"
        "# rep: go_s=5.000 distance_m=30 gait=jog\n# rep: go_s=60 distance_m=20.5 gait=walk\n" + HEADER + "\n"
    )[0].head
    assert head.placement is Placement.LANE_END
    assert (head.budget_ms, head.fov_deg, head.background_mm) == (33.0, 15.0, 2050)
    assert head.reps == [TraceRep(5.0, 30.0, Gait.JOG), TraceRep(60.0, 20.5, Gait.WALK)]
    assert head.warnings == []


def test_unknown_metadata_is_kept(trace: ReadTrace) -> None:
    head = trace(f"# sensor: VL53L1X, long mode\n# what: a walk: slow\n# weather\n{HEADER}\n")[0].head
    assert head.other == {"sensor": "VL53L1X, long mode", "what": "a walk: slow"}
    assert head.warnings == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("placement: gat", "'gat' is none of gate, lane-end, belt (did you mean 'gate'?)"),
        ("budget_ms: soon", "'soon' is not a number from 1 to 1000"),
        ("budget_ms: nan", "not a number"),
        ("fov_deg: 0", "not a number from 0.1 to 90"),
        ("background_mm: -5", "not a number from 100"),
        ("background_mm: 1e99", "not a number"),
        ("rep: go_s=5 distance_m=30", "no gait, expected 'go_s="),
        ("rep: go_s=5 distance_m=30 gait=jogg", "did you mean 'jog'?"),
        ("rep: go_s=x distance_m=30 gait=jog", "'x' is not a time in seconds"),
        ("rep: go_s=5 distance_m=0 gait=jog", "distance '0'"),
        ("rep:", "no go_s"),
    ],
)
def test_metadata_that_cannot_be_read_is_warned_of_with_its_line_and_ignored(
    trace: ReadTrace, line: str, words: str
) -> None:
    reader, samples = trace(f"# sensor: x\n# {line}\n{HEADER}\n{ROWS}")
    (warning,) = reader.head.warnings
    assert "day.csv: line 2: " in warning
    assert words in warning
    assert warning.endswith("ignored")
    assert "\n" not in warning
    assert len(samples) == 3
    assert reader.head.reps == []
    assert reader.head.placement is None


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("nan,2000,,,", "out of range"),
        ("inf,2000,,,", "out of range"),
        ("0.15,nan,,,", "out of range"),
        ("0.15,-inf,,,", "out of range"),
        ("0.15,1e300,,,", "out of range"),
        ("0.15,2000,0,nan,", "out of range"),
        ("0.15,2000,0,-1,", "out of range"),
        ("0.15,2000,256,,", "out of range"),
        ("0.15,2000,-1,,", "out of range"),
        ("0.15,2000,0.5,,", "not a number"),
        ("0.15,two,,,", "not a number"),
        (",2000,,,", "not a number"),
        ("0.15,2000", "not 5 columns"),
        ("0.15;2000;;;", "not 5 columns"),
        ("0.15,2000,,,,", "not 5 columns"),
        ("\x00\x01\x02", "not 5 columns"),
        ("0.05,2000,,,", "time runs backwards"),
        ("-5,2000,,,", "time runs backwards"),
        ("1e10,2000,,,", "out of range"),
    ],
)
def test_a_bad_row_is_counted_reported_and_left_out(trace: ReadTrace, row: str, reason: str) -> None:
    reader, samples = trace(f"{HEADER}\n0.0,2000,,,\n0.1,2001,,,\n{row}\n0.2,2002,,,\n")
    assert [s.range_mm for s in samples] == [2000, 2001, 2002]
    (line,) = reader.report()
    assert line.endswith(f"1 of 4 rows ignored: {reason} (first at line 4)")


def test_the_report_has_one_line_for_each_kind_of_bad_row(trace: ReadTrace) -> None:
    reader, _ = trace(f"{HEADER}\nx,1,,,\n0.1,2001,,,\ny,1,,,\n0.0,1,,,\n1,2\n")
    assert [line.partition("day.csv: ")[2] for line in reader.report()] == [
        "1 of 5 rows ignored: not 5 columns (first at line 6)",
        "2 of 5 rows ignored: not a number (first at line 2)",
        "1 of 5 rows ignored: time runs backwards (first at line 5)",
    ]


def test_after_time_ran_backwards_reading_goes_on_where_it_was(trace: ReadTrace) -> None:
    _, samples = trace(f"{HEADER}\n0.0,1000,,,\n5.0,1001,,,\n1.0,1002,,,\n4.9,1003,,,\n5.0,1004,,,\n5.1,1005,,,\n")
    assert [s.range_mm for s in samples] == [1000, 1001, 1004, 1005]


@pytest.mark.parametrize("torn", ["0.2,20", "0.2", "0.", "0.2,2002,,"])
def test_a_torn_last_line_is_counted(trace: ReadTrace, torn: str) -> None:
    reader, samples = trace(f"{HEADER}\n0.0,2000,,,\n0.1,2001,,,\n{torn}")
    assert len(samples) == 2
    assert sum(reader.bad_rows.values()) == 1


def test_comments_and_blank_lines_between_rows_are_no_rows(trace: ReadTrace) -> None:
    reader, samples = trace(f"\n# a: b\n\n{HEADER}\n0.0,2000,,,\n\n# coach waves\n0.1,2001,,,\n\n")
    assert len(samples) == reader.rows == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_understood(trace: ReadTrace, end: str) -> None:
    text = f"\ufeff# placement: gate\n{HEADER}\n{ROWS}".replace("\n", end)
    reader, samples = trace(text)
    assert reader.head.placement is Placement.GATE
    assert len(samples) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "ends before its header; expected a line 't_s,range_mm,status"),
        ("# placement: gate\n", "ends before its header"),
        ("0.0,2000,,,\n", "line 1: '0.0,2000,,,' is neither metadata nor header; expected 't_s,"),
        ("# a: b\nt,mm\n0,1\n", "line 2: 't,mm' is neither metadata nor header"),
    ],
)
def test_a_file_without_a_header_is_no_trace(trace: ReadTrace, text: str, words: str) -> None:
    with pytest.raises(BadInputError) as caught:
        trace(text)
    assert words in str(caught.value)


@pytest.mark.parametrize("path", ["missing.csv", ".", "/proc/self/mem"])
def test_a_file_that_cannot_be_read_is_one_line_of_complaint(tmp_path: Path, path: str) -> None:
    _, complaint = value_or_complaint(lambda: read(tmp_path / path))
    assert "cannot be read" in complaint


def test_a_line_of_megabytes_is_one_bad_row_and_takes_no_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("w") as file:
        file.write(HEADER + "\n0.0,2000,,,\n")
        for _ in range(8):
            file.write("9" * 1_000_000)
        file.write("\n0.1,2001,,,\n")
    tracemalloc.start()
    reader, samples = read(path)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [s.range_mm for s in samples] == [2000, 2001]
    assert sum(reader.bad_rows.values()) == 1
    assert reader.first_bad == {"not 5 columns": 3}
    assert most < 1_000_000


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_trace_or_one_line_of_complaint(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.csv"
    path.write_bytes(data)
    found, complaint = value_or_complaint(lambda: read(path))
    assert found is not None or complaint


CELLS = st.sampled_from(["", "nan", "inf", "-1", "0", "1e400", "0x10", "٣", "1_0", "2000", "abc", " 7 ", "\x00", '"1"'])


@given(st.lists(st.lists(CELLS, min_size=1, max_size=7), max_size=30))
def test_any_rows_are_read_or_counted_and_what_is_read_is_sane(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "rows.csv"
    path.write_text(HEADER + "\n" + "".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
    reader, samples = read(path)
    assert len(samples) + sum(reader.bad_rows.values()) == reader.rows <= len(rows)
    times = [s.t_ns for s in samples]
    assert times == sorted(times)
    for sample in samples:
        assert sample.range_mm is None or abs(sample.range_mm) <= 100_000
        assert sample.status is None or 0 <= sample.status <= 255


@given(st.text(max_size=30), st.text(max_size=60))
def test_any_metadata_is_taken_kept_or_warned_of(
    tmp_path_factory: pytest.TempPathFactory, key: str, value: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "meta.csv"
    line = f"# {key}: {value}".replace("\n", " ").replace("\r", " ")
    path.write_text(f"{line}\n{HEADER}\n{ROWS}", encoding="utf-8", errors="replace")
    reader, samples = read(path)
    assert len(samples) == 3
    assert len(reader.head.warnings) <= 1


@pytest.mark.slow
def test_a_hundred_thousand_rows_are_all_read(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("w") as file:
        file.write(HEADER + "\n")
        file.writelines(f"{n * 0.024:.6f},{2000 + n % 7},0,800.0,500.0\n" for n in range(100_000))
    reader = TraceReader(path)
    assert sum(1 for _ in reader) == reader.rows == 100_000
    reader.close()


@pytest.mark.parametrize("name", ["doorway-walk.csv", "sun-8900lux-empty.csv", "hand-200mm.csv"])
def test_the_recorded_traces_are_read_without_a_complaint(traces: Path, name: str) -> None:
    reader, samples = read(traces / name)
    assert reader.head.warnings == []
    assert reader.report() == []
    assert len(samples) == reader.rows > 90
    assert reader.head.other["sensor"].startswith("VL53L1X")
