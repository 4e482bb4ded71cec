"""What a board offers: the types and Protocols between the program and whatever measures, sounds and speaks.

Every length is millimetres (`_mm`), every instant an integer of nanoseconds on the board's monotonic clock (`_ns`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol

import msgspec

FINISH_LINE = "finish"
"""The line at which a rep ends."""
START_LINE = "start"
"""The line at which a rep begins, where a gate of its own watches it."""
WATCHED_LINES = frozenset((FINISH_LINE, START_LINE))
"""Where it is an alarm if nobody sees what is there; at the lines on the way splits are taken, without which a rep goes
on."""
HALVES = 2
"""So many gates of one line are one."""


class Placement(StrEnum):
    """Where a sensor stands and what it looks at."""

    GATE = "gate"
    LANE_END = "lane-end"
    BELT = "belt"


class Role(StrEnum):
    """What a sensor is used for."""

    TIMING = "timing"
    WATCH = "watch"
    BOTH = "both"


class RangeStatus:
    """Range status as in ST's VL53L1X API; other sensors map theirs onto it."""

    VALID = 0
    SIGMA_FAIL = 1
    SIGNAL_FAIL = 2
    BELOW_MINIMUM = 3
    OUT_OF_BOUNDS = 4
    HARDWARE_FAIL = 5
    NO_WRAP_CHECK = 6
    WRAP_AROUND = 7
    NEGATIVE = 14
    NONE = 255


class RangeSample(msgspec.Struct, frozen=True, gc=False):
    """One reading of a range sensor."""

    t_ns: int
    """Middle of the integration, on the board's monotonic clock."""
    range_mm: int | None = None
    """Distance to the target; None when the sensor reports no target."""
    status: int | None = None
    """A value of RangeStatus; None when it was not recorded."""
    signal_kcps: float | None = None
    """Rate of returned photons in thousands a second; None when not recorded."""
    ambient_kcps: float | None = None
    """Rate of background photons in thousands a second; None when not recorded."""
    sigma_mm: float | None = None
    """The sensor's own estimate of its standard deviation; None when it gives none."""


class SensorSpec(msgspec.Struct, frozen=True):
    """What the program must know of a sensor to judge its readings."""

    name: str
    model: str
    placement: Placement
    role: Role
    period_ns: int
    """Usual time between readings."""
    budget_ns: int
    """Integration time of one reading."""
    fov_deg: float
    """Full angle of the cone it sees; 0 for a thin beam."""
    min_range_mm: int
    max_range_mm: int
    """Farthest range in good light."""
    may_watch: bool = True
    """False for a sensor whose last value outlives its echo: it may time but not keep watch."""
    mode: str = ""
    """The ranging mode in force, where the sensor has several; its figures are those of this mode."""
    bright_range_mm: int | None = None
    """What remains of its range in strong ambient light; None for a sensor that is not blinded by it."""
    dark_range_mm: int | None = None
    """How far it sees dark clothing, where that is known."""
    line: str = FINISH_LINE
    """Gate: name of the line that it watches."""
    offset_mm: int = 0
    """Gate: how far beyond that line its beam is, positive in the direction of travel."""

    @property
    def alarms_when_silent(self) -> bool:
        """Whether it is an alarm if its readings end."""
        return self.role is not Role.TIMING and self.may_watch and self.line in WATCHED_LINES


class RangeSensor(Protocol):
    """A sensor on a bus. Only its bus's thread calls it."""

    @property
    def spec(self) -> SensorSpec: ...

    def start(self) -> None:
        """Begin to range. Raises RetroTimerError with the likely cause and the command that mends it."""

    def read(self) -> RangeSample | None:
        """Wait for the next reading and return it; None when the board has ended (a replayed trace ran out).

        Raises SensorFaultError when no reading that can be trusted came in time; the next call tries again.
        """

    def stop(self) -> None:
        """Stop ranging; safe to call twice."""


class RangeBus(Protocol):
    """Sensors that share wires and so are read in turn by one thread."""

    @property
    def name(self) -> str: ...

    @property
    def sensors(self) -> Sequence[RangeSensor]: ...


class Sounder(Protocol):
    """The buzzer. Calls return at once; cadence is the caller's business."""

    def on(self, frequency_hz: int, loudness: int = 100) -> int:
        """Begin to sound; returns the instant of the edge (monotonic_ns). `loudness` is in percent of the greatest
        amplitude, 1 to 100. A buzzer of one pitch and loudness ignores the figures.
        """

    def off(self) -> None: ...


class LampState(StrEnum):
    """What the lamp says, most urgent last."""

    OFF = "off"
    TROUBLE = "trouble"
    """Something is to be mended: a file that cannot be read, no speech. Seen while no session runs."""
    CLEAR = "clear"
    RUNNING = "running"
    CAUTION = "caution"
    DANGER = "danger"
    BLIND = "blind"


class Lamp(Protocol):
    """The status light."""

    def show(self, state: LampState) -> None: ...


class Voice(Protocol):
    """Speech. `say` returns at once; one utterance at a time."""

    @property
    def speaking(self) -> bool: ...

    def prepare(self, texts: Sequence[str]) -> None:
        """Render phrases that are likely to come, so that they start without delay."""

    def seconds(self, text: str) -> float:
        """How long the phrase takes from its beginning to its end: known once it is rendered, until then estimated.

        Must not wait for anything.
        """

    def say(self, text: str) -> None:
        """Begin to speak; cuts off what is being said."""

    def cut(self) -> None:
        """Stop at once. Called from the alarm's path: must not wait for anything."""

    def trouble(self) -> str:
        """One line on why nothing is heard, or an empty string; the words are then printed instead."""

    def close(self) -> None: ...


class Button(Protocol):
    """The one button. `listen` is called once, before the first press."""

    def listen(self, on_edge: Callable[[bool, int], None]) -> None:
        """`on_edge(pressed, t_ns)` is called from the board's own thread at each edge, debounced."""


class ClockSource(StrEnum):
    """What has set the machine's clock since it was switched on."""

    NTP = "ntp"
    RTC = "rtc"
    """A clock with a battery."""
    SET = "set"
    """A person, or a program that leaves no mark: it was seen to be set, and no clock does that by itself."""
    NOBODY = "nobody"


class Clock(Protocol):
    """Time. Intervals come from `monotonic_ns`; `wall_ns` is for labels only."""

    def monotonic_ns(self) -> int: ...

    def wall_ns(self) -> int: ...

    def since_boot_ns(self) -> int:
        """Time since the machine was started, its sleep included: what a label is corrected by when the wall clock is
        set. 0 for a time that is not the machine's.
        """

    def set_by(self) -> ClockSource | None:
        """What has set wall time in this boot; None for a time that is not the machine's. Reads files."""


class Board(Protocol):
    """Everything the program touches of the world. Found by entry point `retro_timer.boards`."""

    @property
    def name(self) -> str: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def buses(self) -> Sequence[RangeBus]: ...

    @property
    def sounder(self) -> Sounder: ...

    @property
    def lamp(self) -> Lamp: ...

    @property
    def button(self) -> Button | None: ...

    def notice(self, event: Mapping[str, Any]) -> None:
        """What people on the course hear: each published event. Simulated runners act on it; a box ignores it."""

    def close(self) -> None:
        """Silence everything and give the pins back; safe to call twice."""
