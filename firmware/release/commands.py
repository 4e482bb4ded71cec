"""Runs the tools that build an archive."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from release.target import ReleaseError

_TOLD_LINES = 15


def run(command: Sequence[str | Path], cwd: Path | None = None) -> str:
    """Run a command and return its standard output. Raises ReleaseError with the end of what it said."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, cwd=cwd)
    except FileNotFoundError:
        raise ReleaseError(f"{words[0]} is not installed; the archive needs Debian's apt, dpkg and pip") from None
    if done.returncode != 0:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-_TOLD_LINES:])
        raise ReleaseError(f"{' '.join(words[:4])} … ended with {done.returncode}:\n{said}")
    return done.stdout
