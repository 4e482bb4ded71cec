"""Start lists of meet software are kept as rosters."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.command import Outcome, quietly

HEATS = "1,1,1,60m\n,449,4\n1,1,2,60m\n,7,2,Klein,Thomas\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "lynx.evt").write_text(HEATS, encoding="utf-8")
    return tmp_path


def people(place: Path, name: str, last: str = "Hommer") -> None:
    """A list of people, of whom number 449 is called so."""
    (place / name).write_text(f"449,{last},Nico,TuS\n", encoding="utf-8")


def taken(place: Path) -> Outcome:
    """What taking one of its heats told."""
    return quietly("rosters", "import", place / "lynx.evt", "--heat", "1-1-1", "--force")


def test_a_start_list_is_kept_as_a_roster(place: Path) -> None:
    people(place, "lynx.ppl")
    assert quietly("rosters", "import", place / "lynx.evt", "--heat", "1-1-1", "--name", "first").code == 0
    assert quietly("rosters", "show", "first").lines == ["Nico Hommer, lane 4"]
    told = quietly("results", "import", place / "lynx.evt")
    assert (told.code, "everybody of 2 heats" in told.err) == (0, True)
    assert quietly("rosters", "show", "lynx").lines == ["Nico Hommer", "Thomas Klein"]
    assert quietly("rosters", "import", place / "lynx.ppl", "--heat", "1-1-1").code == 2


def test_names_are_of_the_list_that_is_called_as_the_starts_or_of_the_only_one_and_that_is_told(place: Path) -> None:
    people(place, "autumn.ppl", "Old")
    assert "names that are missing are from autumn.ppl" in taken(place).one_line()
    assert quietly("rosters", "show", "lynx").lines == ["Nico Old, lane 4"]
    people(place, "LYNX.PPL")
    assert "names that are missing are from LYNX.PPL" in taken(place).one_line()
    assert quietly("rosters", "show", "lynx").lines == ["Nico Hommer, lane 4"]


def test_of_several_lists_none_is_guessed_and_none_is_asked_where_no_name_is_missing(place: Path) -> None:
    for name in ("autumn.ppl", "spring.ppl"):
        people(place, name)
    refused = taken(place)
    assert refused.code == 2
    assert "several have them: autumn.ppl, spring.ppl; expected one, lynx.ppl" in refused.one_line()
    (place / "lynx.evt").write_text(HEATS.replace(",449,4", ",449,4,Hommer,Nico"), encoding="utf-8")
    assert (taken(place).code, taken(place).err) == (0, "")
