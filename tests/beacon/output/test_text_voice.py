"""The printing voice takes as long as speaking would: what is late aloud is late in print as well."""

from __future__ import annotations

import shutil

import pytest

from retro_timer.beacon.clock import VirtualClock
from retro_timer.beacon.output.text_voice import TextVoice
from retro_timer.phrases.speaking_time import estimated_s
from retro_timer.settings.model import VoiceSettings
from retro_timer.sim.render import RenderedVoice

PHRASES = (
    "Anna Schmidt. Set 1 of 2. Rep 1 of 4. 20 metres, jog.",
    "Anna Schmidt, 9.06 seconds.",
    "Next: Jonas Becker. On deck: Lea Hoffmann.",
    "Finish line only. No rear watch.",
    "Rep 1 of Ben does not count.",
)


@pytest.mark.parametrize("text", PHRASES)
def test_half_the_rate_takes_twice_as_long(text: str) -> None:
    assert estimated_s(text, 80) == pytest.approx(2.0 * estimated_s(text, 160))


def test_figures_and_stops_take_longer_than_letters() -> None:
    assert estimated_s("12.34", 160) > estimated_s("abcde", 160)
    assert estimated_s("One. Two. Three.", 160) > estimated_s("One Two Three", 160)


def test_it_speaks_for_as_long_as_it_said_that_it_would() -> None:
    clock = VirtualClock(0)
    voice = TextVoice(clock, 160, lambda _text: None)
    voice.say(PHRASES[0])
    end_ns = round(voice.seconds(PHRASES[0]) * 1e9)
    clock.advance_to(end_ns - 1)
    assert voice.speaking
    clock.advance_to(end_ns)
    assert not voice.speaking


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="nothing speaks here: sudo apt install espeak-ng")
@pytest.mark.parametrize("rate_wpm", [100, 160])
def test_the_estimate_is_near_what_espeak_takes(rate_wpm: int) -> None:
    voice = RenderedVoice(VirtualClock(0), VoiceSettings(rate_wpm=rate_wpm))
    for text in PHRASES:
        assert 0.75 <= estimated_s(text, rate_wpm) / voice.seconds(text) <= 1.3, text
