"""The page's process beside a real timer on the simulated board: pairing, a session, and either one's end."""

from __future__ import annotations

import os
import signal
import socket
import threading
from pathlib import Path

import pytest

from tests.helpers.page_process import CoachProcess, PhoneOnAir, box, page, page_of, seen
from tests.helpers.timer_process import DEADLINE_S, Timer, timer, until

__all__ = ["box", "page"]

pytestmark = pytest.mark.slow


def test_a_phone_is_paired_by_the_pin_and_steers_a_session(box: Timer, page: CoachProcess) -> None:
    phone, stranger = PhoneOnAir(page), PhoneOnAir(page)
    assert phone.get("/")[0] == 401
    assert phone.post("/pair", pin="000000")[0] == 403
    phone.paired()
    seen(phone, "No session")
    assert phone.do("start", plan="longer") == ""
    assert stranger.post("/do/stop")[0] == 401
    box.to_go()
    seen(phone, "Running")
    assert phone.do("add", name="<script>alert(1)</script>") == ""
    seen(phone, "&lt;script&gt;alert(1)&lt;/script&gt;")
    assert phone.do("give", name="Nobody at all") == "Nobody of that name."
    assert phone.do("stop") == ""
    seen(phone, "Session stopped")
    # Who stops is not kept waiting for the disk.
    until(lambda: "<table>" in phone.get("/results/1")[1], "the rep is kept")


def test_a_stream_tells_what_happens_and_goes_on_where_it_broke_off(box: Timer, page: CoachProcess) -> None:
    phone = PhoneOnAir(page).paired()
    with phone.stream() as messages:
        first_id, name, state = next(messages)
        assert name == "state"
        assert "No session" in state["now"]
        assert next(messages)[1] == "beat"
    assert phone.do("start", plan="longer") == ""
    box.to_go()
    with phone.stream(first_id) as messages:
        told: list[tuple[str, str]] = []
        while not told or told[-1][1] != "go":
            event_id, name, data = next(messages)
            if name == "happened":
                told.append((event_id, data["event"]))
        instance, _, first = first_id.partition(":")
        assert [event_id for event_id, _ in told] == [f"{instance}:{int(first) + n}" for n in range(1, len(told) + 1)]
        assert "session" in {name for _, name in told}
        for _, name, state in messages:
            if name == "state" and "data-since" in state.get("now", ""):
                break
    with phone.stream("elsewhere:1") as messages:
        assert next(messages)[1] == "state"


def test_the_page_says_that_the_box_is_gone_and_finds_it_again(box: Timer, page: CoachProcess) -> None:
    phone = PhoneOnAir(page).paired()
    box.process.kill()
    box.process.wait(timeout=DEADLINE_S)
    seen(phone, "The box does not answer.")
    assert "no timer answers" in phone.do("pause")
    with timer(home=box.home) as again:
        again.ready()
        seen(phone, "No session")
        assert phone.do("start", plan="one") == ""


def test_a_page_that_is_killed_changes_nothing_on_the_box_and_knows_its_phones_again(box: Timer) -> None:
    with page_of(box) as first:
        phone = PhoneOnAir(first).paired()
        assert phone.do("start", plan="short") == ""
        box.to_go()
        first.process.kill()
    assert box.status()["phase"] not in ("idle", "stopped", "paused")
    with page_of(box) as second:
        phone.page = second
        assert phone.get("/")[0] == 200


def test_who_is_revoked_is_out_and_their_stream_ends(page: CoachProcess) -> None:
    coach, viewer = PhoneOnAir(page).paired(), PhoneOnAir(page)
    _, shown = coach.post("/phones/share", called="parents")
    link = shown.partition("/watch/")[2].partition("<")[0]
    assert viewer.get(f"/watch/{link}")[0] == 200
    assert viewer.get("/")[0] == 200
    assert viewer.post("/do/pause")[0] == 403
    with viewer.stream() as messages:
        assert next(messages)[1] == "state"
        rows = coach.get("/phones")[1].split("<li>")[1:]
        (row,) = (row for row in rows if "<strong>Viewer</strong>" in row)
        viewer_id = row.partition('name="id" value="')[2].partition('"')[0]
        assert coach.post("/phones/revoke", id=viewer_id)[0] == 303
        assert sum(1 for _ in messages) < 10
    assert viewer.get("/")[0] == 401


def test_it_ends_in_order_with_phones_on_the_line(page: CoachProcess) -> None:
    phone = PhoneOnAir(page).paired()
    with phone.stream() as messages:
        assert next(messages)[1] == "state"
        page.process.send_signal(signal.SIGTERM)
        assert page.process.wait(timeout=DEADLINE_S) == 0
    assert page.err_path.read_text() == ""
    assert not page.url_file.exists()


def test_it_ends_without_a_word_of_who_had_not_been_answered_yet(page: CoachProcess) -> None:
    host, _, port = page.host.partition(":")
    with socket.create_connection((host, int(port)), DEADLINE_S) as half:
        # The rest of the form never comes.
        head = f"POST /pair HTTP/1.1\r\nhost: {page.host}\r\norigin: {page.url}\r\ncontent-length: 10\r\n\r\npin="
        half.sendall(head.encode())
        assert PhoneOnAir(page).get("/healthz")[0] == 200
        page.process.send_signal(signal.SIGTERM)
        assert page.process.wait(timeout=DEADLINE_S) == 0
    assert page.err_path.read_text() == ""


def test_ten_wrong_pins_close_the_window_and_who_is_in_stays_in(page: CoachProcess) -> None:
    phone, stranger = PhoneOnAir(page).paired(), PhoneOnAir(page)
    pin = page.pin()
    wrong = f"{(int(pin) + 1) % 1_000_000:06}"
    for _ in range(10):
        assert stranger.post("/pair", pin=wrong)[0] == 403
    assert stranger.post("/pair", pin=pin)[0] == 403
    assert phone.get("/")[0] == 200


def test_a_plan_and_a_roster_are_checked_and_kept(box: Timer, page: CoachProcess) -> None:
    phone = PhoneOnAir(page).paired()
    text = (box.home / "config" / "plans" / "one.toml").read_text()
    status, shown = phone.post("/plans/edit", name="tuesday", text=text.replace("reps", "rips"))
    assert status == 422
    assert "rips" in shown
    assert "did you mean" in shown
    assert phone.post("/plans/edit", name="tuesday", text=text)[0] == 303
    assert "tuesday" in phone.get("/plans")[1]
    assert phone.post("/rosters/edit", name="u17", text="Name;Jahrgang\nÄnne;2010\nBülent;2011\n")[0] in (200, 303)
    assert "Bülent" in phone.get("/rosters/edit?name=u17")[1]
    assert phone.do("roster", name="u17") == ""
    assert phone.do("start", plan="tuesday") == ""
    until(lambda: "Bülent" in phone.get("/")[1], "the group on the page")


def test_a_plan_that_hangs_while_it_is_read_holds_up_no_halt(box: Timer, page: CoachProcess) -> None:
    phone = PhoneOnAir(page).paired()
    assert phone.do("start", plan="short") == ""
    box.to_go()
    plans = box.home / "config" / "plans"
    pipe = plans / "hangs.toml"
    os.mkfifo(pipe)
    told: list[str] = []
    start = threading.Thread(target=lambda: told.append(phone.do("start", plan="hangs")))
    start.start()
    # Opens when the timer has begun to read it.
    with pipe.open("w") as disk:
        assert phone.do("halt") == ""
        assert box.status()["phase"] == "paused"
        assert told == []
        disk.write((plans / "short.toml").read_text())
    start.join(DEADLINE_S)
    assert told == ["a halt or stop came while the plan was read: start anew"]


def test_a_page_that_sees_a_snapshot_alone_shows_the_session_and_settings_of_now(box: Timer, tmp_path: Path) -> None:
    as_on_a_box = tmp_path / "page"
    as_on_a_box.mkdir()
    for name in ("snapshot", "run"):
        (as_on_a_box / name).symlink_to(box.state / name)
    with page_of(box, state=as_on_a_box) as page:
        phone = PhoneOnAir(page).paired()
        assert "Nothing yet." in phone.get("/results")[1]
        assert phone.do("start", plan="short") == ""
        box.to_go()
        until(lambda: "/results/1/1" in phone.get("/results/1")[1], "the rep of the session under way")
        assert phone.post("/results/1/1", kind="note", text="into the wind")[0] == 303

        def corrected() -> bool:
            shown = phone.get("/results/1/1")[1]
            return "into the wind" in shown and "As of" not in shown

        until(corrected, "the correction")
        assert phone.post("/box/language", language="de")[0] == 303
        until(lambda: 'lang="de" selected' in phone.get("/box")[1], "the language that was set")
        box.process.kill()
        box.process.wait(timeout=DEADLINE_S)
        seen(phone, "The box does not answer.")
        shown = phone.get("/results/1/1")[1]
        assert "into the wind" in shown
        assert "As of" in shown
