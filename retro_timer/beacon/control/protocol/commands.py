"""Commands: what a person may ask of the session or the box, one class each.

`retro-timer ctl`, its help, the socket's page and its schema follow from them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal, Self, get_args

import msgspec

from retro_timer.beacon.control.protocol.base import Request
from retro_timer.beacon.messages import SayButton, SetVolume
from retro_timer.errors import BadInputError
from retro_timer.store.results import edits
from retro_timer.training.corrections import AnyCorrection, GiveRep, NobodyRep, RepNumber, SwapReps, VoidRep
from retro_timer.training.plan import MOST_IN_WAVE
from retro_timer.training.roster import MOST_ATHLETES, checked_name
from retro_timer.training.session import inputs

_LOUDEST = 100


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


class Start(Command, frozen=True):
    """Begin a session of this plan; of the default plan without a name."""

    takes = "[PLAN]"
    plan: str | None = None
    """A plan's name or file."""

    @classmethod
    def typed(cls, words: Sequence[str]) -> Self:
        """With a plan or without."""
        return cls(*cls.read(words))


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


class Pause(Plain, frozen=True):
    """Hold; during a rep, after it."""

    means = inputs.Pause


class Resume(Plain, frozen=True):
    """Go on after a pause."""

    means = inputs.Resume


class Skip(Plain, frozen=True):
    """Skip what is waited for: the rest, the coming rep, or the rep under way."""

    means = inputs.Skip


class Void(SessionCommand, frozen=True):
    """The rep under way or the last one does not count and is run again; or REP."""

    takes = "[REP]"
    rep: RepNumber | None = None
    """Its running number in the session that is under way, or was last; it has ended."""

    @classmethod
    def typed(cls, words: Sequence[str]) -> Self:
        """With a rep's number or without."""
        (rep,) = cls.read(words)
        return cls(_rep_of(cls, rep))

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
        return cls(cls.name_in(words), _rep_of(cls, rep))

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
        rep, other = (_rep_of(cls, word) for word in cls.read(words))
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
        rep = _rep_of(cls, word)
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


class Spotter(Plain, frozen=True):
    """Somebody watches in place of the sensor: starts are allowed while it is lost."""

    means = inputs.Spotter


class Repeat(SessionCommand, frozen=True):
    """Say the last announcement again, or the last result."""

    takes = "[result]"
    what: Literal["announcement", "result"] = "announcement"

    @classmethod
    def typed(cls, words: Sequence[str]) -> Self:
        """With the word or without."""
        (what,) = cls.read(words)
        if what not in (None, "result"):
            raise cls.mistyped(f"'{what}' is nothing that is said again", "ctl repeat, or ctl repeat result")
        return cls() if what is None else cls("result")

    def asked(self) -> inputs.Command:
        """With what it says again."""
        return inputs.Repeat(result=self.what == "result")


class Halt(Plain, frozen=True):
    """Everybody stop, now: the tone of danger, and nothing starts until resume."""

    means = inputs.Halt


class Stop(Plain, frozen=True):
    """End the session."""

    means = inputs.Stop


class Recover(Plain, frozen=True):
    """After a power cut: go on at the next rep."""

    means = inputs.Recover


class Close(Plain, frozen=True):
    """After a power cut: close the session as interrupted."""

    means = inputs.CloseInterrupted


class Help(Plain, frozen=True):
    """Say what the button does now."""

    means = SayButton


class Volume(SessionCommand, frozen=True):
    """How loud voice and buzzer are until the timer ends; alarms stay loud."""

    takes = "N"
    percent: Annotated[int, msgspec.Meta(ge=0, le=_LOUDEST)]

    @classmethod
    def typed(cls, words: Sequence[str]) -> Self:
        """With a whole number from 0 to 100."""
        (percent,) = cls.read(words)
        if percent is None or not percent.isdecimal() or int(percent) > _LOUDEST:
            problem = "no volume named" if percent is None else f"'{percent}' is no volume"
            raise cls.mistyped(problem, f"a whole number from 0 to {_LOUDEST}")
        return cls(int(percent))

    def asked(self) -> inputs.Command:
        """From now on."""
        return SetVolume(self.percent)


def _rep_of(kind: type[Command], word: str | None) -> int | None:
    """A rep's number as somebody typed it. Raises BadInputError."""
    if word is not None and (not word.isdecimal() or not int(word)):
        raise kind.mistyped(f"'{word}' is no rep")
    return None if word is None else int(word)


AnyCommand = (
    Start
    | Pause
    | Resume
    | Skip
    | Void
    | Finish
    | Give
    | Swap
    | Nobody
    | Claim
    | Out
    | Absent
    | Present
    | Add
    | Owe
    | Order
    | Roster
    | Undo
    | Spotter
    | Repeat
    | Halt
    | Stop
    | Recover
    | Close
    | Volume
    | Help
)
COMMANDS: dict[str, type[AnyCommand]] = {str(kind.__struct_config__.tag): kind for kind in get_args(AnyCommand)}
"""By name, in the order in which people are told of them."""
