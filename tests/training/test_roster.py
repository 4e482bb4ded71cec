"""Who trains, from a CSV file as coaches write them."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.errors import BadInputError
from retro_timer.training.listed import Listed, names_of
from retro_timer.training.names import folded
from retro_timer.training.roster import MOST_ATHLETES, parse_roster
from retro_timer.training.roster_headings import role_of
from tests.helpers.complaints import value_or_complaint

NAMES = st.text(st.characters(min_codepoint=32, exclude_categories=["C", "Z"]), min_size=1, max_size=40)


def read(text: str) -> tuple[str, ...]:
    return told(text)[0]


def told(text: str) -> tuple[tuple[str, ...], list[str]]:
    """The names, and what a coach is told of the file."""
    remarks: list[str] = []
    return names_of(parse_roster(text, "r.csv", remarks.append)), remarks


def test_groups_take_turns_in_the_order_in_which_they_come() -> None:
    text = "Name;Gruppe\nAnn;A\nBea;B\nCid;a\nDee;\nEve;B\n"
    names, remarks = told(text)
    assert names == ("Ann", "Cid", "Bea", "Eve", "Dee")
    assert remarks == ["r.csv: groups take turns: A (2), B (2), none (1)"]


def test_one_group_alone_is_nothing_to_be_told() -> None:
    assert told("name,group\nAnn,A\nBea,A\n") == (("Ann", "Bea"), [])


def test_names_stand_one_a_line_in_the_order_of_turns() -> None:
    assert read("Ann\nBea\nCid\n") == ("Ann", "Bea", "Cid")


def test_a_header_says_which_column_holds_the_names() -> None:
    assert read("number,Name,club\n1,Ann,TSV\n2,Bea,\n") == ("Ann", "Bea")


def test_without_a_header_the_first_column_counts() -> None:
    assert read("Ann,1999\nBea,2001\n") == ("Ann", "Bea")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("name;group\r\nAnna;U14\r\nBen;U14\r\n", ("Anna", "Ben")),
        ("name\tgroup\nAnna\tA\nBen\tA\n", ("Anna", "Ben")),
        ("sep=;\nname;group\nAnna;A\n", ("Anna",)),
        ("# Tuesday, autumn\n\nsep=;\nname;group\nAnna;A\n", ("Anna",)),
        ('"sep=|"\r\nName|Note\r\nAnna, B.|fast; strong\r\n', ("Anna, B.",)),
        ("name;target_s\nAnna;12,5\nBen;13,2\n", ("Anna", "Ben")),
        ("Anna;12,5\nBen;13,2\n", ("Anna", "Ben")),
        ("Name\nMüller, Jörg\nSmith, Ann\n", ("Müller, Jörg", "Smith, Ann")),
        ('name;"note\nof the coach"\nAnna;"tall,\nfast"\nBen;\n', ("Anna", "Ben")),
        ("name;group\n;\nAnna;A\n;;;\n", ("Anna",)),
        (" First\u00a0Name ;Last Name\nAnna ;\u00a0Schmidt\n", ("Anna Schmidt",)),
    ],
)
def test_the_delimiter_is_found_out(text: str, names: tuple[str, ...]) -> None:
    assert read(text) == names


@pytest.mark.parametrize(
    ("heading", "row", "name"),
    [
        ("Athlete,Lane", "Anna,1", "Anna"),
        ("id,Full Name", "1,Anna", "Anna"),
        ("LAST_NAME, first-name", "Smith, Anna", "Anna Smith"),
        ('"name, first"', '"Smith, Anna"', "Smith, Anna"),
        ("Name,Vorname,Jahrgang", "Schmidt,Anna,2001", "Anna Schmidt"),
        ("Nachname,Vorname", "Groß,Jörg", "Jörg Groß"),
        ("Vor- und Nachname", "Anna Groß", "Anna Groß"),
        ("Läufer/in,Bahn", "Anna,1", "Anna"),
        ("Sportler*in;Verein", "Anna;TSV", "Anna"),
        ("SchülerInnen", "Anna", "Anna"),
        ("Jogger", "Anna", "Anna"),
        ("No,Swimmer", "7,Anna", "Anna"),
        ("FNAME,LNAME", "Anna,Smith", "Anna Smith"),
        ("NOM,PRÉNOM", "Dupont,Léa", "Léa Dupont"),
        ("Nom complet,Club", "Léa Dupont,X", "Léa Dupont"),
        ("Voornaam,Tussenvoegsel,Achternaam", "Jan,van der,Berg", "Jan van der Berg"),
        ("Naam,Groep", "Jan,A", "Jan"),
        ("Nombre,Apellido 1,Apellido 2", "Ana,García,López", "Ana García López"),
        ("Sobrenome,Nome", "Silva,Ana", "Ana Silva"),
        ("#,Name,Club", "#1,Anna,TSV", "Anna"),
        ("Athlete,Name", "17,Anna", "Anna"),
        ("say,lane,target_s,group,name", "Änna,2,9.5,A,Anna", "Anna"),
        ("Name,2024,2025", "Anna,12.1,11.9", "Anna"),
    ],
)
def test_a_heading_is_known_in_many_spellings_and_is_never_an_athlete(heading: str, row: str, name: str) -> None:
    assert read(f"{heading}\n{row}\n{heading}\n") == (name,)


@pytest.mark.parametrize("empty", [";;;", ",,,", " ; ", "\t\t", "|||"])
def test_a_row_of_empty_cells_is_nobody_whatever_parts_the_cells(empty: str) -> None:
    assert read(f"Anna\n{empty}\nBen\n{empty}\n") == ("Anna", "Ben")


def test_a_title_above_the_heading_is_no_athlete_either() -> None:
    names, remarks = told("Thursday\n\nName;Club\nAnna;A\n")
    assert names == ("Anna",)
    assert remarks == ["r.csv: line 1 above the heading left out", "r.csv: names from 'Name'; not used: Club"]


def test_what_is_taken_from_other_columns_and_not_used_is_told() -> None:
    _, remarks = told("Club;Vorname;Name\nTSV;Anna;Groß\n")
    assert remarks == ["r.csv: names from 'Vorname' and 'Name'; not used: Club"]
    assert told("name\nAnna\n")[1] == []


def test_how_a_name_is_said_its_lane_and_its_target_are_read_by_their_columns() -> None:
    text = "lane,name,say,target_s\n2,Sean,Shawn,8.5\n,Bea,,\n"
    remarks: list[str] = []
    sean, bea = parse_roster(text, "r.csv", remarks.append)
    assert (sean, bea) == (Listed("Sean", "Shawn", 2, 8.5), Listed("Bea"))
    assert remarks == []


def test_what_an_athlete_is_known_by_stays_theirs_when_groups_part_the_rows() -> None:
    text = "name,group,say\nAnn,A,Annie\nBea,B,Bee\nCid,A,Sid\n"
    assert [(one.name, one.say) for one in parse_roster(text, "r.csv")] == [
        ("Ann", "Annie"),
        ("Cid", "Sid"),
        ("Bea", "Bee"),
    ]


@pytest.mark.parametrize(
    ("cell", "target_s"), [("8,5", 8.5), ("8.25 s", 8.25), ("12", 12.0), ("8,5 Sek.", 8.5), (" 9 sec", 9.0)]
)
def test_a_target_is_read_as_a_spreadsheet_writes_it_and_where_it_was_found_is_told(cell: str, target_s: float) -> None:
    remarks: list[str] = []
    (one,) = parse_roster(f"Name;Bahn;Zielzeit\nÄnne;Bahn 3;{cell}\n", "r.csv", remarks.append)
    assert (one.lane, one.target_s) == (3, target_s)
    assert remarks == ["r.csv: names from 'Name', lane from 'Bahn', target_s from 'Zielzeit'"]


@pytest.mark.parametrize(
    ("column", "cell", "why"),
    [
        ("target_s", "3:45", "target '3:45' is left out: seconds, as 8.5, up to 600"),
        ("target_s", "0", "target '0' is left out"),
        ("target_s", "601", "target '601' is left out"),
        ("target_s", "fast", "target 'fast' is left out"),
        ("lane", "0", "lane '0' is left out: a number from 1 to 8"),
        ("lane", "9", "lane '9' is left out"),
        ("lane", "inner", "lane 'inner' is left out"),
        ("say", "x" * 61, "what is to be said for 'Ann' is left out"),
    ],
)
def test_a_cell_that_cannot_be_used_is_left_out_and_told_with_its_line(column: str, cell: str, why: str) -> None:
    remarks: list[str] = []
    listed = parse_roster(f"name,{column}\nAnn,{cell}\n", "r.csv", remarks.append)
    assert listed == (Listed("Ann"),)
    (remark,) = remarks
    assert remark.startswith(f"r.csv: line 2: {why}")


def test_who_is_called_like_a_column_is_an_athlete() -> None:
    assert read("Meta\nSaid\nAnn\n") == ("Meta", "Said", "Ann")


def test_without_a_heading_the_one_column_of_words_holds_the_names() -> None:
    assert read("1,Ann\n2,Bea\n") == ("Ann", "Bea")
    assert read("17\n23\n") == ("17", "23")


@pytest.mark.parametrize(
    "text",
    [
        "Anna,Smith\nBen,Jones\n",
        "Anna;U14\n",
        "Müller, Jörg\nAnna\n",
        "Group,Lane\nA,1\n",
        "Team 2026\nAnna\n",
        "1,2\n3,4\n",
    ],
)
def test_in_doubt_which_is_the_name_a_heading_is_asked_for(text: str) -> None:
    with pytest.raises(BadInputError, match=r"line 1: .*; expected a first line that names the columns"):
        read(text)


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


def test_who_has_a_name_that_stands_there_already_is_called_otherwise_and_that_is_told() -> None:
    names, remarks = told("Anna\nBen\nanna\nAnna B\nWeiß\nWeiss\nANNA\n")
    assert names == ("Anna", "Ben", "anna C", "Anna B", "Weiß", "Weiss B", "ANNA D")
    assert remarks[0] == "r.csv: line 3: 'anna' stands twice; the second is called 'anna C'"
    assert len(remarks) == 3


def test_lines_above_the_one_that_tells_the_delimiter_are_counted() -> None:
    _, remarks = told("# Tuesday\nsep=;\nName\nAnna\nAnna\n")
    assert remarks[0].startswith("r.csv: line 5: 'Anna' stands twice")


def test_a_roster_of_one_name_alone_is_told_apart_to_its_end() -> None:
    names = read("Anna\n" * MOST_ATHLETES)
    assert len({folded(name) for name in names}) == MOST_ATHLETES


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("", "r.csv:", "no athletes"),
        ("# nobody\n", "r.csv:", "no athletes"),
        ("name\n", "r.csv:", "no athletes"),
        ("A" * 39 + "\n" + "a" * 39 + "\n", "line 2", "a name of 41 characters"),
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
        assert complaint.startswith("r.csv")
        return
    assert 1 <= len(names) <= MOST_ATHLETES
    assert len({name.lower() for name in names}) == len(names)
    assert all(name.strip() == name and name for name in names)


# A heading is never an athlete, wherever it stands.
@given(st.lists(NAMES.filter(lambda name: role_of(name) is None), min_size=1, max_size=20, unique_by=str.lower))
def test_names_come_back_as_they_were_written(names: list[str]) -> None:
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    text = "name\n" + "\n".join(quoted) + "\n"
    assert read(text) == tuple(names)


DIALECTS = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from("\t;,|"),
        "quoting": st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC)),
        "lineterminator": st.sampled_from(("\r\n", "\n", "\r")),
    }
)
CELLS = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="#"), max_size=12)
NAME_PARTS = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="#"), min_size=1, max_size=18)


@given(
    st.lists(st.tuples(NAME_PARTS, NAME_PARTS, CELLS), min_size=1, max_size=12, unique_by=lambda row: row[:2]),
    st.sampled_from((("First name", "Last name"), ("Vorname", "Name"), ("PRÉNOM", "NOM"), ("Nombre", "Apellidos"))),
    st.permutations(range(3)),
    DIALECTS,
    st.booleans(),
)
def test_a_roster_that_a_spreadsheet_wrote_is_read_back(
    people: list[tuple[str, str, str]], heading: tuple[str, str], order: list[int], dialect: Any, sep: bool
) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, **dialect)
    writer.writerows([row[column] for column in order] for row in ((*heading, "Club"), *people))
    first_line = f"sep={dialect['delimiter']}{dialect['lineterminator']}" if sep else ""
    names, complaint = value_or_complaint(lambda: read(first_line + file.getvalue()))
    wanted = tuple(f"{first} {last}" for first, last, _ in people)
    assert names is not None, complaint
    alike = {folded(name) for name in wanted}
    assert names == wanted or (len(alike) < len(wanted) == len({folded(name) for name in names}))
