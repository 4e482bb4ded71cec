"""The coach's page in WebKit, on which an iPhone's browsers all stand: pairing, live, a command, a form, its looks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from selenium.webdriver import WebKitGTK
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from tests.helpers.page_process import CoachProcess
from tests.helpers.plans_made import plan_text
from tests.helpers.timer_process import Timer
from tests.helpers.webkit import needs_webkit, opened_webkit

pytestmark = [needs_webkit, pytest.mark.slow, pytest.mark.timeout(600)]

PATIENCE_S = 60.0
RESTING = plan_text("reps = 2\ndistance_m = 5", gait="run", rest_s=600.0)
SCREENSHOTS = Path(__file__).parents[2] / "build/screenshots"


class Phone:
    """Somebody's iPhone."""

    def __init__(self, driver: WebKitGTK, page: CoachProcess) -> None:
        self.driver, self.url = driver, page.url

    def open(self, path: str) -> None:
        self.driver.get(urljoin(self.url, path))

    def see(self, selector: str, text: str = "") -> None:
        """Wait until there is such an element with a text in it."""
        WebDriverWait(self.driver, PATIENCE_S).until(
            lambda driver: any(text in found.text for found in driver.find_elements(By.CSS_SELECTOR, selector)),
            f"no '{text}' in {selector}",
        )

    def press(self, selector: str) -> None:
        self.driver.find_element(By.CSS_SELECTOR, selector).click()

    def type(self, selector: str, text: str) -> None:
        field = self.driver.find_element(By.CSS_SELECTOR, selector)
        field.clear()
        field.send_keys(text)


@pytest.fixture
def phone(page: CoachProcess) -> Iterator[Phone]:
    with opened_webkit() as driver:
        yield Phone(driver, page)


def test_a_coach_pairs_sees_a_session_live_halts_it_and_makes_the_box_louder(
    box: Timer, page: CoachProcess, phone: Phone
) -> None:
    (box.home / "config" / "plans" / "resting.toml").write_text(RESTING)
    phone.open("/pair")
    phone.type("[name=pin]", page.pin())
    phone.press("form[action='/pair'] button")
    phone.see("#live:not(.stale)")
    box.ctl("start", plan="resting")
    phone.see("#last tbody tr")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    phone.driver.save_screenshot(str(SCREENSHOTS / "webkit-live.png"))
    phone.press("#hand form[data-command='halt'] button")
    phone.see("#answer", "✓")
    box.phase("paused")
    phone.open("/box")
    phone.type("form[action='/do/volume'] [name=percent]", "35")
    phone.press("form[action='/do/volume'] button")
    phone.see("#box-now", "35 %")
    box.process.kill()
    phone.see("#box-now", "The box does not answer.")
