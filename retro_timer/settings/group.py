"""Who trains with a running timer: a roster's athletes, or who runs alone; exchanged or read anew while it runs."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import msgspec

from retro_timer.errors import BadInputError
from retro_timer.settings.loading import Tell, load_roster, roster_file, roster_names
from retro_timer.training.listed import Listed, names_of
from retro_timer.training.roster import without


class Roster(msgspec.Struct, frozen=True):
    """A list of athletes as it was read."""

    listed: tuple[Listed, ...]
    """The athletes, in the order of turns."""
    name: str | None = None
    """Where it is kept on the box."""
    file: Path | None = None
    """Where it was given as a file."""


class Group:
    """Whom the next session begins with. One thread takes, any thread may ask and read."""

    def __init__(self, roster: Roster, remark: Tell = lambda _remark: None, *, given: str = "") -> None:
        """`remark` gets a line for each choice in a file that a coach should check. `given`: the timer's options that
        say whom a start of it begins with, whatever is set on the box.
        """
        self.given = given
        self._roster = roster
        self._remark = remark

    @property
    def athletes(self) -> tuple[str, ...]:
        """In the order of turns."""
        return names_of(self.listed)

    @property
    def listed(self) -> tuple[Listed, ...]:
        """The athletes with what the roster says of them."""
        return self._roster.listed

    def read(self, name: str | None) -> Roster:
        """A roster that is kept on the box, or without a name the present one as its file is now.

        Raises BadInputError.
        """
        now = self._roster
        if name is None and now.file is not None:
            return msgspec.structs.replace(now, listed=load_roster(now.file, self._remark))
        name = name or now.name
        if name is None:
            known = ", ".join(roster_names()) or "those that `retro-timer rosters import FILE` brings in"
            raise BadInputError("ctl roster", "no roster is in force that could be read anew", f"one of {known}")
        return Roster(load_roster(roster_file(name), self._remark), name)

    def take(self, roster: Roster) -> None:
        """From now on sessions begin with these."""
        self._roster = roster

    def leave_out(self, names: Collection[str]) -> None:
        """From now on sessions begin without these; who runs alone has no name where nobody else is left."""
        left = without(self.athletes, names)
        listed = tuple(one for one in self.listed if one.name in left) or tuple(map(Listed, left))
        self._roster = msgspec.structs.replace(self._roster, listed=listed)
