"""Every page in every look and width: no barrier that axe-core finds, nothing wider than the screen, a picture."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPhone
from tests.helpers.browser_made import Field
from tests.helpers.page_process import CoachProcess
from tests.helpers.phone_screen import HEIGHT, NARROW, TABLET, WIDE, Phone
from tests.helpers.timer_process import Timer, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PICTURES = Path(__file__).parents[2] / "build" / "screenshots"
SMALLEST = 320
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = "axe.run({resultTypes: ['violations']})"
COLOURS = "axe.run({resultTypes: ['violations'], runOnly: ['color-contrast']})"
LOOKS = {"light": RULES, "dark": COLOURS, "sun": COLOURS}
"""They differ in their colours."""
NO_PAGES = {
    "/healthz", "/static/N", "/watch/N", "/events", "/clock", "/download/N", "/box/now",
    "/results/N/set/N", "/results/N/N/finish", "/results/N/chart", "/athletes/N/N",
}  # fmt: skip
"""What is fetched by a page, kept as a file, or leads on at once."""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_every_page_is_without_barriers_in_every_look(
    box: Timer, page: CoachProcess, new_phone: NewPhone, tmp_path: Path
) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    stranger = new_phone()
    seen = {"/pair", "/portal"}
    problems = [
        wrong
        for path in (*sorted(seen), "/")
        for wrong in looked_at(stranger.open(path), path.strip("/") or "not-paired")
    ]
    phone = new_phone().paired(page.pin())
    problems += looked_at(phone, "live-idle")
    with_results(box)
    problems += looked_at(corrected(phone), "rep-corrected") + looked_at(phone.open("/results/1/99"), "not-there")
    waiting = {"/": "/"}
    while waiting:
        kind, address = waiting.popitem()
        seen.add(kind)
        problems += looked_at(phone.open(address), kind.strip("/").replace("/", "-") or "live")
        waiting |= {kind: address for kind, address in linked(phone.page).items() if kind not in seen}
    table = Field(tmp_path).coach.table
    every = {re.sub(r"{\w+}", "N", page.path) for page in table.pages if page.method == "GET"}
    assert every - NO_PAGES == seen
    assert problems == []


def with_results(box: Timer) -> None:
    """A session in which somebody runs, and one has come."""
    text = "Name;say\nÄnne Müller-Lüdenscheidt;\nBülent;\n" + "".join(f"Athlete {n};\n" for n in range(3, 9))
    (box.home / "config" / "rosters").mkdir(exist_ok=True)
    (box.home / "config" / "rosters" / "u17.csv").write_text(text)
    box.ctl("roster", name="u17")
    box.ctl("start", plan="short")
    until(lambda: box.status()["results"], "a result")
    box.ctl("pause")


def corrected(phone: Phone) -> Phone:
    """A rep's page with what was done to it."""
    page = phone.open("/results/1/1").page
    page.get_by_role("button", name="Void").click()
    expect(page.locator(".history li")).to_have_count(1)
    return phone


def linked(page: Page) -> dict[str, str]:
    """Pages that this one leads to, of each kind one: every session's are alike. What is for saving is none."""
    hrefs: list[str] = page.eval_on_selector_all("a[href]:not([download])", "all => all.map(a => a.href)")
    parts = map(urlsplit, hrefs)
    return {re.sub(r"\d+", "N", each.path): each.path + (each.query and f"?{each.query}") for each in parts}


def looked_at(phone: Phone, name: str) -> list[str]:
    """What is wrong with the page that is open, and pictures of it."""
    page, wrong = phone.page, list[str]()
    page.evaluate(AXE)
    for width in (WIDE, TABLET, SMALLEST, NARROW):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if beyond := page.evaluate(TOO_WIDE):
            wrong.append(f"{name}: {beyond} px wider than a screen of {width}")
        for look, rules in LOOKS.items() if width != SMALLEST else ():
            page.evaluate("look => { document.documentElement.dataset.look = look; }", look)
            phone.picture(PICTURES / f"{name}-{look}-{width}.jpg")
            wrong += told(f"{name} {look}", page.evaluate(rules)) if width == NARROW else []
    return wrong


def told(where: str, found: dict[str, Any]) -> list[str]:
    """What axe-core found: the rule, and what breaks it."""
    return [
        f"{where}: {each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]
