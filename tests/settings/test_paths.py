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


def test_on_an_installed_box_the_page_has_a_folder_and_a_socket_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(paths, "BOX_CONFIG", tmp_path)
    monkeypatch.setattr(paths, "BOX_PAGE_RUN", tmp_path / "run")
    monkeypatch.setattr(paths, "BOX_PAGE_STATE", tmp_path / "lib")
    monkeypatch.delenv("RETRO_TIMER_STATE")
    monkeypatch.setenv("RUNTIME_DIRECTORY", "/run/retro-timer")
    assert paths.page_socket_path() == Path("/run/retro-timer/page.sock"), "made by hand, without the installer"
    (tmp_path / "run").mkdir()
    (tmp_path / "lib").mkdir()
    assert paths.page_socket_path() == tmp_path / "run" / "page.sock"
    assert paths.page_dir() == tmp_path / "lib"
    monkeypatch.setenv("RETRO_TIMER_STATE", str(tmp_path / "tried"))
    monkeypatch.delenv("RUNTIME_DIRECTORY")
    assert paths.page_socket_path() == tmp_path / "tried" / "run" / "page.sock"
    assert paths.page_dir() == tmp_path / "tried"


def test_who_sees_the_pages_socket_alone_asks_there(tmp_path: Path) -> None:
    assert paths.reachable_socket_path() == paths.socket_path(), "the one that a complaint names"
    paths.run_dir().mkdir(parents=True)
    paths.page_socket_path().touch()
    assert paths.reachable_socket_path() == paths.page_socket_path()
    paths.socket_path().touch()
    assert paths.reachable_socket_path() == paths.socket_path()
