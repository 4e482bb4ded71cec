"""Where files lie: moved, off the box, and on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from retro_timer.settings import paths


def test_the_directories_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RETRO_TIMER_STATE", str(tmp_path / "s"))
    monkeypatch.setenv("RETRO_TIMER_CONFIG", str(tmp_path / "c"))
    assert paths.state_dir() == tmp_path / "s"
    assert paths.config_dir() == tmp_path / "c"
    assert paths.socket_path() == tmp_path / "s" / "run" / "beacon.sock"
    assert paths.lock_path() == tmp_path / "s" / "run" / "board.lock"


def test_off_the_box_the_xdg_directories_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("RETRO_TIMER_STATE")
    monkeypatch.delenv("RETRO_TIMER_CONFIG")
    monkeypatch.setattr(paths, "BOX_CONFIG", tmp_path / "no-box")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "st"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "co"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "ru"))
    assert paths.state_dir() == tmp_path / "st" / "retro-timer"
    assert paths.config_dir() == tmp_path / "co" / "retro-timer"
    assert paths.run_dir() == tmp_path / "ru" / "retro-timer"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert paths.state_dir() == tmp_path / "home" / ".local" / "state" / "retro-timer"


def test_on_the_box_the_system_directories_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config.toml").touch()
    monkeypatch.setattr(paths, "BOX_CONFIG", tmp_path)
    monkeypatch.delenv("RETRO_TIMER_STATE")
    monkeypatch.delenv("RETRO_TIMER_CONFIG")
    assert paths.config_dir() == tmp_path
    assert paths.state_dir() == Path("/var/lib/retro-timer")
    assert paths.socket_path() == Path("/run/retro-timer/beacon.sock")
    monkeypatch.setenv("STATE_DIRECTORY", "/srv/a:/srv/b")
    assert paths.state_dir() == Path("/srv/a")
