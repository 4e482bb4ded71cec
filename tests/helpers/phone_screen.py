"""A phone with a screen: Debian's Chromium, driven by Playwright, on the coach's page of a real process."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Browser, Locator, Page, Playwright, expect

from tests.helpers.chromium import CHROMIUM

WIDE, TABLET, NARROW = 1280, 768, 360
HEIGHT = 800
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
PATIENCE_MS = 60_000.0

expect.set_options(timeout=PATIENCE_MS)


def opened_chromium(playwright: Playwright) -> Browser:
    """The browser; each phone is a context of its own in it, with its own cookies."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)


class Phone:
    """Somebody's browser."""

    def __init__(self, browser: Browser, url: str, *, script: bool = True) -> None:
        self.url = url
        self.context = browser.new_context(
            locale="en-GB", viewport={"width": NARROW, "height": HEIGHT}, java_script_enabled=script
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self.context.new_page()
        self.debugger = self.context.new_cdp_session(self.page)
        """What the browser's own tools can do."""
        self.complaints: list[str] = []
        """What the browser's console has had to say of the page's own mistakes."""
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str = "/") -> Phone:
        """One of the pages."""
        self.page.goto(urljoin(self.url, path))
        return self

    def paired(self, pin: str) -> Phone:
        """As a coach does it."""
        self.open("/pair")
        self.page.get_by_label("PIN").fill(pin)
        self.page.locator("form[action='/pair'] button").click()
        return self.fresh()

    @property
    def live(self) -> Locator:
        """All of the live page."""
        return self.page.locator("#live")

    def part(self, name: str) -> Locator:
        """One of the live page's parts."""
        return self.page.locator(f"#{name}")

    def button(self, command: str) -> Locator:
        """One of those at hand."""
        return self.page.locator(f"#hand form[data-command='{command}'] button")

    def fresh(self) -> Phone:
        """Wait until the page has heard the box."""
        expect(self.page.locator("#live:not(.stale)")).to_be_attached()
        return self

    def stale(self) -> Phone:
        """Wait until it has greyed itself out."""
        expect(self.page.locator("#live.stale")).to_be_attached()
        return self

    def shows(self, part: str, text: str) -> Phone:
        """Wait until a part of the live page has a text in it."""
        expect(self.part(part)).to_contain_text(text)
        return self

    def press(self, command: str) -> Phone:
        """A button at hand, and wait until the box has taken it."""
        self.button(command).click()
        answer = self.part("answer")
        expect(answer).to_have_text("✓")
        return self

    def order(self, command: str, **fields: str) -> Phone:
        """A command with fields, from below."""
        more = self.page.locator("details.more")
        if more.get_attribute("open") is None:
            more.locator("summary").click()
        form = more.locator(f"form[action='/do/{command}']")
        for name, value in fields.items():
            field = form.locator(f"[name='{name}']")
            if field.evaluate("element => element.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        form.locator("button").click()
        expect(self.part("answer")).to_have_text("✓")
        return self

    def sleep(self) -> None:
        """The screen goes dark: nothing of the page runs any more."""
        self.debugger.send("Page.setWebLifecycleState", {"state": "frozen"})

    def wake(self) -> None:
        """It runs on."""
        self.debugger.send("Page.setWebLifecycleState", {"state": "active"})

    def picture(self, path: Path) -> None:
        """The whole page as it is."""
        # Playwright's own waits for fonts and two frames, and takes twice as long; these are hundreds.
        how = {"format": "jpeg", "captureBeyondViewport": True, "optimizeForSpeed": True}
        path.write_bytes(base64.b64decode(self.debugger.send("Page.captureScreenshot", how)["data"]))

    def close(self) -> None:
        """Put it away; a page whose script has failed is a mistake."""
        self.context.close()
        assert self.complaints == []
