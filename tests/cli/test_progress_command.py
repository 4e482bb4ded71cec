"""`retro-timer results progress`: how somebody gets on, with what is sure of it."""

from __future__ import annotations

import contextlib
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from retro_timer.store.results.athlete_edits import ChangeAthlete, Known
from retro_timer.store.results.edits import carry_out
from retro_timer.store.results.journal import Journal, Stamp
from tests.helpers.command import Command
from tests.helpers.exchange_made import NOON_NS, S, everything, session_of
from tests.store.results.test_schema_upgrades import left_behind

DAY_NS = 86_400 * S


@pytest.fixture
def kept(state_dir: Path) -> Path:
    """Three sessions of two, a week apart."""
    with contextlib.closing(Journal(state_dir)) as journal:
        for week in range(3):
            session_of(journal, ("Anna", "Ben"), began_ns=NOON_NS + 7 * week * DAY_NS, reps=4)
        carry_out(journal, ChangeAthlete("Anna", Known(forward=((30_000, 8 * S),))), Stamp(NOON_NS))
    return state_dir


def test_it_tells_bests_averages_trend_ratio_and_what_comes_next(kept: Path, run: Command) -> None:
    told = run("results", "progress", "anna")
    assert told.code == 0
    day = datetime.fromtimestamp(NOON_NS / S, UTC).astimezone().date().isoformat()
    # What is of this week depends on the day on which the tests run.
    assert [line for line in told.lines if "this week" not in line] == [
        "Anna: sessions: 3",
        "",
        "best times  time   session  date",
        f"30 m jog    11.35  1        {day}",
        "",
        "",
        "30 m jog (a change of 0.034 s is the smallest that is worthwhile)",
        "  average: 11.35 ± 0.01 s in session 3",
        "  since the session before: +0.00 ± 0.01 s, the same",
        "  first to last rep: +0.00 ± 0.04 s, steady",
        "  trend: +0.00 ± 0.00 s, the same, in 14 days",
        "",
        "backward to forward over 30 m: 0.71 of the speed, by 11.35 against 8.00 s (0.7 is usual)",
        "",
        "next: jog 40 m (plan jog-progression)",
        "because jog 30 m is mastered once its last 2 sessions have 4 finished reps or more, and none that was given"
        " up: so it was in sessions 2 and 3",
        "It counts reps and compares times. It knows nothing of anybody's health: with pain or a balance disorder ask a"
        " physiotherapist first.",
    ]


def test_json_has_every_figure(kept: Path, run: Command) -> None:
    told = json.loads(run("results", "progress", "Ben", "--json").out)
    assert (told["athlete"], told["sessions"], told["undated"]) == ("Ben", 3, 0)
    assert told["bests"][0]["kind"] == {"gait": "jog", "distance_m": 30.0, "timing": "go", "course": "straight"}
    assert told["forms"][0]["trend_verdict"] == "same"
    assert told["next"]["step"] == "jog 40 m"


def test_who_ran_alone_needs_no_name_and_what_is_simulated_counts_only_alone(state_dir: Path, run: Command) -> None:
    everything(state_dir)
    told = run("results", "progress")
    assert told.lines[:1] == ["Runner: sessions: 1"]
    assert "next: walk 20 m (plan first-steps)" in told.lines


def test_nobody_or_nothing_is_told_in_one_line(state_dir: Path, run: Command) -> None:
    nothing = run("results", "progress")
    assert (nothing.code, nothing.one_line()) == (
        1,
        "retro-timer: Runner has no results yet: `retro-timer simulate demo` makes some",
    )
    with contextlib.closing(Journal(state_dir)) as journal:
        session_of(journal, ("Anna", "Annie"))
    assert run("results", "progress").code == 2
    nobody = run("results", "progress", "Bob")
    assert (nobody.code, nobody.one_line().split(";")[0]) == (2, "retro-timer: athlete 'Bob': nobody of that name")


@pytest.mark.parametrize("version", [1, 5])
def test_an_older_programs_database_is_told_from_as_well(
    tmp_path: Path, run: Command, state_dir: Path, version: int
) -> None:
    shutil.copytree(left_behind(version, tmp_path / "old"), state_dir, dirs_exist_ok=True)
    before = run("results", "progress", "Bea", "--json")
    assert before.code == 0
    with contextlib.closing(Journal(state_dir)):
        pass
    assert msgspec.json.decode(run("results", "progress", "Bea", "--json").out) == msgspec.json.decode(before.out)
