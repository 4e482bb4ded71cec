"""Ids for what older programs left without one: made of what is known of it, so that every copy gives the same."""

from __future__ import annotations

import functools
import hashlib

from retro_timer.training.names import folded
from retro_timer.training.roster import SOLO

_MOST_NAMES_HELD = 4096


def old_session_id(number: object, wall_ns: object, boot: object, boot_ns: object) -> str:
    """The id of a session that was begun without one.

    Its label by wall time may have been corrected since, but only where the boot is known.
    """
    return hashed(f"{number}:{boot}:{boot_ns if boot else wall_ns}".encode())


@functools.lru_cache(_MOST_NAMES_HELD)
def old_athlete_id(name: str) -> str:
    """The id of whoever was only a name: the same in any capitals. None for the solo runner, who may be anybody."""
    return "" if name in SOLO or not name else hashed(f"athlete:{folded(name)}".encode())


def hashed(text: bytes) -> str:
    """An id made of a text: 63 bits, as of any other."""
    return f"{int.from_bytes(hashlib.sha256(text).digest()[:8], 'big') >> 1:016x}"
