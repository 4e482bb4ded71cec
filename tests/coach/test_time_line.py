"""The drawing of a plan's time line: whole, in the page's colours, and names in it are data."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from retro_timer.coach.time_line import draw_time_line, minutes_text, parts_of, rows_of
from retro_timer.training.plan import Part
from retro_timer.training.rehearsal import rehearse
from retro_timer.training.rehearsed import Rehearsal
from retro_timer.training.session.rules import Rules
from tests.helpers.plans_made import block, plan

_SVG = "{http://www.w3.org/2000/svg}"
WHOLE = plan(
    block(duration_s=300.0, kind=Part.WARM_UP),
    block(sets=2, reps=3, distance_m=20.0),
    block(duration_s=120.0, kind=Part.COOL_DOWN),
)


def rehearsed(*names: str) -> Rehearsal:
    made = rehearse(WHOLE, names, Rules())
    assert made is not None
    return made


def drawn(rehearsal: Rehearsal) -> ElementTree.Element:
    return ElementTree.fromstring(draw_time_line(rehearsal, "Time line"))


def bars(drawing: ElementTree.Element, kind: str) -> list[tuple[float, float]]:
    found = [each for each in drawing.iter(f"{_SVG}rect") if each.get("class") == kind]
    return [(float(each.attrib["x"][:-1]), float(each.attrib["width"][:-1])) for each in found]


def test_every_rep_has_a_bar_of_its_part_and_every_set_its_number() -> None:
    drawing = drawn(rehearsed("Ann", "Bea"))
    assert [len(bars(drawing, kind)) for kind in ("warm-up", "work", "cool-down")] == [2, 12, 2]
    assert len(bars(drawing, "set warm-up")) == 1
    assert len(bars(drawing, "set work")) == 2
    numbers = [each.text for each in drawing.iter(f"{_SVG}text") if each.get("class") == "set"]
    assert numbers == ["1", "2", "3", "4"]


def test_bars_and_rests_stand_where_the_session_has_them() -> None:
    rehearsal = rehearsed("Ann")
    of = [
        (each.begin_s / rehearsal.length_s, each.end_s / rehearsal.length_s)
        for each in rehearsal.stretches
        if each.part is Part.WORK
    ]
    drawing = drawn(rehearsal)
    found = bars(drawing, "work")
    assert [begin for begin, _ in found] == pytest.approx([100 * begin for begin, _ in of], abs=0.01)
    assert all(begin >= 0.0 and begin + width <= 100.31 for begin, width in found)
    assert len(bars(drawing, "rest")) == len(rehearsal.stretches) - 1


def test_a_name_is_data() -> None:
    strange = '<script>alert(1)</script>"&'
    drawing = drawn(rehearsed(strange, "Bea"))
    assert strange in [each.text for each in drawing.iter(f"{_SVG}text")]
    assert not list(drawing.iter(f"{_SVG}script"))


def test_no_style_of_its_own_stands_in_it_that_the_page_forbids() -> None:
    drawing = draw_time_line(rehearsed("Ann"), "Time line")
    assert "style" not in drawing
    assert "#" not in drawing


@pytest.mark.parametrize("minutes", [1, 7, 45, 300, 4_000])
def test_there_are_never_more_minutes_below_it_than_a_phone_has_room_for(minutes: int) -> None:
    drawing = drawn(Rehearsal(("Ann",), (), 60.0 * minutes))
    shown = [each.text for each in drawing.iter(f"{_SVG}text") if each.get("class") == "minute"]
    assert shown[0] == "0"
    assert 2 <= len(shown) <= 9


def test_the_table_beside_it_tells_reps_rests_and_when_each_is_through() -> None:
    rehearsal = rehearsed("Ann", "Bea")
    ann, bea = rows_of(rehearsal)
    assert (ann.name, ann.reps, bea.reps) == ("Ann", 8, 8)
    assert ann.least_rest_s is not None
    assert ann.most_rest_s is not None
    assert 0 < ann.least_rest_s < ann.most_rest_s
    assert re.fullmatch(r"\d+:\d\d", ann.ends)
    assert parts_of(rehearsal) == [Part.WARM_UP, Part.WORK, Part.COOL_DOWN]


def test_seconds_are_told_as_clocks_show_them() -> None:
    assert [minutes_text(seconds) for seconds in (0.0, 59.6, 754.2)] == ["0:00", "1:00", "12:34"]
