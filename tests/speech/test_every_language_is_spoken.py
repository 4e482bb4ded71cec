"""espeak-ng says everything that the box says, in every language: audibly, in words, and within its time."""

from __future__ import annotations

import functools
import re
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.phrases_page.examples import examples
from retro_timer.phrases import languages, load_catalogue, voice_of
from retro_timer.settings.model import SessionSettings, VoiceSettings
from retro_timer.training.session import starting
from retro_timer.training.session.rules import Rules
from tests.helpers import espeak
from tests.helpers.command import process

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(espeak.library_name() is None, reason="espeak-ng is missing: sudo apt install espeak-ng"),
]

RATE_WPM = VoiceSettings().rate_wpm
SLOTS_S = {
    **dict.fromkeys(("count", "count_1", "count_2", "count_3"), 1.0),
    "on_your_marks": Rules().marks_s,
    "set": Rules().hold_least_s,
    "ten_seconds": 10.0 - SessionSettings().countdown_s - starting.LOOK_S,
    "shut_down_ahead": 5.0,
}
"""What has a time of its own: numbers of a countdown, a start's words, and what a button held down tells."""
_OPEN = str.maketrans("ɛɔɪʊ", "eoiu")
LONGER, BREATH_S = 1.5, 0.7
"""Everything else waits its turn; a session's rests are made for English, so no language may need much longer."""


def phrases(language: str) -> Iterator[tuple[str, str]]:
    """Every phrase with every value that can be listed: its key, and its words."""
    catalogue = load_catalogue(language)
    for key in sorted(catalogue.keys):
        for values in examples(catalogue, key):
            yield key, catalogue.render(key, values)


@functools.cache
def lengths_s(language: str) -> dict[str, float]:
    """Of every phrase with usual values, as sound; 0 for what cannot be heard."""
    catalogue, voice = load_catalogue(language), espeak.speaker(voice_of(language), RATE_WPM)
    return {key: voice.seconds(catalogue.render(key, next(examples(catalogue, key)))) for key in sorted(catalogue.keys)}


def spelled_out(voice: espeak.Espeak, word: str) -> bool:
    """Whether the voice says the names of a word's letters, however open the vowels."""
    letters = "".join(voice.sounds(letter) for letter in word)
    return len(word) > 1 and voice.sounds(word).translate(_OPEN) == letters.translate(_OPEN)


@pytest.mark.parametrize("language", languages())
def test_every_phrase_is_heard_and_no_value_in_it_is_silent(language: str) -> None:
    """Another value is another sound: one that the voice passes over would leave the phrase as it was."""
    assert [key for key, seconds in lengths_s(language).items() if seconds < 0.15] == []
    voice = espeak.speaker(voice_of(language))
    said: dict[tuple[str, str], str] = {}
    for key, text in phrases(language):
        other = said.setdefault((key, voice.sounds(text)), text)
        assert other == text, f"sounds like '{other}'"
    assert all(sounds for _, sounds in said)


def test_a_session_of_two_is_rendered_in_the_language_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[voice]\nlanguage = 'de-CH'\n")
    (tmp_path / "roster.csv").write_text("Name\nAnna\nBen\n")
    done = process(
        *("simulate", "demo", "--config", tmp_path / "config.toml", "--roster", tmp_path / "roster.csv"),
        *("--wav", tmp_path / "session.wav"),
    )
    assert done.code == 0, done.err
    said = re.findall(r'"(.*)"', done.out)
    assert said[:5] == [
        "Vorführung. Serien: 1. Durchgänge insgesamt: 3.",
        "Nur Ziellinie. Keine Überwachung nach hinten.",
        "Das ist eine Vorführung.",
        load_catalogue("de").render("group_paths", {}),
        "Anna. Serie 1 von 1. Durchgang 1 von 3. 10 Meter Traben.",
    ]
    results = [text for text in said if re.fullmatch(r"(Anna|Ben), \d+,\d\d Sekunden\.", text)]
    assert [text.partition(",")[0] for text in results] == ["Anna", "Ben"] * 3
    assert re.match(r"Training beendet\. Im Ziel: 6 von 6\. Bestzeit: (Anna|Ben), \d", said[-3])
    assert [text.partition(" ")[0] for text in said[-2:]] == ["Anna:", "Ben:"]
    with wave.open(str(tmp_path / "session.wav")) as sound:
        assert sound.getnframes() / sound.getframerate() > 60.0


@pytest.mark.parametrize("language", languages())
def test_no_word_is_spelled_out(language: str) -> None:
    voice = espeak.speaker(voice_of(language))
    words = {word for _, text in phrases(language) for word in re.findall(r"[^\W\d_]+", text)}
    assert len(words) > 250
    assert sorted(word for word in words if spelled_out(voice, word)) == []
    assert spelled_out(voice, "DNF"), "what is spelled out is known"


@pytest.mark.parametrize("language", languages())
def test_what_has_a_time_of_its_own_keeps_to_it(language: str) -> None:
    voice = espeak.speaker(voice_of(language), RATE_WPM)
    told = [(key, text, voice.seconds(text)) for key, text in phrases(language) if key in SLOTS_S]
    assert [(text, seconds) for key, text, seconds in told if seconds > SLOTS_S[key]] == []


@pytest.mark.parametrize("language", [language for language in languages() if language != "en"])
def test_no_phrase_takes_much_longer_than_in_english(language: str) -> None:
    english = lengths_s("en")
    longer = {
        key: seconds for key, seconds in lengths_s(language).items() if seconds > LONGER * english[key] + BREATH_S
    }
    assert longer == {}
