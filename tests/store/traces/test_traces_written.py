"""What is written as a trace, or given as a go, reads back the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.ports import Placement, RangeSample
from retro_timer.store.traces import TraceReader, TraceRep, TraceWriter, format_rep, parse_rep
from retro_timer.training.gaits import Gait


def read(path: Path) -> tuple[TraceReader, list[RangeSample]]:
    reader = TraceReader(path)
    try:
        return reader, list(reader)
    finally:
        reader.close()


SAMPLES = st.lists(
    st.tuples(
        st.integers(0, 100_000_000_000).map(lambda n: n // 1000 * 1000),
        st.none() | st.integers(-1185, 8000),
        st.none() | st.integers(0, 255),
        st.none() | st.integers(0, 100_000).map(lambda n: n / 10),
        st.none() | st.integers(0, 2_000_000).map(lambda n: n / 10),
    ),
    max_size=30,
).map(lambda rows: [RangeSample(*row) for row in sorted(rows, key=lambda row: row[0])])


@given(SAMPLES, st.integers(-(10**12), 10**12).map(lambda n: n // 1000 * 1000))
def test_what_is_written_reads_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, samples: list[RangeSample], origin_ns: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "trip.csv"
    with path.open("w", encoding="utf-8") as file:
        writer = TraceWriter(file, {"placement": "belt", "note": "x"})
        for sample in samples:
            writer.write(sample, origin_ns)
    reader, back = read(path)
    assert reader.head.placement is Placement.BELT
    assert reader.head.other == {"note": "x"}
    assert [RangeSample(s.t_ns + origin_ns, *_rest(s)) for s in back] == samples


def _rest(sample: RangeSample) -> tuple[int | None, int | None, float | None, float | None]:
    return (sample.range_mm, sample.status, sample.signal_kcps, sample.ambient_kcps)


@given(st.integers(0, 10**10), st.integers(10, 10_000), st.sampled_from(Gait))
def test_a_go_reads_back_the_same(micros: int, decimetres: int, gait: Gait) -> None:
    text = format_rep(micros / 1e6, decimetres / 10, gait)
    fields = dict(part.split("=") for part in text.split())
    rep = parse_rep(fields["go_s"], fields["distance_m"], fields["gait"])
    assert rep == TraceRep(micros / 1e6, decimetres / 10, gait)


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_any_three_texts_are_a_go_or_a_complaint(go: str, distance: str, gait: str) -> None:
    try:
        rep = parse_rep(go, distance, gait)
    except ValueError as error:
        complaint = str(error)
        rep = None
    assert rep is not None or complaint
