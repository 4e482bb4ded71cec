"""What a beacon tells whoever listens: the session's events and those of the box itself."""

from __future__ import annotations

from typing import get_args

import msgspec

from retro_timer.training.session import events as session
from retro_timer.training.session.events import Event


class Said(Event, frozen=True):
    """A phrase is being spoken."""

    key: str
    """Of the phrase in the catalogue."""
    text: str


class Sound(Event, frozen=True):
    """The buzzer sounds something else."""

    name: str
    """Empty when it falls silent."""
    frequency_hz: int


class Tone(Event, frozen=True):
    """Each change of the buzzer's pin, too many for anybody but who draws the sound; no follower gets it."""

    name: str
    frequency_hz: int


class Volume(Event, frozen=True):
    """Somebody turned voice and buzzer up or down."""

    voice: int | None
    """In percent; null for a voice that only prints."""
    buzzer: int


class Button(Event, frozen=True):
    """The button was used, and what that meant in this moment."""

    gesture: str
    action: str


class ClockSet(Event, frozen=True):
    """Somebody, or the network, has set the machine's clock."""

    by_s: int


class Strain(Event, frozen=True):
    """The machine does badly, or well again."""

    what: str
    """power, heat or slow"""
    on: bool
    temperature_c: float | None


class DatabaseRebuilt(Event, frozen=True):
    """The results had to be mended."""

    cause: str
    set_aside: str
    """Where the damaged file is; empty for none."""
    reps: int
    words: str
    """One line for people."""


BoxEvent = Said | Sound | Tone | Volume | Button | ClockSet | Strain | DatabaseRebuilt
BeaconEvent = session.SessionEvent | BoxEvent
EVENTS: dict[str, type[Event]] = {str(kind.__struct_config__.tag): kind for kind in get_args(BeaconEvent)}
"""By name."""


class Logged(msgspec.Struct, frozen=True):
    """An event and when it came."""

    wall_s: float
    """By the machine's clock, in seconds since 1970."""
    event: BeaconEvent
