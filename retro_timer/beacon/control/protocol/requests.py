"""What may be asked of a running beacon: looks at it, commands for its session, and what diagnostics need."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

import msgspec

from retro_timer.beacon.control.protocol.base import Request
from retro_timer.beacon.control.protocol.commands import AnyCommand
from retro_timer.settings.calibration import SensorCalibration
from retro_timer.store.results.edits import AnyEdit

_LONGEST_TEXT = 300
_LONGEST_LOAN_S = 600.0
LONGEST_REST_S = 60.0
StickWord = Literal["copied", "nothing", "full", "read-only", "foreign", "failed"]
"""All that the box says of sticks."""
EARLIEST_CLOCK_S = 1_767_225_600
"""The beginning of 2026: who shows less does not know the time either."""
LATEST_CLOCK_S = 4_102_444_800
"""The end of 2099."""
NOT_THE_PIN = "not the PIN"
"""The error of a PIN that may be tried again: who asks tells it by this from a window that is shut."""


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


class Newer(Request, frozen=True):
    """What `reps.jsonl` has beyond what was read of it; refused where it is not the log that was read.

    For whoever sees a snapshot of the results alone, whose table `log_mark` has these figures.
    """

    length: Annotated[int, msgspec.Meta(ge=0)]
    """Bytes that were read."""
    last_start: Annotated[int, msgspec.Meta(ge=0)]
    """Where the last line among them begins."""
    last_id: int
    """Its id, as a number."""
    entries: Annotated[int, msgspec.Meta(ge=0)]
    """Lines that were applied."""


class KeptSettings(Request, frozen=True):
    """The settings as they are kept: what has been set on the box since the timer's start is in them."""


class Forget(Request, frozen=True):
    """Forget an athlete, while no session is under way: a start waits until that is done. It cannot be undone."""

    athlete: Annotated[str, msgspec.Meta(pattern=r"\S")]
    """A name, a part of it, a number or an id."""


class OpenPairing(Request, frozen=True):
    """Let phones be paired for the next two minutes: a PIN is drawn anew and answered.

    It is spoken between sessions, unless the coach's page asks, which shows it.
    """


class TryPin(Request, frozen=True):
    """Is this the PIN of the window that is open? Refused when it is not, and when none is."""

    pin: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}$")]


class SetClock(Request, frozen=True):
    """Set the box's clock, while no session is under way and the network has not set it; answered when that is done."""

    unix_s: Annotated[int, msgspec.Meta(ge=EARLIEST_CLOCK_S, le=LATEST_CLOCK_S)]
    """Seconds since 1970."""


class ShutDown(Request, frozen=True):
    """Shut the box down, while no session is under way: it says so, writes what is to be written, and switches off."""


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


class Announce(Request, frozen=True):
    """Say what has become of a copy onto a stick; refused while a session is under way."""

    what: StickWord


class LendButton(Request, frozen=True):
    """For so long a press means nothing but itself; the facts tell of it. 0 ends it."""

    seconds: Annotated[float, msgspec.Meta(ge=0.0, le=_LONGEST_LOAN_S)]


class Rest(Request, frozen=True):
    """Switch a sensor off for so long while no session is under way, so that a neighbour is seen to measure without its
    light. 0 switches it on.
    """

    sensor: str
    seconds: Annotated[float, msgspec.Meta(ge=0.0, le=LONGEST_REST_S)]


class Calibrate(Request, frozen=True):
    """Keep what was learnt of these sensors, and judge by it from the next reading on; and of the sound."""

    sensors: dict[str, SensorCalibration]
    heard: bool | None = None
    """Whether the box, as loud as it is now, is heard at the start line; null leaves what is known."""


ToDiagnostics = Facts | Readings | Beep | Say | Announce | LendButton | Rest | Calibrate
ToMachine = SetClock | ShutDown
ToKept = Edit | Newer | KeptSettings | Forget
AnyRequest = Status | Follow | Log | Keep | ToKept | OpenPairing | TryPin | ToMachine | AnyCommand | ToDiagnostics

REQUESTS: dict[str, type[Request]] = {str(kind.__struct_config__.tag): kind for kind in get_args(AnyRequest)}
"""By name."""
