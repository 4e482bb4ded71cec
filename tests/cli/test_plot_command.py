"""`retro-timer results plot`: in the terminal, and as files that are whole or not there."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from retro_timer.store.results.journal import Journal
from tests.helpers.chromium import needs_chromium
from tests.helpers.command import Command
from tests.helpers.exchange_made import NOON_NS, S, session_of

KINDS = ("reps", "trend", "drop-off", "group", "distribution")


@pytest.fixture
def kept(state_dir: Path) -> Path:
    """Two sessions of two, of two sets each."""
    with contextlib.closing(Journal(state_dir)) as journal:
        for day in range(2):
            session_of(journal, ("Anna", "Ben"), began_ns=NOON_NS + day * 86_400 * S, reps=3)
    return state_dir


@pytest.mark.parametrize("kind", KINDS)
def test_every_picture_is_drawn_in_the_terminal_and_as_svg(kept: Path, run: Command, tmp_path: Path, kind: str) -> None:
    whose = () if kind in ("reps", "group") else ("--athlete", "Anna")
    shown = run("results", "plot", kind, *whose, "--term")
    assert (shown.code, shown.err) == (0, "")
    assert len(shown.lines) >= 3
    written = run("results", "plot", kind, *whose, "-o", tmp_path / "made.svg")
    assert written.code == 0
    svg = (tmp_path / "made.svg").read_bytes()
    assert svg.startswith(b"<?xml")
    assert b"<script" not in svg
    assert b"http://" not in svg.replace(b"http://www.w3.org/", b"")


@pytest.mark.usefixtures("kept")
def test_without_a_word_what_to_draw_it_is_the_newest_sessions_reps(run: Command) -> None:
    shown = run("results", "plot")
    assert (shown.code, shown.err) == (0, "")
    assert shown.out == run("results", "plot", "reps", "--session", 2, "--term").out


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (("reps", "--session", "9"), 2, "session 9: not found"),
        (("drop-off", "--athlete", "Bob"), 2, "athlete 'Bob': nobody of that name"),
        (("trend",), 2, "athlete: none named"),
        (
            ("trend", "--athlete", "Anna", "--what", "20 m jog"),
            2,
            "--what '20 m jog': no such times; expected '30 m jog'",
        ),
        (("reps", "-o", "made.gif"), 2, "-o made.gif: no kind of picture"),
        (("reps", "-o", "nowhere/made.svg"), 2, "-o nowhere/made.svg: no folder nowhere"),
        (("reps", "-o", "made.svg", "--term"), 2, "results plot: both -o and --term given"),
        (("rep",), 2, "'rep' is none of the choices (did you mean 'reps'?)"),
    ],
)
def test_what_cannot_be_drawn_is_told_in_one_line(
    kept: Path, run: Command, args: tuple[str, ...], code: int, told: str
) -> None:
    outcome = run("results", "plot", *args)
    assert outcome.code == code
    assert told in outcome.one_line()


@pytest.mark.parametrize("kind", ["reps", "drop-off"])
def test_of_who_was_not_in_a_session_that_is_said(kept: Path, run: Command, kind: str) -> None:
    with contextlib.closing(Journal(kept)) as journal:
        session_of(journal, ("Cem",), began_ns=NOON_NS + 2 * 86_400 * S, reps=3)
    outcome = run("results", "plot", kind, "--session", "3", "--athlete", "Anna")
    assert outcome.code == 1
    assert "Anna has no rep in session 3: " in outcome.one_line()


@pytest.mark.parametrize("kind", KINDS)
def test_without_results_that_is_said(state_dir: Path, run: Command, kind: str) -> None:
    outcome = run("results", "plot", kind)
    assert outcome.code == 1
    assert "`retro-timer simulate demo` makes" in outcome.one_line()


def test_without_a_browser_a_png_is_not_made_and_nothing_is_left(
    kept: Path, run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    outcome = run("results", "plot", "group", "-o", tmp_path / "made.png")
    assert (outcome.code, outcome.one_line()) == (
        1,
        "retro-timer: PNG and PDF need Chromium, which is not installed: `sudo apt install chromium`",
    )
    assert not list(tmp_path.glob("made*"))


@pytest.mark.slow
@needs_chromium
def test_with_a_browser_a_picture_is_a_png_or_a_pdf(kept: Path, run: Command, tmp_path: Path) -> None:
    for suffix, magic in ((".png", b"\x89PNG"), (".pdf", b"%PDF")):
        assert run("results", "plot", "group", "-o", tmp_path / f"made{suffix}").code == 0
        assert (tmp_path / f"made{suffix}").read_bytes().startswith(magic)
