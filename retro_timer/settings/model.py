"""Everything a coach or builder may set, with its default."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from retro_timer.ports import FINISH_LINE, Role
from retro_timer.sensors.settings import Name as LineName
from retro_timer.sensors.settings import Pin, SensorSettings
from retro_timer.training.detail import Detail

Volume = Annotated[int, Meta(ge=0, le=100, description="Loudness in percent; alarms do not go below theirs.")]


class TickMode(StrEnum):
    """When the soft tick says that the armed watch lives."""

    BELT = "belt"
    ALWAYS = "always"
    NEVER = "never"


class BuzzerKind(StrEnum):
    """What makes the beeps."""

    TONAL = "tonal"
    """A passive piezo, driven at the tone's frequency."""
    ACTIVE = "active"
    """A buzzer with its own pitch, switched on and off."""


class LampKind(StrEnum):
    """What shows the state."""

    RGB = "rgb"
    SINGLE = "single"
    NONE = "none"


class CourseSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The lane and what happens at its end."""

    finish_range_m: Annotated[
        float, Meta(ge=0.3, le=12.0, description="Lane-end and belt: the rep ends at this range.")
    ] = 2.0
    allow_short_runout: Annotated[
        bool, Meta(description="Accept a finish_range_m shorter than the stopping distance of the plan's gait.")
    ] = False
    lane_reach_m: Annotated[
        float,
        Meta(
            ge=0.3,
            le=12.0,
            description="Gate: who passes farther from the sensor is not in the lane. Several lanes have their own.",
        ),
    ] = 1.7
    torso_mm: Annotated[float, Meta(ge=100.0, le=500.0, description="Gate: chest depth of the runners.")] = 240.0
    lanes: Annotated[
        int,
        Meta(
            ge=1, le=4, description="Gate: lanes across its beam; a TF-Luna tells them by the range of who breaks it."
        ),
    ] = 1
    lane_width_m: Annotated[float, Meta(ge=0.5, le=3.0, description="Gate: width of a lane.")] = 1.22
    first_lane_m: Annotated[
        float, Meta(ge=0.0, le=5.0, description="Gate: from the sensor to the near edge of lane 1.")
    ] = 0.4


class LineSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A line on the way, which a gate of its own watches."""

    distance_m: Annotated[float, Meta(ge=0.0, le=1000.0, description="From the start.")]


class WatchSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The obstacle watch."""

    delay_s: Annotated[float, Meta(ge=0.1, le=3.0, description="Reaction delay of a runner who is warned.")] = 0.6
    braking_mps2: Annotated[float, Meta(ge=0.5, le=8.0, description="How hard a runner brakes.")] = 2.5
    tick: Annotated[
        TickMode, Meta(description="Soft tick while the watch is armed: belt, always or never. No tick, no watch.")
    ] = TickMode.BELT


class SessionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a session goes."""

    default_plan: Annotated[str, Meta(min_length=1, description="Plan that a press starts.")] = "first-steps"
    athlete: (
        Annotated[str, Meta(min_length=1, max_length=40, description="Who runs alone; left out: nobody in particular.")]
        | None
    ) = None
    roster: (
        Annotated[
            str,
            Meta(
                pattern=r"^[A-Za-z0-9][\w. -]*$",
                max_length=60,
                description="Roster of whom a start begins with; left out: one runs alone.",
            ),
        ]
        | None
    ) = None
    say_progress: Annotated[
        bool,
        Meta(description="Say at the end who was faster than ever before, and which of the week's sessions it was."),
    ] = False
    countdown_s: Annotated[int, Meta(ge=1, le=10, description="Numbers counted before the go.")] = 3
    get_ready_s: Annotated[float, Meta(ge=2.0, le=120.0, description="From the call to the countdown.")] = 6.0
    changeover_s: Annotated[
        float,
        Meta(
            ge=5.0,
            le=300.0,
            description="Group: least time between one finish and the next start; long enough for what is said.",
        ),
    ] = 12.0


class VoiceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Speech."""

    kind: Annotated[str, Meta(min_length=1, description="speech (aloud) or text (printed).")] = "speech"
    language: Annotated[
        str,
        Meta(
            pattern=r"^[a-z]{2}(-[A-Za-z]{2})?$", description="What is spoken: de, en, es, fr, nl, pt-BR, or its kin."
        ),
    ] = "en"
    rate_wpm: Annotated[int, Meta(ge=80, le=300, description="Words a minute.")] = 160
    detail: Annotated[Detail, Meta(description="brief, normal or full: how much is said of results.")] = Detail.NORMAL
    device: Annotated[
        str,
        Meta(min_length=1, description="ALSA device; auto: the speaker's card by its kind, HDMI and headphones last."),
    ] = "auto"
    volume: Volume = 100
    lead_in_s: Annotated[
        float, Meta(ge=0.0, le=3.0, description="Silence before words on a card that has been idle and wakes slowly.")
    ] = 0.25


class BuzzerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The buzzer."""

    kind: Annotated[BuzzerKind, Meta(description="tonal or active.")] = BuzzerKind.TONAL
    pin: Pin = 17
    volume: Volume = 100


class LampSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The status lamp."""

    kind: Annotated[LampKind, Meta(description="rgb, single or none.")] = LampKind.RGB
    pins: Annotated[
        tuple[Pin, ...], Meta(min_length=1, max_length=3, description="Red, green, blue; or the one pin.")
    ] = (22, 23, 24)


class ButtonSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The one button, to ground."""

    pin: Pin = 27


class AudioSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the speaker is connected; its pins are not free for anything else."""

    output: Annotated[str, Meta(pattern="^(i2s|usb|hat|none)$", description="i2s, usb, hat or none.")] = "i2s"


class CoachSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The coach's page."""

    listen: Annotated[
        str, Meta(pattern=r"^.+:[0-9]{1,5}$", description="HOST:PORT of the page; 0.0.0.0:PORT for the whole network.")
    ] = "127.0.0.1:8765"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole of config.toml."""

    sensors: Annotated[
        tuple[SensorSettings, ...], Meta(min_length=1, max_length=6, description="One table [[sensors]] each.")
    ] = (SensorSettings(),)
    course: CourseSettings = CourseSettings()
    lines: Annotated[
        dict[LineName, LineSettings], Meta(max_length=6, description="One table [lines.NAME] for each line on the way.")
    ] = {}
    watch: WatchSettings = WatchSettings()
    session: SessionSettings = SessionSettings()
    voice: VoiceSettings = VoiceSettings()
    buzzer: BuzzerSettings = BuzzerSettings()
    lamp: LampSettings = LampSettings()
    button: ButtonSettings = ButtonSettings()
    audio: AudioSettings = AudioSettings()
    coach: CoachSettings = CoachSettings()

    @property
    def timing(self) -> SensorSettings | None:
        """The sensor that decides finishes: the first at the finish whose role is timing or both."""
        return next((s for s in self.sensors if s.role is not Role.WATCH and s.line == FINISH_LINE), None)

    @property
    def watchers(self) -> tuple[SensorSettings, ...]:
        """The sensors that keep watch."""
        return tuple(s for s in self.sensors if s.role is not Role.TIMING)
