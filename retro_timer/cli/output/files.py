"""Files that a command writes where it is told to."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.settings.whole import writing_whole

_ENDS = (signal.SIGTERM, signal.SIGHUP)
"""A command is told to end, or its terminal is closed, as by a lost connection."""


@contextlib.contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """The file at a path, which is there as a whole or not at all, also where the command is told to end or its
    terminal is closed.

    Raises BadInputError where none can be.
    """
    if path.is_dir() or (path.exists() and not path.is_file()):
        raise BadInputError(f"-o {path}", "no file", "the path of a file to write")
    if not path.parent.is_dir():
        raise BadInputError(f"-o {path}", f"no folder {path.parent}", "a file in a folder that exists")
    # Ended at once, nobody would be left to clear away half a file. What nohup has ignored stays so.
    ends = [number for number in _ENDS if signal.getsignal(number) is signal.SIG_DFL]
    for number in ends:
        signal.signal(number, signal.default_int_handler)
    try:
        with writing_whole(path.resolve()) as file:
            yield file
    except OSError as error:
        raise RetroTimerError(f"{path}: not written ({error.strerror or error})") from None
    finally:
        for number in ends:
            signal.signal(number, signal.SIG_DFL)
