"""What a session has to do, and when."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Item(StrEnum):
    """What an appointment of the agenda is for."""

    NEXT_PHASE = "next-phase"
    COUNT = "count"
    SAY = "say"
    GO = "go"
    TIMEOUT = "timeout"
    """Its key is the rep's running number."""
    CLOCK_END = "clock-end"
    OFFER_OVER = "offer-over"
    """A manual finish is of its own moment again."""
    LANE_AGAIN = "lane-again"
    WATCH_OFF = "watch-off"
    WATCH_ON = "watch-on"
    """A relay's next one can be back."""
    RESULT_LATE = "result-late"
    """What waits for a result waits no longer."""


class Appointment(msgspec.Struct, frozen=True):
    """Something to do at an absolute time."""

    at_ns: int
    item: Item
    key: str = ""
    """SAY: the phrase's key. COUNT: the number."""
    values: dict[str, str | int | float] = {}
