"""The box on a phone: what its sensors see as they see it, its volume, and that it is gone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPhone
from tests.helpers.page_process import CoachProcess
from tests.helpers.timer_process import Timer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_the_box_is_seen_live_made_louder_and_missed_when_it_is_gone(
    box: Timer, page: CoachProcess, new_phone: NewPhone
) -> None:
    screen = new_phone().paired(page.pin()).open("/box").page
    now = screen.locator("#box-now")
    expect(now.locator("tr.sensor-ok th").first).to_contain_text("gate")
    loud = screen.locator("form[action='/do/volume']")
    loud.get_by_role("spinbutton").fill("35")
    loud.get_by_role("button").click()
    expect(now).to_contain_text("35 %")
    sound = screen.locator("form[action='/box/sound']")
    sound.locator("[value=go]").click()
    expect(sound.get_by_role("status")).to_have_text("✓")
    box.process.kill()
    expect(now).to_contain_text("The box does not answer.")
    page.process.kill()
    expect(screen.locator("#box-now.stale")).to_be_attached()
