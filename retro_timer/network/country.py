"""The country by whose rules the Wi-Fi sends: without one a Pi's radio may not send at all."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.settings.whole import write_whole

_UNKNOWN = ("00", "99", "")
"""The kernel's rules for the whole world, and those of a chip with its own."""
_PATIENCE_S = 60


def known_country() -> str | None:
    """As the kernel has it now; None for none."""
    if shutil.which("iw") is None:
        return None
    found = re.search(r"^country (\w\w):", _run(["iw", "reg", "get"]), re.MULTILINE)
    return None if found is None or found[1] in _UNKNOWN else found[1]


def checked_country(country: str) -> str:
    """Two letters, made large. Raises BadInputError."""
    if not re.fullmatch(r"[A-Za-z]{2}", country):
        raise BadInputError("--country", f"'{country}' is none", "two letters such as DE, GB or US")
    return country.upper()


def set_country(country: str, system: Path) -> None:
    """Now, and at each power-on. Raises RetroTimerError."""
    if shutil.which("raspi-config") is not None:
        _run(["raspi-config", "nonint", "do_wifi_country", country])
        return
    path = system / "etc/modprobe.d/retro-timer-wifi.conf"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, f"options cfg80211 ieee80211_regdom={country}\n".encode())
    except OSError as error:
        raise RetroTimerError(f"{path}: cannot be written ({error.strerror})") from None
    if shutil.which("iw") is not None:
        _run(["iw", "reg", "set", country])


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RetroTimerError(f"{command[0]}: {error}") from None
    if done.returncode != 0:
        raise RetroTimerError(f"{' '.join(command)}: {' '.join((done.stderr or done.stdout).split()) or 'failed'}")
    return done.stdout
