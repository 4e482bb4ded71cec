"""Every page in every look and width: no barrier that axe-core finds, nothing wider than the screen, a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NewPhone
from tests.helpers.page_process import CoachProcess
from tests.helpers.phone_screen import NARROW, TABLET, WIDE, Phone
from tests.helpers.timer_process import Timer, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PICTURES = Path(__file__).parents[2] / "build" / "screenshots"
LOOKS = ("light", "dark", "sun")
SMALLEST = 320
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = "axe.run({resultTypes: ['violations']})"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_every_page_is_without_barriers_in_every_look(box: Timer, page: CoachProcess, new_phone: NewPhone) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    stranger = new_phone()
    problems = looked_at(stranger.open("/pair"), "pair") + looked_at(stranger.open("/"), "not-paired")
    phone = new_phone().paired(page.pin())
    problems += looked_at(phone, "live-idle")
    with_results(box)
    found, seen = {"/": "/"}, set[str]()
    while waiting := sorted(found.keys() - seen):
        for path in waiting:
            seen.add(path)
            phone.open(found[path])
            found = linked(phone.page) | found
            problems += looked_at(phone, path.strip("/").replace("/", "-") or "live")
    assert {"/results", "/results/1", "/plans", "/plans/edit", "/rosters", "/phones", "/leave"} <= seen
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


def linked(page: Page) -> dict[str, str]:
    """Pages that this one leads to, by path; of several of a kind the first. What is for saving is none."""
    hrefs: list[str] = page.eval_on_selector_all("a[href]:not([download])", "all => all.map(a => a.href)")
    found: dict[str, str] = {}
    for href in hrefs:
        parts = urlsplit(href)
        found.setdefault(parts.path, f"{parts.path}?{parts.query}" if parts.query else parts.path)
    return found


def looked_at(phone: Phone, name: str) -> list[str]:
    """What is wrong with the page that is open, and pictures of it."""
    page, wrong = phone.page, list[str]()
    page.evaluate(AXE)
    for look in LOOKS:
        page.evaluate("look => { document.documentElement.dataset.look = look; }", look)
        for width in (NARROW, TABLET, WIDE):
            page.set_viewport_size({"width": width, "height": 800})
            phone.picture(PICTURES / f"{name}-{look}-{width}.png")
            wrong += told(f"{name} {look} {width}", page.evaluate(RULES)) if width == NARROW else []
    for width in (SMALLEST, NARROW, TABLET, WIDE):
        page.set_viewport_size({"width": width, "height": 800})
        if beyond := page.evaluate(TOO_WIDE):
            wrong.append(f"{name}: {beyond} px wider than a screen of {width}")
    page.set_viewport_size({"width": NARROW, "height": 800})
    return wrong


def told(where: str, found: dict[str, Any]) -> list[str]:
    """What axe-core found: the rule, and what breaks it."""
    return [
        f"{where}: {each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]
