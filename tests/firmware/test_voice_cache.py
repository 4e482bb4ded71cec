"""The cache of rendered phrases: what is found, what a power cut spoils, and what has to go."""

from __future__ import annotations

import os
import time
from pathlib import Path

from retro_firmware.voice.cache import SpeechCache, open_folder, phrase_key

from tests.firmware.voice_bench import beep

DAY_S = 86_400


def put(cache: SpeechCache, key: str, length_s: float = 0.5) -> Path:
    beep(cache.part(key), length_s)
    kept = cache.keep(key)
    assert kept is not None
    return kept


def test_the_same_words_in_another_voice_are_another_phrase() -> None:
    keys = {
        phrase_key("Go.", "en", 160, 100, "pyttsx3 2.99"),
        phrase_key("Go!", "en", 160, 100, "pyttsx3 2.99"),
        phrase_key("Go.", "de", 160, 100, "pyttsx3 2.99"),
        phrase_key("Go.", "en", 161, 100, "pyttsx3 2.99"),
        phrase_key("Go.", "en", 160, 99, "pyttsx3 2.99"),
        phrase_key("Go.", "en", 160, 100, "pyttsx3 3.00"),
    }
    assert len(keys) == 6


def test_a_kept_phrase_is_found_again_by_the_next_run(tmp_path: Path) -> None:
    assert SpeechCache(tmp_path).find("a") is None
    kept = put(SpeechCache(tmp_path), "a")
    assert SpeechCache(tmp_path).find("a") == kept


def test_what_is_no_sound_is_not_kept(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path)
    cache.part("a").write_bytes(b"")
    beep(cache.part("b"), 0.0)
    assert cache.keep("a") is None
    assert cache.keep("b") is None
    assert cache.keep("never-rendered") is None
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_a_power_cut_left_short_is_rendered_anew(tmp_path: Path) -> None:
    kept = put(SpeechCache(tmp_path), "a")
    whole = kept.read_bytes()
    for left in (0, 10, 44, len(whole) - 1000):
        kept.write_bytes(whole[:left])
        assert SpeechCache(tmp_path).find("a") is None, left


def test_what_a_crash_left_half_rendered_is_removed_at_the_start(tmp_path: Path) -> None:
    beep(SpeechCache(tmp_path).part("a"), 0.5)
    SpeechCache(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_oldest_phrases_make_room(tmp_path: Path) -> None:
    size = beep(tmp_path / "measure.wav", 0.5).stat().st_size
    (tmp_path / "measure.wav").unlink()
    cache = SpeechCache(tmp_path, most_bytes=3 * size)
    for age, key in enumerate(("d", "c", "b", "a")):
        kept = put(cache, key)
        os.utime(kept, (time.time(), time.time() - DAY_S * (4 - age)))
    put(cache, "new")
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["a", "b", "new"]
    assert cache.find("d") is None
    assert cache.find("a") is not None


def test_a_phrase_larger_than_the_cache_is_kept_while_it_is_wanted(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path, most_bytes=10)
    put(cache, "a")
    assert put(cache, "b").is_file()
    assert cache.find("a") is None


def test_a_phrase_in_use_does_not_grow_old(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path)
    kept = put(cache, "a")
    os.utime(kept, (time.time(), time.time() - DAY_S))
    assert cache.find("a") == kept
    assert time.time() - kept.stat().st_mtime < DAY_S / 2


def test_a_file_that_somebody_removed_is_rendered_anew(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path)
    put(cache, "a").unlink()
    assert cache.find("a") is None


def test_a_folder_that_cannot_be_written_gives_way_to_a_temporary_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    folder = open_folder(tmp_path / "file" / "speech")
    assert folder.is_dir()
    assert tmp_path not in folder.parents
    folder.rmdir()
    assert open_folder(tmp_path / "made" / "speech") == tmp_path / "made" / "speech"
