"""Who has been let in, and what is kept of them."""

from __future__ import annotations

import errno
import hashlib
import stat
import threading
import time
from pathlib import Path

import pytest

from retro_timer.beacon.control.protocol.answers import RequestRefusedError
from retro_timer.beacon.control.protocol.requests import NOT_THE_PIN, TryPin
from retro_timer.coach import access
from retro_timer.coach.access import Access, Role
from retro_timer.coach.link import Link
from retro_timer.errors import RetroTimerError
from tests.helpers.browser_made import Field

FILE = Path("coach") / "phones.json"


def test_a_cookie_is_good_after_a_restart(tmp_path: Path) -> None:
    token = Access(tmp_path).let_in(Role.COACH, "Firefox")
    assert Access(tmp_path).who(token)[0] is Role.COACH


def test_only_the_hash_of_a_cookie_is_kept(tmp_path: Path) -> None:
    token = Access(tmp_path).let_in(Role.VIEWER, "Firefox")
    kept = (tmp_path / FILE).read_text()
    assert token not in kept
    assert hashlib.sha256(token.encode()).hexdigest() in kept


def test_nobody_else_on_the_machine_looks_into_it(tmp_path: Path) -> None:
    Access(tmp_path).let_in(Role.VIEWER, "Firefox")
    assert stat.S_IMODE((tmp_path / "coach").stat().st_mode) == 0o700


@pytest.mark.parametrize("token", ["", "x", "a" * 10_000, "\ud83d"[:0] + "ü"])
def test_a_cookie_that_nobody_got_is_nobodys(tmp_path: Path, token: str) -> None:
    assert Access(tmp_path).who(token) == (Role.NOBODY, "")


def test_who_is_put_out_is_out_at_once_and_for_good(tmp_path: Path) -> None:
    made = Access(tmp_path)
    token, other = made.let_in(Role.COACH, "mine"), made.let_in(Role.COACH, "theirs")
    made.revoke(made.who(token)[1])
    assert made.who(token)[0] is Role.NOBODY
    assert Access(tmp_path).who(token)[0] is Role.NOBODY
    assert made.who(other)[0] is Role.COACH


def test_a_links_token_is_no_cookie_and_a_cookie_is_no_link(tmp_path: Path) -> None:
    made = Access(tmp_path)
    link, token = made.make_link("parents"), made.let_in(Role.VIEWER, "a phone")
    assert made.who(link)[0] is Role.NOBODY
    assert made.is_link(link)
    assert not made.is_link(token)


def test_a_token_has_128_bits() -> None:
    assert access._TOKEN_BYTES == 16


def test_a_crowd_of_viewers_puts_no_coach_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(access.MOST, "viewer", 3)
    made = Access(tmp_path)
    coach, link = made.let_in(Role.COACH, "coach"), made.make_link("parents")
    viewers = [made.let_in(Role.VIEWER, f"viewer {number}") for number in range(5)]
    assert [made.who(token)[0] for token in viewers[-3:]] == [Role.VIEWER] * 3
    assert sum(made.who(token)[0] is Role.VIEWER for token in viewers) == 3
    assert made.who(coach)[0] is Role.COACH
    assert made.is_link(link)


@pytest.mark.parametrize("text", ["", "{}", "[{}]", "\0"])
def test_a_list_that_cannot_be_read_lets_nobody_in_and_says_how_to_mend_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "coach").mkdir()
    (tmp_path / FILE).write_text(text)
    with pytest.raises(RetroTimerError, match=r"phones.json: cannot be read .*; delete it and pair the phones anew"):
        Access(tmp_path)


def test_who_cannot_be_kept_is_not_let_in(tmp_path: Path) -> None:
    (tmp_path / "coach").write_text("a file in its place")
    with pytest.raises(RetroTimerError, match="cannot be"):
        Access(tmp_path).let_in(Role.COACH, "Firefox")


def test_what_a_browser_says_of_itself_is_cut(tmp_path: Path) -> None:
    made = Access(tmp_path)
    made.let_in(Role.VIEWER, "x\n" * 10_000)
    assert len(made.phones[0].called) == 80
    assert "\n" not in made.phones[0].called


def test_a_disk_that_hangs_holds_nobody_who_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, disk, writes = Access(tmp_path), threading.Event(), threading.Event()
    coach = made.let_in(Role.COACH, "coach")

    def hangs(*_: object) -> None:
        writes.set()
        disk.wait(60.0)

    monkeypatch.setattr(access, "write_whole", hangs)
    letting_in = threading.Thread(target=made.let_in, args=(Role.VIEWER, "late"), daemon=True)
    letting_in.start()
    assert writes.wait(60.0)
    asked = threading.Thread(target=lambda: (made.who(coach), made.knows("x"), made.phones, made.is_link("x")))
    asked.start()
    asked.join(60.0)
    held = asked.is_alive()
    disk.set()
    letting_in.join(60.0)
    assert not held


def test_the_pages_loop_waits_for_no_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    field, writers = Field(tmp_path), list[threading.Thread]()
    monkeypatch.setattr(access, "write_whole", lambda *_: writers.append(threading.current_thread()))
    coach = field.phone(Role.COACH)
    writers.clear()
    coach.post("/phones/share", called="parents")
    coach.post("/phones/revoke", id=next(phone.id for phone in field.access.phones if phone.role == "link"))
    coach.post("/leave")
    assert len(writers) == 3
    assert threading.main_thread() not in writers


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (NOT_THE_PIN, "That is not the PIN"),
        ("no phone is being paired: `retro-timer pin` on the box allows it", "No phone is being paired"),
        ("10 wrong PINs: `retro-timer pin` draws a new one", "No phone is being paired"),
    ],
)
def test_a_wrong_pin_is_told_from_a_window_that_is_shut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: str, told: str
) -> None:
    async def ask(_link: Link, _request: TryPin) -> None:
        raise RequestRefusedError("refused", error)

    monkeypatch.setattr(Link, "ask", ask)
    got = Field(tmp_path).phone(Role.NOBODY).post("/pair", pin="000 000")
    assert got.status == 403
    assert told in got.body


def by_link(made: Access) -> tuple[str, str, str]:
    """A link, and two viewers who came by it."""
    link = made.make_link("parents")
    return link, made.let_in(Role.VIEWER, "viewer 1", link), made.let_in(Role.VIEWER, "viewer 2", link)


def test_a_viewer_who_is_put_out_does_not_come_back_by_the_same_link(tmp_path: Path) -> None:
    made = Access(tmp_path)
    link, first, second = by_link(made)
    made.revoke(made.who(first)[1])
    for now in (made, Access(tmp_path)):
        assert not now.is_link(link)
        assert now.who(first)[0] is Role.NOBODY
        assert now.who(second)[0] is Role.VIEWER
    with pytest.raises(RetroTimerError, match="this link has been revoked"):
        made.let_in(Role.VIEWER, "again", link)


def test_a_link_that_is_revoked_takes_its_viewers_with_it_and_nobody_else(tmp_path: Path) -> None:
    made = Access(tmp_path)
    coach, other = made.let_in(Role.COACH, "coach"), made.make_link("others")
    theirs = made.let_in(Role.VIEWER, "theirs", other)
    link, first, second = by_link(made)
    made.revoke(next(phone.id for phone in made.phones if phone.called == "parents"))
    for now in (made, Access(tmp_path)):
        assert [now.who(token)[0] for token in (first, second)] == [Role.NOBODY] * 2
        assert [now.who(token)[0] for token in (coach, theirs)] == [Role.COACH, Role.VIEWER]
        assert (now.is_link(link), now.is_link(other)) == (False, True)


def test_a_viewer_who_leaves_takes_the_link_from_nobody(tmp_path: Path) -> None:
    made = Access(tmp_path)
    link, first, second = by_link(made)
    made.leave(made.who(first)[1])
    assert made.who(first)[0] is Role.NOBODY
    assert made.who(second)[0] is Role.VIEWER
    assert made.is_link(link)


def test_a_list_of_before_links_were_kept_with_their_viewers_is_read(tmp_path: Path) -> None:
    token = Access(tmp_path).let_in(Role.VIEWER, "of old")
    file = tmp_path / FILE
    file.write_text(file.read_text().replace(',"link":""', ""))
    assert '"link"' not in file.read_text()
    assert Access(tmp_path).who(token)[0] is Role.VIEWER


def test_who_is_put_out_on_a_full_disk_is_out_and_that_it_will_not_last_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    field = Field(tmp_path)
    coach, viewer = field.phone(Role.COACH), field.phone(Role.VIEWER)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(access, "write_whole", full)
    viewer_id = next(phone.id for phone in field.access.phones if phone.role == "viewer")
    got = coach.post("/phones/revoke", id=viewer_id)
    assert got.status == 503
    assert "put out, but only until the page&#39;s next start" in got.body
    assert viewer.get("/").status == 401


def test_the_list_tells_since_when_somebody_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retro_timer.coach.access.time.time", lambda: 1_700_000_000.0)
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(1_700_000_000))
    assert f"<time>{when}</time>" in Field(tmp_path).phone(Role.COACH).get("/phones").body


def test_who_opens_a_link_is_put_out_with_it(tmp_path: Path) -> None:
    field = Field(tmp_path)
    coach, viewer = field.phone(Role.COACH), field.stranger()
    link = coach.post("/phones/share", called="parents").body.partition("/watch/")[2].partition("<")[0]
    assert viewer.get(f"/watch/{link}").status == 200
    coach.post("/phones/revoke", id=next(phone.id for phone in field.access.phones if phone.role == "link"))
    assert viewer.get("/").status == 401
    assert viewer.get(f"/watch/{link}").status == 401


def test_an_id_that_nobody_has_puts_nobody_out(tmp_path: Path) -> None:
    made = Access(tmp_path)
    token = made.let_in(Role.COACH, "coach")
    for nobody in ("", "x"):
        made.revoke(nobody)
        made.leave(nobody)
    assert made.who(token)[0] is Role.COACH
