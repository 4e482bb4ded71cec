"""Reads an exported file a session at a time, and refuses what is damaged, another program's or a newer one's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from retro_timer.errors import BadInputError
from retro_timer.store.exchange.csv_reading import read_csv
from retro_timer.store.exchange.json_reading import read_json
from retro_timer.store.exchange.taken import WANTED, Taken


def read_items(path: Path) -> Iterator[Taken]:
    """Athletes and sessions in the order of the file. Raises BadInputError naming the line."""
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        raise BadInputError(str(path), f"cannot be read ({error.strerror})", WANTED) from None
    try:
        if start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
            yield from read_json(path)
        else:
            yield from read_csv(path)
    except UnicodeDecodeError:
        raise BadInputError(str(path), "not UTF-8", WANTED) from None
    except OSError as error:
        raise BadInputError(str(path), f"cannot be read ({error.strerror})", WANTED) from None
