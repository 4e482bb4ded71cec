"""Where files lie: on the box in /etc, /var/lib and /run; elsewhere in the XDG directories."""

from __future__ import annotations

import os
from pathlib import Path

from retro_timer.errors import RetroTimerError

BOX_CONFIG = Path("/etc/retro-timer")
BOX_PAGE_RUN = Path("/run/retro-timer-page")
"""The timer's, with the group of the page's user: made by the system at its start."""
BOX_PAGE_STATE = Path("/var/lib/retro-timer-page")
"""The page's own."""
_APP = "retro-timer"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        raise RetroTimerError(
            "no home directory for this user, so no place for settings and results: set RETRO_TIMER_STATE, "
            "RETRO_TIMER_CONFIG and XDG_CACHE_HOME, or HOME"
        ) from None


def packaged() -> Path:
    """The settings and plans that come with the program: beside it in a checkout, inside it when installed."""
    inside = Path(__file__).resolve().parent.parent / "config"
    return inside if inside.is_dir() else inside.parent.parent / "config"


def on_box() -> bool:
    """Whether this is an installed box. Its settings file may be gone or unreadable: it is a box all the same."""
    return is_folder(BOX_CONFIG)


def config_dir() -> Path:
    """Directory of the settings in force; it need not exist."""
    if chosen := os.environ.get("RETRO_TIMER_CONFIG"):
        return Path(chosen)
    if on_box():
        return BOX_CONFIG
    return Path(os.environ.get("XDG_CONFIG_HOME") or _home() / ".config") / _APP


def state_dir() -> Path:
    """Directory of results, logs and calibration; RETRO_TIMER_STATE moves it."""
    if chosen := os.environ.get("RETRO_TIMER_STATE"):
        return Path(chosen)
    if chosen := os.environ.get("STATE_DIRECTORY"):
        return Path(chosen.partition(":")[0])
    if on_box():
        return Path("/var/lib") / _APP
    return Path(os.environ.get("XDG_STATE_HOME") or _home() / ".local" / "state") / _APP


def there(path: Path) -> bool:
    """Whether anything has this name, also what cannot be read or is no file: it must not be passed over in silence."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def is_folder(path: Path) -> bool:
    """Whether it is a folder, as far as this user may see."""
    try:
        return path.is_dir()
    except OSError:
        return False


def run_dir() -> Path:
    """Directory of the socket and the board's lock; it follows RETRO_TIMER_STATE so that two boxes can be tried."""
    if chosen := os.environ.get("RUNTIME_DIRECTORY"):
        return Path(chosen.partition(":")[0])
    if "RETRO_TIMER_STATE" in os.environ:
        return state_dir() / "run"
    if on_box():
        return Path("/run") / _APP
    if chosen := os.environ.get("XDG_RUNTIME_DIR"):
        return Path(chosen) / _APP
    return state_dir() / "run"


def system_root() -> Path:
    """Where the system's own settings lie; RETRO_TIMER_SYSTEM_ROOT moves it, to try what changes them."""
    return Path(os.environ.get("RETRO_TIMER_SYSTEM_ROOT", "/"))


def network_manager_dir() -> Path:
    """NetworkManager's settings."""
    return system_root() / "etc/NetworkManager"


def socket_path() -> Path:
    """The beacon's socket."""
    return run_dir() / "beacon.sock"


def page_socket_path() -> Path:
    """The beacon's other socket, for the coach's page; on an installed box in a folder that its user may enter."""
    return (BOX_PAGE_RUN if _as_installed(BOX_PAGE_RUN) else run_dir()) / "page.sock"


def reachable_socket_path() -> Path:
    """The beacon's socket; the page's for who sees that one alone, as the page's own process on a box."""
    first, second = socket_path(), page_socket_path()
    return second if not there(first) and there(second) else first


def page_dir() -> Path:
    """Directory of what the coach's page keeps; on an installed box its own user's, elsewhere that of the results."""
    return BOX_PAGE_STATE if _as_installed(BOX_PAGE_STATE) else state_dir()


def _as_installed(folder: Path) -> bool:
    return on_box() and "RETRO_TIMER_STATE" not in os.environ and is_folder(folder)


def lock_path() -> Path:
    """The board's lock."""
    return run_dir() / "board.lock"


def cache_dir() -> Path:
    """Directory of rendered speech."""
    if chosen := os.environ.get("CACHE_DIRECTORY"):
        return Path(chosen.partition(":")[0])
    if on_box():
        return Path("/var/cache") / _APP
    return Path(os.environ.get("XDG_CACHE_HOME") or _home() / ".cache") / _APP
