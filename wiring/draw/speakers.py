"""The three ways to connect a speaker: I2S amplifier, USB sound card, HAT."""

from __future__ import annotations

import msgspec

from retro_timer.hardware.wiring import header_of, parts_of
from retro_timer.header import HEADER_PIN
from retro_timer.settings.model import AudioSettings, Settings
from retro_timer.settings.pins import I2S_PINS
from wiring.draw.build import short
from wiring.draw.modules import draw_module
from wiring.draw.pi import PITCH, Colours, draw_header, draw_pi
from wiring.draw.sheet import FAINT, Sheet

_I2S_NOTES = (
    'config.toml: [audio] output = "i2s". The boot configuration has dtoverlay=max98357a,no-sdmode and no HDMI sound.',
    "GAIN open gives 9 dB; wired to GND 12 dB, wired to VIN 6 dB. SD stays open: both channels are mixed.",
    "GPIO20 (header pin 38) belongs to I2S as well and is not free, although no wire goes there.",
    "5 V and 4 Ω give about 3 W. A horn speaker of the same power carries much farther across a field than a cone.",
)
_USB_NOTES = (
    'config.toml: [audio] output = "usb". GPIO18 to GPIO21 are free then.',
    "A Zero has one data socket, marked USB: a micro-USB adapter (OTG) goes between. PWR IN carries no data.",
    "A speaker with a battery of its own spares the power bank. Not Bluetooth: 180 to 340 ms late.",
    'The timer finds it by its kind. Of two USB cards name one: [voice] device = "plughw:CARD=Device".',
)
_HAT_NOTES = (
    'config.toml: [audio] output = "hat". The timer keeps off GPIO18 to GPIO21; a HAT may use more: see its sheet,',
    "and give the timer other pins in config.toml where they meet. Amplifier HATs often take one pin for mute.",
    "I2C (pins 3 and 5) is a bus: HAT and sensor share it as long as their addresses differ (sensor: 0x29).",
    "GPIO0 and GPIO1 (pins 27 and 28) are for the HAT's identification and for nothing else.",
    "Use a stacking header, so that the pins that are left come out above the HAT.",
)
_HAT_COLOUR = "#8593a3"


def draw_i2s(settings: Settings, title: str, subtitle: str) -> str:
    """The amplifier with all of its terminals, its speaker, and the Pi."""
    chosen = msgspec.structs.replace(settings, audio=AudioSettings(output="i2s"))
    part = next(part for part in parts_of(chosen) if part.name == "amplifier")
    sheet, colours = Sheet(title, subtitle), Colours()
    ys = [-1.9 - n * PITCH for n in range(len(part.wires))]
    draw_module(sheet, part, ys, colours, unconnected=("GAIN", "SD"))
    draw_pi(sheet, {y: (w.pin, w.line) for w, y in zip(part.wires, ys, strict=True)}, {}, colours)
    sheet.lines_of_text((0.0, ys[-1] - 2.9), _I2S_NOTES)
    return sheet.svg()


def draw_usb(settings: Settings, title: str, subtitle: str) -> str:  # noqa: ARG001 - no pin of the settings is in it
    """Three boxes and two cables."""
    sheet = Sheet(title, subtitle)
    y = -1.8
    _plain_box(sheet, (0.0, y), 4.3, "Speaker", "with amplifier, 3.5 mm")
    _plain_box(sheet, (7.4, y), 4.3, "USB sound card", "about the size of a thumb")
    _plain_box(sheet, (14.8, y), 4.8, "Raspberry Pi", "a USB socket")
    sheet.line((4.3, y), (7.4, y))
    sheet.text((5.85, y + 0.3), "audio cable", size=9.5, color=FAINT, align="center")
    sheet.line((11.7, y), (14.8, y), width=4.0)
    sheet.text((13.25, y + 0.35), "USB", size=9.5, color=FAINT, align="center")
    sheet.speaker((0.0, y + 0.25), faces_left=True)
    sheet.lines_of_text((0.0, y - 2.4), _USB_NOTES)
    return sheet.svg()


def draw_hat(settings: Settings, title: str, subtitle: str) -> str:
    """The header with a HAT on it: which pins it takes and which the timer keeps."""
    chosen = msgspec.structs.replace(settings, audio=AudioSettings(output="hat"))
    sheet, colours = Sheet(title, subtitle), Colours()
    used = {pin: [short(part, wire) for part, wire in users] for pin, users in header_of(chosen).items()}
    for gpio, line in I2S_PINS.items():
        used[HEADER_PIN[gpio]] = [f"HAT {line}"]
        colours.fix(HEADER_PIN[gpio], _HAT_COLOUR)
    for gpio in (0, 1):
        used[HEADER_PIN[gpio]] = ["HAT identity"]
        colours.fix(HEADER_PIN[gpio], _HAT_COLOUR)
    below = draw_header(sheet, (0.45, -0.2), used, colours)
    sheet.lines_of_text((0.0, below - 0.3), _HAT_NOTES)
    return sheet.svg()


def _plain_box(sheet: Sheet, left_middle: tuple[float, float], width: float, name: str, what: str) -> None:
    x, y = left_middle
    sheet.box((x, y - 0.95), width, 1.9, fill="#f1f4fb", color="#33415c")
    sheet.text((x + width / 2, y + 0.25), name, size=12, align="center")
    sheet.text((x + width / 2, y - 0.3), what, size=9.5, color=FAINT, align="center")
