"""A set as a picture: who has a row, what is filled, and names that are nothing but data."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from retro_timer.phrases import load_catalogue
from retro_timer.pictures.drawing import PAPER, WIDTH, plain, ticks
from retro_timer.pictures.reps import MOST_ROWS, by_set, draw_set, has_times
from retro_timer.training.gaits import Gait
from retro_timer.training.record import Flag, RepRecord, RepStatus

ENGLISH = load_catalogue("en")
SVG = "{http://www.w3.org/2000/svg}"


def rep(
    number: int,
    athlete: str = "Ada",
    time_s: float | None = 8.0,
    *,
    status: RepStatus = RepStatus.FINISHED,
    flags: tuple[Flag, ...] = (),
    set_no: int = 1,
    distance_m: float = 20.0,
) -> RepRecord:
    time_ns = None if time_s is None else round(time_s * 1e9)
    return RepRecord(
        number, set_no, number, athlete, distance_m, None, Gait.JOG, status, number, time_ns, 50_000_000, flags=flags
    )


def drawn(*records: RepRecord) -> ET.Element:
    return ET.fromstring(draw_set(records, ENGLISH, "Set 1"))


def words(svg: ET.Element) -> list[str]:
    return [re.sub("[\u2068\u2069]", "", text.text or "") for text in svg.iter(f"{SVG}text")]


def dots(svg: ET.Element) -> list[ET.Element]:
    return list(svg.iter(f"{SVG}circle"))


def test_each_rep_has_a_row_with_its_dot_and_who_has_no_time_a_dash() -> None:
    svg = drawn(rep(1), rep(2, "Ben", None, status=RepStatus.DNF), rep(3, "Cem", status=RepStatus.VOID), rep(4, "Dot"))
    assert [text for text in words(svg) if text[0] in "1234" and " " in text] == [
        "1 Ada",
        "2 Ben –",
        "3 Cem –",
        "4 Dot",
    ]
    assert len(dots(svg)) == 2


def test_a_time_in_doubt_is_told_by_its_shape_and_not_by_a_colour() -> None:
    svg = drawn(rep(1), rep(2, flags=(Flag.MANUAL,)))
    around = [group for group in svg.iter(f"{SVG}g") if group.get("class") == "dots"]
    assert [PAPER in group.get("style", "") for group in around] == [False, True]
    assert set(re.findall(r"#[0-9a-f]{6}\b", ET.tostring(svg, "unicode"))) <= {"#111111", "#ffffff", "#d4d4d4"}


def test_the_line_through_a_dot_is_as_long_as_the_interval() -> None:
    svg = drawn(rep(1, time_s=8.0), rep(2, time_s=9.0))
    lines = [path.get("d", "") for path in svg.iter(f"{SVG}path") if "line reactive" in path.get("class", "")]
    # Of each time the line comes before the strokes across its ends.
    points = [tuple(map(float, pair)) for line in lines[::3] for pair in re.findall(r"([\d.]+)[ ,]([\d.]+)", line)]
    middles = [(float(dot.get("cx", "")), float(dot.get("cy", ""))) for dot in dots(svg)]
    one_s = middles[1][0] - middles[0][0]
    for (low, high), middle in zip(zip(points[::2], points[1::2], strict=True), middles, strict=True):
        assert abs((high[0] - low[0]) / one_s - 0.1) < 0.002
        assert abs((high[0] + low[0]) / 2 - middle[0]) < 0.1
        assert abs(low[1] - middle[1]) < 0.1


def test_one_alone_has_no_name_in_it_and_a_ladder_has_its_lengths() -> None:
    svg = drawn(rep(1, "Runner"), rep(2, "Runner", distance_m=30.0))
    assert {"1 20 m", "2 30 m"} <= set(words(svg))


def test_it_is_as_wide_as_a_phone_and_has_no_script_and_nothing_from_elsewhere() -> None:
    data = draw_set([rep(1)], ENGLISH, "Set 1")
    assert ET.fromstring(data).get("viewBox", "").startswith(f"0 0 {WIDTH} ")
    assert b"<script" not in data
    assert not re.findall(rb"(?:href|src)=", data)
    assert set(re.findall(rb"https?://[^\"]*", data)) <= {
        b"http://www.w3.org/2000/svg",
        b"http://www.w3.org/1999/xlink",
    }


def test_the_same_reps_are_the_same_bytes() -> None:
    assert draw_set([rep(1)], ENGLISH, "Set 1") == draw_set([rep(1)], ENGLISH, "Set 1")


def test_of_very_many_the_newest_are_drawn() -> None:
    svg = drawn(*(rep(number) for number in range(1, MOST_ROWS + 3)))
    assert len(dots(svg)) == MOST_ROWS
    assert f"{MOST_ROWS + 2} Ada" in words(svg)
    assert "2 Ada" not in words(svg)


def test_reps_are_parted_into_sets_in_the_order_of_their_runs() -> None:
    sets = by_set([rep(3, set_no=2), rep(1), rep(2), rep(4, "Ben", set_no=2)])
    assert {number: [each.rep for each in records] for number, records in sets.items()} == {1: [1, 2], 2: [3, 4]}
    assert has_times(sets[1])
    assert not has_times([rep(1, time_s=None, status=RepStatus.DNF), rep(2, status=RepStatus.VOID)])


@settings(max_examples=15, deadline=None)
@given(
    st.text(max_size=60) | st.sampled_from(["<script>alert(1)</script>", "\u202eevil", "=1+1", "😀" * 9, "x" * 10_000])
)
def test_any_name_is_a_row_and_no_more(name: str) -> None:
    svg = drawn(rep(1, name or "Ada"), rep(2, "Ben"))
    assert len(dots(svg)) == 2
    assert not list(svg.iter(f"{SVG}script"))
    assert all(len(text) < 40 for text in words(svg))


@given(st.text(), st.integers(2, 40))
def test_a_name_in_a_picture_is_one_line_of_so_many_characters(text: str, most: int) -> None:
    shown = plain(text, most)
    assert len(shown) <= most
    assert not set(shown) & set("\n\r\t\u202e\u2066\u2069\x00")


@given(st.floats(0.0, 5_000.0), st.floats(0.0, 600.0))
def test_a_scale_holds_what_is_drawn_in_few_round_steps(low: float, width: float) -> None:
    scale = ticks(low, low + width)
    assert 2 <= len(scale) <= 6
    assert scale[0] <= low + 1e-6
    assert scale[-1] >= low + width - 1e-6
    assert scale == sorted(set(scale))
