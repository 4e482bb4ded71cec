"""The support pack, made by the program itself in a process of its own: what that takes of memory and time is its."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
from pathlib import Path

from retro_timer.errors import RetroTimerError

_PACK_S = 90.0
"""The journal alone may take 30 s on a slow card."""
_LONGEST_PACK = 16_000_000
_RUN = "import os, sys; os.nice(10); from retro_timer.cli.main import main; sys.exit(main())"
"""Behind everybody else, for phones follow."""
NAME = "retro-timer-support.tar.gz"


async def support_pack(folder: Path) -> bytes:
    """The pack, written whole to `folder`'s disk before its first byte goes out. Raises RetroTimerError."""
    try:
        with tempfile.TemporaryDirectory(prefix="support-", dir=folder) as scratch:
            path = Path(scratch) / NAME
            told = await _run("support", "--output", str(path))
            if not path.exists():
                raise RetroTimerError(told or "no support pack was made")
            if path.stat().st_size > _LONGEST_PACK:
                raise RetroTimerError("the support pack is too long for a page: `retro-timer support` on the box")
            return path.read_bytes()
    except OSError as error:
        raise RetroTimerError(f"{folder}: cannot be written ({error.strerror})") from None


async def _run(*words: str) -> str:
    """The last line of what a command of the program complains of."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _RUN,
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_PACK_S):
            _, complaint = await child.communicate()
    except TimeoutError:
        raise RetroTimerError(f"the support pack took more than {_PACK_S:g} s") from None
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    lines = complaint.decode("utf-8", "replace").strip().splitlines()
    return lines[-1].removeprefix("retro-timer: ") if lines else ""
