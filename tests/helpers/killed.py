"""A simulation in a process of its own that is killed while somebody reads what it tells."""

from __future__ import annotations

import fcntl
import subprocess

from tests.helpers.command import PROGRAM, environment_with

_PIPE_BYTES = 4096


def killed_after(lines: int | None, *arguments: object) -> tuple[list[str], int]:
    """What `simulate` has printed until it was killed after so many lines, and its exit code; None: to its end."""
    command = [str(PROGRAM), "simulate", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment_with(None)) as running:
        assert running.stdout is not None
        # A process that is far ahead of its reader would be at its end before it is killed.
        fcntl.fcntl(running.stdout, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        printed = []
        for line in running.stdout:
            printed.append(line)
            if len(printed) == lines:
                running.kill()
    return printed, running.returncode
