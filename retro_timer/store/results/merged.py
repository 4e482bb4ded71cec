"""What a portion of an imported file brought."""

from __future__ import annotations

import msgspec


class Merged(msgspec.Struct, frozen=True):
    """How much was new, and what differs from what is here."""

    sessions: int = 0
    reps: int = 0
    same: int = 0
    """Reps that are here already."""
    athletes: int = 0
    conflicts: tuple[str, ...] = ()
    """What is otherwise here, and stays so."""
    notes: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """How much was new."""
        here = f" ({self.same:,} more are here already)" if self.same else ""
        return f"new sessions: {self.sessions:,}; reps: {self.reps:,}{here}; athletes: {self.athletes:,}"

    def __add__(self, other: Merged) -> Merged:
        return Merged(
            self.sessions + other.sessions,
            self.reps + other.reps,
            self.same + other.same,
            self.athletes + other.athletes,
            (*self.conflicts, *other.conflicts),
            (*self.notes, *other.notes),
        )
