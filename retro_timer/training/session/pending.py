"""What is known and waits for the disk before it is told."""

from __future__ import annotations

import msgspec

from retro_timer.training.record import RepRecord


class Pending(msgspec.Struct, frozen=True):
    """An announcement that waits until its rep is on disk."""

    record: RepRecord
    t_ns: int
    kind: str
    """finish, split, crowded, dnf, void, given (to somebody else, or back as it was before a correction), or moved (a
    finish, to or from somebody else), as it is told; empty for what is not told, a rep's go among it."""
    late: bool = False
    """Nothing waits for it: what did has waited in vain, for this one or for one before it."""
    line: str = ""
    """Of a split."""
    aside: bool = False
    """One of several who did the same at once: published, and not said for each."""
    together: bool = False
    """The one of them that is said for all."""
