"""Looks at the machine: devices, sound cards, disk, clock and power. Reads only; what cannot be told is None."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from retro_timer.beacon.system.strain import read_strain, throttled_bits
from retro_timer.hardware.clock_source import clock_source
from retro_timer.hardware.gpio_chips import gpio_chips, header_chip, read_label, told
from retro_timer.hardware.i2c_clock import i2c_clock_hz
from retro_timer.hardware.sound_cards import SoundCard, alsa_device, card_behind, sound_cards
from retro_timer.ports import ClockSource
from retro_timer.sensors.known import connections
from retro_timer.settings.model import Settings
from retro_timer.store.results.ground import GroundSeen, lasting
from retro_timer.store.space import free_bytes

Run = Callable[[Sequence[str]], str | None]
"""Runs a command: what it wrote, or None when it is missing, fails or hangs."""
_COMMAND_S = 3.0
_ESPEAK = ("libespeak-ng.so.1", "/usr/local/lib/libespeak-ng.so.1", "libespeak.so.1")
"""Where pyttsx3 looks for it on Linux (pyttsx3/drivers/_espeak.py). Its program may be there without its library."""


class Machine(msgspec.Struct, frozen=True):
    """What was found."""

    model: str
    """As the device tree has it: 'Raspberry Pi 4 Model B Rev 1.4'; empty on another machine."""
    user: str
    denied: tuple[str, ...]
    """Devices of the settings that are there and may not be opened by this user."""
    missing: tuple[str, ...]
    """Devices of the settings that are not there."""
    header: str
    """The GPIO chip of the header and its label; empty where none is found."""
    chips: str
    """All GPIO chips, for people."""
    i2c_hz: int | None
    """Clock of the first I2C bus of the settings."""
    cards: tuple[SoundCard, ...]
    """Sound cards that can play."""
    speaker: str
    """The ALSA device that speech goes to."""
    speaks: SoundCard | None
    """The card behind it; None where only ALSA's configuration tells."""
    aplay: bool
    espeak: bool
    """Whether the library loads that pyttsx3 speaks with."""
    folder: str
    """The state directory, or the nearest one above that exists."""
    free_bytes: int
    read_only: bool
    may_write: bool
    lasting: GroundSeen
    """Whether what is written there outlasts the power."""
    year: int
    """By this machine's clock."""
    synchronised: bool | None
    has_clock_battery: bool
    throttled: int | None
    """Bits of the firmware's get_throttled."""
    temperature_c: float | None


def look_at_machine(
    settings: Settings,
    state_dir: Path,
    root: Path = Path("/"),
    run: Run | None = None,
    label_of: Callable[[Path], str | None] = read_label,
) -> Machine:
    """Look now. `root`, `run` and `label_of` stand for the file system, its commands and what a GPIO chip answers."""
    ask = run or _run
    speaker = alsa_device(settings.voice.device, settings.audio.output, root)
    chips = gpio_chips(root / "dev", label_of)
    header = header_chip(chips)
    # Which chip is the header's cannot be told of chips that may not be opened: any of them may be it.
    wanted = [*_devices(settings, root), *(chip.path for chip in chips if header is None or chip is header)]
    folder = next(path for path in (state_dir, *state_dir.parents) if path.is_dir())
    return Machine(
        model=_text(root / "proc/device-tree/model").rstrip("\0"),
        user=os.environ.get("USER") or str(os.geteuid()),
        denied=tuple(str(p) for p in wanted if p.exists() and not os.access(p, os.R_OK | os.W_OK)),
        missing=tuple(str(p) for p in wanted if not p.exists()),
        header="" if header is None else f"{header.path.name} ({header.label})",
        chips=told(chips),
        i2c_hz=_i2c_hz(settings, root),
        cards=sound_cards(root),
        speaker=speaker,
        speaks=card_behind(speaker, root),
        aplay=shutil.which("aplay") is not None,
        espeak=any(_loads(library) for library in _ESPEAK),
        folder=str(folder),
        free_bytes=free_bytes(folder),
        read_only=bool(os.statvfs(folder).f_flag & os.ST_RDONLY),
        may_write=os.access(folder, os.W_OK | os.X_OK),
        lasting=lasting(folder, root),
        year=time.gmtime().tm_year,
        synchronised=_synchronised(ask),
        has_clock_battery=clock_source(root, machine="") is ClockSource.RTC,
        throttled=_throttled(ask, root),
        temperature_c=read_strain(root).temperature_c,
    )


def _devices(settings: Settings, root: Path) -> list[Path]:
    """What the settings need in /dev beside the header's GPIO chip."""
    connected = connections(settings.sensors)
    buses = [root / f"dev/i2c-{bus.number}" for bus in connected.buses]
    return [*buses, *(root / port.lstrip("/") for port in connected.ports)]


def _loads(library: str) -> bool:
    try:
        ctypes.cdll.LoadLibrary(library)
    except OSError:
        return False
    return True


def _i2c_hz(settings: Settings, root: Path) -> int | None:
    bus = next(iter(connections(settings.sensors).buses), None)
    if bus is None:
        return None
    return i2c_clock_hz(bus.number, root)


def _synchronised(ask: Run) -> bool | None:
    told = ask(("timedatectl", "show", "--property=NTPSynchronized", "--value"))
    return None if told is None else told.strip() == "yes"


def _throttled(ask: Run, root: Path) -> int | None:
    """By vcgencmd, else by /sys, of which every kernel shows at least whether the voltage is too low."""
    told = ask(("vcgencmd", "get_throttled")) or ""
    try:
        return int(told.strip().removeprefix("throttled="), 16)
    except ValueError:
        bits = throttled_bits(root)
    if bits is None and (low := read_strain(root).power_low) is not None:
        bits = int(low)
    return bits


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _run(command: Sequence[str]) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_COMMAND_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
