"""`retro-timer support`: everything that a bug report needs, in one file, without anybody's name."""

from __future__ import annotations

import contextlib
import io
import json
import re
import tarfile
import time
from pathlib import Path
from typing import Any

import click

from retro_timer.diagnostics.anonymiser import Anonymiser
from retro_timer.diagnostics.support_parts import TROUBLES, Part, parts
from retro_timer.errors import BadInputError, RetroTimerError

_SUFFIX = ".tar.gz"
_KEY = re.compile(r"(^[ \t]*(?:[a-z_][a-z0-9_.-]*[ \t]*=|\[+[a-z0-9_.-]+\]+))", re.MULTILINE)
"""A key or a table of the settings: all else is value, of one line or more, or comment."""
_LEFT_OUT = (
    'Left out: athletes\' names (each is "Athlete 1", "Athlete 2" and so on), rosters, results but for those in the '
    "log, plans but for their names, the machine's name and numbers."
)


@click.command()
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="The pack; a name of its own if unset.")
def support(output: Path | None) -> None:
    """Pack logs, settings, shape of the results and the last trace for a bug report."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    path = _target(output, stamp)
    anonymiser = Anonymiser()
    gathered: dict[Part, Any] = {}
    missing: dict[Part, str] = {}
    for part in parts(anonymiser):
        try:
            gathered[part] = part.gather()
        except TROUBLES as error:
            missing[part] = " ".join(str(error).split())
    # A name may become known by a later part than the one that it stands in.
    texts = {part.file: _as_text(part, value, anonymiser) for part, value in gathered.items()}
    told = _contents(gathered, {part: anonymiser.text(why) for part, why in missing.items()})
    _write(path, f"retro-timer-support-{stamp}", {"contents.txt": told, **texts})
    print(f"{path} ({path.stat().st_size / 1000:.0f} kB)")
    print(told, end="")


def _target(output: Path | None, stamp: str) -> Path:
    """Where the pack goes. Raises BadInputError for a file that is there."""
    name = f"retro-timer-support-{stamp}{_SUFFIX}"
    if output is None:
        return Path.cwd() / name
    path = output / name if output.is_dir() else output
    if path.exists():
        raise BadInputError(str(path), "there already", "a new file, or a directory to put it in")
    return path


def _contents(gathered: dict[Part, Any], missing: dict[Part, str]) -> str:
    lines = [f"  {part.file:18}{part.what}" for part in gathered]
    if missing:
        lines += ["not in it:", *(f"  {part.file:18}{why}" for part, why in missing.items())]
    return "\n".join([*lines, _LEFT_OUT, "Look through it before you send it.", ""])


def _as_text(part: Part, value: Any, anonymiser: Anonymiser) -> str:
    """Files as they are, but for names in values and comments of settings: no athlete stands in traces or calibration,
    and a reading must not be taken for a name.
    """
    if not isinstance(value, str):
        return json.dumps(anonymiser.value(value), indent=1, ensure_ascii=False) + "\n"
    if not part.is_settings:
        return value
    values, keys = (_KEY.split(value)[start::2] for start in (0, 1))
    return "".join(anonymiser.text(between) + key for between, key in zip(values, [*keys, ""], strict=True))


def _write(path: Path, folder: str, texts: dict[str, str]) -> None:
    """The whole pack or none. Raises RetroTimerError when it cannot be written."""
    fresh = path.with_name(path.name + ".new")
    try:
        with tarfile.open(fresh, "w:gz") as pack:
            for name, text in texts.items():
                data = text.encode("utf-8", "replace")
                member = tarfile.TarInfo(f"{folder}/{name}")
                member.size, member.mtime = len(data), int(time.time())
                pack.addfile(member, io.BytesIO(data))
        fresh.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise RetroTimerError(
            f"{path}: not written ({error.strerror}); name a directory you may write to: --output DIRECTORY"
        ) from None
