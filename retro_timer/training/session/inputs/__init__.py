"""What can happen to a session: commands, what detection saw, and what the runtime reports."""

from __future__ import annotations

from retro_timer.training.session.inputs.commands import (
    Absent,
    Add,
    CloseInterrupted,
    Command,
    Give,
    Halt,
    ManualFinish,
    Nobody,
    Order,
    Out,
    Owe,
    Pause,
    Present,
    Recover,
    Repeat,
    Resume,
    Roster,
    Skip,
    Spotter,
    Start,
    Stop,
    Swap,
    Undo,
    Void,
)
from retro_timer.training.session.inputs.reports import (
    Amended,
    Durable,
    GoBlocked,
    GoGiven,
    LedgerSeen,
    Measured,
    NotSaved,
    PresenceAnswered,
    ReleaseGiven,
    Speech,
    Tick,
    TraceEnd,
    WentOff,
)
from retro_timer.training.session.inputs.sightings import (
    BodySeen,
    CrossingSeen,
    CrossingTakenBack,
    FinishSeen,
    GateAlone,
    HalfSeen,
    LanesUnseen,
    LineSees,
    ObstacleSeen,
    SensorChanged,
    SplitSeen,
    StandSeen,
    StartSeen,
    WatchChanged,
)

__all__ = [
    "Absent", "Add", "Amended", "BodySeen", "CloseInterrupted", "Command", "CrossingSeen", "CrossingTakenBack",
    "Durable", "FinishSeen", "GateAlone", "Give", "GoBlocked", "GoGiven", "HalfSeen", "Halt", "Input",
    "LanesUnseen", "LedgerSeen", "LineSees", "ManualFinish", "Measured", "Nobody", "NotSaved", "ObstacleSeen",
    "Order", "Out", "Owe", "Pause", "PresenceAnswered", "Present", "Recover", "ReleaseGiven", "Repeat", "Resume",
    "Roster", "SensorChanged", "Skip", "Speech", "SplitSeen", "Spotter", "StandSeen", "Start", "StartSeen", "Stop",
    "Swap", "Tick", "TraceEnd", "Undo", "Void", "WatchChanged", "WentOff",
]  # fmt: skip

Input = (
    Command
    | Tick
    | WentOff
    | GoBlocked
    | GoGiven
    | ReleaseGiven
    | TraceEnd
    | CrossingSeen
    | CrossingTakenBack
    | FinishSeen
    | StandSeen
    | StartSeen
    | SplitSeen
    | HalfSeen
    | LanesUnseen
    | BodySeen
    | ObstacleSeen
    | WatchChanged
    | SensorChanged
    | GateAlone
    | LineSees
    | Durable
    | NotSaved
    | PresenceAnswered
    | LedgerSeen
    | Amended
    | Speech
    | Measured
)
