"""What a roster's columns of lanes and targets say, and where they cannot mean it."""

from __future__ import annotations

import pytest

from retro_timer.training.listed import Listed
from retro_timer.training.roster import parse_roster


def told(text: str) -> tuple[tuple[Listed, ...], list[str]]:
    """The athletes, and what a coach is told of the file."""
    remarks: list[str] = []
    return parse_roster(text, "r.csv", remarks.append), remarks


@pytest.mark.parametrize("heading", ["Name,lane,target_s", "Name,lane,target_s,", "Name,target_s,lane"])
def test_a_number_that_its_comma_parts_is_no_target(heading: str) -> None:
    (anna, bea), remarks = told(f'{heading}\nAnna,2,8,5\nBea,3,"8",\n')
    assert anna == Listed("Anna")
    assert (bea.lane, bea.target_s) in ((3, 8.0), (8, 3.0))
    (remark,) = (one for one in remarks if "left out" in one)
    assert remark.startswith("r.csv: line 2: more cells than the heading has; lane and target are left out")


@pytest.mark.parametrize(
    ("unit", "target_s"), [("(min)", None), ("[mm:ss]", None), ("(%)", None), ("(in Sek.)", 8.0), ("(s)", 8.0)]
)
def test_a_target_in_another_unit_than_seconds_is_not_used_and_that_is_told(unit: str, target_s: float | None) -> None:
    (anna,), remarks = told(f"name;Ziel {unit}\nAnna;8\n")
    assert anna.target_s == target_s
    assert (f"not used: Ziel {unit}" in remarks[0]) is (target_s is None)
