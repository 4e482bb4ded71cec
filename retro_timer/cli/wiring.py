"""`retro-timer wiring`: which wire goes where under the settings in force, and the boot configuration they need."""

from __future__ import annotations

import shutil
import textwrap
from pathlib import Path

import click

from retro_timer.cli.output.streams import remark
from retro_timer.hardware.boot import format_boot
from retro_timer.hardware.wiring import notes_of, pin_rows
from retro_timer.settings.loading import load_settings

_NARROWEST = 40


@click.command()
@click.option("--config", type=click.Path(path_type=Path), help="Settings file.")
@click.option("--boot", is_flag=True, help="Print the lines of the boot configuration instead.")
def wiring(config: Path | None, boot: bool) -> None:
    """Which wire goes where, header pin by header pin, under the settings in force."""
    settings = load_settings(config, remark)
    if boot:
        print(format_boot(settings), end="")
        return
    rows = [("pin", "the Pi calls it", "wired to", "through")]
    rows += [(str(row.pin), row.line, row.wired_to, row.through) for row in pin_rows(settings)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for pin, line, wired_to, through in rows:
        print(f"{pin:>{widths[0]}}  {line:{widths[1]}}  {wired_to:{widths[2]}}  {through}".rstrip())
    print()
    width = max(_NARROWEST, shutil.get_terminal_size().columns)
    for note in notes_of(settings):
        print(textwrap.fill(note, width, subsequent_indent="  "))
