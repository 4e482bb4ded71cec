"""What wears the box down while it runs: a supply that sags, heat, and a processor that is slowed down for either.

Read from /sys, which the service may read without any right: vcgencmd would need /dev/vcio and the group video.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from retro_timer.ports import Clock

HOT_C = 80.0
"""Where a Pi begins to slow down."""
_COOL_C = 75.0
_RECOVERED_NS = 600_000_000_000
"""Ten minutes without it end an episode. A weak power bank sags with each loud word: once is news, each time is not."""
_POLL_S = 1.0
"""The kernel asks the firmware each 2 s whether the voltage was too low since it last asked: nothing is missed."""
_UNDER_VOLTAGE = 0x1
_SLOWED = 0x2 | 0x4 | 0x8
"""Bits of the firmware's get_throttled: frequency capped, throttled, soft temperature limit."""
_PHRASES = {"power": "power_low", "heat": "box_hot", "slow": "box_slow"}


class Strain(msgspec.Struct, frozen=True):
    """How the machine does; None for what it does not tell."""

    power_low: bool | None = None
    slowed: bool | None = None
    temperature_c: float | None = None


class StrainChange(msgspec.Struct, frozen=True):
    """An episode has begun or has ended."""

    what: str
    """power, heat or slow"""
    on: bool
    temperature_c: float | None
    phrase: str
    """What is said of it; empty for what needs no words."""


def is_pi(root: Path = Path("/")) -> bool:
    """Whether this machine is the box and not somebody's computer, whose heat is nobody's business here."""
    return "Raspberry Pi" in _text(root / "proc/device-tree/model")


def read_strain(root: Path = Path("/")) -> Strain:
    """Look now."""
    bits = throttled_bits(root)
    alarm = next(
        (
            _number(name.with_name("in0_lcrit_alarm"))
            for name in root.glob("sys/class/hwmon/hwmon*/name")
            if _text(name) == "rpi_volt"
        ),
        None,
    )
    low = [*([] if alarm is None else [alarm != 0]), *([] if bits is None else [bool(bits & _UNDER_VOLTAGE)])]
    millidegrees = _number(root / "sys/class/thermal/thermal_zone0/temp")
    return Strain(
        power_low=any(low) if low else None,
        slowed=None if bits is None else bool(bits & _SLOWED),
        temperature_c=None if millidegrees is None else millidegrees / 1000.0,
    )


def throttled_bits(root: Path = Path("/")) -> int | None:
    """What `vcgencmd get_throttled` says, where Raspberry Pi's kernel shows it in /sys."""
    path = next(root.glob("sys/devices/platform/soc*/*firmware/get_throttled"), None)
    return None if path is None else _number(path, 16)


class StrainJudge:
    """Makes episodes of readings. Pure; times are monotonic nanoseconds."""

    def __init__(self) -> None:
        self._last_ns: dict[str, int] = {}
        """When each strain that has been told was last seen."""

    def feed(self, strain: Strain, now_ns: int) -> list[StrainChange]:
        """What has changed with this reading."""
        changes = [self._judged(what, now_ns, strain, on=on) for what, on in self._felt(strain)]
        return [change for change in changes if change is not None]

    def _felt(self, strain: Strain) -> list[tuple[str, bool]]:
        hot_from_c = _COOL_C if "heat" in self._last_ns else HOT_C
        hot = strain.temperature_c is not None and strain.temperature_c >= hot_from_c
        return [("power", bool(strain.power_low)), ("heat", hot), ("slow", bool(strain.slowed))]

    def _judged(self, what: str, now_ns: int, strain: Strain, *, on: bool) -> StrainChange | None:
        if on:
            news = what not in self._last_ns
            # Who has heard of the cause need not hear of its effect.
            explained = what == "slow" and bool({"power", "heat"} & self._last_ns.keys())
            self._last_ns[what] = now_ns
            phrase = "" if explained else _PHRASES[what]
            return StrainChange(what, True, strain.temperature_c, phrase) if news else None
        if what in self._last_ns and now_ns - self._last_ns[what] >= _RECOVERED_NS:
            del self._last_ns[what]
            return StrainChange(what, False, strain.temperature_c, "")
        return None


class StrainWatch:
    """Looks once a second from a thread of its own: asking the firmware may take milliseconds."""

    def __init__(
        self, post: Callable[[StrainChange], None], clock: Clock, root: Path = Path("/"), poll_s: float = _POLL_S
    ) -> None:
        self.latest = Strain()
        self._post = post
        self._clock = clock
        self._root = root
        self._poll_s = poll_s
        self._judge = StrainJudge()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="strain", daemon=True)

    def start(self) -> None:
        """Begin to look, on a Pi."""
        if is_pi(self._root):
            self._thread.start()

    def close(self) -> None:
        """Look no more; safe to call twice."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2.0)

    def _run(self) -> None:
        while not self._closing.is_set():
            self.latest = read_strain(self._root)
            for change in self._judge.feed(self.latest, self._clock.monotonic_ns()):
                self._post(change)
            self._closing.wait(self._poll_s)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip("\0\n ")
    except OSError:
        return ""


def _number(path: Path, base: int = 10) -> int | None:
    try:
        return int(_text(path), base)
    except ValueError:
        return None
