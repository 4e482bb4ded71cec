"""The voice as the program uses it: what is said is heard once and in order, or printed with the reason."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from retro_firmware.voice import open_voice
from retro_firmware.voice.cache import SpeechCache
from retro_firmware.voice.speech import SpeechVoice

from retro_timer.beacon.clock import RealClock
from retro_timer.beacon.output.speaker import Speaker as PhraseQueue
from retro_timer.phrases import load_catalogue
from retro_timer.settings.model import Settings
from retro_timer.training.session.effects import Say
from tests.firmware.voice_bench import (
    HANGS,
    SlowSpeaker,
    Speaker,
    loudest,
    needs_aplay,
    needs_pyttsx3,
    seconds,
    until,
    voice_settings,
)

pytestmark = [needs_pyttsx3, needs_aplay, pytest.mark.slow]
NOWHERE = "retro-timer-no-such-card"
LONG = "Walk to the start, turn your back to the box, and wait for the numbers. " * 5
SLOWED = (
    sys.executable,
    "-c",
    "import time; time.sleep(0.5); from retro_firmware.voice.renderer import serve; serve()",
)
Make = Callable[..., SpeechVoice]


def spoken_to_the_end(voice: SpeechVoice, text: str) -> None:
    voice.say(text)
    assert voice.speaking
    until(lambda: not voice.speaking, f"the end of '{text}'")


def files(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.wav")}


def test_three_phrases_said_one_after_the_other_are_all_heard(make: Make, speaker: Speaker, shown: list[str]) -> None:
    voice = make()
    for text in ("Go.", "Set one of four. Rep two of five. Twenty metres, jog.", "Ready."):
        spoken_to_the_end(voice, text)
    short, long, last = speaker.heard_s()
    assert long > 2 * short
    assert long > 2 * last
    assert shown == []
    assert voice.trouble() == ""


def test_how_long_a_phrase_takes_is_known_once_it_is_rendered(make: Make, speaker: Speaker) -> None:
    voice = make()
    text = "Twelve point three seconds."
    assert voice.seconds(text) > 0.5, "an estimate"
    spoken_to_the_end(voice, text)
    assert voice.seconds(text) == pytest.approx(speaker.heard_s()[0], abs=0.2)


def test_what_is_heard_is_what_was_rendered(make: Make, speaker: Speaker, tmp_path: Path) -> None:
    spoken_to_the_end(make(), "Twelve point three seconds.")
    (rendered,) = (tmp_path / "speech").glob("*.wav")
    assert speaker.heard_s()[0] == pytest.approx(seconds(rendered), abs=0.2)


def test_saying_leaves_what_was_rendered_ahead_as_it_was(make: Make, speaker: Speaker, tmp_path: Path) -> None:
    voice = make()
    voice.prepare(["Ten seconds.", "Halfway."])
    until(lambda: len(files(tmp_path / "speech")) == 2, "both are rendered")
    before = files(tmp_path / "speech")
    assert speaker.heard() == [], "rendering ahead makes no sound"
    spoken_to_the_end(voice, "Halfway.")
    spoken_to_the_end(voice, "Anything else.")
    after = files(tmp_path / "speech")
    assert {name: after[name] for name in before} == before


def test_a_phrase_rendered_ahead_needs_no_renderer_any_more(make: Make, speaker: Speaker, tmp_path: Path) -> None:
    first = make()
    first.prepare(["Ten seconds."])
    until(lambda: len(files(tmp_path / "speech")) == 1, "it is rendered")
    first.close()
    spoken_to_the_end(make(command=HANGS), "Ten seconds.")
    assert len(speaker.heard()) == 1


def test_the_newest_wish_is_rendered_first(make: Make, tmp_path: Path) -> None:
    voice = make(command=SLOWED)
    voice.prepare([f"Old wish {number}." for number in range(20)])
    voice.prepare(["New wish."])
    until(lambda: len(files(tmp_path / "speech")) >= 2, "the first two are rendered")
    in_time = sorted((tmp_path / "speech").glob("*.wav"), key=lambda path: path.stat().st_mtime_ns)[:2]
    voice.close()
    again = make(command=HANGS, answer_s=0.2, device=NOWHERE)
    again.prepare(["New wish."])
    again.close()
    wanted = SpeechCache(tmp_path / "speech").find(_key("New wish."))
    assert wanted in in_time


def test_another_volume_is_heard_with_the_next_phrase_and_rendered_ahead(
    make: Make, speaker: Speaker, tmp_path: Path
) -> None:
    voice = make()
    voice.prepare(["Ten seconds.", "Halfway."])
    until(lambda: len(files(tmp_path / "speech")) == 2, "both are rendered")
    spoken_to_the_end(voice, "Ready.")
    voice.volume = 25
    assert voice.volume == 25
    until(lambda: len(files(tmp_path / "speech")) == 5, "what was rendered ahead is rendered anew")
    spoken_to_the_end(voice, "Ready.")
    loud, quiet = (loudest(path) for path in speaker.heard())
    assert quiet == pytest.approx(loud / 4, rel=0.1)


def _key(text: str) -> str:
    from retro_firmware.voice.cache import phrase_key

    return phrase_key(text, "en-us", 160, 100, "pyttsx3 under test")


def test_a_new_phrase_cuts_off_the_one_before(make: Make, slow: SlowSpeaker, tmp_path: Path) -> None:
    voice = make()
    voice.say(LONG)
    slow.wait_for_sound()
    voice.say("Recall.")
    heard = slow.rest()
    until(lambda: not voice.speaking, "the recall is over")
    whole = max(path.stat().st_size for path in (tmp_path / "speech").glob("*.wav"))
    assert heard < whole / 2
    assert voice.trouble() == ""


def test_a_cut_is_silent_at_once(make: Make, slow: SlowSpeaker, tmp_path: Path) -> None:
    voice = make()
    voice.say(LONG)
    slow.wait_for_sound()
    voice.cut()
    assert not voice.speaking
    (rendered,) = (tmp_path / "speech").glob("*.wav")
    assert slow.rest() < rendered.stat().st_size / 2


def test_an_alarm_silences_speech_at_once_and_keeps_it_silent(make: Make, slow: SlowSpeaker) -> None:
    voice = make()
    queue = PhraseQueue(voice, RealClock(), load_catalogue("en"))
    queue.say(Say("safety", {"note": LONG}))
    queue.update()
    slow.wait_for_sound()
    queue.mute(True)
    assert not voice.speaking
    slow.rest()
    queue.say(Say("halfway"))
    queue.update()
    assert not voice.speaking
    queue.mute(False)
    queue.update()
    assert voice.speaking


def test_a_cut_does_not_wait_for_a_renderer_that_hangs(make: Make) -> None:
    voice = make(command=HANGS, answer_s=200.0)
    voice.say("Ready.")
    began = time.monotonic()
    voice.cut()
    assert not voice.speaking
    assert time.monotonic() - began < 150.0, "it would have waited for the renderer's 200 s"


def test_what_was_cut_off_while_it_was_rendered_is_never_said(
    make: Make, speaker: Speaker, tmp_path: Path, shown: list[str]
) -> None:
    voice = make(command=SLOWED)
    voice.say("Ten seconds.")
    until(lambda: voice._renderer.pid is not None, "it is being rendered")
    voice.cut()
    until(lambda: len(files(tmp_path / "speech")) == 1, "it is rendered all the same")
    spoken_to_the_end(voice, "Set.")
    assert len(speaker.heard()) == 1
    assert shown == []


def test_after_a_cut_the_voice_speaks_again(make: Make, speaker: Speaker) -> None:
    voice = make()
    for _ in range(3):
        voice.say("Lane not clear. Waiting.")
        voice.cut()
    spoken_to_the_end(voice, "Ready.")
    assert speaker.heard_s()[-1] > 0.2


def test_closing_ends_its_processes_and_may_be_done_twice(make: Make, slow: SlowSpeaker) -> None:
    voice = make()
    voice.say(LONG)
    slow.wait_for_sound()
    voice.close()
    voice.close()
    slow.rest()
    assert voice.trouble() == ""
    assert not voice.speaking


def test_the_entry_point_speaks(speaker: Speaker, tmp_path: Path, shown: list[str]) -> None:
    voice = open_voice(Settings(voice=voice_settings()), RealClock(), tmp_path / "cache", shown.append)
    voice.say("Ready.")
    until(lambda: not voice.speaking, "it is said")
    voice.close()
    assert len(speaker.heard()) == 1
    assert len(files(tmp_path / "cache" / "speech")) == 1
