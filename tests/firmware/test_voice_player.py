"""aplay: its exit code is believed, a sound is cut off at once, and a card that takes nothing is not waited for."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from retro_firmware.voice.player import Player

from tests.firmware.voice_bench import SlowSpeaker, Speaker, beep, needs_aplay, seconds, silence_s, until
from tests.helpers.clocks import StepClock

pytestmark = needs_aplay
NOWHERE = "retro-timer-no-such-card"


def always() -> bool:
    return True


def test_a_sound_is_played_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    speaker = Speaker(tmp_path)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(speaker.config))
    sound = beep(tmp_path / "sound.wav", 1.0)
    assert Player("default").play(sound, always) == ""
    assert speaker.heard_s() == [pytest.approx(seconds(sound), abs=0.3)]


def test_a_card_that_has_slept_is_woken_by_silence_and_one_that_is_awake_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    speaker, clock = Speaker(tmp_path), StepClock()
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(speaker.config))
    sound = beep(tmp_path / "sound.wav", 0.3)
    player = Player("default", lead_in_s=0.4, clock=clock.monotonic_ns)
    for idle_s in (0.0, 0.5, 0.0, 2.0):
        clock.advance(idle_s)
        assert player.play(sound, always) == ""
    led_in = [silence_s(path) for path in speaker.heard()]
    assert led_in == [pytest.approx(s, abs=0.01) for s in (0.4, 0.0, 0.0, 0.4)]
    assert speaker.heard_s()[0] == pytest.approx(0.7, abs=0.3)


def test_the_card_is_looked_for_before_each_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A USB card may be plugged in after the timer has begun."""
    speaker = Speaker(tmp_path)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(speaker.config))
    there = iter([NOWHERE, "default"])
    player = Player(lambda: next(there))
    sound = beep(tmp_path / "sound.wav", 0.1)
    assert f"'{NOWHERE}'" in player.play(sound, always)
    assert player.play(sound, always) == ""


def test_without_a_card_the_cause_and_a_command_are_told(tmp_path: Path) -> None:
    cause = Player(NOWHERE).play(beep(tmp_path / "sound.wav", 0.1), always)
    assert cause == (
        f"no sound from device '{NOWHERE}' (audio open error: No such file or directory); "
        f"list the cards with: aplay -l, and set voice.device"
    )


def test_without_aplay_the_package_is_told(tmp_path: Path) -> None:
    cause = Player("default", program=str(tmp_path / "aplay")).play(beep(tmp_path / "sound.wav", 0.1), always)
    assert cause.endswith("aplay is missing; mend it with: sudo apt install alsa-utils")


def test_a_file_that_is_no_sound_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    speaker = Speaker(tmp_path)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(speaker.config))
    assert "no sound from device" in Player("default").play(tmp_path / "nothing.wav", always)


def test_a_kill_ends_the_sound_at_once(tmp_path: Path, slow: SlowSpeaker) -> None:
    sound = beep(tmp_path / "sound.wav", 60.0)
    player = Player("default")
    wanted = threading.Event()
    wanted.set()
    told: list[str] = []
    playing = threading.Thread(target=lambda: told.append(player.play(sound, wanted.is_set)))
    playing.start()
    slow.wait_for_sound()
    wanted.clear()
    player.kill()
    playing.join(timeout=60.0)
    assert told == [""], "a sound that was cut off is no trouble"
    assert slow.rest() < sound.stat().st_size / 4


def test_a_kill_that_comes_before_the_sound_is_not_lost(tmp_path: Path, slow: SlowSpeaker) -> None:
    player = Player("default")
    player.kill()
    assert player.play(beep(tmp_path / "sound.wav", 60.0), lambda: False) == ""


def test_a_card_that_takes_nothing_is_given_up(tmp_path: Path, slow: SlowSpeaker) -> None:
    player = Player("default", margin_s=-59.5)
    cause = player.play(beep(tmp_path / "sound.wav", 60.0), always)
    assert "did not come to an end" in cause
    assert "fuser -v /dev/snd" in cause
    until(lambda: slow.rest() >= 0, "aplay has gone")


def test_the_next_sound_can_be_killed_as_well(tmp_path: Path, slow: SlowSpeaker) -> None:
    player = Player("default")
    for _ in range(2):
        wanted = threading.Event()
        wanted.set()
        playing = threading.Thread(target=player.play, args=(beep(tmp_path / "sound.wav", 60.0), wanted.is_set))
        playing.start()
        slow.wait_for_sound()
        wanted.clear()
        player.kill()
        playing.join(timeout=60.0)
        assert not playing.is_alive()
        slow.rest()
