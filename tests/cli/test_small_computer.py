"""With a tenth of a processor the whole stack on the twin gives the same times, and starts and stops without a false
word.
"""

from __future__ import annotations

import os
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.timer_process import Timer, timer, until
from tests.rig.cgroups import small_processor
from tests.rig.host import RigUnavailableError

pytest.importorskip("VL53L1X", reason="the driver is missing: pip install 'retro-timer[twin]'")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

QUOTA_US, PERIOD_US = 1_200, 10_000
STARTED_S = 3.0
SESSION = ("--plan", "short", "--voice", "hasty", "--once", "--json")


@pytest.fixture
def small() -> Iterator[tuple[str, ...]]:
    """The words before a command that give it little of a processor."""
    try:
        with small_processor(f"{os.getpid()}-small", QUOTA_US, PERIOD_US) as procs:
            yield "/bin/sh", "-c", f'echo $$ >{procs} && exec "$@"', "sh"
    except RigUnavailableError as error:
        if os.environ.get("CI"):
            raise
        raise unittest.SkipTest(str(error)) from error


def finishes(made: Timer) -> dict[int, tuple[float, float]]:
    """Each rep's time and the half-width of its interval, in s."""
    return {e["rep"]: (e["time_s"], e["uncertainty_s"]) for e in made.events if e["event"] == "finish"}


def watch_words(made: Timer) -> list[dict[str, Any]]:
    return [event for event in made.events if event["event"] == "sensor"]


def false_words(made: Timer) -> list[dict[str, Any]]:
    """Those of the start and of the end: what other work on this machine does in between may be true."""
    over_s = next(event["t_s"] for event in made.events if event["event"] == "summary")
    return [word for word in watch_words(made) if not STARTED_S <= word["t_s"] < over_s]


def told_blind(made: Timer, rep: int) -> bool:
    """Whether it said between this rep's go and its end that it did not see."""
    told = [event for event in made.events if event["event"] in ("go", "summary")]
    begin = next(number for number, event in enumerate(told) if event.get("rep") == rep)
    began_s, over_s = told[begin]["t_s"], told[begin + 1]["t_s"]
    return any(word["state"] == "lost" and began_s <= word["t_s"] <= over_s for word in watch_words(made))


def test_a_session_on_a_tenth_of_a_processor_has_the_times_of_one_on_a_whole(small: tuple[str, ...]) -> None:
    with timer(*SESSION, board="twin") as large, timer(*SESSION, board="twin", wrap=small) as slow:
        assert slow.ended(240) == 0, slow.err
        assert large.ended(240) == 0, large.err
        times, same = finishes(slow), finishes(large)
        for rep in times.keys() & same.keys():
            assert abs(times[rep][0] - same[rep][0]) <= same[rep][1] + times[rep][1], f"rep {rep}"
        # What other work on this machine takes away costs a time at most together with a word.
        for made, timed in (large, same), (slow, times):
            assert [rep for rep in (1, 2, 3) if rep not in timed and not told_blind(made, rep)] == []
        assert times.keys() & same.keys()
        assert false_words(slow) == []


@pytest.mark.parametrize("when", ["ready", "starting"])
def test_it_starts_and_stops_without_a_false_word_of_its_sensor(small: tuple[str, ...], when: str) -> None:
    with timer("--json", "--voice", "text", board="twin", wrap=small) as slow:
        if when == "ready":
            slow.ready()
        else:
            until(slow.answers, "it answers")
        told = watch_words(slow)
        assert slow.stop() == 0
        assert watch_words(slow) == told
        assert [word for word in told if word["t_s"] < STARTED_S] == []
        assert slow.err == ""


def test_a_sensor_that_dies_is_told_on_a_small_computer_too(small: tuple[str, ...], tmp_path: Path) -> None:
    dead = tmp_path / "dead.toml"
    dead.write_text("[[faults]]\nkind = 'dead'\nat_s = 3.0\nlasts_s = 600.0\n")
    with timer("--json", "--voice", "text", "--scenario", dead, board="twin", wrap=small) as slow:
        # How much of the three seconds its start takes is this machine's: it need not be asked while it still sees.
        # What other work on this machine does before may be told, too.
        until(lambda: [word for word in watch_words(slow) if word["reason"] == "no-answer"], "it is told")
        assert slow.status()["watch"]["state"] == "lost"
