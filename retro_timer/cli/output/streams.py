"""Standard streams as a shell, a service manager or an old terminal may leave them, made safe to print to."""

from __future__ import annotations

import contextlib
import io
import os
import sys


def make_streams_safe() -> None:
    """Open the closed ones on /dev/null, and show "?" for a letter that the terminal does not know.

    Without this, the first file that the program opens takes the number of a closed standard output, and whatever
    prints there, a C library too, writes into the results.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # The lowest free number is given out, which is this one.
            os.open(os.devnull, os.O_RDWR)
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def discard_output() -> None:
    """What is still buffered cannot be told: the interpreter must not try again at its end."""
    with contextlib.suppress(io.UnsupportedOperation):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def remark(text: str) -> None:
    """A line beside the output, for people: nothing failed, but they should know."""
    print(f"retro-timer: {text}", file=sys.stderr, flush=True)
