"""What a beacon answers, one struct to each request; diagnostics' are in `facts.py`."""

from __future__ import annotations

from typing import Literal

import msgspec

from retro_timer.beacon.control.protocol.base import VERSION, Answer
from retro_timer.beacon.control.protocol.facts import Facts, Readings
from retro_timer.beacon.events import Logged
from retro_timer.beacon.system.strain import Strain
from retro_timer.errors import RetroTimerError
from retro_timer.settings.model import Settings
from retro_timer.store.results.athlete_edits import Done as EditDone
from retro_timer.store.results.forgetting import Forgetting
from retro_timer.training.record import RepRecord

Why = Literal["malformed", "unknown", "version", "refused", "session", "failed"]


class RequestRefusedError(RetroTimerError):
    """A request that was not taken; `why` is the answer's."""

    def __init__(self, why: Why, text: str) -> None:
        super().__init__(text)
        self.why = why


class Error(Answer, frozen=True, kw_only=True):
    """Nothing was done, and why, in one line."""

    error: str
    why: Why
    """What kind of error: no message, no request that is known, another protocol, not possible now, not while a
    session is open, a defect.
    """
    ok: bool = False


class Done(Answer, frozen=True):
    """The command was taken."""

    note: str | msgspec.UnsetType = msgspec.UNSET
    """What is not as one may think, in one line."""


class WatchStatus(msgspec.Struct, frozen=True):
    """What the watch sees and covers."""

    state: str
    """ok, degraded or lost"""
    reason: str
    armed: bool
    covers: str | None
    """The key of the phrase that says so."""
    safe_speed_mps: float | None
    range_m: float | None


class VolumeStatus(msgspec.Struct, frozen=True):
    """In percent."""

    voice: int | None
    """null for a voice that only prints"""
    buzzer: int


class SensorStatus(msgspec.Struct, frozen=True):
    """A sensor and its last reading."""

    name: str
    model: str
    placement: str
    state: str
    range_m: float | None
    """null without a target"""
    status: int | None
    ambient_kcps: float | None
    period_ms: float


class AthleteStatus(msgspec.Struct, frozen=True):
    """One of those who take part."""

    name: str
    present: bool
    step: int
    """Of the plan, from 0, which comes next."""
    missed: int = 0
    """Steps that were skipped, or missed by who came late, and not made up."""
    rests_s: float | None = None
    """Until the end of their rest; null when they are rested."""
    running_s: float | None = None
    """Since the go of their rep under way."""
    say: str = ""
    """How the voice says the name, where the roster has it otherwise than it is written."""


class OnCourse(msgspec.Struct, frozen=True):
    """A rep under way."""

    rep: int
    athlete: str
    running_s: float
    """Since its go."""
    distance_m: float | None
    gait: str
    lane: int | None = None
    """The athlete's usual one, where there are several."""
    place: int | None = None
    """In a wave before a single lane: `athlete` is empty as long as nobody has claimed it."""
    crossings: int | None = None
    """How often they have crossed the line, where that is what is counted."""


class TimerStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What a timer does and sees. From `title` on null until there is a session; whose turn, until there is one."""

    board: str
    now_ns: int
    """When this was so, on the clock of the events' `t_ns`."""
    phase: str
    watch: WatchStatus
    sound: str
    """What the buzzer sounds; empty when it is silent."""
    volume: VolumeStatus
    machine: Strain
    samples: int
    """Readings judged so far, by all sensors."""
    troubles: tuple[str, ...]
    """What is to be mended, a line each."""
    sensors: tuple[SensorStatus, ...]
    title: str | None = None
    level: str | None = None
    reps_done: int | None = None
    athlete: str | None = None
    wave: tuple[str, ...] | None = None
    """Of waves: who goes at once, the athlete of the turn among them."""
    then: str | None = None
    """Who is on deck after them; null where that is nobody else, or everybody."""
    athletes: tuple[AthleteStatus, ...] | None = None
    set: int | None = None
    sets: int | None = None
    rep_in_set: int | None = None
    reps_in_set: int | None = None
    distance_m: float | None = None
    gait: str | None = None
    left_s: float | None = None
    """Until the phase ends by the plan."""
    session_left_s: float | None = None
    """Until everybody is through, at the usual speeds of the gaits; null where nobody knows."""
    running_s: float | None = None
    """Since the go of the rep under way; of several the one that went first."""
    on_course: tuple[OnCourse, ...] | None = None
    """The reps under way, in order of their go."""
    unsaved: int | None = None
    """Reps that are not on the disk."""
    language: str = ""
    """In which it speaks."""
    results: tuple[RepRecord, ...] = ()
    """The newest word on each of the last reps that have ended, oldest first."""


class Status(Answer, frozen=True):
    """How the timer does."""

    status: TimerStatus
    version: int = VERSION
    """The protocol that the timer speaks."""


class Following(Answer, frozen=True):
    """How the timer does; its events follow, a line each."""

    status: TimerStatus
    origin_ns: int
    """When the timer began, on the clock of the events' `t_ns`."""
    version: int = VERSION
    """The protocol that the timer speaks."""


class Log(Answer, frozen=True):
    """The newest events, oldest first."""

    log: tuple[Logged, ...]


class Kept(Answer, frozen=True):
    """The traces that are now on the disk."""

    files: tuple[str, ...]


class Edited(Answer, frozen=True):
    """The correction is on the disk."""

    done: EditDone


class Newer(Answer, frozen=True):
    """A portion of `reps.jsonl`, of what is durable."""

    lines: bytes
    """Whole ones, with their ends, as base64."""
    more: bool
    """Whether there is more beyond them."""


class KeptSettings(Answer, frozen=True):
    """In force from the timer's next start on."""

    settings: Settings


class Forgotten(Answer, frozen=True):
    """The name stands in no file any more but those that are listed."""

    done: Forgetting


class Pairing(Answer, frozen=True):
    """A phone may be paired."""

    pin: str
    """Six digits."""
    lasts_s: float


class Beeping(Answer, frozen=True):
    """It sounds."""

    lasts_s: float


class Calibrated(Answer, frozen=True):
    """It is kept, and in force."""

    file: str


AnyAnswer = (
    Error
    | Done
    | Status
    | Following
    | Log
    | Kept
    | Edited
    | Newer
    | KeptSettings
    | Forgotten
    | Pairing
    | Facts
    | Readings
    | Beeping
    | Calibrated
)
