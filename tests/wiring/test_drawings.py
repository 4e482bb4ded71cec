"""wiring/ is what the default settings make of it; and its drawings can be read."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ElementTree
from itertools import combinations
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("schemdraw", reason="it draws wiring/: make test installs it")

from retro_timer.hardware.boot import boot_lines, format_boot
from retro_timer.hardware.wiring import header_of, parts_of
from retro_timer.header import HEADER_PIN, PIN_NAMES, SUPPLIES
from retro_timer.settings.model import AudioSettings, BuzzerKind, BuzzerSettings, Settings
from retro_timer.settings.pins import pin_plan
from wiring.draw.__main__ import files
from wiring.draw.build import draw_build
from wiring.draw.builds import BUILDS, Build

FOLDER = Path(__file__).parents[2] / "wiring"
DRAWINGS = sorted(FOLDER.glob("*.svg"))
_WIDE = 0.56
"""Mean width of a character of DejaVu Sans in ems."""


def by_name(build: Build) -> str:
    return build.name


def test_what_is_in_the_folder_is_what_the_default_settings_make() -> None:
    made = dict(files())
    drifted = [name for name, text in made.items() if (FOLDER / name).read_text(encoding="utf-8") != text]
    assert drifted == [], "run: make wiring"
    assert {path.name for path in DRAWINGS} == {name for name in made if name.endswith(".svg")}


def test_another_pin_would_be_noticed() -> None:
    gate = BUILDS[0]
    moved = msgspec.structs.replace(gate.settings, buzzer=BuzzerSettings(pin=26))
    assert draw_build(moved, gate.title, gate.what_for) != (FOLDER / "gate.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("build", BUILDS, ids=by_name)
def test_every_pin_of_the_plan_has_its_wire_on_the_right_header_pin(build: Build) -> None:
    wired = {wire.pin for part in parts_of(build.settings) for wire in part.wires}
    for use in pin_plan(build.settings):
        if not use.owner.startswith(("I2C", "audio")):
            assert HEADER_PIN[use.pin] in wired, use.owner


@pytest.mark.parametrize("build", BUILDS, ids=by_name)
def test_a_signal_pin_serves_one_part_unless_it_is_a_bus(build: Build) -> None:
    supplies = {pin for pins in SUPPLIES.values() for pin in pins}
    for pin, users in header_of(build.settings).items():
        if pin not in supplies and len(users) > 1:
            assert {wire.terminal for _, wire in users} <= {"SDA", "SCL"}, PIN_NAMES[pin]


def test_the_header_has_forty_pins_each_once() -> None:
    assert sorted(PIN_NAMES) == list(range(1, 41))
    assert len(set(HEADER_PIN.values())) == 28


@pytest.mark.parametrize("kind", list(BuzzerKind))
@pytest.mark.parametrize("output", ["i2s", "hat", "usb", "none"])
def test_whatever_is_chosen_is_wired_and_booted_without_a_clash(kind: BuzzerKind, output: str) -> None:
    settings = Settings(buzzer=BuzzerSettings(kind=kind), audio=AudioSettings(output=output))
    amplifier = [part for part in parts_of(settings) if part.name == "amplifier"]
    assert len(amplifier) == (output == "i2s")
    overlays = [line.text for line in boot_lines(settings) if line.text.startswith("dtoverlay=")]
    assert len(overlays) == {"i2s": 2, "hat": 2, "usb": 1, "none": 0}[output]
    assert ("dtoverlay=vc4-kms-v3d,noaudio" in overlays) == (output != "none"), "HDMI is no card beside a speaker"


@pytest.mark.parametrize("build", BUILDS, ids=by_name)
def test_every_line_of_the_boot_configuration_has_its_reason_and_is_read_to_its_end(build: Build) -> None:
    assert all(line.reason for line in boot_lines(build.settings))
    assert max(map(len, format_boot(build.settings).splitlines())) <= 98


# Can it be read?


class Words(msgspec.Struct, frozen=True):
    """A line of text and its box on the sheet."""

    text: str
    left: float
    right: float
    top: float
    bottom: float

    def meets(self, other: Words) -> bool:
        """Whether the boxes overlap."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def words_of(path: Path) -> list[Words]:
    """Every line of text in a drawing, with its box by the font's mean width."""
    found = []
    for node in ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text"):
        size = float(node.attrib["font-size"])
        shift = {"start": 0.0, "middle": -0.5, "end": -1.0}[node.attrib.get("text-anchor", "start")]
        turn = re.match(r"rotate\((\S+) (\S+) (\S+)\)", node.attrib.get("transform", ""))
        for number, span in enumerate(node):
            text = span.text or ""
            length = _WIDE * size * len(text)
            left = float(span.attrib["x"]) + shift * length
            middle = float(node.attrib["y"]) + (number + 0.5) * size
            box = (left, left + length, middle - 0.4 * size, middle + 0.4 * size)
            if turn is not None:
                assert math.isclose(float(turn[1]), -90.0)
                x, y = float(turn[2]), float(turn[3])
                box = (x - 0.4 * size, x + 0.4 * size, y - (box[1] - x), y - (box[0] - x))
            found.append(Words(text, *box))
    return found


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_no_two_words_lie_on_each_other(path: Path) -> None:
    words = words_of(path)
    assert len(words) > 8
    assert [(a.text, b.text) for a, b in combinations(words, 2) if a.meets(b)] == []


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_all_words_are_on_the_sheet(path: Path) -> None:
    left, top, width, height = map(float, ElementTree.parse(path).getroot().attrib["viewBox"].split())
    outside = [
        w.text
        for w in words_of(path)
        if w.left < left or w.right > left + width or w.top < top or w.bottom > top + height
    ]
    assert outside == []


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_a_drawing_says_what_it_is_to_who_cannot_see_it(path: Path) -> None:
    root = ElementTree.parse(path).getroot()
    space = "{http://www.w3.org/2000/svg}"
    assert root.findtext(f"{space}title") or ""
    assert root.findtext(f"{space}desc") or ""
    assert f"]({path.name})" in (FOLDER / "README.md").read_text(encoding="utf-8")
