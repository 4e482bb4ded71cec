"""The boot configuration that a box needs under its settings: lines of config.txt, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from retro_timer.hardware.i2c_clock import i2c_clock_line, i2c_name
from retro_timer.header import EXTRA_UARTS, HEADER_UART
from retro_timer.sensors.known import Bus, connections
from retro_timer.settings.model import Settings
from retro_timer.settings.pins import pin_plan

_LONGEST = 98
"""The firmware reads no more of a line."""

_HEAD = (
    "# What Retro Timer needs of the firmware, made by `retro-timer wiring --boot` from config.toml.",
    "# As root: save it as /boot/firmware/retro-timer.txt, end /boot/firmware/config.txt with",
    "#   [all]",
    "#   include retro-timer.txt",
    "# and reboot. `retro-timer doctor` tells what is still missing.",
)


class BootLine(msgspec.Struct, frozen=True):
    """A line of config.txt."""

    text: str
    reason: str


def boot_lines(settings: Settings) -> tuple[BootLine, ...]:
    """What config.txt must say, in order. Raises BadInputError for pins that clash."""
    pin_plan(settings)
    return tuple(BootLine(text, reason) for text, reason in _lines(settings))


def format_boot(settings: Settings) -> str:
    """As the text of a file for config.txt to include."""
    told = [*_HEAD, "", "[all]"]
    for line in boot_lines(settings):
        told += ["", *_comment(line.reason), *line.text.splitlines()]
    return "\n".join([*told, ""])


def _lines(settings: Settings) -> Iterator[tuple[str, str]]:
    connected = connections(settings.sensors)
    for bus in connected.buses:
        yield from _i2c(bus)
    yield (
        "dtparam=watchdog=on",
        "The chip's own watchdog: a kernel that hangs restarts the box. systemd feeds it once RuntimeWatchdogSec=10 "
        "stands in /etc/systemd/system.conf.d/retro-timer.conf; the chip waits 15 s at most.",
    )
    yield (
        f"gpio={settings.buzzer.pin}=op,dl",
        f"The buzzer's line, GPIO{settings.buzzer.pin}, low from the first moment: a loud buzzer on a transistor would "
        "sound until the timer runs.",
    )
    yield from _AUDIO[settings.audio.output]
    for txd, shown in connected.uarts.items():
        yield from _uart(shown) if txd == HEADER_UART else _further_uart(txd, shown)


def _i2c(bus: Bus) -> Iterator[tuple[str, str]]:
    number = bus.number
    why = (
        f"/dev/i2c-{number} for the {bus.shown}. The module i2c-dev makes the device: "
        "/etc/modules-load.d/retro-timer.conf."
    )
    fast = f"{bus.hz // 1000} kHz: {bus.why}"
    if number > 1:
        yield i2c_clock_line(number, bus.hz), f"{why} {fast}"
        return
    yield f"dtparam={i2c_name(number)}=on", why
    yield i2c_clock_line(number, bus.hz), fast


_NO_HEADPHONES = (
    "dtparam=audio=off",
    "No headphone jack as a second card, which could become the default one instead of the speaker.",
)
_NO_HDMI = (
    "dtoverlay=vc4-kms-v3d,noaudio",
    "No HDMI as a sound card: it is often card 0, and nobody hears a screen that is not there. This comes after the "
    "system's own dtoverlay=vc4-kms-v3d and goes over it.",
)
_AUDIO: dict[str, tuple[tuple[str, str], ...]] = {
    "i2s": (
        _NO_HEADPHONES,
        _NO_HDMI,
        (
            "dtoverlay=max98357a,no-sdmode",
            "The I2S amplifier. Without no-sdmode the driver takes GPIO4 as well. A PCM5102A takes hifiberry-dac here.",
        ),
    ),
    "hat": (
        _NO_HEADPHONES,
        _NO_HDMI,
        (
            "dtoverlay=hifiberry-dac",
            "The audio HAT: a PCM5102A. Another maker's overlay goes here; a HAT with an EEPROM needs no line.",
        ),
    ),
    "usb": (_NO_HEADPHONES, _NO_HDMI),
    "none": (),
}


def _uart(shown: str) -> Iterator[tuple[str, str]]:
    yield (
        "enable_uart=1",
        f"The serial port of the {shown}, GPIO14 and GPIO15. The login console must be off it: "
        "sudo raspi-config nonint do_serial_cons 1, which takes console=serial0,115200 out of cmdline.txt.",
    )
    yield (
        "[pi5]\ndtparam=uart0_console=on\n[all]",
        "On a Pi 5 /dev/serial0 is the debug socket; this makes it GPIO14 and GPIO15.",
    )
    yield (
        "dtoverlay=disable-bt",
        "The good UART for the header and not for Bluetooth: the small one's speed follows the processor's clock, and "
        "its 8 bytes do not hold a frame of the sensor, which comes out torn when the box is busy.",
    )


def _further_uart(txd: int, shown: str) -> Iterator[tuple[str, str]]:
    pi4, pi5 = EXTRA_UARTS[txd]
    yield (
        f"[pi4]\ndtoverlay={pi4}\n[pi5]\ndtoverlay={pi5}\n[all]",
        f"A further serial port for the {shown}, GPIO{txd} and GPIO{txd + 1}. Only a Pi 4 and a Pi 5 have one; what it "
        "is called the settings' port must say: ls /dev/ttyAMA* after the reboot.",
    )


def _comment(reason: str) -> Iterator[str]:
    """The reason as comment lines that the firmware reads to their ends."""
    line = "#"
    for word in reason.split():
        if len(line) + 1 + len(word) > _LONGEST:
            yield line
            line = "#"
        line += f" {word}"
    yield line
