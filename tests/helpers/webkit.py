"""Debian's WebKit, the engine of an iPhone's browser, driven through its own WebDriver on a screen that nobody sees."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import WebKitGTK
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

DRIVER = shutil.which("WebKitWebDriver") or ""
BROWSER = Path("/usr/lib") / sysconfig.get_config_var("MULTIARCH") / "webkit2gtk-4.1" / "MiniBrowser"
SCREEN = shutil.which("Xvfb") or ""
needs_webkit = pytest.mark.skipif(
    not (DRIVER and SCREEN and BROWSER.exists()),
    reason="no WebKit here: sudo apt install webkit2gtk-driver xvfb",
)


@contextlib.contextmanager
def _screen() -> Iterator[str]:
    """The number of an X display that lasts as long as the block."""
    reading, writing = os.pipe()
    with subprocess.Popen(
        [SCREEN, "-displayfd", str(writing), "-screen", "0", "800x1000x24", "-nolisten", "tcp"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    ) as shown:
        os.close(writing)
        try:
            with os.fdopen(reading) as told:
                yield f":{told.readline().strip()}"
        finally:
            shown.terminate()


@contextlib.contextmanager
def opened_webkit() -> Iterator[WebKitGTK]:
    """A browser with cookies of its own, as wide as a phone."""
    options = Options()
    options.binary_location = os.fspath(BROWSER)
    options.add_argument("--automation")
    with _screen() as display:
        # Its sandbox needs a session bus and refuses root; what it opens here is the project's own page.
        env = {**os.environ, "DISPLAY": display, "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"}
        driver = WebKitGTK(options=options, service=Service(executable_path=DRIVER, env=env))
        try:
            driver.set_window_size(360, 800)
            yield driver
        finally:
            driver.quit()
