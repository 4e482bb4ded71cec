"""How soon Chromium shows what happens on the box: the coach's page of a real process, on a real screen's clock."""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path

from retro_timer.beacon.control.client import BeaconClient
from retro_timer.beacon.control.protocol import answers, commands

_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
_ON_HOLD = "On hold"
_PAUSE_S = (0.3, 0.8)
"""Drawn, so that no change falls into step with the page's own beat."""
_WATCH = """([words, wanted]) => {
  window.shown = new Promise((done) => {
    const live = document.getElementById("live");
    const look = () => {
      if (live.querySelector(".phase")?.textContent.includes(words) !== wanted) return;
      watch.disconnect();
      requestAnimationFrame(() => done(performance.timeOrigin + performance.now()));
    };
    const watch = new MutationObserver(look);
    watch.observe(live, { childList: true, subtree: true, characterData: true });
    look();
  });
}"""


def screen_ms(url: str, cookie: str, socket: Path, count: int) -> list[float]:
    """Milliseconds from the request that holds or resumes a session to the frame that shows it, of so many changes.

    Empty where there is no Chromium.
    """
    program = shutil.which("chromium")
    if program is None:
        return []
    # A tool of development: the rest of the benchmark needs none.
    from playwright.sync_api import sync_playwright

    draw = random.Random(1)
    name, _, value = cookie.partition("=")
    with sync_playwright() as playwright, BeaconClient(socket) as box:
        browser = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        context = browser.new_context(locale="en-GB")
        context.add_cookies([{"name": name, "value": value, "url": url}])
        page = context.new_page()
        page.goto(url)
        box.ask(commands.Start(), answers.Done)
        page.wait_for_selector("#live:not(.stale) .phase")
        found = []
        for number in range(count):
            held = number % 2 == 0
            page.evaluate(_WATCH, [_ON_HOLD, held])
            time.sleep(draw.uniform(*_PAUSE_S))
            began_ms = 1000.0 * time.time()
            box.ask(commands.Pause() if held else commands.Resume(), answers.Done)
            found.append(page.evaluate("window.shown") - began_ms)
        box.ask(commands.Stop(), answers.Done)
        browser.close()
    return found
