"""A group on a phone: put in order by keys, by arrows and by a finger, called, and kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPhone
from tests.helpers.page_process import CoachProcess
from tests.helpers.phone_screen import HEIGHT, WIDE, Phone

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_rows_are_moved_by_keys_by_arrows_and_by_a_finger_and_kept_in_their_order(
    page: CoachProcess, new_phone: NewPhone
) -> None:
    phone = new_phone().paired(page.pin()).open("/rosters/edit")
    screen = phone.page
    screen.set_viewport_size({"width": WIDE, "height": HEIGHT})
    screen.locator("textarea").fill("Ada\nBen\nCem")
    screen.locator("button[value=read]").click()
    stand_in_order(phone, "Ada", "Ben", "Cem")
    screen.locator("#roster [name=name]").fill("u17")
    screen.locator(".grip").nth(0).press("ArrowDown")
    stand_in_order(phone, "Ben", "Ada", "Cem")
    expect(phone.part("answer")).to_contain_text("Ada")
    screen.locator("[value='up:2']").click()
    stand_in_order(phone, "Ben", "Cem", "Ada")
    drag(phone, 2, 0)
    stand_in_order(phone, "Ada", "Ben", "Cem")
    screen.locator("[value='say:1']").click()
    expect(phone.part("answer")).to_have_text("✓")
    # None of it has sent the form: a name that was typed is still there.
    screen.locator("#roster button.first").click()
    expect(screen.locator(".files")).to_contain_text("u17")
    phone.open("/rosters/edit?name=u17")
    stand_in_order(phone, "Ada", "Ben", "Cem")


def stand_in_order(phone: Phone, *names: str) -> None:
    """Wait until the rows are these."""
    rows = phone.page.locator("#rows [name=athlete]")
    expect(rows).to_have_count(len(names))
    for place, name in enumerate(names):
        expect(rows.nth(place)).to_have_value(name)


def drag(phone: Phone, row: int, onto: int) -> None:
    """A row by its grip."""
    (x, y), (_, there) = (middle(phone, place) for place in (row, onto))
    mouse = phone.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x, there, steps=5)
    mouse.up()


def middle(phone: Phone, row: int) -> tuple[float, float]:
    """Of a row's grip, on the screen."""
    place = phone.page.locator(".grip").nth(row).bounding_box()
    assert place is not None
    return place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
