"""Start lists of meet software become rosters."""

from __future__ import annotations

import pytest

from retro_timer.errors import BadInputError
from retro_timer.training.roster import parse_roster
from retro_timer.training.roster_text import roster_text
from retro_timer.training.start_lists import Entrant, as_rows, entrants_of, people_of

PEOPLE = ';the meet\'s people\n449,Hommer,Nico,TuS\n272,Klein,Thomas,\n\n410,"Netzer, Jr.",Max,MTG\n'
EVENTS = """1,1,1,60m
,449,4,Hommer,Nico,TuS
\t272,2,,,
; a comment
01,1,2,60m
,410,1,Netzer,Max,MTG
,449,3,Hommer,Nico
"""


def entrants(text: str, heat: str | None = None) -> tuple[list[Entrant], list[str]]:
    told = list[str]()
    return entrants_of(text, "lynx.evt", lambda: people_of(PEOPLE, "lynx.ppl"), heat, told.append), told


def test_people_are_a_roster_in_their_order() -> None:
    names = people_of(PEOPLE, "lynx.ppl")
    assert list(names.values()) == ["Nico Hommer", "Thomas Klein", "Max Netzer, Jr."]
    listed = parse_roster(roster_text(as_rows(map(Entrant, names.values()))), "r.csv")
    assert [one.name for one in listed] == list(names.values())


def test_a_heat_is_a_roster_with_its_lanes_and_names_of_the_people() -> None:
    found, told = entrants(EVENTS, "1-1-1")
    assert (found, told) == ([Entrant("Nico Hommer", "4", "449"), Entrant("Thomas Klein", "2", "272")], [])
    assert [one.lane for one in parse_roster(roster_text(as_rows(found)), "r.csv")] == [4, 2]


def test_of_several_heats_everybody_is_taken_once_and_that_is_told() -> None:
    found, told = entrants(EVENTS)
    assert [one.name for one in found] == ["Nico Hommer", "Thomas Klein", "Max Netzer"]
    assert all(not one.lane for one in found)
    assert told == ["lynx.evt: everybody of 2 heats, without lanes; --heat takes one: 1-1-1, 1-1-2"]


def test_namesakes_of_two_ids_are_two_people_and_who_has_none_is_whoever_has_the_name() -> None:
    found, _ = entrants("1,1,1,60m\n,1,4,Lee,Anna\n,2,5,Lee,Anna\n1,1,2\n,2,1,Lee,Anna\n,,2,Lee,Anna\n,,3,Kay,Bea\n")
    listed = parse_roster(roster_text(as_rows(found)), "r.csv")
    assert [one.name for one in listed] == ["Anna Lee", "Anna Lee B", "Bea Kay"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (",449,4,Hommer,Nico", "line 1: somebody before the first event"),
        ("1,one,1,60m", "line 1: '1,one,1'"),
        ("1,1\n", "line 1: '1,1'"),
        (f"{'1' * 5000},1,1,60m", f"line 1: '{'1' * 40}'; expected"),
        ("1,1,1,60m\n,999,3,,", "line 2: number 999 without a name"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(BadInputError, match=told):
        entrants(text)


def test_a_heat_that_is_not_in_it_and_a_person_without_a_name_are_told() -> None:
    with pytest.raises(BadInputError, match="--heat 9-9-9: not in it; expected one of 1-1-1, 1-1-2"):
        entrants(EVENTS, "9-9-9")
    with pytest.raises(BadInputError, match="line 1: no name"):
        people_of("449,,,TuS", "lynx.ppl")
    with pytest.raises(BadInputError, match="line 3: number 449 stands on line 1 already"):
        people_of("449,Hommer,Nico\n272,Klein,Thomas\n449,Netzer,Max", "lynx.ppl")
