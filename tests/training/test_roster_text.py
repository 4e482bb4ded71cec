"""A roster's rows as text and back: whatever stands in them is data."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retro_timer.training.roster import MOST_ATHLETES
from retro_timer.training.roster_headings import role_of
from retro_timer.training.roster_text import RosterRow, roster_rows, roster_text

WORDS = st.text(st.characters(min_codepoint=33, exclude_categories=["C", "Z"]), min_size=1, max_size=30)
NAMES = WORDS.filter(lambda word: role_of(word) is None)
ROWS = st.builds(
    RosterRow,
    name=NAMES,
    say=st.just("") | WORDS,
    lane=st.just("") | st.integers(1, 8).map(str),
    target_s=st.just("") | st.sampled_from(["8.5", "10", "599.9"]),
    group=st.sampled_from(["", "U17", "U19; girls"]),
)


def back(text: str) -> tuple[RosterRow, ...]:
    return roster_rows(text, "r.csv", lambda _remark: None)


@given(rows=st.lists(ROWS, min_size=1, max_size=MOST_ATHLETES, unique_by=lambda row: row.name.casefold()))
def test_what_is_written_is_read_again_those_of_a_group_together(rows: list[RosterRow]) -> None:
    groups = list(dict.fromkeys(row.group for row in rows))
    assert list(back(roster_text(rows))) == sorted(rows, key=lambda row: groups.index(row.group))


def test_only_columns_in_which_something_stands_are_written() -> None:
    assert roster_text([RosterRow("Ann"), RosterRow("Bea", lane="2")]) == "name,lane\nAnn,\nBea,2\n"
    assert roster_text([RosterRow("Ann")]) == "name\nAnn\n"


def test_a_row_without_anything_is_nobody() -> None:
    assert roster_text([RosterRow("Ann"), RosterRow(), RosterRow("Bea")]) == "name\nAnn\nBea\n"


def test_what_a_spreadsheet_parts_columns_by_stands_in_quotes() -> None:
    names = ["Smith, John", "A;B", "C|D", 'E "F"', "#1"]
    assert [row.name for row in back(roster_text([RosterRow(name) for name in names]))] == names
