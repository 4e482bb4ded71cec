"""Commands: what a person may ask of the session or the box, one class each.

`retro-timer ctl`, its help, the socket's page and its schema follow from them.
"""

from __future__ import annotations

from typing import get_args

from retro_timer.beacon.control.protocol.commands.base import Command, Named, Plain, SessionCommand
from retro_timer.beacon.control.protocol.commands.box import Help, Repeat, Volume
from retro_timer.beacon.control.protocol.commands.group import Absent, Add, Order, Owe, Present, Roster
from retro_timer.beacon.control.protocol.commands.results import Claim, Finish, Give, Nobody, Out, Swap, Undo, Void
from retro_timer.beacon.control.protocol.commands.session import (
    Close,
    Halt,
    Pause,
    Recover,
    Resume,
    Skip,
    Spotter,
    Start,
    Stop,
)

__all__ = [
    "COMMANDS", "Absent", "Add", "AnyCommand", "Claim", "Close", "Command", "Finish", "Give", "Halt", "Help",
    "Named", "Nobody", "Order", "Out", "Owe", "Pause", "Plain", "Present", "Recover", "Repeat", "Resume", "Roster",
    "SessionCommand", "Skip", "Spotter", "Start", "Stop", "Swap", "Undo", "Void", "Volume",
]  # fmt: skip

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
