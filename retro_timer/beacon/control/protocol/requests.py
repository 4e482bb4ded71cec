"""What may be asked of a running beacon: looks at it, commands for its session, and what diagnostics need.

A command is one class here: `retro-timer ctl`, its help, the socket's page and its schema follow from it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Annotated, ClassVar, Literal, Self, get_args

import msgspec

from retro_timer.beacon.control.protocol.base import Request
from retro_timer.beacon.messages import SayButton, SetVolume, StartPlan
from retro_timer.errors import BadInputError
from retro_timer.settings.calibration import SensorCalibration
from retro_timer.store.results import edits
from retro_timer.store.results.edits import AnyEdit
from retro_timer.training.corrections import AnyCorrection, GiveRep, RepNumber, VoidRep
from retro_timer.training.roster import MOST_ATHLETES, checked_name
from retro_timer.training.session import inputs

MakeStart = Callable[[str | None], StartPlan]
"""Reads a plan by its name, or the default one. Raises RetroTimerError for one that cannot be started."""
_LOUDEST = 100
_LONGEST_TEXT = 300
_LONGEST_LOAN_S = 600


class Status(Request, frozen=True):
    """What the timer does and sees now."""


class Follow(Request, frozen=True):
    """The status, then each event as it comes, until either end hangs up."""


class Log(Request, frozen=True):
    """The newest events that are worth keeping."""


class Keep(Request, frozen=True):
    """Keep the last ten minutes of raw readings as traces; answered when they are on the disk."""


class Edit(Request, frozen=True):
    """Correct what is kept, in this session or another; answered when that is on the disk."""

    edit: AnyEdit
    origin: Annotated[str, msgspec.Meta(pattern="^(ctl|edit|page)( |$)")] = "ctl"
    """Who asks: ctl, edit or page, and behind a space what else is known of them."""


# Commands: what a person may ask of the session


class Command(Request, frozen=True):
    """Base of commands; each is answered with `done`, or an error that says why not."""

    takes: ClassVar[str] = ""
    """The word that `retro-timer ctl` wants behind the command's name, as its help has it."""

    @classmethod
    @abstractmethod
    def typed(cls, word: str | None) -> Self:
        """The command as somebody typed it. Raises BadInputError for a word that is wrong, missing or too many."""

    @abstractmethod
    def asked(self, make_start: MakeStart) -> inputs.Command | StartPlan:
        """What the session or the box is asked. Raises RetroTimerError for what cannot be asked."""

    def edit(self) -> AnyCorrection | edits.Undo | None:
        """What it changes of what is kept, where it names a rep or a correction; None for what the session is asked."""
        return None


class Plain(Command, frozen=True):
    """Base of commands that need no more than their name."""

    means: ClassVar[type[inputs.Command]]

    @classmethod
    def typed(cls, word: str | None) -> Self:
        """Without a word."""
        made = cls()
        if word:
            raise BadInputError(f"ctl {made.tag}", f"'{word}' is one word too many", f"ctl {made.tag}")
        return made

    def asked(self, make_start: MakeStart) -> inputs.Command:  # noqa: ARG002
        """As the class says."""
        return self.means()


class Named(Command, frozen=True):
    """Base of commands that are about an athlete."""

    takes = "NAME"
    name: Annotated[str, msgspec.Meta(pattern=r"\S")]

    @classmethod
    def typed(cls, word: str | None) -> Self:
        """With a name."""
        if not word or not word.strip():
            tag = cls.__struct_config__.tag
            raise BadInputError(f"ctl {tag}", "no athlete named", f"ctl {tag} NAME")
        return cls(word)


def _rep_of(word: str, usage: str) -> int:
    if not word.isdecimal() or not int(word):
        raise BadInputError(usage.partition(" [")[0].partition(" NAME")[0], f"'{word}' is no rep", usage)
    return int(word)


class Start(Command, frozen=True):
    """Begin a session of this plan; of the default plan without a name."""

    takes = "[PLAN]"
    plan: str | None = None
    """A plan's name or file."""

    @classmethod
    def typed(cls, word: str | None) -> Self:
        """With a plan or without."""
        return cls(word)

    def asked(self, make_start: MakeStart) -> StartPlan:
        """With the plan as it is now."""
        return make_start(self.plan)


class Pause(Plain, frozen=True):
    """Hold; during a rep, after it."""

    means = inputs.Pause


class Resume(Plain, frozen=True):
    """Go on after a pause."""

    means = inputs.Resume


class Skip(Plain, frozen=True):
    """Skip what is waited for: the rest, the coming rep, or the rep under way."""

    means = inputs.Skip


class Void(Command, frozen=True):
    """The rep under way or the last one does not count and is run again; or REP."""

    takes = "[REP]"
    rep: RepNumber | None = None
    """Its running number in the session that is under way, or was last; it has ended."""

    @classmethod
    def typed(cls, word: str | None) -> Self:
        """With a rep's number or without."""
        return cls(None if word is None else _rep_of(word, "ctl void [REP]"))

    def asked(self, make_start: MakeStart) -> inputs.Command:  # noqa: ARG002
        """Without a number."""
        return inputs.Void()

    def edit(self) -> AnyCorrection | None:
        """With a number."""
        return None if self.rep is None else VoidRep(self.rep)


class Finish(Plain, frozen=True):
    """Stop the clock by hand, now."""

    means = inputs.ManualFinish


class Give(Named, frozen=True):
    """The rep under way, the last one, or REP of this session is this athlete's."""

    takes = "NAME [REP]"
    rep: RepNumber | None = None
    """Its running number in the session that is under way, or was last; it has ended."""

    @classmethod
    def typed(cls, word: str | None, rep: str | None = None) -> Self:
        """With a name, and a rep's number or none."""
        if not word or not word.strip():
            raise BadInputError("ctl give", "no athlete named", "ctl give NAME [REP]")
        return cls(word, None if rep is None else _rep_of(rep, "ctl give NAME [REP]"))

    def edit(self) -> AnyCorrection | None:
        """With a number."""
        return None if self.rep is None else GiveRep(self.rep, self.name)

    def asked(self, make_start: MakeStart) -> inputs.Command:  # noqa: ARG002
        """To the athlete of this name."""
        return inputs.Give(self.name)


class Absent(Named, frozen=True):
    """An athlete drops out."""

    def asked(self, make_start: MakeStart) -> inputs.Command:  # noqa: ARG002
        """The athlete of this name."""
        return inputs.Absent(self.name)


class Present(Named, frozen=True):
    """An athlete who had dropped out is back."""

    def asked(self, make_start: MakeStart) -> inputs.Command:  # noqa: ARG002
        """The athlete of this name."""
        return inputs.Present(self.name)


class Add(Named, frozen=True):
    """Somebody comes late."""

    def asked(self, make_start: MakeStart) -> inputs.Command:  # noqa: ARG002
        """By this name. Raises BadInputError for one that nobody can be called by."""
        return inputs.Add(checked_name(self.name.strip(), "ctl add"))


class Order(Named, frozen=True):
    """An athlete goes as number so and so."""

    takes = "NAME N"
    place: Annotated[int, msgspec.Meta(ge=1, le=MOST_ATHLETES)]

    @classmethod
    def typed(cls, word: str | None, place: str | None = None) -> Self:
        """With a name and a place, counted from 1."""
        if not word or not word.strip():
            raise BadInputError("ctl order", "no athlete named", "ctl order NAME N")
        if place is None or not place.isdecimal() or not 1 <= int(place) <= MOST_ATHLETES:
            problem = "no place named" if place is None else f"'{place}' is no place"
            raise BadInputError("ctl order", problem, f"ctl order NAME N, with N from 1 to {MOST_ATHLETES}")
        return cls(word, int(place))

    def asked(self, make_start: MakeStart) -> inputs.Command:  # noqa: ARG002
        """Among those who have done as much."""
        return inputs.Order(self.name, self.place)


class Undo(Command, frozen=True):
    """Take back the last give, absent or void; or the correction of this ID."""

    takes = "[ID]"
    revision: Annotated[str, msgspec.Meta(pattern=r"\S")] | None = None
    """A correction's id, as `results history` has it."""

    @classmethod
    def typed(cls, word: str | None) -> Self:
        """With an id or without."""
        if word is not None and not word.strip():
            raise BadInputError("ctl undo", "an empty id", "ctl undo [ID]")
        return cls(word)

    def asked(self, make_start: MakeStart) -> inputs.Command:  # noqa: ARG002
        """Without an id."""
        return inputs.Undo()

    def edit(self) -> edits.Undo | None:
        """With an id."""
        return None if self.revision is None else edits.Undo(self.revision)


class Spotter(Plain, frozen=True):
    """Somebody watches in place of the sensor: starts are allowed while it is lost."""

    means = inputs.Spotter


class Repeat(Plain, frozen=True):
    """Say the last announcement again."""

    means = inputs.Repeat


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


class Volume(Command, frozen=True):
    """How loud voice and buzzer are until the timer ends; alarms stay loud."""

    takes = "N"
    percent: Annotated[int, msgspec.Meta(ge=0, le=_LOUDEST)]

    @classmethod
    def typed(cls, word: str | None) -> Self:
        """With a whole number from 0 to 100."""
        if word is None or not word.isdecimal() or int(word) > _LOUDEST:
            problem = "no volume named" if word is None else f"'{word}' is no volume"
            raise BadInputError("ctl volume", problem, f"a whole number from 0 to {_LOUDEST}")
        return cls(int(word))

    def asked(self, make_start: MakeStart) -> inputs.Command:  # noqa: ARG002
        """From now on."""
        return SetVolume(self.percent)


# What diagnostics ask of whoever holds the board


class Facts(Request, frozen=True):
    """The board, its sensors and settings, and how they do."""


class Readings(Request, frozen=True):
    """Each sensor's readings after an instant of the board's clock; without one, the last reading of each."""

    after_ns: int | None = None


class Beep(Request, frozen=True):
    """Sound the signal of readiness, or the go, while no session is under way."""

    which: Literal["ready", "go"]


class Say(Request, frozen=True):
    """Speak a text while no session is under way; the facts tell when it has been said."""

    text: Annotated[str, msgspec.Meta(pattern=r"\S", max_length=_LONGEST_TEXT)]


class LendButton(Request, frozen=True):
    """For so long a press means nothing but itself; the facts tell of it. 0 ends it."""

    seconds: Annotated[float, msgspec.Meta(ge=0, le=_LONGEST_LOAN_S)]


class Calibrate(Request, frozen=True):
    """Keep what was learnt of these sensors, and judge by it from the next reading on."""

    sensors: dict[str, SensorCalibration]


AnyCommand = (
    Start
    | Pause
    | Resume
    | Skip
    | Void
    | Finish
    | Give
    | Absent
    | Present
    | Add
    | Order
    | Undo
    | Spotter
    | Repeat
    | Stop
    | Recover
    | Close
    | Volume
    | Help
)
ToDiagnostics = Facts | Readings | Beep | Say | LendButton | Calibrate
AnyRequest = Status | Follow | Log | Keep | Edit | AnyCommand | ToDiagnostics

REQUESTS: dict[str, type[Request]] = {str(kind.__struct_config__.tag): kind for kind in get_args(AnyRequest)}
"""By name."""
COMMANDS: dict[str, type[Command]] = {name: kind for name, kind in REQUESTS.items() if issubclass(kind, Command)}
"""Those that are commands, in the order in which people are told of them."""
