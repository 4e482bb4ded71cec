"""Plans and rosters on the page: what is kept, what is not replaced by mistake, and what a coach should look at."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from retro_timer.beacon.control.protocol import requests
from retro_timer.beacon.control.protocol.answers import Done
from retro_timer.coach.access import Role
from retro_timer.coach.link import Link
from retro_timer.settings.made import WritePlan, WriteRoster
from tests.helpers.browser_made import Browser, Field, Got

PLAN = """title = "Tuesday"
purpose = "A rep."
source = "Ours."
safety = "Flat ground."
gait = "jog"
[[blocks]]
reps = 1
distance_m = 20
"""
THERE = "There is one of this name already"


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """A coach's, beside a box that keeps what it is told."""
    monkeypatch.setenv("RETRO_TIMER_STATE", str(tmp_path))
    monkeypatch.setenv("RETRO_TIMER_CONFIG", str(tmp_path / "etc"))

    async def ask(_link: Link, request: requests.Edit, _within_s: float) -> Done:
        assert isinstance(request.edit, WritePlan | WriteRoster)
        name = (
            f"plans/{request.edit.name}.toml"
            if isinstance(request.edit, WritePlan)
            else f"rosters/{request.edit.name}.csv"
        )
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(request.edit.text, encoding="utf-8")
        return Done()

    monkeypatch.setattr(Link, "ask", ask)
    return Field(tmp_path).phone(Role.COACH)


def was(got: Got) -> str:
    """What a form says that it came from."""
    found = re.search(r'name="was" value="([0-9a-f]*)"', got.body)
    assert found is not None
    return found[1]


def test_a_new_one_is_kept_and_replaced_by_a_form_that_came_from_it(browser: Browser, tmp_path: Path) -> None:
    assert browser.post("/plans/edit", name="tuesday", text=PLAN, was=was(browser.get("/plans/edit"))).status == 303
    form = browser.get("/plans/edit?name=tuesday")
    changed = PLAN.replace("Tuesday", "Later")
    assert browser.post("/plans/edit", name="tuesday", text=changed, was=was(form)).status == 303
    assert (tmp_path / "plans" / "tuesday.toml").read_text() == changed


@pytest.mark.parametrize("came_from", ["", "other", "older"])
def test_what_a_form_did_not_come_from_is_not_replaced(browser: Browser, tmp_path: Path, came_from: str) -> None:
    older = PLAN.replace("Tuesday", "Of old")
    browser.post("/plans/edit", name="tuesday", text=older)
    browser.post("/plans/edit", name="other", text=PLAN.replace("Tuesday", "Other"))
    form = browser.get(
        {"": "/plans/edit", "other": "/plans/edit?name=other", "older": "/plans/edit?name=tuesday"}[came_from]
    )
    browser.post("/plans/edit", name="tuesday", text=PLAN, was=was(browser.get("/plans/edit?name=tuesday")))
    for _ in range(2):
        form = browser.post("/plans/edit", name="tuesday", text=PLAN.replace("Tuesday", "Mine"), was=was(form))
        assert form.status == 409
        assert THERE in form.body
        assert "Mine" in form.body
    assert (tmp_path / "plans" / "tuesday.toml").read_text() == PLAN


def test_a_plan_that_came_with_the_program_is_not_hidden_by_mistake(browser: Browser) -> None:
    assert browser.post("/plans/edit", name="first-steps", text=PLAN).status == 409
    form = browser.get("/plans/edit?name=first-steps")
    assert browser.post("/plans/edit", name="first-steps", text=PLAN, was=was(form)).status == 303


def test_who_sends_the_same_twice_is_not_refused(browser: Browser) -> None:
    assert [browser.post("/plans/edit", name="tuesday", text=PLAN).status for _ in range(2)] == [303, 303]


def test_a_file_that_cannot_be_read_as_text_may_be_replaced_by_the_form_that_says_so(
    browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "torn.toml").write_bytes(b"\xff\xfe\x00")
    form = browser.get("/plans/edit?name=torn")
    assert "torn.toml" in form.body
    assert browser.post("/plans/edit", name="torn", text=PLAN, was=was(form)).status == 303


def test_a_roster_that_is_kept_with_remarks_says_so_and_can_be_kept_again(browser: Browser) -> None:
    text = "Name;Jahrgang\nAnn;2010\nBen;2011\n"
    got = browser.post("/rosters/edit", name="u17", text=text)
    assert got.status == 200
    assert "<strong>Kept. Please look at this:</strong>" in got.body
    assert "names from" in got.body
    assert "aria-invalid" not in got.body
    assert 'role="alert"' not in got.body
    assert browser.post("/rosters/edit", name="u17", text=text.replace("Ann", "Cem"), was=was(got)).status == 200


def test_a_groups_plan_that_is_kept_says_what_plans_check_would(browser: Browser, tmp_path: Path) -> None:
    group = PLAN.replace("[[blocks]]", 'order = "rolling"\nevery_s = 30\n[[blocks]]')
    got = browser.post("/plans/edit", name="monday", text=group)
    assert got.status == 200
    assert "<strong>Kept. Please look at this:</strong>" in got.body
    assert "the start line may not hear the box" in got.body
    assert (tmp_path / "plans" / "monday.toml").read_text() == group


def test_a_mistake_comes_back_with_the_form(browser: Browser, tmp_path: Path) -> None:
    got = browser.post("/plans/edit", name="tuesday", text=PLAN.replace("reps", "rips"), was="abc")
    assert got.status == 422
    assert "rips" in got.body
    assert was(got) == "abc"
    assert not (tmp_path / "plans").exists()
