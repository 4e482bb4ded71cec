"""Who is meant by a name that somebody typed at the track."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.training.names import find_name

GROUP = ("Anna Schmidt", "Anne Weiß", "Jörg Müller-Lüdenscheidt", "Ben", "Benno Jung", "Schmid, Eva")


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("Anna Schmidt", "Anna Schmidt"),
        ("  anna SCHMIDT ", "Anna Schmidt"),
        ("anna", "Anna Schmidt"),
        ("WEISS", "Anne Weiß"),
        ("Mu\u0308ller-Lüdenscheidt", "Jörg Müller-Lüdenscheidt"),
        ("lüd", "Jörg Müller-Lüdenscheidt"),
        ("schmidt anna", "Anna Schmidt"),
        ("eva", "Schmid, Eva"),
        ("Ben", "Ben"),
        ("ju", "Benno Jung"),
    ],
)
def test_capitals_do_not_matter_and_a_part_is_enough_where_it_is_nobody_elses(wanted: str, name: str) -> None:
    assert find_name(wanted, GROUP).names == (name,)


@pytest.mark.parametrize(("wanted", "unclear"), [("ann", ("Anna Schmidt", "Anne Weiß")), ("be", ("Ben", "Benno Jung"))])
def test_a_part_of_several_names_is_nobodys(wanted: str, unclear: tuple[str, ...]) -> None:
    found = find_name(wanted, GROUP)
    assert (found.names, found.unclear) == ((), unclear)


@pytest.mark.parametrize(
    ("wanted", "suggested"), [("Ana", "Anna Schmidt"), ("Jorg", "Jörg Müller-Lüdenscheidt"), ("Bennno", "Benno Jung")]
)
def test_a_slip_of_the_pen_is_suggested_and_never_taken(wanted: str, suggested: str) -> None:
    found = find_name(wanted, GROUP)
    assert not found.names
    assert suggested in found.suggested


def test_two_people_whose_names_differ_only_by_a_sharp_s_are_told_apart() -> None:
    assert find_name("strasser", ("Straßer", "Strasser")).names == ("Strasser",)
    assert find_name("STRASSER", ("Straßer",)).names == ("Straßer",)


@pytest.mark.parametrize("wanted", ["", "  ", "Xaver"])
def test_nobody_is_nobody(wanted: str) -> None:
    assert find_name(wanted, GROUP).names == ()


@given(st.lists(st.text(min_size=1), min_size=1, max_size=6, unique=True), st.data())
def test_everybody_is_found_by_the_whole_name(names: list[str], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(names))
    assert name in find_name(name, names).names
