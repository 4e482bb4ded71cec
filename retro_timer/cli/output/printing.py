"""Pictures and reports as PNG and PDF, by a browser that is installed for it: nothing else here needs one."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from retro_timer.errors import RetroTimerError

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_WITHIN_S = 120.0
"""A small computer takes half a minute to start one."""
_DOTS_PER_PIXEL = 3
_SIZE = re.compile(rb'viewBox="0 0 (\d+) (\d+)"')


def picture_as(suffix: str, svg: bytes) -> bytes:
    """An SVG document as `.svg`, `.png` or `.pdf`. Raises RetroTimerError without a browser."""
    if suffix == ".svg":
        return svg
    found = _SIZE.search(svg)
    assert found is not None
    width, height = (int(number) for number in found.groups())
    data = base64.b64encode(svg).decode()
    page = (
        f"<!doctype html><style>@page {{size: {width}px {height}px; margin: 0}} body {{margin: 0}}"
        f" img {{display: block; width: {width}px; height: {height}px}}</style>"
        f'<img src="data:image/svg+xml;base64,{data}">'
    )
    if suffix == ".pdf":
        return page_as_pdf(page)
    size = (f"--window-size={width},{height}", f"--force-device-scale-factor={_DOTS_PER_PIXEL}", "--hide-scrollbars")
    return _printed(page, "--screenshot", "made.png", *size)


def page_as_pdf(page: str) -> bytes:
    """An HTML document as PDF. Raises RetroTimerError without a browser."""
    return _printed(page, "--print-to-pdf", "made.pdf", "--no-pdf-header-footer")


def _printed(page: str, option: str, name: str, *more: str) -> bytes:
    browser = next((path for each in _BROWSERS if (path := shutil.which(each)) is not None), None)
    if browser is None:
        raise RetroTimerError("PNG and PDF need Chromium, which is not installed: `sudo apt install chromium`")
    with tempfile.TemporaryDirectory(prefix="retro-timer-") as folder:
        source, made = Path(folder, "page.html"), Path(folder, name)
        source.write_text(page, encoding="utf-8")
        command = [browser, "--headless", "--disable-gpu", "--no-first-run", f"--user-data-dir={folder}/profile"]
        # What is shown is this program's own page, without a script; root has no sandbox in Chromium.
        command += ["--no-sandbox"] if os.geteuid() == 0 else []
        try:
            subprocess.run(
                [*command, *more, f"{option}={made}", source.as_uri()],
                capture_output=True,
                timeout=_WITHIN_S,
                check=True,
            )
            return made.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise RetroTimerError(f"{browser}: no {name.rpartition('.')[2].upper()} made ({error})") from None
