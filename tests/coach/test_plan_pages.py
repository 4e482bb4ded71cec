"""The plans' pages: chosen, drawn for who is there, made of figures, copied, and checked beside the field."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest

from retro_timer.coach.access import Role
from retro_timer.coach.plan_form import CHOSEN
from retro_timer.settings.loading import parse_plan
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Order, Part
from tests.coach.test_files import PLAN, browser, was
from tests.helpers.browser_made import HOST, Browser, Got

__all__ = ["browser"]

FIGURES = {
    "name": "hills", "title": "Hills", "purpose": "", "gait": "run", "start": "button", "distance_m": "20 30 20",
    "reps": "1", "sets": "2", "rest_s": "30,5", "recovery_s": "120", "target_s": "best", "warm_up_min": "5",
    "cool_down_min": "3",
}  # fmt: skip


def made_of(browser: Browser, figures: dict[str, str]) -> Got:
    return browser.ask("POST", "/plans/new", urlencode(figures).encode(), {"origin": f"http://{HOST}"})


def text_in(got: Got) -> str:
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", got.body, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


def test_the_list_says_what_each_plan_is_made_of(browser: Browser) -> None:
    body = browser.get("/plans").body
    assert 'href="/plans/show?name=first-steps"' in body
    assert re.search(r"first-steps</bdi> · [^<]*\d × \d+ ×", body)


def test_a_plan_that_cannot_be_read_is_listed_with_its_mistake(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "torn.toml").write_text("title = ")
    body = browser.get("/plans").body
    assert "torn.toml: not TOML" in html.unescape(body)
    assert "not TOML" in browser.get("/plans/show?name=torn").body


def test_a_plan_is_shown_with_its_line_its_blocks_and_a_button_that_starts_it(browser: Browser) -> None:
    got = browser.get("/plans/show?name=first-steps")
    assert got.status == 200
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="time-line"' in got.body
    assert "for 1 athlete" in got.body
    assert '<form method="post" action="/do/start"><input type="hidden" name="plan" value="first-steps">' in got.body


@pytest.mark.parametrize(("asked", "drawn"), [("5", 5), ("60", 60), ("0", 1), ("61", 1), ("9" * 4_000, 1), ("x", 1)])
def test_it_is_drawn_for_as_many_as_are_asked_for(browser: Browser, asked: str, drawn: int) -> None:
    browser.post("/plans/edit", name="tuesday", text=PLAN)
    body = browser.get(f"/plans/show?name=tuesday&athletes={asked}").body
    assert body.count('<text class="name"') == drawn
    assert body.count('<tr><th scope="row">') == drawn


@pytest.mark.parametrize("name", ["", "nope", "../../etc/passwd", "%00", "x" * 300])
def test_a_plan_that_there_is_not_is_not_shown(browser: Browser, name: str) -> None:
    assert browser.get(f"/plans/show?name={name}").status == 404


def test_several_at_once_are_drawn_too(browser: Browser) -> None:
    rolling = PLAN.replace("[[blocks]]", 'order = "rolling"\nevery_s = 30\n[[blocks]]')
    browser.post("/plans/edit", name="monday", text=rolling)
    body = browser.get("/plans/show?name=monday&athletes=3").body
    assert body.count('<text class="name"') == 3
    assert "1 × 1 × 20 m" in body


@pytest.mark.parametrize("keys", ["crossings = true\nduration_s = 60", "relay = true"], ids=["crossings", "a relay"])
def test_crossings_and_a_relay_are_drawn_as_well(browser: Browser, tmp_path: Path, keys: str) -> None:
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "monday.toml").write_text(PLAN.replace("[[blocks]]", f"[[blocks]]\n{keys}"))
    assert "<svg" in browser.get("/plans/show?name=monday").body


def test_a_copy_has_the_text_and_no_name_and_replaces_nothing(browser: Browser) -> None:
    form = browser.get("/plans/edit?copy=1&name=first-steps")
    assert 'name="name" value=""' in form.body
    assert was(form) == ""
    assert parse_plan(text_in(form), "plan").title
    assert browser.post("/plans/edit", name="first-steps", text=text_in(form), was="").status == 303
    assert browser.post("/plans/edit", name="first-steps", text=PLAN, was="").status == 409


def test_a_check_keeps_nothing_and_draws_the_plan(browser: Browser) -> None:
    got = browser.post("/plans/edit", name="tuesday", text=PLAN, do="check", was="abc")
    assert got.status == 200
    assert "<svg" in got.body
    assert was(got) == "abc"
    assert "tuesday" not in browser.get("/plans").body


def test_a_mistake_is_shown_with_its_line_and_those_around_it(browser: Browser) -> None:
    wrong = PLAN.replace("reps = 1", "rips = 1 # <b>")
    got = browser.post("/plans/edit", name="tuesday", text=wrong, do="check")
    assert got.status == 422
    assert 'data-line="7"' in got.body
    assert '<li value="7" class="here" aria-current="true"><code>rips = 1 # &lt;b&gt;</code></li>' in got.body
    assert 'aria-invalid="true" aria-describedby="wrong"' in got.body
    assert "did you mean" in got.body
    assert "<svg" not in got.body


def test_a_plan_is_made_of_figures_and_kept_after_a_look(browser: Browser) -> None:
    assert 'action="/plans/new"' in browser.get("/plans/new").body
    got = made_of(browser, FIGURES)
    assert got.status == 200
    assert "<svg" in got.body
    plan = parse_plan(text_in(got), "plan")
    assert [(block.kind, block.distances_m, block.sets) for block in plan.blocks] == [
        (Part.WARM_UP, None, 1),
        (Part.WORK, (20.0, 30.0, 20.0), 2),
        (Part.COOL_DOWN, None, 1),
    ]
    assert (plan.gait, plan.rest_s, plan.blocks[1].target_s) == (Gait.RUN, 30.5, "best")
    assert browser.post("/plans/edit", name="hills", text=text_in(got), was=was(got)).status == 303


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({"order": "rolling", "every_s": "32,5", "lanes_apart": "yes"}, (Order.ROLLING, 32.5, True, None)),
        ({"order": "waves", "wave_size": "3"}, (Order.WAVES, None, False, 3)),
        ({"every_s": "20", "wave_size": "3"}, (Order.ROTATION, None, False, None)),
    ],
)
def test_a_plan_of_figures_has_the_groups_order(
    browser: Browser, figures: dict[str, str], said: tuple[Order, float | None, bool, int | None]
) -> None:
    plan = parse_plan(text_in(made_of(browser, {**FIGURES, "start": "countdown", **figures})), "plan")
    assert (plan.order, plan.every_s, plan.lanes_apart, plan.wave_size) == said


ONE_LENGTH = {**FIGURES, "start": "countdown", "distance_m": "20", "target_s": ""}


def test_a_plan_of_figures_counts_crossings_within_a_time(browser: Browser) -> None:
    plan = parse_plan(text_in(made_of(browser, {**ONE_LENGTH, "crossings_s": "60"})), "plan")
    block = plan.blocks[1]
    assert (block.crossings, block.distance_m, block.duration_s) == (True, 20.0, 60.0)


def test_a_plan_of_figures_is_a_relay(browser: Browser) -> None:
    plan = parse_plan(text_in(made_of(browser, {**ONE_LENGTH, "relay": "yes"})), "plan")
    assert (plan.blocks[1].relay, plan.blocks[1].distance_m) == (True, 20.0)


@pytest.mark.parametrize(
    ("field", "figures", "words"),
    [
        ("crossings_s", {"crossings_s": "60", "distance_m": "20 30"}, "there is a ladder of distances as well"),
        ("crossings_s", {"crossings_s": "9"}, "out of range"),
        ("crossings_s", {"crossings_s": "60", "order": "rolling"}, "nobody can tell whose one is"),
        ("crossings_s", {"crossings_s": "60", "start": "release"}, "begins with a go"),
        ("target_s", {"crossings_s": "60", "target_s": "best"}, "a target without a time to be run"),
        ("relay", {"relay": "yes", "crossings_s": "60"}, "a leg ends at the line"),
        ("relay", {"relay": "yes", "order": "waves"}, "one is on the course at a time"),
        ("relay", {"relay": "yes", "target_s": "9"}, "an athlete&#39;s own start"),
        ("every_s", {"order": "rolling", "every_s": "1"}, "the least is"),
    ],
)
def test_what_does_not_go_together_is_told_beside_a_field_of_it(
    browser: Browser, field: str, figures: dict[str, str], words: str
) -> None:
    got = made_of(browser, {**ONE_LENGTH, **figures})
    assert got.status == 422
    assert 'action="/plans/new"' in got.body
    beside = got.body.split(f'name="{field}"')[1].split("</div>")[0]
    assert words in beside
    assert 'aria-invalid="true" aria-describedby="wrong"' in beside


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        (
            {"target_s": "start = 'up'"},
            "Target (s): &#34;start = &#39;up&#39;&#34; is no time in seconds; expected at most 600, or best, or none",
        ),
        (
            {"crossings_s": "60", "order": "rolling"},
            "Count crossings for (s): with “Order of a group: A go every few seconds”: of several who cross again"
            " and again nobody can tell whose one is; expected “Order of a group: One after the other”",
        ),
        (
            {"relay": "yes", "start": "release"},
            "Relay: the next one starts when the one before is back: with “Start: By leaving the beam”: the team&#39;s"
            " time begins with a go; expected “Start: Countdown, then the go”",
        ),
        (
            {"relay": "yes", "crossings_s": "60"},
            "Relay: the next one starts when the one before is back: with “Count crossings for (s)”: a leg ends at the"
            " line; expected “Distance in metres” without it",
        ),
        (
            {"order": "rolling", "every_s": "1"},
            "From go to go (s): 1 s, within which the fastest closes on the slowest in front, or stands at a nearer"
            " start in their way: the least is 8.7 s, the line clear again; expected that, course.lanes in the"
            " settings, or “Nobody ever runs behind another in one lane” if nobody runs behind another in one lane",
        ),
    ],
)
def test_what_does_not_go_together_is_told_in_the_words_of_the_form(
    browser: Browser, figures: dict[str, str], words: str
) -> None:
    got = made_of(browser, {**ONE_LENGTH, **figures})
    told = got.body.split('<p id="wrong" class="band warning" role="alert">')[1].split("</p>")[0]
    assert " ".join(told.split()) == words


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", "Über uns"),
        ("distance_m", "far"),
        ("distance_m", "3"),
        ("distance_m", ""),
        ("reps", "0"),
        ("reps", "1.5"),
        ("sets", "-1"),
        ("rest_s", "nan"),
        ("rest_s", "9" * 40),
        ("recovery_s", "inf"),
        ("target_s", "soon"),
        ("gait", "sprint"),
        ("order", "heap"),
        ("every_s", "soon"),
        ("crossings_s", "long"),
        ("crossings_s", "9000"),
        ("wave_size", "1"),
        ("wave_size", "9"),
        ("start", "<b>"),
        ("warm_up_min", "x"),
    ],
)
def test_a_figure_that_is_none_is_told_beside_its_field_and_all_others_stay(
    browser: Browser, field: str, typed: str
) -> None:
    got = made_of(browser, {**FIGURES, field: typed})
    assert got.status == 422
    assert got.body.count('aria-describedby="wrong"') == (field not in CHOSEN)
    assert 'value="30,5"' in got.body or field == "rest_s"
    assert "<b>" not in got.body


def test_a_title_of_any_signs_is_a_title(browser: Browser) -> None:
    title = 'He said "\\go" \x07 <script>'
    plan = parse_plan(text_in(made_of(browser, {**FIGURES, "title": title})), "plan")
    assert plan.title == 'He said "\\go"   <script>'


def test_a_viewer_sees_no_plan(browser: Browser) -> None:
    viewer = Browser(browser.coach, browser.coach.access.let_in(Role.VIEWER, "a phone"))
    assert viewer.get("/plans/show?name=first-steps").status == 403
