"""Who trains, from a CSV file as coaches write them."""

from __future__ import annotations

import pytest
from complaints import value_or_complaint
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.errors import BadInputError
from retro_timer.training.roster import MOST_ATHLETES, parse_roster

NAMES = st.text(st.characters(min_codepoint=32, exclude_categories=["C", "Z"]), min_size=1, max_size=40)


def read(text: str) -> tuple[str, ...]:
    return parse_roster(text, "roster.csv")


def test_names_stand_one_a_line_in_the_order_of_turns() -> None:
    assert read("Ann\nBea\nCid\n") == ("Ann", "Bea", "Cid")


def test_a_header_says_which_column_holds_the_names() -> None:
    assert read("number,Name,club\n1,Ann,TSV\n2,Bea,\n") == ("Ann", "Bea")


def test_without_a_header_the_first_column_counts() -> None:
    assert read("Ann,1999\nBea,2001\n") == ("Ann", "Bea")


def test_blank_lines_and_comments_are_left_out() -> None:
    assert read("# our group\n\nAnn\n   \n# on holiday: Dan\nBea\n") == ("Ann", "Bea")


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm() -> None:
    assert read("\ufeffname\r\nAnn\r\nBea\r\n") == ("Ann", "Bea")


def test_names_may_be_of_any_script_and_hold_commas_in_quotes() -> None:
    assert read('Žofia Nováková\n"Müller, Jörg"\n李小龍\nO’Brien\n') == (
        "Žofia Nováková",
        "Müller, Jörg",
        "李小龍",
        "O’Brien",
    )


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("", "roster.csv:", "no athletes"),
        ("# nobody\n", "roster.csv:", "no athletes"),
        ("name\n", "roster.csv:", "no athletes"),
        ("Ann\nann\n", "line 2", "twice"),
        ("Ann\n,x\n", "line 2", "no name"),
        ("name,club\nAnn,x\n\n ,y\n", "line 4", "no name"),
        ("Ann\n" + "B" * 41 + "\n", "line 2", "41 characters"),
        ("Ann\nB\x07b\n", "line 2", "control characters"),
        ('Ann\n"B\n', "line 2", "not CSV"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, where: str, what: str) -> None:
    with pytest.raises(BadInputError) as caught:
        read(text)
    assert where in str(caught.value)
    assert what in str(caught.value)
    assert "expected" in str(caught.value) or "at most" in str(caught.value)


def test_a_whole_school_is_too_many() -> None:
    assert len(read("\n".join(f"A{n}" for n in range(MOST_ATHLETES)))) == MOST_ATHLETES
    with pytest.raises(BadInputError, match="at most"):
        read("\n".join(f"A{n}" for n in range(MOST_ATHLETES + 1)))


def test_quoted_names_may_run_over_no_line_end() -> None:
    with pytest.raises(BadInputError, match="line 1"):
        read('"Ann\nBea"\n')


@given(st.text(max_size=400))
def test_any_text_is_a_roster_or_one_line_of_complaint(text: str) -> None:
    names, complaint = value_or_complaint(lambda: read(text))
    if names is None:
        assert complaint.startswith("roster.csv")
        return
    assert 1 <= len(names) <= MOST_ATHLETES
    assert len({name.lower() for name in names}) == len(names)
    assert all(name.strip() == name and name for name in names)


@given(st.lists(NAMES, min_size=1, max_size=20, unique_by=str.lower))
def test_names_come_back_as_they_were_written(names: list[str]) -> None:
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    text = "name\n" + "\n".join(quoted) + "\n"
    assert read(text) == tuple(names)
