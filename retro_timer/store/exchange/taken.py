"""What is read from an exported file of either format, and what is said of one that is none."""

from __future__ import annotations

import msgspec

from retro_timer.errors import BadInputError
from retro_timer.store.results.merging.items import AthleteItem, SessionItem

WANTED = "a file of `retro-timer results export --format json` or csv"


class Taken(msgspec.Struct, frozen=True):
    """One thing of a file."""

    item: AthleteItem | SessionItem
    size: int
    """Bytes of the file up to its end, or thereabouts, for a progress bar."""


def newer(where: str, version: object, known: int) -> BadInputError:
    """A file of a later version, or of none."""
    if isinstance(version, int) and version > known:
        problem = f"version {version} of the format, and this program knows up to {known}"
        return BadInputError(where, problem, "an older file, or the newer program")
    return BadInputError(where, "no exported results", WANTED)
