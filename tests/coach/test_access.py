"""Who has been let in, and what is kept of them."""

from __future__ import annotations

import hashlib
import stat
import threading
from pathlib import Path

import pytest

from retro_timer.coach import access
from retro_timer.coach.access import Access, Role
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
    coach.post("/phones/revoke", id="nobody")
    coach.post("/leave")
    assert len(writers) == 3
    assert threading.main_thread() not in writers
