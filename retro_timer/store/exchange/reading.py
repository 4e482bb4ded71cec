"""Reads an exported file a session at a time, and refuses what is damaged, another program's or a newer one's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from retro_timer.errors import BadInputError
from retro_timer.store.exchange.items import AthleteItem, SessionItem

WANTED = "a file of `retro-timer results export --format json` or csv"


class Taken(msgspec.Struct, frozen=True):
    """One thing of a file."""

    item: AthleteItem | SessionItem
    size: int
    """Bytes of the file up to its end, or thereabouts, for a progress bar."""


def read_items(path: Path) -> Iterator[Taken]:
    """Athletes and sessions in the order of the file. Raises BadInputError naming the line."""
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        raise BadInputError(str(path), f"cannot be read ({error.strerror})", WANTED) from None
    try:
        if start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
            from retro_timer.store.exchange.json_reading import read_json

            yield from read_json(path)
        else:
            from retro_timer.store.exchange.csv_reading import read_csv

            yield from read_csv(path)
    except UnicodeDecodeError:
        raise BadInputError(str(path), "not UTF-8", WANTED) from None
    except OSError as error:
        raise BadInputError(str(path), f"cannot be read ({error.strerror})", WANTED) from None


def newer(where: str, version: object, known: int) -> BadInputError:
    """A file of a later version, or of none."""
    if isinstance(version, int) and version > known:
        problem = f"version {version} of the format, and this program knows up to {known}"
        return BadInputError(where, problem, "an older file, or the newer program")
    return BadInputError(where, "no exported results", WANTED)
