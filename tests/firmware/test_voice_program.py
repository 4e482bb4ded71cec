"""Speech in the program: heard where there is a card, printed where there is none, and the trouble told once."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
from retro_firmware.voice.cache import phrase_key

from retro_timer.phrases import load_catalogue
from tests.firmware.voice_bench import Speaker, needs_aplay, needs_pyttsx3, until
from tests.helpers.command import PROGRAM, environment_with

pytestmark = [pytest.mark.slow, needs_pyttsx3, needs_aplay]


def run_until(
    happened: Callable[[str], bool], tmp_path: Path, config: str = "", env: dict[str, str | None] | None = None
) -> tuple[str, str]:
    """Let the program run on the simulated board until its output or the world is so; gives both outputs."""
    (tmp_path / "config.toml").write_text(config)
    out, err = tmp_path / "out", tmp_path / "err"
    with out.open("w") as to_out, err.open("w") as to_err:
        running = subprocess.Popen(
            [str(PROGRAM), "run", "--board", "sim", "--config", str(tmp_path / "config.toml"), "--plan", "demo"],
            stdout=to_out,
            stderr=to_err,
            env=environment_with(env),
        )
        try:
            until(lambda: happened(out.read_text()) or running.poll() is not None, "it has come so far")
            running.send_signal(signal.SIGINT)
            assert running.wait(timeout=60.0) == 130
        finally:
            running.kill()
            running.wait()
    return out.read_text(), err.read_text()


def test_without_a_card_the_words_are_printed_and_the_program_says_so_once(tmp_path: Path) -> None:
    out, err = run_until(
        lambda out: "Finish line only" in out, tmp_path, '[voice]\ndevice = "retro-timer-no-such-card"\n'
    )
    assert '"Demo. Sets: 1. Reps in all: 3."' in out
    (line,) = err.splitlines()
    assert line.startswith("retro-timer: No speech: no sound from device 'retro-timer-no-such-card'")
    assert "aplay -l" in line


def test_with_a_card_the_same_words_are_heard_and_nothing_is_complained_of(tmp_path: Path) -> None:
    speaker = Speaker(tmp_path)
    _, err = run_until(
        lambda out: "This is a demonstration" in out, tmp_path, env={"ALSA_CONFIG_PATH": str(speaker.config)}
    )
    assert err == ""
    assert len(speaker.heard()) >= 2
    assert speaker.heard_s()[0] > 1.0


def test_fixed_phrases_and_the_next_turn_are_rendered_ahead_and_kept_for_the_next_run(tmp_path: Path) -> None:
    speaker = Speaker(tmp_path)
    folder = tmp_path / "cache" / "speech"
    env: dict[str, str | None] = {"ALSA_CONFIG_PATH": str(speaker.config), "CACHE_DIRECTORY": str(folder.parent)}
    catalogue = load_catalogue("en")
    wanted = [catalogue.render(key, {}) for key in catalogue.keys if not catalogue.values_of(key)]
    turn = {"set": 1, "sets": 1, "rep": 1, "reps": 3, "distance": "10", "gait": "jog"}
    wanted.append(catalogue.render("turn_solo", turn))
    files = {f"{phrase_key(text, 'en-us', 160, 100, 'pyttsx3 ' + version('pyttsx3'))}.wav" for text in wanted}

    def kept() -> dict[str, int]:
        return {path.name: path.stat().st_ino for path in folder.glob("*.wav") if path.name in files}

    run_until(lambda _out: len(kept()) == len(files), tmp_path, env=env)
    before = kept()
    run_until(lambda out: "This is a demonstration" in out, tmp_path, env=env)
    assert kept() == before
