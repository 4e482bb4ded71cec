"""Whether anybody has set this machine's clock since it was switched on: a Raspberry Pi may have no battery for one."""

from __future__ import annotations

import platform
import time
from pathlib import Path

from retro_timer.ports import ClockSource

_SYNCHRONISED = "run/systemd/timesync/synchronized"
"""Made by systemd-timesyncd when the network has first set the clock; its folder is empty after each boot."""
_READ_AT_BOOT = frozenset(("x86_64", "amd64", "i386", "i586", "i686"))
"""Machines whose kernel begins with the time of a clock with a battery, or of the host, whatever devices there are."""
_DRIFT_S = 60
"""Of a clock with a battery and the machine's, since this boot: months of the one, days of the other."""


def clock_source(root: Path = Path("/"), machine: str = platform.machine(), wall_s: float | None = None) -> ClockSource:
    """What has set the clock in this boot. Files only: the service may not ask the kernel for its state.

    A clock whose battery is empty has set it as well, and wrongly: what it shows must be what the machine shows still.
    """
    if (root / _SYNCHRONISED).exists():
        return ClockSource.NTP
    now_s = time.time() if wall_s is None else wall_s
    kept = any(_has_set(device, now_s) for device in sorted((root / "sys/class/rtc").glob("rtc*")))
    return ClockSource.RTC if kept or machine.lower() in _READ_AT_BOOT else ClockSource.NOBODY


def _has_set(device: Path, now_s: float) -> bool:
    """Whether the kernel took the time of this clock at boot, and it still shows the machine's."""
    try:
        if (device / "hctosys").read_text().strip() != "1":
            return False
        return abs(int((device / "since_epoch").read_text()) - now_s) < _DRIFT_S
    except (OSError, ValueError):
        # A clock that cannot be read has set nothing.
        return False
