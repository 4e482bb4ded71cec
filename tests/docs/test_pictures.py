"""The drawn places are as the program draws them, with its own figures."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from docs.pictures import placements
from retro_timer.ports import Placement

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_picture_of_the_placements_is_as_it_is_drawn() -> None:
    assert (DOCS / "placements.svg").read_text(encoding="utf-8") == placements.drawn(), "make pictures"


def test_every_placement_is_in_it() -> None:
    titles = {
        element.text for element in ElementTree.fromstring(placements.drawn()).iter() if element.get("class") == "h"
    }
    assert titles == {str(placement) for placement in Placement}


def test_how_near_a_gate_is_passed_is_what_the_installation_says() -> None:
    assert f"at most {placements.NEAREST_PATH_M:g} m from the runner's path" in (DOCS / "install.md").read_text()
