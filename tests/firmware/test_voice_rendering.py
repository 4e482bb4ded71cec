"""The renderer's process: pyttsx3's traps stay in it, and so do its hangs and crashes."""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from retro_firmware.voice.rendering import COMMAND, RenderError, RenderProcess

from retro_timer.phrases import languages, voice_of
from tests.firmware.voice_bench import HANGS, NO_ESPEAK, loudest, needs_pyttsx3, seconds
from tests.helpers.clocks import StepClock

pytestmark = pytest.mark.slow


@pytest.fixture
def renderer() -> Iterator[RenderProcess]:
    made = RenderProcess(COMMAND)
    yield made
    made.close()


@needs_pyttsx3
def test_each_phrase_has_a_whole_file_when_the_answer_comes_the_first_one_as_well(
    renderer: RenderProcess, tmp_path: Path
) -> None:
    texts = ["Ready.", "Set one of four. Twenty metres, walk.", "Go."]
    lengths = []
    for number, text in enumerate(texts):
        path = tmp_path / f"{number}.wav"
        renderer.render(text, "en", 160, path)
        lengths.append(seconds(path))
        assert loudest(path) > 1000, text
    assert lengths[1] > 2 * lengths[0]
    assert lengths[1] > 2 * lengths[2]


@needs_pyttsx3
def test_a_later_phrase_leaves_the_earlier_files_alone(renderer: RenderProcess, tmp_path: Path) -> None:
    first = tmp_path / "first.wav"
    renderer.render("Walk to the start.", "en", 160, first)
    before = first.read_bytes()
    for number in range(3):
        renderer.render(f"{number} seconds.", "en", 160, tmp_path / f"{number}.wav")
    assert first.read_bytes() == before


@needs_pyttsx3
def test_rate_and_language_are_those_of_the_request(renderer: RenderProcess, tmp_path: Path) -> None:
    told = [("en", 100), ("en", 250), ("de", 250)]
    for language, rate_wpm in told:
        renderer.render("Ten seconds to the go.", language, rate_wpm, tmp_path / f"{language}{rate_wpm}.wav")
    assert seconds(tmp_path / "en100.wav") > 1.5 * seconds(tmp_path / "en250.wav")
    assert (tmp_path / "en250.wav").read_bytes() != (tmp_path / "de250.wav").read_bytes()


@needs_pyttsx3
def test_every_language_of_the_box_has_a_voice_of_its_own(renderer: RenderProcess, tmp_path: Path) -> None:
    for language in languages():
        renderer.render("Trio: 4,89.", voice_of(language), 160, tmp_path / f"{language}.wav")
    assert len({(tmp_path / f"{language}.wav").read_bytes() for language in languages()}) == len(languages())


@needs_pyttsx3
def test_the_volume_scales_the_samples_and_nothing_else(renderer: RenderProcess, tmp_path: Path) -> None:
    peaks = {}
    for volume in (100, 50, 10, 0, 100):
        path = tmp_path / f"{volume}.wav"
        renderer.render("Walk to the start.", "en", 160, path, volume)
        peaks[volume] = loudest(path)
    assert peaks[50] == pytest.approx(peaks[100] / 2, rel=0.1)
    assert peaks[10] == pytest.approx(peaks[100] / 10, rel=0.2)
    assert peaks[0] == 0
    assert seconds(tmp_path / "10.wav") == pytest.approx(seconds(tmp_path / "100.wav"), abs=0.1)


@needs_pyttsx3
def test_a_language_that_espeak_does_not_know_costs_that_phrase_only(renderer: RenderProcess, tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"espeak-ng cannot say it .*'?zz'?.*espeak-ng --voices"):
        renderer.render("Ready.", "zz", 160, tmp_path / "a.wav")
    renderer.render("Ready.", "en", 160, tmp_path / "b.wav")
    assert seconds(tmp_path / "b.wav") > 0.2


@needs_pyttsx3
def test_names_with_marks_and_quotes_and_line_breaks_are_spoken(renderer: RenderProcess, tmp_path: Path) -> None:
    for number, text in enumerate(("Zoë Müller", 'She said "go"\nand went', "10 % <b>up</b> {x}")):
        path = tmp_path / f"{number}.wav"
        renderer.render(text, "en", 160, path)
        assert loudest(path) > 1000, text


@needs_pyttsx3
def test_a_renderer_that_was_killed_is_there_again_for_the_next_phrase(renderer: RenderProcess, tmp_path: Path) -> None:
    renderer.render("Ready.", "en", 160, tmp_path / "a.wav")
    pid = renderer.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    renderer.render("Go.", "en", 160, tmp_path / "b.wav")
    assert renderer.pid not in (None, pid)


@needs_pyttsx3
def test_the_renderer_gives_way_to_everything_else(renderer: RenderProcess, tmp_path: Path) -> None:
    renderer.render("Ready.", "en", 160, tmp_path / "a.wav")
    assert renderer.pid is not None
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, renderer.pid) == min(own + 10, 19), "19 gives way to all others"


def test_a_renderer_that_hangs_is_killed_and_left_alone_for_longer_and_longer(tmp_path: Path) -> None:
    clock = StepClock()
    renderer = RenderProcess(HANGS, answer_s=0.05, clock=clock.monotonic_ns)
    started_s: list[float] = []
    for half_second in range(300):
        with pytest.raises(RenderError, match=r"hangs .*espeak-ng hello"):
            renderer.render("Ready.", "en", 160, tmp_path / "a.wav")
        assert renderer.pid is None
        if renderer.starts > len(started_s):
            started_s.append(half_second / 2)
        clock.advance(0.5)
    renderer.close()
    pauses_s = [later - earlier for earlier, later in itertools.pairwise(started_s)]
    assert pauses_s == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0]


def test_a_renderer_that_dies_is_told_with_its_exit_code(tmp_path: Path) -> None:
    renderer = RenderProcess((sys.executable, "-c", "raise SystemExit(3)"))
    with pytest.raises(RenderError, match=r"died \(exit code 3\).*python -m retro_firmware.voice.renderer"):
        renderer.render("Ready.", "en", 160, tmp_path / "a.wav")
    renderer.close()


def test_a_renderer_that_talks_nonsense_is_taken_for_a_dead_one(tmp_path: Path) -> None:
    renderer = RenderProcess((sys.executable, "-c", "print('Audio saved to x'); input(); input()"))
    with pytest.raises(RenderError, match="died"):
        renderer.render("Ready.", "en", 160, tmp_path / "a.wav")
    renderer.close()


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    renderer = RenderProcess((str(tmp_path / "nothing"),))
    with pytest.raises(RenderError, match="does not start"):
        renderer.render("Ready.", "en", 160, tmp_path / "a.wav")


@needs_pyttsx3
def test_without_espeak_the_command_that_brings_it_is_named(tmp_path: Path) -> None:
    renderer = RenderProcess(NO_ESPEAK)
    with pytest.raises(RenderError, match="sudo apt install espeak-ng"):
        renderer.render("Ready.", "en", 160, tmp_path / "a.wav")
    assert renderer.pid is None, "it is started anew later, when espeak-ng may be there"
    renderer.close()
