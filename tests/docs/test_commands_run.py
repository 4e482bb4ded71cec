"""What README and docs show is run, page by page, in a folder with results, a group and a recording.

What needs a box, or stays until it is ended, is only asked for its help here: tests/cli and tests/service run it.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import sys
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from retro_timer.store.results.journal import Journal
from tests.helpers.command import Command, Outcome, here
from tests.helpers.exchange_made import NOON_NS, session_of
from tests.helpers.shown_commands import PAGES, ROOT, fenced_commands, first_words

NEEDS_A_BOX = {"run", "status", "ctl", "coach", "qr", "pin", "doctor", "calibrate", "keep", "marshal", "network"}
"""Or, in the last one, the readings of a finish."""
TAKES_LONG = {"simulate", "replay", "support"}
"""Sessions, speech, and what asks the whole machine."""
PLACEHOLDER = re.compile(r"\b[A-Z]{2,}\b(?!\d)")
SESSIONS = 12
GROUP = "name,group\nAnna,U16\nBen,U16\nCleo,U16\n"
TRACE = "# placement: gate\nt_s,range_mm,status,signal_kcps,ambient_kcps\n" + "".join(
    f"{n * 0.02:.3f},,,,\n" for n in range(1500)
)


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, state_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> Command:
    """A command in a folder as the pages take it for granted; to every question the answer is a new line."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "group.csv").write_text(GROUP)
    (tmp_path / "day.csv").write_text(TRACE)
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    with contextlib.closing(Journal(state_dir)) as journal:
        for day in range(SESSIONS):
            session_of(journal, ("Ben", "Anna"), began_ns=NOON_NS + day * 86_400 * 10**9)

    def carry_out(*args: object) -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.StringIO("\n" * 60))
        return here(capsys, *args)

    return carry_out


def pages(*, slow: bool) -> list[ParameterSet]:
    """Each page with the commands of its code blocks that are run here, one after the other as a reader types them."""
    found = list[ParameterSet]()
    for page in PAGES:
        lines = [line for line in fenced_commands(page) if not PLACEHOLDER.search(line) and not _needs(line)]
        if lines and slow == any(shlex.split(line)[1] in TAKES_LONG for line in lines):
            found.append(pytest.param(lines, id=str(page.relative_to(ROOT))))
    return found


def _needs(line: str) -> bool:
    return shlex.split(line)[1] in NEEDS_A_BOX


def follow(run: Command, lines: list[str]) -> None:
    for line in lines:
        outcome = run(*shlex.split(line)[1:])
        assert outcome.code == 0, f"'{line}': {outcome.err}"
        assert "Traceback" not in outcome.err


@pytest.mark.parametrize("lines", pages(slow=False))
def test_the_commands_of_a_page_do_what_they_say_one_after_the_other(run: Command, lines: list[str]) -> None:
    follow(run, lines)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("lines", pages(slow=True))
def test_so_do_those_that_run_whole_sessions(run: Command, lines: list[str]) -> None:
    follow(run, lines)


@pytest.mark.parametrize("words", first_words(), ids=" ".join)
def test_what_is_shown_anywhere_tells_of_itself(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    outcome = here(capsys, *words, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.lines[0].startswith(f"Usage: retro-timer {' '.join(words)}")
