"""What a session tells whoever listens: one struct an event, tagged by its name."""

from __future__ import annotations

from retro_timer.training.session.events.base import Event, Values, snake_case
from retro_timer.training.session.events.corrections import Correction, Given, Presence, Roster, Void
from retro_timer.training.session.events.reps import (
    Crossing,
    CrossingWithdrawn,
    Dnf,
    Finish,
    Go,
    Half,
    Recall,
    Relay,
    Split,
    Stand,
    Unseen,
)
from retro_timer.training.session.events.session import (
    Closed,
    NotSaved,
    Phase,
    Recoverable,
    Recovered,
    Refused,
    SavedAfterAll,
    Session,
    Skipped,
    Summary,
)
from retro_timer.training.session.events.watch import Obstacle, Sensor, Spotter

__all__ = [
    "Closed", "Correction", "Crossing", "CrossingWithdrawn", "Dnf", "Event", "Finish", "Given", "Go", "Half",
    "NotSaved", "Obstacle", "Phase", "Presence", "Recall", "Recoverable", "Recovered", "Refused", "Relay", "Roster",
    "SavedAfterAll", "Sensor", "Session", "SessionEvent", "Skipped", "Split", "Spotter", "Stand", "Summary",
    "Unseen", "Values", "Void", "snake_case",
]  # fmt: skip

SessionEvent = (
    Session
    | Phase
    | Go
    | Stand
    | Recall
    | Crossing
    | CrossingWithdrawn
    | Finish
    | Split
    | Half
    | Unseen
    | Dnf
    | Relay
    | Void
    | Given
    | Correction
    | Presence
    | Roster
    | Skipped
    | Obstacle
    | Sensor
    | Spotter
    | Refused
    | NotSaved
    | SavedAfterAll
    | Recoverable
    | Recovered
    | Closed
    | Summary
)
