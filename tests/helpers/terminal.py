"""A command on a terminal of its own, which a test reads and types into."""

from __future__ import annotations

import os
import pty
import subprocess

from tests.helpers.command import PROGRAM, environment_with


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, *args: object) -> None:
        self._master, slave = pty.openpty()
        env = environment_with({"COLUMNS": "80", "TERM": "xterm"})
        self.process = subprocess.Popen(
            [PROGRAM, *map(str, args)], stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True
        )
        os.close(slave)
        self.text = ""

    def until(self, words: str) -> Terminal:
        """Read until these words have come."""
        while words not in self.text:
            self.text += os.read(self._master, 4096).decode(errors="replace")
        return self

    def type(self, line: str) -> Terminal:
        """Type a line and Enter."""
        os.write(self._master, f"{line}\n".encode())
        return self

    def ended(self) -> int:
        """Its exit code."""
        try:
            return self.process.wait(timeout=60)
        finally:
            os.close(self._master)
