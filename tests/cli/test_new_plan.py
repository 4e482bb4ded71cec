"""`retro-timer plans new`: answered at a terminal or from a pipe."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import pty
import select
import subprocess
import termios
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from retro_timer.settings.loading import load_plan
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Order, Part, StartMethod, steps
from tests.helpers.command import PROGRAM, Command, Outcome, environment_with, process

DEADLINE_S = 60.0
ANSWERS = {
    "Title": 'Hügel "rauf" \\ runter',
    "For whom": "",
    "Gait": "run",
    "Timed steps": "n",
    "Distance": "30",
    "Reps": "3",
    "Sets": "2",
    "Relay": "n",
    "Target": "8.5",
    "Another block": "n",
    "Rest": "45",
    "Recovery": "90",
    "Start": "marks-set-go",
    "Order": "",
    "Warm-up": "5",
    "Cool-down": "",
    "Sessions": "2",
}


def check_new_plan(state_dir: Path) -> None:
    plan = load_plan("hill")
    assert plan.title == 'Hügel "rauf" \\ runter'
    assert (plan.gait, plan.start) == (Gait.RUN, StartMethod.MARKS_SET_GO)
    assert (plan.rest_s, plan.recovery_s, plan.sessions_per_week) == (45.0, 90.0, (1, 2))
    laid = steps(plan)
    assert (laid[0].part, laid[0].duration_s, laid[0].gait) == (Part.WARM_UP, 300.0, Gait.WALK)
    assert [(s.set_no, s.rep_no, s.distance_m, s.target_s) for s in laid][-1] == (3, 3, 30.0, 8.5)
    assert (state_dir / "plans" / "hill.toml").is_file()


def test_a_new_plan_is_asked_for_on_a_pipe(state_dir: Path) -> None:
    outcome = process("plans", "new", "hill", stdin="\n".join(ANSWERS.values()) + "\n")
    assert outcome.code == 0, outcome.err
    assert f"wrote {state_dir}/plans/hill.toml: 6 reps, 180 m + 5 min" in outcome.out
    check_new_plan(state_dir)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (["rolling", "45", "y"], (Order.ROLLING, 45.0, True, None)),
        (["waves", "9", "3"], (Order.WAVES, None, False, 3)),
        (["waves", "two", "0"], (Order.WAVES, None, False, None)),
        (["waves", "\u00b2", "8"], (Order.WAVES, None, False, 8)),
    ],
)
def test_a_new_plan_is_asked_for_the_order_of_a_group(
    run: Command,
    answers: list[str],
    said: tuple[Order, float | None, bool, int | None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n" * 13 + "\n".join(answers) + "\n" * 4))
    outcome: Outcome = run("plans", "new", "club")
    assert outcome.code == 0, outcome.err
    plan = load_plan("club")
    assert (plan.order, plan.every_s, plan.lanes_apart, plan.wave_size) == said


def test_a_new_plan_has_ladders_blocks_of_another_gait_and_a_last_one_without_an_end(state_dir: Path) -> None:
    ladder = ["", "", "jog", "n", "20, 30 20", "2", "n", "best"]
    timed = ["y", "walk", "y", "1", "0", "1", "1"]
    crossed = ["y", "jog", "y", "0.5", "20 30", "20", "2", "1"]
    endless = ["y", "jog", "n", "20", "3", "0", "y"]
    rest = ["", "", "", "", "", ""]
    outcome = process("plans", "new", "pyramid", stdin="\n".join([*ladder, *timed, *crossed, *endless, *rest]) + "\n")
    assert outcome.code == 0, outcome.err
    first, second, shuttle, third = load_plan("pyramid").blocks
    assert (shuttle.crossings, shuttle.distance_m, shuttle.duration_s, shuttle.reps) == (True, 20.0, 30.0, 2)
    assert (first.distances_m, first.sets, first.target_s) == ((20.0, 30.0, 20.0), 2, "best")
    assert (second.gait, second.duration_s) == (Gait.WALK, 60.0)
    assert (third.gait, third.reps, third.until, third.relay) == (None, 3, "stop", True)


class Terminal:
    """A program at a pseudo-terminal."""

    def __init__(self, *args: str) -> None:
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [str(PROGRAM), *args],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment_with({"TERM": "xterm"}),
            start_new_session=True,
            # Its keyboard is its controlling terminal, or Ctrl-C would be a letter like any other.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)
        self.shown = ""

    def wait_for(self, words: str) -> None:
        """Until these words have been shown since the last answer."""
        deadline = time.monotonic() + DEADLINE_S
        while words not in self.shown:
            assert time.monotonic() < deadline, f"'{words}' not in {self.shown!r}"
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    self.shown += os.read(self.master, 65536).decode(errors="replace")
                except OSError:
                    raise AssertionError(f"ended before '{words}': {self.shown!r}") from None

    def type(self, text: str) -> None:
        """Press these keys."""
        self.shown = ""
        os.write(self.master, text.encode())

    def press_until_it_ends(self, key: str) -> None:
        """As a person does: readline sleeps through a Ctrl-C that comes just before it begins to wait."""
        deadline = time.monotonic() + DEADLINE_S
        while self.process.poll() is None and time.monotonic() < deadline:
            os.write(self.master, key.encode())
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(5.0)

    def end(self) -> int:
        """Its exit code."""
        code = self.process.wait(DEADLINE_S)
        os.close(self.master)
        return code


def answer(terminal: Terminal, questions: Sequence[str]) -> None:
    for question in questions:
        terminal.wait_for(question)
        terminal.type(ANSWERS[question] + "\n")


def test_a_new_plan_is_asked_for_at_a_terminal_and_wrong_answers_are_asked_again(state_dir: Path) -> None:
    terminal = Terminal("plans", "new", "hill")
    questions = list(ANSWERS)
    answer(terminal, questions[:2])
    terminal.wait_for("Gait")
    terminal.type("sprint\n")
    terminal.wait_for("'sprint' is not one of")
    answer(terminal, questions[2:4])
    terminal.wait_for("Distance")
    terminal.type("far\n")
    terminal.wait_for("is no length in metres")
    terminal.type("3\n")
    terminal.wait_for("3 m is out of range")
    answer(terminal, questions[4:])
    terminal.wait_for("wrote")
    assert terminal.end() == 0
    check_new_plan(state_dir)


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_whoever_breaks_off_writes_nothing(state_dir: Path, key: str) -> None:
    terminal = Terminal("plans", "new", "hill")
    answer(terminal, list(ANSWERS)[:3])
    terminal.wait_for("Timed steps")
    terminal.press_until_it_ends(key)
    assert terminal.end() == 130
    assert not (state_dir / "plans").exists()


def test_a_pipe_that_ends_too_early_writes_nothing(state_dir: Path) -> None:
    outcome = process("plans", "new", "hill", stdin="Hill\n\n")
    assert outcome.code == 130
    assert "Traceback" not in outcome.err
    assert not (state_dir / "plans").exists()


def test_a_plan_of_that_name_is_not_written_over_without_force(state_dir: Path) -> None:
    (state_dir / "plans").mkdir(parents=True)
    path = state_dir / "plans" / "hill.toml"
    path.write_text("mine")
    outcome = process("plans", "new", "hill", stdin="\n" * 20)
    assert outcome.code == 2
    assert outcome.one_line().endswith("hill.toml: there already; expected another name, or --force")
    assert path.read_text() == "mine"
    assert process("plans", "new", "hill", "--force", stdin="\n" * 20).code == 0
    assert load_plan("hill").title == "Hill"


def test_a_title_that_is_no_text_is_no_traceback(state_dir: Path) -> None:
    outcome = process("plans", "new", "hill", stdin=b"\xff\xfe\n" + b"\n" * 20)
    assert outcome.code in (0, 2)
    assert "Traceback" not in outcome.err
    if outcome.code == 0:
        load_plan("hill")


def test_a_title_that_is_too_long_is_refused_in_one_line(state_dir: Path) -> None:
    outcome = process("plans", "new", "hill", stdin="x" * 500 + "\n" * 20)
    assert outcome.code == 2
    assert "title" in outcome.err.splitlines()[-1]
    assert "Traceback" not in outcome.err
    assert not (state_dir / "plans").exists()
