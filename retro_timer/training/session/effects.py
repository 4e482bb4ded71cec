"""What a step of the session asks of the world around it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from retro_timer.detection.expectation import Expectation
from retro_timer.ports import LampState
from retro_timer.training.record import Presence, RepRecord
from retro_timer.training.session.events import SessionEvent


class Signal(StrEnum):
    """A short sound of its own pattern."""

    COUNT = "count"
    SET = "set"
    """The athlete stands as for a start by release, and may leave."""
    RECALL = "recall"
    WAIT = "wait"
    """A recall with others on the course, who run on: no alarm's tone."""
    HALT = "halt"
    """Everybody stop: the tone of danger, also with nothing in the way."""
    FINISH = "finish"
    WITHDRAWN = "withdrawn"
    READY = "ready"
    ANSWER = "answer"
    """A press or command was taken."""
    REFUSAL = "refusal"
    TROUBLE = "trouble"
    """The box has something to be mended, which speech and status tell."""


class About(StrEnum):
    """What a phrase speaks of; when that changes, what has not been said of it yet is taken back."""

    PLAN = "plan"
    """What the session is going to be."""
    TURN = "turn"
    """Whose go is next, and at what."""
    REST = "rest"
    """How long the rest still is, and what is said in it."""
    START = "start"
    """The lane and the start."""
    RUN = "run"
    """The rep under way."""
    HOLD = "hold"
    """A pause."""
    WATCH = "watch"
    """What the watch sees and covers."""
    LINE = "line"
    """Who has finished, and is to leave the line."""
    GATE = "gate"
    """Whether both halves of a dual gate see."""


def about_rep(rep: int) -> str:
    """What is said of the rep with this running number."""
    return f"rep {rep}"


def about_athlete(name: str) -> str:
    """What is said of an athlete's presence."""
    return f"athlete {name}"


class Say(msgspec.Struct, frozen=True):
    """Speak a phrase of the catalogue, unless it is too late for it."""

    key: str
    values: dict[str, Any] = {}
    expires_ns: int | None = None
    """After this instant the phrase is worthless and is dropped. None: it matters until it is taken back; if it is
    about anything, it is said again when it was cut off."""
    urgent: bool = False
    """Cuts off what is being said and goes before all that waits."""
    about: tuple[str, ...] = ()
    """Members of About, reps and athletes; Unsay takes back by them."""


class Unsay(msgspec.Struct, frozen=True):
    """What is said of these things has become untrue: drop what waits, cut off what is being said."""

    about: tuple[str, ...]


class Measure(msgspec.Struct, frozen=True):
    """Find out how long a phrase will take. Whoever carries this out answers with inputs.Measured."""

    key: str
    values: dict[str, Any]


class Beep(msgspec.Struct, frozen=True):
    """Sound a signal."""

    signal: Signal


class GoTone(msgspec.Struct, frozen=True):
    """Sound the go. Whoever carries this out answers with inputs.WentOff or inputs.GoBlocked."""


class Watch(msgspec.Struct, frozen=True):
    """Swap the expectation that the sensors' threads read."""

    expectation: Expectation


class Light(msgspec.Struct, frozen=True):
    """Show a state on the lamp; alarms outrank it there by themselves."""

    state: LampState


class Save(msgspec.Struct, frozen=True):
    """Put a rep on disk and answer with inputs.Durable or inputs.NotSaved."""

    record: RepRecord
    correction: str = ""
    """void, give, swap, out, nobody or undo, where a person corrected it; and where they did."""
    origin: str = ""
    also: tuple[RepRecord, ...] = ()
    """Others of the same correction: on disk together, as one revision, and each answered."""


class KeepPresence(msgspec.Struct, frozen=True):
    """Put on disk whether athletes are here, their places in the order, and the steps that they skipped, all or none,
    and answer with inputs.PresenceAnswered."""

    presences: tuple[Presence, ...]


class LookUp(msgspec.Struct, frozen=True):
    """Ask the results who these are, and answer with inputs.LedgerSeen."""

    names: tuple[str, ...]


class Publish(msgspec.Struct, frozen=True):
    """Tell whoever listens."""

    event: SessionEvent


class Acknowledge(msgspec.Struct, frozen=True):
    """Somebody knows that the watch is blind: its alarm falls to a tick."""

    blind: bool


class Close(msgspec.Struct, frozen=True):
    """The session is over: done, stopped or interrupted."""

    outcome: str


Effect = (
    Say | Unsay | Measure | Beep | GoTone | Watch | Light | Save | KeepPresence | LookUp | Publish | Acknowledge | Close
)
