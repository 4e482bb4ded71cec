"""wiring/README.md: every build with its drawing, settings and pin table, the options, and the parts to buy."""

from __future__ import annotations

from collections.abc import Iterator

from retro_timer.hardware.wiring import notes_of, pin_rows
from retro_timer.settings.model import Settings
from wiring.draw.builds import BUILDS, Build
from wiring.draw.parts import parts_pages

OPTIONS: dict[str, tuple[str, str]] = {
    "speaker-i2s": (
        "Speaker by I2S amplifier",
        "The default: small, loud enough for a lane, five wires. HDMI's sound is off, so it is the only card.",
    ),
    "speaker-usb": (
        "Speaker by USB",
        "No wires on the header at all; the sound card goes into a socket. HDMI's sound is off.",
    ),
    "speaker-hat": ("Speaker by HAT", "An amplifier board on the header; what it leaves is for everything else."),
    "buzzer-loud": (
        "Loud buzzer",
        "For a start line more than a few metres away: more than a pin of the Pi can drive.",
    ),
    "power-and-button": ("Power bank and button", "What feeds the box, and its one button with a long cable."),
}
"""Drawing to its title and what it is for."""


def readme() -> str:
    """The whole page."""
    return "\n".join(_readme()) + "\n"


def _readme() -> Iterator[str]:
    yield "# Wiring"
    yield ""
    yield (
        "Made by `make wiring` from the default settings and the builds below; change those, not these files. "
        "`retro-timer wiring` prints the table for the settings that your own box has, "
        "`retro-timer doctor` checks what is wired."
    )
    yield ""
    yield "Numbers in circles are pins of the 40-pin header; GPIO numbers are those of config.toml (BCM)."
    yield "Wire with the power off. The pins stand 3.3 V and no more."
    yield ""
    yield "| build | what for |"
    yield "|---|---|"
    for build in BUILDS:
        yield f"| [{build.title}](#{_anchor(build.title)}) | {build.what_for} |"
    for title, what_for in OPTIONS.values():
        yield f"| [{title}](#{_anchor(title)}) | {what_for} |"
    for build in BUILDS:
        yield from _build(build)
    for name, (title, what_for) in OPTIONS.items():
        yield from ("", f"## {title}", "", what_for, "", f"![{title}]({name}.svg)")
    yield from parts_pages()


def _build(build: Build) -> Iterator[str]:
    yield from ("", f"## {build.title}", "", build.what_for, "", f"![{build.title}]({build.name}.svg)", "")
    if build.sensors:
        yield from (
            "In config.toml, in place of the default's sensors:",
            "",
            "```toml",
            build.sensors.rstrip(),
            "```",
            "",
        )
    yield from pin_table(build.settings)
    yield ""
    yield from (f"- {note}" for note in notes_of(build.settings))


def pin_table(settings: Settings) -> Iterator[str]:
    """The header pins in use as a Markdown table, lowest first."""
    yield "| header pin | the Pi calls it | wired to | through |"
    yield "|---|---|---|---|"
    for row in pin_rows(settings):
        yield f"| {row.pin} | {row.line} | {row.wired_to} | {row.through} |"


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")
