"""What is kept, on a phone: saved as files that other programs read, corrected, and taken back."""

from __future__ import annotations

import contextlib
import csv
import io
import shutil
import zipfile
from collections.abc import Iterator

import fitdecode
import pytest
from playwright.sync_api import expect

from retro_timer.store.results.journal import Journal
from tests.browser.conftest import NewPhone
from tests.helpers.exchange_made import session_of
from tests.helpers.page_process import CoachProcess
from tests.helpers.phone_screen import Phone
from tests.helpers.timer_process import Timer, new_home, timer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def box() -> Iterator[Timer]:
    """One that has an evening of two behind it."""
    home = new_home()
    try:
        with contextlib.closing(Journal(home / "state")) as journal:
            session_of(journal, ("Ada", "Ben"))
        with timer(home=home) as made:
            yield made.ready()
    finally:
        shutil.rmtree(home)


def test_a_session_is_saved_as_files_that_other_programs_read(page: CoachProcess, new_phone: NewPhone) -> None:
    phone = new_phone().paired(page.pin()).open("/results/1")
    name, table = saved(phone, "CSV")
    assert name == "retro-timer-session-1.csv"
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    assert [(row["session"], row["rep"], row["athlete"]) for row in rows] == [
        ("1", "1", "Ada"), ("1", "2", "Ben"), ("1", "3", "Ada"), ("1", "4", "Ben"),
    ]  # fmt: skip
    name, both = saved(phone, "FIT")
    assert name == "retro-timer-session-1.zip"
    with zipfile.ZipFile(io.BytesIO(both)) as files:
        assert [laps(files.read(each)) != [] for each in files.namelist()] == [True, True]
    phone.page.get_by_role("navigation", name="Athlete").get_by_role("link", name="Ben").click()
    phone.page.wait_for_url("**/results/1?athlete=2")
    name, alone = saved(phone, "FIT")
    assert name == "retro-timer-session-1-athlete-2.fit"
    run, rest, again = (lap.get_value("total_timer_time") for lap in laps(alone))
    assert (run, again) == (pytest.approx(11.43, abs=0.01), pytest.approx(11.43, abs=0.01))
    assert rest > 100.0


def test_a_time_is_put_right_and_taken_back_by_its_correction(page: CoachProcess, new_phone: NewPhone) -> None:
    phone = new_phone().paired(page.pin()).open("/results/1/1")
    shown, history = phone.page.locator("td strong"), phone.page.locator(".history li")
    before = shown.inner_text()
    by_hand = phone.page.locator("form", has=phone.page.locator("input[value=set]"))
    by_hand.get_by_label("Seconds").fill("9,43")
    by_hand.get_by_role("button").click()
    # A watch in a hand is good for tenths, rounded up.
    expect(shown).to_have_text("9.5")
    expect(phone.page.locator(".flag")).to_have_text("by hand")
    history.get_by_role("button").click()
    expect(phone.page.get_by_role("heading", level=1)).to_have_text("Test plan")
    phone.open("/results/1/1")
    expect(shown).to_have_text(before)
    expect(history.last).to_contain_text("taken back")
    give = phone.page.locator("form", has=phone.page.locator("input[value=give]"))
    give.get_by_label("Name").fill("Nobody")
    give.get_by_role("button").click()
    expect(phone.page.get_by_role("alert")).to_contain_text("nobody of that name")
    phone.page.get_by_role("link", name="Back").click()
    expect(shown).to_have_text(before)


def saved(phone: Phone, kind: str) -> tuple[str, bytes]:
    """A file's name as the phone keeps it, and what is in it."""
    with phone.page.expect_download() as download:
        phone.page.get_by_role("link", name=kind, exact=True).click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def laps(data: bytes) -> list[fitdecode.FitDataMessage]:
    """Those of an activity."""
    with fitdecode.FitReader(io.BytesIO(data)) as reader:
        return [each for each in reader if isinstance(each, fitdecode.FitDataMessage) and each.name == "lap"]
