"""A plan on a phone: edited with a mistake in it, put right, and run."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPhone
from tests.helpers.page_process import CoachProcess
from tests.helpers.timer_process import Timer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_a_plan_with_a_mistake_comes_back_with_what_is_wrong_and_is_kept_once_it_is_right(
    box: Timer, page: CoachProcess, new_phone: NewPhone
) -> None:
    phone = new_phone().paired(page.pin()).open("/plans")
    phone.page.locator("main a[href$='name=one']").first.click()
    phone.page.get_by_role("link", name="Edit", exact=True).click()
    text = phone.page.locator("[name=text]")
    right = text.input_value()
    text.fill(right.replace("reps = 1", "rips = 2"))
    wrong, keep = phone.page.get_by_role("alert"), phone.page.get_by_role("button", name="Keep", exact=True)
    expect(wrong).to_contain_text("rips")
    keep.click()
    expect(wrong.locator(".here")).to_have_text("rips = 2")
    assert text.input_value() == right.replace("reps = 1", "rips = 2")
    assert (box.home / "config" / "plans" / "one.toml").read_text() == right
    text.fill(right.replace("reps = 1", "reps = 2"))
    expect(wrong).to_have_count(0)
    keep.click()
    expect(phone.page.locator(".files")).to_be_visible()
    phone.open("/").fresh().order("start", plan="one")
    phone.shows("now", "rep 1 of 2")


def test_what_does_not_go_with_a_relay_is_told_at_its_box_and_mended_there(
    box: Timer, page: CoachProcess, new_phone: NewPhone
) -> None:
    phone = new_phone().paired(page.pin()).open("/plans/new")
    phone.page.locator("[name=name]").fill("legs")
    phone.page.locator("[name=crossings_s]").fill("60")
    relay = phone.page.locator("[name=relay]")
    relay.check()
    phone.page.get_by_role("button", name="Go on", exact=True).click()
    expect(relay).to_have_attribute("aria-invalid", "true")
    expect(phone.page.get_by_role("alert")).to_contain_text("a leg ends at the line")
    assert relay.is_checked()
    phone.page.locator("[name=crossings_s]").fill("")
    phone.page.get_by_role("button", name="Go on", exact=True).click()
    expect(phone.page.locator("[name=text]")).to_have_value(re.compile("relay = true"))
