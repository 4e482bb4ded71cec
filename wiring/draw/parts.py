"""What to buy, what current each part draws, and how long a power bank feeds the box. No prices: they age."""

from __future__ import annotations

from collections.abc import Iterator

from retro_timer.sensors.kind import Buy
from retro_timer.sensors.known import kind_of
from retro_timer.settings.model import LampKind, Settings
from wiring.draw.builds import BUILDS

BANK_MAH = 6500
"""Of a power bank with 10 Ah on its label, which are at 3.7 V: at 5 V, less a tenth for the converter."""


PI = Buy(
    "Raspberry Pi",
    "1",
    "Zero 2 W, 3, 4 or 5, with a soldered header and a card of 16 GB or more, endurance grade. The currents are a "
    "Zero 2 W's: 120 mA idle, 350 busy; a Pi 3 takes 400 when busy, a Pi 4 600, a Pi 5 800",
    350,
    700,
)
HOOD = Buy("hood", "1 a sensor", "a tube of black card or plastic, 5 cm, against the sun; nothing before the window")
BUZZER = Buy(
    "loud buzzer",
    "1",
    '91 dB at 1 m or more for 20 m; passive (several pitches) or active (one pitch, kind = "active"); silent but for '
    "its signals",
    0,
    100,
)
TRANSISTOR = Buy(
    "NPN transistor", "1", "BC337 or 2N2222, with 1 kΩ and 10 kΩ, and a diode 1N4148 for a magnetic buzzer"
)
LED = Buy(
    "RGB LED, common cathode", "1", "diffuse, 5 mm or larger, with 330 Ω (red) and twice 100 Ω (green, blue)", 4, 10
)
BUTTON = Buy("push button", "1", "closes to ground, large, splash-proof")
AMPLIFIER = Buy(
    "MAX98357A board and speaker",
    "1",
    "4 Ω, 3 W, a horn rather than a cone; or a USB sound card (20 to 50 mA) and an active speaker. 3 mA silent, up to "
    "700 in a loud word",
    60,
    700,
)
BANK = Buy("power bank", "1", "5 V, 3 A, always-on, 10 Ah, with a short, thick cable")
CASE = Buy("case, tripod, strap", "1", "splash-proof, lens at chest height (gate), a belt clip (belt)")

_SENSORS = dict.fromkeys(kind_of(sensor).buy for build in BUILDS for sensor in build.settings.sensors)
PARTS = (PI, *_SENSORS, HOOD, BUZZER, TRANSISTOR, LED, BUTTON, AMPLIFIER, BANK, CASE)
"""Sources: Raspberry Pi's own table of typical bare-board currents, and a measurement of a Zero 2 W's idle current (CNX
Software, 2021); the data sheets of VL53L1X, TF-Luna (350 mW) and MAX98357A (3.2 W into 4 Ω). Estimates: the Pi's
highest current, buzzer, LED, HC-SR04, and the amplifier's usual current, which takes a tenth of the time for speech.
"""
_ABOUT_CURRENT = (
    "Current at 5 V, usual and for moments: by makers' tables and data sheets; estimated for buzzer, LED, HC-SR04, "
    "speech and the Pi's highest. No prices: they age."
)


def drawing_current(settings: Settings) -> Iterator[Buy]:
    """The parts of a box that draw current."""
    yield PI
    yield from (kind_of(sensor).buy for sensor in settings.sensors)
    yield BUZZER
    if settings.lamp.kind is not LampKind.NONE:
        yield LED
    if settings.audio.output != "none":
        yield AMPLIFIER


def parts_pages() -> Iterator[str]:
    """The parts list and the builds' currents as Markdown."""
    yield from ("", "## Parts", "", _ABOUT_CURRENT, "")
    yield from ("| part | how many | mA | at most | what to look for |", "|---|---|---|---|---|")
    for part in PARTS:
        yield f"| {part.name} | {part.count} | {_figure(part.usual_ma)} | {_figure(part.most_ma)} | {part.look_for} |"
    yield from ("", "## Current and hours", "")
    yield (
        "With a Zero 2 W. The hours are those of a power bank with 10 Ah on its label: "
        f"about {BANK_MAH / 1000:g} Ah at 5 V."
    )
    yield from ("", "| build | mA | at most | hours |", "|---|---|---|---|")
    for build in BUILDS:
        parts = list(drawing_current(build.settings))
        usual = sum(part.usual_ma or 0 for part in parts)
        most = sum(part.most_ma or 0 for part in parts)
        yield f"| {build.title} | {usual} | {most} | {BANK_MAH / usual:.0f} |"


def _figure(milliamperes: int | None) -> str:
    return "" if milliamperes is None else str(milliamperes)
