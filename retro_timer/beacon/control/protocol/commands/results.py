"""Commands about finishes: whose they are, and whether they count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

import msgspec

from retro_timer.beacon.control.protocol.commands.base import Command, Named, SessionCommand, rep_of
from retro_timer.store.results import edits
from retro_timer.training.corrections import AnyCorrection, GiveRep, NobodyRep, RepNumber, SwapReps, VoidRep
from retro_timer.training.plan import MOST_IN_WAVE
from retro_timer.training.session import inputs


class Void(SessionCommand, frozen=True):
    """The rep under way or the last one does not count and is run again; or REP."""

    takes = "[REP]"
    rep: RepNumber | None = None
    """Its running number in the session that is under way, or was last; it has ended."""

    @classmethod
    def typed(cls, words: Sequence[str]) -> Self:
        """With a rep's number or without."""
        (rep,) = cls.read(words)
        return cls(rep_of(cls, rep))

    def asked(self) -> inputs.Command:
        """Without a number."""
        return inputs.Void()

    def edit(self) -> AnyCorrection | None:
        """With a number."""
        return None if self.rep is None else VoidRep(self.rep)


class Finish(SessionCommand, frozen=True):
    """Stop the clock by hand, now: NAME's, or of several on the course the first one's."""

    takes = "[NAME]"
    name: Annotated[str, msgspec.Meta(pattern=r"\S")] | None = None
    """Of somebody who runs."""

    @classmethod
    def typed(cls, words: Sequence[str]) -> Self:
        """With a name or without."""
        (name,) = cls.read(words)
        if name is not None and not name.strip():
            raise cls.mistyped("no athlete named")
        return cls(name)

    def asked(self) -> inputs.Command:
        """Of whoever is named, or of the first."""
        return inputs.ManualFinish(self.name)


class Give(Named, frozen=True):
    """The rep under way, the last one, or REP of this session is this athlete's."""

    takes = "NAME [REP]"
    rep: RepNumber | None = None
    """Its running number in the session that is under way, or was last; it has ended."""

    @classmethod
    def typed(cls, words: Sequence[str]) -> Self:
        """With a name, and a rep's number or none."""
        _, rep = cls.read(words)
        return cls(cls.name_in(words), rep_of(cls, rep))

    def asked(self) -> inputs.Command:
        """To the athlete of this name."""
        return inputs.Give(self.name, self.rep)

    def edit(self) -> AnyCorrection | None:
        """With a number."""
        return None if self.rep is None else GiveRep(self.rep, self.name)


class Swap(SessionCommand, frozen=True):
    """REP and OTHER of this session were each other's."""

    takes = "REP OTHER"
    rep: RepNumber
    """Its running number in the session that is under way, or was last; it has ended."""
    other: RepNumber
    """The same of the other one."""

    @classmethod
    def typed(cls, words: Sequence[str]) -> Self:
        """With both numbers."""
        rep, other = (rep_of(cls, word) for word in cls.read(words))
        if rep is None or other is None:
            raise cls.mistyped("not two reps named")
        return cls(rep, other)

    def asked(self) -> inputs.Command:
        """With both numbers."""
        return inputs.Swap(self.rep, self.other)

    def edit(self) -> AnyCorrection:
        """What it changes of what is kept."""
        return SwapReps(self.rep, self.other)


class Nobody(SessionCommand, frozen=True):
    """The crossing of REP was nobody's finish: those behind move up."""

    takes = "REP"
    rep: RepNumber
    """Its running number in the session that is under way, or was last."""

    @classmethod
    def typed(cls, words: Sequence[str]) -> Self:
        """With a rep's number."""
        (word,) = cls.read(words)
        rep = rep_of(cls, word)
        if rep is None:
            raise cls.mistyped("no rep named")
        return cls(rep)

    def asked(self) -> inputs.Command:
        """With its number."""
        return inputs.Nobody(self.rep)

    def edit(self) -> AnyCorrection:
        """What it changes of what is kept."""
        return NobodyRep(self.rep)


class Out(Named, frozen=True):
    """An athlete left the course: a finish that they took is of those behind."""

    def asked(self) -> inputs.Command:
        """The athlete of this name."""
        return inputs.Out(self.name)


class Claim(Command, frozen=True):
    """Of a wave before one lane, PLACE is this athlete's."""

    takes = "PLACE NAME [WAVE]"
    place: Annotated[int, msgspec.Meta(ge=1, le=MOST_IN_WAVE)]
    """As which they came."""
    name: Annotated[str, msgspec.Meta(pattern=r"\S")]
    wave: RepNumber | None = None
    """Counted from 1. Without it the newest one that they went in and have no place of."""

    @classmethod
    def typed(cls, words: Sequence[str]) -> Self:
        """With a place and a name, and a wave or none."""
        place, name, wave = cls.read(words)
        if place is None or not place.isdecimal() or not 1 <= int(place) <= MOST_IN_WAVE:
            raise cls.mistyped("no place named" if place is None else f"'{place}' is no place")
        if name is None or not name.strip():
            raise cls.mistyped("no athlete named")
        if wave is not None and (not wave.isdecimal() or not int(wave)):
            raise cls.mistyped(f"'{wave}' is no wave")
        return cls(int(place), name, None if wave is None else int(wave))

    def edit(self, wave: int | None) -> edits.ClaimPlace:
        """What it changes of what is kept, in the `wave` that is meant; None where nobody here knows which."""
        return edits.ClaimPlace(self.place, self.name, wave)


class Undo(SessionCommand, frozen=True):
    """Take back the last correction, out or absent among them; or the one of this ID."""

    takes = "[ID]"
    revision: Annotated[str, msgspec.Meta(pattern=r"\S")] | None = None
    """A correction's id, as `results history` has it."""

    @classmethod
    def typed(cls, words: Sequence[str]) -> Self:
        """With an id or without."""
        (revision,) = cls.read(words)
        if revision is not None and not revision.strip():
            raise cls.mistyped("an empty id")
        return cls(revision)

    def asked(self) -> inputs.Command:
        """With an id or without."""
        return inputs.Undo(self.revision)

    def edit(self) -> edits.Undo | None:
        """With an id."""
        return None if self.revision is None else edits.Undo(self.revision)
