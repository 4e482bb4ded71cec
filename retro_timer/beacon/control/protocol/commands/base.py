"""What all commands have in common, and how somebody types them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated, ClassVar, Self

import msgspec

from retro_timer.beacon.control.protocol.base import Request
from retro_timer.errors import BadInputError
from retro_timer.store.results import edits
from retro_timer.training.corrections import AnyCorrection
from retro_timer.training.session import inputs


class Command(Request, frozen=True):
    """Base of commands; each is answered with `done`, or an error that says why not."""

    takes: ClassVar[str] = ""
    """The words that `retro-timer ctl` wants behind the command's name, as its help has them."""

    @classmethod
    def typed(cls, words: Sequence[str]) -> Self:
        """The command as somebody typed it. Raises BadInputError for a word that is wrong, missing or too many."""
        cls.read(words)
        return cls()

    @classmethod
    def read(cls, words: Sequence[str]) -> list[str | None]:
        """As many words as it takes, None for each that was left out. Raises BadInputError for one too many."""
        most = len(cls.takes.split())
        if len(words) > most:
            raise cls.mistyped(f"'{words[most]}' is one word too many")
        return [*words, *[None] * (most - len(words))]

    @classmethod
    def mistyped(cls, problem: str, expected: str = "") -> BadInputError:
        """What is wrong with the words; `expected`, where the help's line does not say it."""
        name = f"ctl {cls.__struct_config__.tag}"
        return BadInputError(name, problem, expected or f"{name} {cls.takes}".strip())


class SessionCommand(Command, frozen=True):
    """Base of what is asked of the session under way, or of the box beside it."""

    @abstractmethod
    def asked(self) -> inputs.Command:
        """What the session is asked. Raises BadInputError for what cannot be asked."""

    def edit(self) -> AnyCorrection | edits.Undo | None:
        """What it changes of what is kept, where it names a rep or a correction; None for what the session is asked."""
        return None


class Plain(SessionCommand, frozen=True):
    """Base of commands that need no more than their name."""

    means: ClassVar[type[inputs.Command]]

    def asked(self) -> inputs.Command:
        """As the class says."""
        return self.means()


class Named(SessionCommand, frozen=True):
    """Base of commands that are about an athlete."""

    takes = "NAME"
    name: Annotated[str, msgspec.Meta(pattern=r"\S")]

    @classmethod
    def typed(cls, words: Sequence[str]) -> Self:
        """With a name."""
        cls.read(words)
        return cls(cls.name_in(words))

    @classmethod
    def name_in(cls, words: Sequence[str]) -> str:
        """The athlete's name, which comes first. Raises BadInputError."""
        if not words or not words[0].strip():
            raise cls.mistyped("no athlete named")
        return words[0]


def rep_of(kind: type[Command], word: str | None) -> int | None:
    """A rep's number as somebody typed it. Raises BadInputError."""
    if word is not None and (not word.isdecimal() or not int(word)):
        raise kind.mistyped(f"'{word}' is no rep")
    return None if word is None else int(word)
