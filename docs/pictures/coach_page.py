"""The coach's page on a phone: a box on the simulated board, its page, and Debian's Chromium; rep 2 of the demo."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

_PROGRAM = str(Path(sys.executable).with_name("retro-timer"))
_GROUP = "name\nAnna\nBen\nChiara\n"
_BOX = ("run", "--board", "sim", "--voice", "text", "--scenario", "demo")
_PHONE: ViewportSize = {"width": 390, "height": 844}
_WELL_UNDER_WAY = re.compile(r"^[2-9]\.")
_PATIENCE_S = 120.0


def photographed(folder: Path, picture: Path) -> None:
    """Write the picture. Raises OSError without Chromium, and what Playwright raises when the page shows no rep."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise FileNotFoundError("no Chromium to draw the coach's page with: sudo apt install chromium")
    roster = folder / "group.csv"
    roster.write_text(_GROUP, encoding="utf-8")
    environment = {**os.environ, "RETRO_TIMER_STATE": str(folder / "state"), "RETRO_TIMER_CONFIG": str(folder)}
    with ExitStack() as opened:
        opened.enter_context(_running(environment, *_BOX, "--roster", str(roster)))
        page = opened.enter_context(_running(environment, "coach", "--listen", "127.0.0.1:0"))
        assert page.stdout is not None
        url, pin = page.stdout.readline().strip(), _pin(environment)
        playwright = opened.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        phone = browser.new_page(viewport=_PHONE, device_scale_factor=2, locale="en-GB")
        phone.set_default_timeout(1000.0 * _PATIENCE_S)
        _second_rep(phone, url, pin)
        phone.screenshot(path=picture, animations="disabled")
        browser.close()


def _second_rep(phone: Page, url: str, pin: str) -> None:
    phone.goto(f"{url}/pair")
    phone.get_by_label("PIN").fill(pin)
    phone.locator("form[action='/pair'] button").click()
    phone.locator("#hand form.start select").select_option("demo")
    phone.locator("#hand form.start button").click()
    phone.locator("#last tr.finished").first.wait_for()
    expect(phone.locator("#now time.large[data-since]")).to_have_text(_WELL_UNDER_WAY, timeout=1000.0 * _PATIENCE_S)


@contextmanager
def _running(environment: dict[str, str], *command: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([_PROGRAM, *command], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def _pin(environment: dict[str, str]) -> str:
    """As soon as the box answers. Raises TimeoutError."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        made = subprocess.run([_PROGRAM, "pin"], env=environment, capture_output=True, text=True, check=False)
        if made.returncode == 0:
            return made.stdout[:6]
    raise TimeoutError("the box did not answer")
