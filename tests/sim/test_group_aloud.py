"""A group's whole session on the simulated board, as it is heard: transcript and sound file, spoken by espeak-ng."""

from __future__ import annotations

import array
import re
import shutil
import wave
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from retro_timer.beacon.boards import BoardRequest
from retro_timer.beacon.events import BeaconEvent, Tone
from retro_timer.phrases import load_catalogue
from retro_timer.settings.model import Settings
from retro_timer.sim.render import RATE_HZ, Spoken, render_wav
from retro_timer.sim.virtual import Simulation
from tests.helpers.events_told import into
from tests.helpers.plans_made import block, plan

NAMES = ("Anna Schmidt", "Jonas Becker", "Lea Hoffmann", "Paul Wagner")
LONG_NAMES = ("Anna-Maria Schmidt-Hohenberg", "Maximilian Alexander von Thurn")
COUNT = re.compile(r"(Three|Two|One)\.")
CALL = re.compile(r"(?P<name>[^.]+)\. Set \d+ of \d+\. Rep (?P<rep>\d+) of \d+\. 20 metres, jog\.")
DECK = re.compile(r"Next: (?P<name>[^.]+)\.( On deck: (?P<then>[^.]+)\.)?")
RESULT = re.compile(r"(?P<name>[^,.]+), (?P<time>\d+\.\d\d) seconds\.")
LEAST_RMS = 200.0
"""Of a phrase as a whole, in units of a 16-bit sample; espeak-ng speaks with 1,500 to 4,000."""


class Group:
    """One session that has been run to its end."""

    def __init__(self, folder: Path, names: Sequence[str], rate_wpm: int, rest_s: float = 5.0) -> None:
        settings = Settings()
        settings = msgspec.structs.replace(settings, voice=msgspec.structs.replace(settings.voice, rate_wpm=rate_wpm))
        request = BoardRequest(settings, seed=1)
        self.names = names
        self.events: list[dict[str, Any]] = []
        self.tones: list[tuple[int, int]] = []
        self.simulation = Simulation(request, load_catalogue("en"), folder, aloud=True)
        self.simulation.core.event_bus.subscribe(self._take)
        try:
            assert self.simulation.run(plan(block(reps=2), rest_s=rest_s), tuple(names), most_s=3600.0)
        finally:
            self.simulation.close()
        voice = self.simulation.rendered
        assert voice is not None
        self.voice = voice

    def _take(self, event: BeaconEvent) -> None:
        into(self.events)(event)
        if isinstance(event, Tone):
            self.tones.append((event.t_ns, event.frequency_hz))

    @property
    def transcript(self) -> list[Spoken]:
        """What was said, in order."""
        return self.voice.transcript

    def told(self, name: str) -> list[dict[str, Any]]:
        """Events of a name."""
        return [event for event in self.events if event["event"] == name]

    def matching(self, pattern: re.Pattern[str]) -> list[tuple[Spoken, re.Match[str]]]:
        """Phrases of a form."""
        return [(spoken, found) for spoken in self.transcript if (found := pattern.fullmatch(spoken.text))]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((LONG_NAMES, 100), id="long names and slow speech"),
        pytest.param((LONG_NAMES, 80), id="the slowest speech", marks=pytest.mark.slow),
        pytest.param((NAMES, 160), id="four athletes", marks=pytest.mark.slow),
    ],
)
def group(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Group:
    names, rate_wpm = request.param
    return Group(tmp_path_factory.mktemp("group"), names, rate_wpm)


def test_each_athlete_is_called_in_order_and_heard_to_the_end_before_the_countdown(group: Group) -> None:
    calls = group.matching(CALL)
    assert [(found["name"], found["rep"]) for _, found in calls] == [
        (name, rep) for rep in ("1", "2") for name in group.names
    ]
    goes = group.told("go")
    assert [go["athlete"] for go in goes] == [*group.names, *group.names]
    threes = [spoken for spoken, _ in group.matching(COUNT) if spoken.text == "Three."]
    for (call, _), three, go in zip(calls, threes, goes, strict=True):
        assert not call.cut_off
        assert call.ended_ns <= three.began_ns < go["t_ns"]


def test_no_phrase_is_talked_into_but_a_number_by_the_next_one(group: Group) -> None:
    assert [spoken.text for spoken in group.transcript if spoken.cut_off and not COUNT.fullmatch(spoken.text)] == []
    assert all(before.ended_ns <= after.began_ns for before, after in pairwise(group.transcript))


def test_each_time_comes_before_whatever_follows_it(group: Group) -> None:
    results = group.matching(RESULT)
    finishes = group.told("finish")
    assert [found["name"] for _, found in results] == [*group.names, *group.names]
    for (result, _), finish in zip(results, finishes, strict=True):
        after = [spoken for spoken in group.transcript if spoken.began_ns >= finish["t_ns"]]
        assert after[0] is result


def test_who_is_called_next_and_on_deck_goes_next_and_then(group: Group) -> None:
    goes = group.told("go")
    for spoken, found in group.matching(DECK):
        coming = [go["athlete"] for go in goes if go["t_ns"] > spoken.began_ns]
        assert found["name"] == coming[0]
        assert found["then"] is None or found["then"] == coming[1]
    assert len(group.matching(DECK)) == len(goes) - 1


def test_the_group_does_not_wait_longer_than_words_take(group: Group) -> None:
    """From a finish to the next go: result, average, next, call and countdown, and no silence that nobody needs."""
    least_s = group.simulation.core.settings.session.changeover_s
    for finish, go in zip(group.told("finish"), group.told("go")[1:], strict=False):
        said = [
            s for s in group.transcript if finish["t_ns"] <= s.began_ns < go["t_ns"] and not COUNT.fullmatch(s.text)
        ]
        words_s = sum(s.ended_ns - s.began_ns for s in said) / 1e9
        assert (go["t_ns"] - finish["t_ns"]) / 1e9 <= max(least_s, words_s + 3.0) + 1.5


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="nothing speaks here: sudo apt install espeak-ng")
def test_the_sound_file_holds_each_phrase_where_the_transcript_has_it(group: Group, tmp_path: Path) -> None:
    origin_ns, end_ns = group.simulation.origin_ns, group.simulation.clock.monotonic_ns()
    path = tmp_path / "group.wav"
    assert render_wav(path, group.tones, group.voice, origin_ns, end_ns) == []
    samples = array.array("h")
    with wave.open(str(path), "rb") as sound:
        assert (sound.getframerate(), sound.getnchannels()) == (RATE_HZ, 1)
        samples.frombytes(sound.readframes(sound.getnframes()))
    assert len(samples) / RATE_HZ >= (group.transcript[-1].ended_ns - origin_ns) / 1e9

    def heard(from_ns: int, to_ns: int) -> array.array[int]:
        return samples[round((from_ns - origin_ns) / 1e9 * RATE_HZ) : round((to_ns - origin_ns) / 1e9 * RATE_HZ)]

    for spoken in group.transcript:
        part = heard(spoken.began_ns, spoken.ended_ns)
        assert (sum(value * value for value in part[::7]) / len(part[::7])) ** 0.5 > LEAST_RMS, spoken.text
    silent = 0
    changes = [t_ns for t_ns, _ in group.tones]
    for before, after in pairwise(group.transcript):
        if not any(before.ended_ns <= t_ns <= after.began_ns for t_ns in changes):
            silent += not any(heard(before.ended_ns + 1_000_000, after.began_ns - 1_000_000))
    assert silent > len(group.names), "between phrases there is nothing but tones"
