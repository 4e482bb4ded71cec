"""Commands about who takes part, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

import msgspec

from retro_timer.beacon.control.protocol.commands.base import Command, Named
from retro_timer.training.roster import MOST_ATHLETES, checked_name
from retro_timer.training.session import inputs


class Roster(Command, frozen=True):
    """Have this roster for a group, or read the present one anew."""

    takes = "[NAME]"
    name: str | None = None
    """Of one that is kept on the box. The timer begins with it after its next start as well, but for one with --roster
    or --config: then the answer has a note.
    """

    @classmethod
    def typed(cls, words: Sequence[str]) -> Self:
        """With a name or without."""
        return cls(*cls.read(words))


class Absent(Named, frozen=True):
    """An athlete drops out."""

    def asked(self) -> inputs.Command:
        """The athlete of this name."""
        return inputs.Absent(self.name)


class Present(Named, frozen=True):
    """An athlete who had dropped out is back."""

    def asked(self) -> inputs.Command:
        """The athlete of this name."""
        return inputs.Present(self.name)


class Add(Named, frozen=True):
    """Somebody comes late."""

    def asked(self) -> inputs.Command:
        """By this name. Raises BadInputError for one that nobody can be called by."""
        return inputs.Add(checked_name(self.name.strip(), "ctl add"))


class Owe(Named, frozen=True):
    """An athlete makes up what they missed, once through the plan."""

    def asked(self) -> inputs.Command:
        """The athlete of this name."""
        return inputs.Owe(self.name)


class Order(Named, frozen=True):
    """An athlete goes as number so and so."""

    takes = "NAME N"
    place: Annotated[int, msgspec.Meta(ge=1, le=MOST_ATHLETES)]

    @classmethod
    def typed(cls, words: Sequence[str]) -> Self:
        """With a name and a place, counted from 1."""
        _, place = cls.read(words)
        name = cls.name_in(words)
        if place is None or not place.isdecimal() or not 1 <= int(place) <= MOST_ATHLETES:
            problem = "no place named" if place is None else f"'{place}' is no place"
            raise cls.mistyped(problem, f"ctl order NAME N, with N from 1 to {MOST_ATHLETES}")
        return cls(name, int(place))

    def asked(self) -> inputs.Command:
        """Among those who have done as much."""
        return inputs.Order(self.name, self.place)
