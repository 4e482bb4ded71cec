"""What a person corrected of reps, and of who takes part."""

from __future__ import annotations

import msgspec

from retro_timer.training.record import RepRecord
from retro_timer.training.session.events.base import Event, Values


class Void(Event, frozen=True):
    """A rep does not count."""

    rep: int
    record: RepRecord


class Given(Event, frozen=True):
    """A rep is another athlete's."""

    rep: int
    record: RepRecord


class Correction(Event, frozen=True):
    """Something was corrected. What somebody asks of the session is told at once with `values`, an absence and an undo
    as well; a person's correction of a rep (void, give ...) once more when it is on disk, with `rep`, `flags`, `record`
    and `revision`; and without a revision a finish that turned out `crowded` or `ambiguous`."""

    kind: str
    rep: int | None = None
    flags: tuple[str, ...] = ()
    record: RepRecord | None = None
    values: Values = msgspec.field(default_factory=dict)
    revision: str | None = None
    """The id by which it is taken back; null where the program made it, or the session's own `undo` does that."""


class Presence(Event, frozen=True):
    """An athlete is back, has come late, makes up what they missed, or goes at another place."""

    name: str
    kind: str
    """present, added, owed or ordered"""


class Roster(Event, frozen=True):
    """The group is another one now."""

    athletes: tuple[str, ...]
    """Who takes part, in the order of turns."""
