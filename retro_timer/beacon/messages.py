"""What may lie in the session's inbox: a closed set of values, each put there by one part and from any thread."""

from __future__ import annotations

import queue
from collections.abc import Callable

import msgspec

from retro_timer.beacon.sensing.coverage import SensorReport
from retro_timer.beacon.system.strain import StrainChange
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import DetectionEvent
from retro_timer.store.results.cut_off import SessionEntry
from retro_timer.store.results.repair import Repair
from retro_timer.training.plan import Plan
from retro_timer.training.record import RepRecord
from retro_timer.training.session import inputs


class StartPlan(msgspec.Struct, frozen=True):
    """Begin a session of this plan with these athletes."""

    plan: Plan
    roster: tuple[str, ...]


MakeStart = Callable[[str | None], StartPlan]
"""Reads a plan by its name, or the default one. Raises RetroTimerError for one that cannot be started."""


class Offer(msgspec.Struct, frozen=True):
    """A session that was cut off, with its reps."""

    entry: SessionEntry
    records: tuple[RepRecord, ...]


class JournalLooked(msgspec.Struct, frozen=True):
    """Whatever was cut off has been offered, or somebody forgotten: from now on a start is a start."""


class SayButton(inputs.Command, frozen=True):
    """Say what the button does now: the box answers it, not the session."""


class SetVolume(inputs.Command, frozen=True):
    """How loud voice and buzzer are from now on: the box answers it, not the session."""

    percent: int


class Asked(msgspec.Struct, frozen=True):
    """A command whose giver waits for an answer: an empty string, or why it was refused."""

    command: inputs.Command | StartPlan
    reply: Callable[[str], None]
    origin: str = "ctl"
    """Where from: ctl or page."""


class Between(msgspec.Struct, frozen=True):
    """To be done between two messages: whatever followed from the last one has been told, and nothing of the next."""

    action: Callable[[], None]


class Detected(msgspec.Struct, frozen=True):
    """What a sensor's judge has found, and how that sensor is judged."""

    event: DetectionEvent
    config: WatchConfig


class ButtonEdge(msgspec.Struct, frozen=True):
    """The button went down or up."""

    pressed: bool
    t_ns: int


class Tone(msgspec.Struct, frozen=True):
    """The buzzer changed: the sound that holds it, or an empty name, and its frequency now."""

    name: str
    frequency_hz: int
    t_ns: int


class StopLoop(msgspec.Struct, frozen=True):
    """Ends the session's loop. Safe to put into the inbox from a signal handler."""

    switches_off: bool = False
    """The box is to be switched off when all is written."""


Opening = StartPlan | Offer | JournalLooked
"""What may begin a session."""
BeaconMessage = inputs.Input | Opening | Asked | Between | Detected | SensorReport | Repair | StrainChange | Tone
"""What the beacon itself deals with."""
Message = BeaconMessage | ButtonEdge | StopLoop
Inbox = queue.SimpleQueue[Message]
Post = Callable[[Message], None]
