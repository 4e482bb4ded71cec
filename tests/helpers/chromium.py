"""Debian's Chromium, where it is installed."""

from __future__ import annotations

import shutil

import pytest

CHROMIUM = shutil.which("chromium") or ""
INSTALL = "no Chromium here: sudo apt install chromium"
needs_chromium = pytest.mark.skipif(not CHROMIUM, reason=INSTALL)
