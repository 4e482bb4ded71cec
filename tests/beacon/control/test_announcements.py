"""What is said of a stick: of the socket's closed list, and to nobody who is about to run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from retro_timer.beacon.control.protocol.requests import StickWord
from tests.helpers.office import DONE, Office
from tests.helpers.plans_made import block, plan


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.beacon.close()


def test_each_word_of_the_list_has_a_sentence_of_its_own(office: Office) -> None:
    told = set()
    for word in get_args(StickWord):
        assert office.ask("announce", what=word) == DONE
        told.add(office.beacon.voice.said[-1])
        office.beacon.after(10.0)
    assert "Copied. Pull the stick." in told
    assert len(told) == len(get_args(StickWord))


def test_nothing_else_can_be_said_by_it(office: Office) -> None:
    (answer,) = office.ask("announce", what="Go!")
    assert "'Go!' is not a choice" in answer["error"]


def test_in_a_session_it_is_refused_so_that_it_is_said_afterwards(office: Office) -> None:
    office.beacon.after(3.0).begin(plan(block(reps=2)), "Ann").until("go")
    (answer,) = office.ask("announce", what="copied")
    assert answer["why"] == "refused"
    assert not any("stick" in text for text in office.beacon.voice.said)
