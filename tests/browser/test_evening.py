"""An evening of a group on two phones: pairing, a rolling session, a phone asleep, a Wi-Fi lost, a result put right."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPhone
from tests.helpers.page_process import CoachProcess
from tests.helpers.phone_screen import Phone
from tests.helpers.plans_made import plan_text
from tests.helpers.stalling_air import StallingAir
from tests.helpers.timer_process import Timer, timer, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

GROUP = "Name;Bahn\nÄnne;1\nBülent;1\n<b>Cem</b>;1\n"
ROLLING = plan_text(
    "reps = 90\ndistance_m = 5", gait="run", rest_s=1.0, more='walk_out_s = 0\norder = "rolling"\nlanes_apart = true'
)
"""It goes on for as long as a phone takes."""

RESTING = plan_text("reps = 2\ndistance_m = 5", gait="run", rest_s=600.0)


@pytest.fixture
def air(page: CoachProcess) -> Iterator[StallingAir]:
    made = StallingAir(page.url)
    yield made
    made.close()


def newest(box: Timer) -> int:
    """The number of the last rep that has ended; 0 before there is one."""
    return max((int(rep["rep"]) for rep in box.status()["results"]), default=0)


def test_two_phones_take_a_group_through_a_rolling_session(
    box: Timer, page: CoachProcess, new_phone: NewPhone, air: StallingAir
) -> None:
    (box.home / "config" / "plans" / "rolling.toml").write_text(ROLLING)
    stranger = new_phone().open("/")
    expect(stranger.page.get_by_role("heading")).to_have_text("This phone is not paired.")
    pin = page.pin()
    near, far = new_phone().paired(pin), new_phone(air.url).paired(pin)
    give_group(near)
    near.open("/").fresh().order("roster", name="u17")
    near.order("start", plan="rolling")
    far.shows("now", "Änne")
    sleep_through_a_finish(box, near)
    lose_the_air_in_mid_rep(box, far, air)
    far.shows("last", "<b>Cem</b>").press("stop")
    box.phase("stopped")
    told = len(box.status()["results"])
    for phone in (near, far):
        phone.shows("now", "Session stopped").shows("last", "<b>Cem</b>")
        expect(phone.page.locator("#last tbody tr")).to_have_count(told)


def give_group(phone: Phone) -> None:
    """A list as a German spreadsheet saves it."""
    page = phone.open("/rosters/edit").page
    page.locator("[name=file]").set_input_files(
        {"name": "gruppe.csv", "mimeType": "text/csv", "buffer": GROUP.encode("cp1252")}
    )
    page.locator("form[action='/rosters/upload'] button").click()
    expect(page.locator("#rows [name=athlete]").nth(1)).to_have_value("Bülent")
    page.locator("#roster [name=name]").fill("u17")
    page.locator("#roster button.first").click()
    expect(page.locator(".files")).to_contain_text("u17")


def sleep_through_a_finish(box: Timer, phone: Phone) -> None:
    """Its page knows, once awake, what happened meanwhile."""
    until(lambda: box.status()["on_course"], "somebody on the course")
    before = newest(box)
    phone.sleep()
    told = until(lambda: (rep := newest(box)) > before and rep, "a finish while the phone sleeps")
    phone.wake()
    phone.fresh()
    expect(phone.page.locator("#last td:first-child", has_text=re.compile(rf"^{told} "))).to_be_visible()


def lose_the_air_in_mid_rep(box: Timer, phone: Phone, air: StallingAir) -> None:
    """Grey and locked, but for what holds everybody, until the box is heard again."""
    until(lambda: box.status()["on_course"], "somebody on the course")
    air.stall()
    phone.stale()
    expect(phone.part("stale")).to_be_visible()
    for button in phone.live.locator("button:visible").all():
        action = button.evaluate("button => new URL(button.form.action).pathname")
        assert button.is_enabled() is (action in ("/do/halt", "/do/stop")), action
    air.go_on()
    phone.fresh()
    expect(phone.part("stale")).to_be_hidden()
    expect(phone.button("halt")).to_be_enabled()


def test_a_rep_is_taken_back_and_given_back_by_another_phone_and_no_viewer_can(
    box: Timer, page: CoachProcess, new_phone: NewPhone
) -> None:
    pin = page.pin()
    one, other, viewer = new_phone().paired(pin), new_phone().paired(pin), new_phone()
    one.open("/phones").page.locator("form[action='/phones/share'] button").click()
    # It leads to the live page by itself.
    viewer.open(one.page.locator("code", has_text="/watch/").inner_text()).fresh()
    (box.home / "config" / "plans" / "resting.toml").write_text(RESTING)
    one.open("/").fresh().order("start", plan="resting")
    one.shows("now", "Rest")
    board = new_phone().paired(pin).open("/board").fresh()
    for phone in (one, board):
        expect(phone.page.locator("#last tr.finished")).to_have_count(1)
    one.press("void")
    other.page.locator("#undo button").click()
    for phone in (one, other, viewer, board):
        expect(phone.page.locator("#last tr.void")).to_have_count(0)
        expect(phone.page.locator("#last tr.finished")).to_have_count(1)
    expect(board.page.locator("#live button")).to_have_count(0)
    assert [rep["status"] for rep in box.results()] == ["finished"]


def test_a_page_without_a_script_is_read_and_steers(box: Timer, page: CoachProcess, new_phone: NewPhone) -> None:
    phone = new_phone(script=False).open("/pair")
    phone.page.get_by_label("PIN").fill(page.pin())
    phone.page.locator("form[action='/pair'] button").click()
    expect(phone.part("stale")).to_be_hidden()
    phone.page.locator("#hand form.start select").select_option("one")
    phone.button("start").click()
    box.phase("get-ready", "countdown", "running", "done")
    expect(phone.part("now")).to_contain_text("Test plan")


def test_the_page_says_that_the_box_is_gone_and_finds_it_again(
    box: Timer, page: CoachProcess, new_phone: NewPhone
) -> None:
    phone = new_phone().paired(page.pin())
    box.process.kill()
    box.ended()
    phone.stale().shows("watch", "The box does not answer.")
    with timer(home=box.home) as again:
        again.ready()
        phone.fresh().shows("now", "No session")
        assert again.stop() == 0
        phone.stale().shows("watch", "The box does not answer.")
    with timer(home=box.home) as anew:
        anew.ready()
        phone.fresh().order("start", plan="one")
        phone.shows("now", "Test plan")


def test_a_page_that_is_killed_changes_nothing_on_the_box(box: Timer, page: CoachProcess, new_phone: NewPhone) -> None:
    phone = new_phone().paired(page.pin()).order("start", plan="one")
    page.process.kill()
    phone.stale()
    until(lambda: box.status()["phase"] == "done", "the session's end")
    assert [rep["status"] for rep in box.results()] == ["finished"]
