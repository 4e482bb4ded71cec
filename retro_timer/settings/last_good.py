"""Copies of the files that a start succeeded with, beside the results: what a box goes on with when one is broken."""

from __future__ import annotations

import contextlib
from pathlib import Path

from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.settings.whole import write_whole

FOLDER = "last-good"


class LastGood:
    """The copies in a state directory. Nothing is written before `keep`."""

    def __init__(self, state_dir: Path) -> None:
        self.folder = state_dir / FOLDER
        self._noted: dict[str, bytes | None] = {}

    def copy(self, name: str) -> Path:
        """Where the copy lies, if there is one."""
        return self.folder / name

    def note(self, name: str, source: Path) -> None:
        """This file is good; it is kept when the whole start has turned out so. One that is not there is none."""
        with contextlib.suppress(OSError):
            self._noted[name] = source.read_bytes()

    def forget(self, name: str) -> None:
        """There is no such file any more, and rightly so."""
        self._noted[name] = None

    def refuse_cut_short(self, name: str, path: Path) -> None:
        """Raise BadInputError for a file that is empty, or the beginning of its last good copy and no more.

        A power cut leaves such a file, and it may still be good TOML, an empty one above all: the tables that it has
        lost would take their defaults, other pins among them. Who took the end off on purpose is told how to say so.
        """
        with contextlib.suppress(OSError):
            now = path.read_bytes().strip()
            if not now:
                raise BadInputError(str(path), "empty", "settings, or a comment if the defaults are meant")
            before = self.copy(name).read_bytes().strip()
            if len(now) < len(before) and before.startswith(now):
                raise BadInputError(str(path), "cut short", "the whole file, or a comment at its end if that is meant")

    def refuse_emptied(self, name: str, path: Path) -> None:
        """Raise BadInputError for an empty file whose last good copy was none."""
        with contextlib.suppress(OSError):
            if not path.read_bytes() and self.copy(name).read_bytes():
                raise BadInputError(str(path), "empty", "what was in it; delete the file to forget that")

    def keep(self) -> None:
        """Write the copies that have changed, each whole or not at all. Raises RetroTimerError."""
        try:
            for name, data in self._noted.items():
                self._keep(self.copy(name), data)
        except OSError as error:
            problem = f"the settings that worked are not kept ({error.strerror})"
            raise RetroTimerError(f"{self.folder}: {problem}; see: df -h {self.folder.parent}") from None

    def _keep(self, copy: Path, data: bytes | None) -> None:
        if data is None:
            copy.unlink(missing_ok=True)
        elif not copy.is_file() or copy.read_bytes() != data:
            copy.parent.mkdir(parents=True, exist_ok=True)
            write_whole(copy, data)
