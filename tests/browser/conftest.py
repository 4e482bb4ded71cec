"""A browser for all tests here, a box with its page for each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.helpers.chromium import CHROMIUM, INSTALL
from tests.helpers.page_process import CoachProcess, box, page
from tests.helpers.phone_screen import Phone, opened_chromium

__all__ = ["box", "page"]

NewPhone = Callable[..., Phone]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One process of it, begun once; Playwright's loop may not outlive the tests here."""
    if not CHROMIUM:
        pytest.skip(INSTALL)
    with sync_playwright() as playwright:
        browser = opened_chromium(playwright)
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture
def new_phone(chromium: Browser, page: CoachProcess) -> Iterator[NewPhone]:
    """Phones on the page, or on what stands before it."""
    opened: list[Phone] = []

    def new(url: str = "", *, script: bool = True) -> Phone:
        opened.append(Phone(chromium, url or page.url, script=script))
        return opened[-1]

    yield new
    for phone in opened:
        phone.close()
