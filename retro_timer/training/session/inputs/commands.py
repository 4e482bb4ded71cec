"""What a person asks of a session."""

from __future__ import annotations

import msgspec

from retro_timer.training.listed import Listed


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """Base of what a person asks for."""

    origin: str = "button"
    """Where from: button, ctl, or page and its client."""


class Start(Command, frozen=True):
    """Begin; where a press is waited for, give the go."""


class Pause(Command, frozen=True):
    """Hold; during a rep, after it."""


class Resume(Command, frozen=True):
    """Go on after a pause."""


class Skip(Command, frozen=True):
    """Skip what is waited for: the rest, the coming rep, or the rep under way (a DNF)."""


class Void(Command, frozen=True):
    """The rep under way, or else the last one, does not count and is run again."""


class ManualFinish(Command, frozen=True):
    """Stop the clock by hand, now."""

    name: str | None = None
    """Whose; of several the first to have gone who can be at the line, where nobody is named."""


class Give(Command, frozen=True):
    """The rep, or of several on the course the finish, belongs to another athlete."""

    name: str
    rep: int | None = None
    """Of several that have ended; None for the last one."""


class Swap(Command, frozen=True):
    """Two finishes of several on the course were each other's."""

    rep: int
    other: int


class Nobody(Command, frozen=True):
    """A rep's crossing was nobody's finish."""

    rep: int


class Out(Command, frozen=True):
    """An athlete has left the course: a finish that they took is of somebody behind them."""

    name: str


class Absent(Command, frozen=True):
    """An athlete drops out."""

    name: str


class Present(Command, frozen=True):
    """An athlete who had dropped out is back."""

    name: str


class Add(Command, frozen=True):
    """Somebody comes late."""

    name: str


class Owe(Command, frozen=True):
    """An athlete makes up what they missed, once they are through the plan."""

    name: str


class Order(Command, frozen=True):
    """An athlete gets another place in the order of turns, counted from 1."""

    name: str
    place: int


class Roster(Command, frozen=True):
    """The group is another one: who is new joins, whoever is missing is out, and all go in this order."""

    names: tuple[str, ...]
    listed: tuple[Listed, ...] = ()
    """What the roster says of them."""


class Undo(Command, frozen=True):
    """Take back the last correction that can be."""

    revision: str | None = None
    """The id of one that moved finishes."""


class Spotter(Command, frozen=True):
    """Somebody watches in place of the sensor: starts are allowed while it is lost."""


class Repeat(Command, frozen=True):
    """Say the last announcement again."""

    result: bool = False
    """The last result in its place."""


class Halt(Command, frozen=True):
    """Everybody stops at once; nothing is started until somebody says so. No phase refuses it."""


class Stop(Command, frozen=True):
    """End the session."""


class Recover(Command, frozen=True):
    """After a power cut: go on at the next rep."""


class CloseInterrupted(Command, frozen=True):
    """After a power cut: close the session as interrupted."""
