"""Twenty who run behind each other, as it sounds: docs/show run by the real command, held to what really happened.

Two drop out, one is overtaken, one comes late and somebody walks through the beam; and the same where the process is
killed and goes on from its results.
"""

from __future__ import annotations

import array
import json
import math
import random
import shutil
import wave
import xml.etree.ElementTree as ET
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from retro_timer.phrases import Catalogue, load_catalogue
from retro_timer.sim.render import RATE_HZ
from tests.helpers.command import process
from tests.helpers.killed import killed_after
from tests.helpers.shown_commands import ROOT
from tests.helpers.transcript import ROUNDED_S, Phrase, Transcript

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SHOW = ROOT / "docs" / "show"
NAMES = [*(SHOW / "group.csv").read_text().split()[1:], "Zoe"]
ARGUMENTS = ["--roster", SHOW / "group.csv", "--scenario", SHOW / "day.toml", "--json"]
DELAY_S = 30.0 / 343.0
"""Of the go's sound over the course, which the spoken time is without."""
LEAST_RMS = 200.0
"""Of a phrase in the sound file, in units of a 16-bit sample; espeak-ng speaks with 1,500 to 4,000."""
RESULT_WITHIN_S = 10.0
"""The phrases before it, and the 6 s after which a result is worth nothing any more."""


class Show:
    """One session, run to its end."""

    def __init__(self, folder: Path, language: str) -> None:
        settings = folder / "config.toml"
        settings.write_text(f'[voice]\nlanguage = "{language}"\n')
        self.wav, self.picture, written = folder / "show.wav", folder / "show.svg", folder / "show.txt"
        files = ["--wav", self.wav, "--picture", self.picture, "--transcript", written]
        state = {"RETRO_TIMER_STATE": str(folder / "state")}
        done = process(
            "simulate", SHOW / "plan.toml", *ARGUMENTS, "--config", settings, *files, env=state, timeout_s=300.0
        )
        assert done.code == 0, done.err
        self.events = [json.loads(line) for line in done.lines]
        self.heard = Transcript(written)
        self.catalogue: Catalogue = load_catalogue(language)

    def told(self, *names: str) -> list[dict[str, Any]]:
        """Events of these names."""
        return [event for event in self.events if event["event"] in names]

    def words(self, key: str, **values: str | int) -> str:
        """A phrase as it is said."""
        return self.catalogue.render(key, values)

    def shown(self, finish: dict[str, Any]) -> str:
        """Somebody's time as it is said: without the sound's way, and rounded up to a hundredth."""
        return f"{math.ceil(round((finish['time_s'] - DELAY_S) * 100.0, 6)) / 100.0:.2f}"

    def result(self, finish: dict[str, Any]) -> str:
        """The words for it."""
        return self.words("result_of", name=finish["athlete"], time=self.shown(finish))

    def call(self, name: str) -> str:
        """The call of somebody."""
        return self.words("turn_rolling", name=name)


def what_is_to_happen_happens(show: Show) -> None:
    assert [(dnf["athlete"], dnf["reason"]) for dnf in show.told("dnf")] == [("Felix", "stopped"), ("Leo", "timeout")]
    assert Counter(finish["athlete"] for finish in show.told("finish")) == {
        name: {"Felix": 0, "Leo": 1}.get(name, 2) for name in NAMES if name != "Felix"
    }
    assert [alarm["level"] for alarm in show.told("obstacle")] == ["danger", "clear"]
    second = [(event["event"], event["athlete"]) for event in show.events if event.get("rep") in (23, 24)]
    assert [who for what, who in second if what == "go"] == ["Ben", "Clara"]
    assert [who for what, who in second if what == "finish"] == ["Clara", "Ben"], "she has passed him"


def every_time_is_that_of_whoever_ran_it(show: Show) -> None:
    assert all(abs(finish["time_s"] - finish["truth_s"]) < 0.1 for finish in show.told("finish"))
    doubtful = [finish["athlete"] for finish in show.told("finish") if "ambiguous" in finish["flags"]]
    assert set(doubtful) <= {"Clara", "Ben"}


def each_go_has_its_call_whole_and_in_order_and_no_countdown_talks_into_it(show: Show) -> None:
    goes = show.told("go")
    calls = show.heard.said(*map(show.call, NAMES))
    assert [call.text for call in calls] == [show.call(go["athlete"]) for go in goes]
    counts = show.heard.said(show.words("count_3"))
    for call, three, go in zip(calls, counts, goes, strict=True):
        assert not call.cut_off
        assert call.to_s <= three.from_s + ROUNDED_S < go["t_s"]
    assert all(before["t_s"] < call.from_s + ROUNDED_S for before, call in zip(goes, calls[1:], strict=False))


def nothing_is_talked_into_and_only_an_alarm_cuts_anything_off(show: Show) -> None:
    alarms = [(alarm["t_s"], clear["t_s"]) for alarm, clear in pairwise(show.told("obstacle"))]
    for before, after in pairwise(show.heard.phrases):
        assert before.to_s <= after.from_s + ROUNDED_S
    for phrase in show.heard.phrases:
        alarm = any(from_s - 1.0 <= phrase.to_s <= to_s for from_s, to_s in alarms)
        assert not phrase.cut_off or alarm, phrase


def all_that_is_said_is_true_when_it_is_said(show: Show) -> None:
    told = [(show.result(finish), finish["t_s"]) for finish in show.told("finish")]
    told += [(show.words("dnf", name=dnf["athlete"], rep=1), dnf["t_s"]) for dnf in show.told("dnf")]
    texts = {text for text, _ in told}
    whenever = {show.call(name) for name in NAMES} | {show.words(f"count_{n}") for n in (3, 2, 1)}
    whenever |= {
        show.words("clear_the_lane"),
        show.words("added", name="Zoe"),
        show.words("absent", name="Felix"),
        show.words("ordered", name="Ben", number=2),
    }
    first_s, last_s = show.told("go")[0]["t_s"], show.told("summary")[0]["t_s"]
    brief = [phrase.text for phrase in show.heard.phrases if phrase.to_s < first_s]
    during = [phrase for phrase in show.heard.phrases if first_s <= phrase.from_s]
    assert len(brief) == len(set(brief)) == 9, "what the brief says, one call and a countdown"
    for phrase in during:
        if phrase.text in texts:
            since_s = [phrase.from_s + ROUNDED_S - t_s for text, t_s in told if text == phrase.text]
            assert any(0.0 <= one_s < RESULT_WITHIN_S for one_s in since_s), phrase
        elif phrase.text not in whenever:
            assert phrase.from_s + ROUNDED_S >= last_s, f"{phrase} is no result of anybody's"
    heard = Counter(phrase.text for phrase in during if phrase.text in texts and not phrase.cut_off)
    missed = Counter(text for text, _ in told) - heard
    assert heard <= Counter(text for text, _ in told), "a result is told twice"
    assert missed.total() <= 1, "all but the one that the alarm cut off"


def after_each_finish_whoever_came_is_told_to_clear_the_lane(show: Show) -> None:
    """Two who come within two seconds of each other are told together."""
    cleared = show.heard.said(show.words("clear_the_lane"))
    for finish in show.told("finish")[:-1]:
        assert any(finish["t_s"] - 2.0 <= phrase.from_s <= finish["t_s"] + 4.0 for phrase in cleared), finish


def at_the_end_each_has_their_own_best_and_who_has_none_is_not_named(show: Show) -> None:
    last_s = show.told("summary")[0]["t_s"]
    summary = [phrase.text for phrase in show.heard.phrases if phrase.from_s >= last_s + ROUNDED_S]
    assert not any("Felix" in text for text in summary)
    for name in set(NAMES) - {"Felix"}:
        mine = [finish for finish in show.told("finish") if finish["athlete"] == name and not finish["flags"]]
        best = min(map(show.shown, mine))
        assert show.words("summary_of", name=name, best=best) in summary


def the_picture_shows_every_phrase_and_everybody_who_ran(show: Show) -> None:
    drawn = {text for element in ET.parse(show.picture).iter() for text in [element.text or ""]}
    assert {phrase.text for phrase in show.heard.phrases} <= drawn
    assert all(any(text.startswith(f"{go['athlete']}: ") for text in drawn) for go in show.told("go"))


def the_sound_file_speaks_where_the_transcript_does(show: Show) -> None:
    if shutil.which("espeak-ng") is None:
        pytest.skip("nothing speaks here: sudo apt install espeak-ng")
    samples = array.array("h")
    with wave.open(str(show.wav), "rb") as sound:
        samples.frombytes(sound.readframes(sound.getnframes()))
    assert len(samples) / RATE_HZ >= show.heard.phrases[-1].to_s

    def loud(phrase: Phrase) -> float:
        part = samples[round(phrase.from_s * RATE_HZ) : round(phrase.to_s * RATE_HZ) : 7]
        return math.sqrt(sum(value * value for value in part) / len(part))

    assert [phrase.text for phrase in show.heard.phrases if loud(phrase) <= LEAST_RMS] == []


CHECKS = (
    what_is_to_happen_happens,
    every_time_is_that_of_whoever_ran_it,
    each_go_has_its_call_whole_and_in_order_and_no_countdown_talks_into_it,
    nothing_is_talked_into_and_only_an_alarm_cuts_anything_off,
    all_that_is_said_is_true_when_it_is_said,
    after_each_finish_whoever_came_is_told_to_clear_the_lane,
    at_the_end_each_has_their_own_best_and_who_has_none_is_not_named,
    the_picture_shows_every_phrase_and_everybody_who_ran,
    the_sound_file_speaks_where_the_transcript_does,
)


@pytest.mark.parametrize("language", ["en", "de"])
def test_twenty_behind_each_other_hear_what_is_true_whole_and_in_order(tmp_path: Path, language: str) -> None:
    """One session, looked at in every way: it takes ten seconds."""
    show = Show(tmp_path, language)
    for check in CHECKS:
        check(show)


def test_a_killed_session_goes_on_with_all_that_was_told_and_nobody_twice_on_the_course() -> None:
    """Each process is killed when somebody has read so many of its events, with at most a pipe's worth more in it."""
    drawn = random.Random(3)
    told: list[dict[str, Any]] = []
    kills = 0
    while True:
        what = ["--resume"] if kills else [SHOW / "plan.toml"]
        lines, code = killed_after(drawn.randrange(5, 25) if kills < 4 else None, *what, *ARGUMENTS)
        events = _check_course([json.loads(line) for line in lines if line.endswith("\n")])
        if code == 0:
            told += events
            break
        assert code == -9
        told += _known_to_be_kept(events)
        kills += 1
    assert kills >= 1
    assert told[-1]["event"] == "summary"
    goes = [event["rep"] for event in told if event["event"] == "go"]
    assert goes == sorted(set(goes)), "no rep twice, none taken back"
    kept = json.loads(process("results", "reps", "--json").out)
    assert {rep["session"] for rep in kept} == {1}
    times = {(rep["athlete"], rep["time_s"]) for rep in kept if rep["status"] == "finished"}
    assert {(event["athlete"], event["time_s"]) for event in told if event["event"] == "finish"} <= times
    finished = Counter(rep["athlete"] for rep in kept if rep["status"] == "finished")
    assert max(finished.values()) == 2, "what was told before a kill is not run again"
    assert all(rep["reason"] in ("interrupted", "stopped", "timeout") for rep in kept if rep["status"] != "finished")


def _known_to_be_kept(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the goes since the last event that tells of the disk: a go is told at its edge, and written after it."""
    last = max((at for at, event in enumerate(events) if event["event"] in ("finish", "dnf")), default=-1)
    return [event for at, event in enumerate(events) if at <= last or event["event"] != "go"]


def _check_course(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of one process: nobody goes who is still out."""
    out: set[str] = set()
    for event in events:
        if event["event"] == "go":
            assert event["athlete"] not in out, event
            out.add(event["athlete"])
        elif event["event"] in ("finish", "dnf"):
            out.discard(event["athlete"])
    return events
