"""`make pictures`: where box and group stand, `make demo` as a dog stands on the line, and a session's times."""

from __future__ import annotations

import io
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from docs.pictures import coach_page, group_places, placements

_COLUMNS, _LINES = 100, 40
_PROGRAM = Path(sys.executable).with_name("retro-timer")
_VIEW = ["run", "--board", "sim", "--voice", "text", "--plan", "demo", "--scenario", "demo", "--view", "--once"]
_SWEPT = re.compile(r"\r\x1b\[2K(?:\x1b\[1A\x1b\[2K)*")
"""What rich writes before it draws the next frame."""
_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def frames() -> list[str]:
    """Every frame that the demo's live view drew, as text with its colours."""
    master, slave = pty.openpty()
    ioctl(slave, TIOCSWINSZ, struct.pack("HHHH", _LINES, _COLUMNS, 0, 0))
    with tempfile.TemporaryDirectory() as state:
        program = subprocess.Popen(
            [str(_PROGRAM), *_VIEW],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, "TERM": "xterm-256color", "RETRO_TIMER_STATE": state},
        )
        os.close(slave)
        drawn = b""
        while True:
            try:
                data = os.read(master, 65536)
            except OSError:
                # The terminal of a program that has ended.
                break
            drawn += data
        program.wait()
    return _SWEPT.split(drawn.decode(errors="replace").replace("\r\n", "\n"))


def told(state: str, *words: str) -> str:
    """What a command tells a terminal, as text with its colours."""
    environment = {**os.environ, "RETRO_TIMER_STATE": state, "FORCE_COLOR": "1", "COLUMNS": str(_COLUMNS), "TZ": "UTC"}
    return subprocess.run([_PROGRAM, *words], env=environment, capture_output=True, text=True, check=True).stdout


def svg_of(frame: str, title: str = "retro-timer run --view") -> str:
    """A frame as SVG, with whatever font the reader has: a picture loads nothing from elsewhere."""
    console = Console(record=True, width=_COLUMNS, file=io.StringIO())
    console.print(Text.from_ansi(frame.strip("\n")))
    drawn = console.export_svg(title=title, theme=MONOKAI)
    return _FONT_FACE.sub("", drawn).replace("Fira Code", "monospace")


def main() -> None:
    """Write every picture of the documents."""
    pages = Path(__file__).parent.parent
    with tempfile.TemporaryDirectory() as state:
        told(state, "simulate", "jog-progression")
        shown = svg_of(told(state, "results", "show"), "retro-timer results show")
    made = {"groups": group_places.drawn(), "placements": placements.drawn(), "results": shown}
    for name, picture in made.items():
        (pages / f"{name}.svg").write_text(picture, encoding="utf-8")
        print(f"drawn: {pages / name}.svg")
    with tempfile.TemporaryDirectory(prefix="rt") as folder:
        coach_page.photographed(Path(folder), pages / "coach-page.png")
    print(f"drawn: {pages / 'coach-page.png'}")
    frame = next((f for f in frames() if "obstacle danger" in Text.from_ansi(f).plain and "rep 2" in f), None)
    if frame is None:
        sys.exit("pictures: the demo showed no danger in rep 2; look at `make demo`")
    path = pages / "live-view.svg"
    path.write_text(svg_of(frame), encoding="utf-8")
    print(f"drawn: {path}")


main()
