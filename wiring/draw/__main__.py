"""`python -m wiring.draw [DIRECTORY]`: writes every drawing and the page into wiring/, or into another directory."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from retro_timer.settings.model import Settings
from wiring.draw.build import draw_build
from wiring.draw.builds import BUILDS
from wiring.draw.circuits import draw_loud_buzzer, draw_supply
from wiring.draw.pages import OPTIONS, readme
from wiring.draw.speakers import draw_hat, draw_i2s, draw_usb

HERE = Path(__file__).resolve().parent.parent
_DRAWN: dict[str, Callable[[Settings, str, str], str]] = {
    "speaker-i2s": draw_i2s,
    "speaker-usb": draw_usb,
    "speaker-hat": draw_hat,
    "buzzer-loud": draw_loud_buzzer,
    "power-and-button": draw_supply,
}


def files() -> Iterator[tuple[str, str]]:
    """Name and text of every file that is made."""
    for build in BUILDS:
        yield f"{build.name}.svg", draw_build(build.settings, build.title, build.what_for)
    default = BUILDS[0].settings
    for name, (title, what_for) in OPTIONS.items():
        yield f"{name}.svg", _DRAWN[name](default, title, what_for)
    yield "README.md", readme()


def main(directory: Path = HERE) -> None:
    """Write them."""
    for name, text in files():
        (directory / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
