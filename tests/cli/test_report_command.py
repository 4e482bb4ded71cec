"""`retro-timer results report`: one file with pictures and tables in which a name is nothing but a name."""

from __future__ import annotations

import base64
import contextlib
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest

from retro_timer.store.results.edits import CorrectRep, NoteSession, carry_out
from retro_timer.store.results.journal import Journal, Stamp
from retro_timer.training.corrections import NoteRep, SetTime, VoidRep
from retro_timer.training.record import Split
from tests.helpers.chromium import needs_chromium
from tests.helpers.command import Command
from tests.helpers.exchange_made import NOON_NS, S, everything, session_of

EVIL = '<script>alert("x")</script>'
DAY_NS = 86_400 * S


@pytest.fixture
def kept(state_dir: Path) -> Path:
    """Three sessions of two, one of whom has a name that a page must not run."""
    with contextlib.closing(Journal(state_dir)) as journal:
        for week in range(3):
            session_of(journal, ("Anna", EVIL), began_ns=NOON_NS + 7 * week * DAY_NS, reps=3)
        for edit in (
            CorrectRep(3, NoteRep(1, "a & b")),
            CorrectRep(3, VoidRep(3)),
            CorrectRep(3, SetTime(5, 12.3)),
            NoteSession(3, EVIL),
        ):
            carry_out(journal, edit, Stamp(NOON_NS))
    return state_dir


class Page(HTMLParser):
    """Tags that are open at the end, all that there were, pictures and words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.pictures: list[bytes] = []
        self.words: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "src":
                head, _, data = (value or "").partition(",")
                assert head == "data:image/svg+xml;base64"
                self.pictures.append(base64.b64decode(data))
            elif name in ("href", "action", "srcset"):
                self.links.append(value or "")
        if tag not in ("meta", "img", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())


def read(path: Path) -> Page:
    page = Page(path.read_text(encoding="utf-8"))
    page.close()
    assert (page.open, page.links) == ([], [])
    assert "script" not in page.tags
    for svg in page.pictures:
        ET.fromstring(svg)
    return page


@pytest.mark.parametrize(
    ("args", "pictures", "said"),
    [
        (("--session", "3"), 2, ("Session 3: Test plan", "a & b", "void", "12.3", "manual", EVIL)),
        (("--athlete", "Anna"), 3, ("Anna", "Best times", "30 m jog", "jog 40 m (plan jog-progression)")),
        (("--since", "2026-09-01"), 2, ("Since 2026-09-01", "Sessions: 3", "Anna", EVIL)),
        ((), 2, ("Session 3: Test plan",)),
    ],
)
def test_a_session_an_athlete_and_a_season_are_one_file_each(
    kept: Path, run: Command, tmp_path: Path, args: tuple[str, ...], pictures: int, said: tuple[str, ...]
) -> None:
    outcome = run("results", "report", *args, "-o", tmp_path / "made.html")
    assert (outcome.code, outcome.err) == (0, "")
    page = read(tmp_path / "made.html")
    assert len(page.pictures) == pictures
    assert not set(said) - set(page.words)
    assert not re.search(r"(?:src|href|url)\W{0,2}https?:", (tmp_path / "made.html").read_text())


def test_flags_and_states_that_occur_are_explained_and_no_others(kept: Path, run: Command, tmp_path: Path) -> None:
    run("results", "report", "--session", "3", "-o", tmp_path / "made.html")
    page = read(tmp_path / "made.html")
    assert {"manual", "void", "does not count: somebody has taken it back"} <= set(page.words)
    assert not {"late", "ambiguous", "dnf"} & set(page.words)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_sessions_of_every_kind_of_rep_and_of_none_have_a_report(
    state_dir: Path, run: Command, tmp_path: Path, number: int
) -> None:
    everything(state_dir)
    assert run("results", "report", "--session", number, "-o", tmp_path / "made.html").code == 0
    read(tmp_path / "made.html")


def test_times_on_the_way_stand_in_the_table_where_there_are_any(kept: Path, run: Command, tmp_path: Path) -> None:
    run("results", "report", "--session", "3", "-o", tmp_path / "made.html")
    assert "splits" not in read(tmp_path / "made.html").words
    with contextlib.closing(Journal(kept)) as journal:
        split = Split("ten", 10.0, 4_087_463_557, S // 100)
        number = session_of(journal, ("Anna",), splits=(split,))
    for asked in (("--session", number), ("--athlete", "Anna")):
        run("results", "report", *asked, "-o", tmp_path / "made.html")
        assert {"splits", "ten 4.00"} <= set(read(tmp_path / "made.html").words)


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (("--session", "9"), 2, "session 9: not found"),
        (("--athlete", "Bob"), 2, "athlete 'Bob': nobody of that name"),
        (("--since", "soon"), 2, "--since 'soon': not a date"),
        (("--since", "2099-01-01"), 1, "no session since 2099-01-01 whose date is known"),
        (("--session", "1", "--athlete", "Anna"), 2, "more than one of --session, --athlete, --since"),
    ],
)
def test_what_is_not_there_is_told_in_one_line_and_no_file_is_left(
    kept: Path, run: Command, tmp_path: Path, args: tuple[str, ...], code: int, told: str
) -> None:
    outcome = run("results", "report", *args, "-o", tmp_path / "made.html")
    assert (outcome.code, told in outcome.one_line()) == (code, True)
    assert not list(tmp_path.glob("made*"))


def test_without_results_or_for_another_kind_of_file_there_is_none(
    state_dir: Path, run: Command, tmp_path: Path
) -> None:
    nothing = run("results", "report", "-o", tmp_path / "made.html")
    assert (nothing.code, nothing.one_line()) == (
        1,
        "retro-timer: no sessions yet: `retro-timer simulate demo` makes one",
    )
    assert run("results", "report", "-o", tmp_path / "made.txt").code == 2


@pytest.mark.slow
@needs_chromium
def test_with_a_browser_a_report_is_a_pdf(kept: Path, run: Command, tmp_path: Path) -> None:
    assert run("results", "report", "-o", tmp_path / "made.pdf").code == 0
    assert (tmp_path / "made.pdf").read_bytes().startswith(b"%PDF")
