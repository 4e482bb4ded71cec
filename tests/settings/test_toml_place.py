"""A mistake's line in a plan's text, by what the check calls its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.errors import BadInputError
from retro_timer.settings.loading import parse_plan
from retro_timer.settings.toml_place import line_of

TEXT = """title = "Tuesday"
purpose = "Reps."
source = "Ours."
safety = "Flat ground."

[[blocks]]
reps = 2
distance_m = 20

[[blocks]] # the second
"reps" = 3
distance_m = 30
"""


def found(text: str) -> int | None:
    with pytest.raises(BadInputError) as caught:
        parse_plan(text, "plan")
    return line_of(text, caught.value.where)


@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [
        ('purpose = "Reps."', "purpose = Reps", 2),
        ('purpose = "Reps."', 'purpos = "Reps."', 2),
        ('safety = "Flat ground."', "safety = 3", 4),
        ("reps = 2", "reps = 0", 7),
        ('"reps" = 3', '"reps" = 300', 11),
        ("distance_m = 30", "distanz_m = 30", 12),
        ("distance_m = 30", 'gait = "sprint"\ndistance_m = 30', 12),
    ],
)
def test_a_mistake_is_found_in_its_line(right: str, wrong: str, line: int) -> None:
    assert found(TEXT.replace(right, wrong)) == line


def test_a_block_that_lacks_something_is_found_by_its_heading() -> None:
    assert line_of(TEXT, "plan: blocks[1].distance_m of the ladder") == 12
    assert line_of(TEXT, "plan: blocks[1].gait") == 10
    assert line_of(TEXT, "plan: blocks[1]") == 10


@pytest.mark.parametrize("where", ["plan", "plan: every_s", "plan: blocks[7].reps", "plan: ", ""])
def test_what_stands_in_no_line_has_none(where: str) -> None:
    assert line_of(TEXT, where) is None


@given(text=st.text(max_size=200), where=st.text(max_size=60))
def test_any_text_and_any_place_have_a_line_of_the_text_or_none(text: str, where: str) -> None:
    line = line_of(text, where)
    assert line is None or line >= 1
