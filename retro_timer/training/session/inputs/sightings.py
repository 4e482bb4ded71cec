"""What detection saw: at the line, in the beam of the start, and behind the runner."""

from __future__ import annotations

import msgspec

from retro_timer.detection.events import Beam, Level, SensorState, Stand, StandEnd
from retro_timer.training.safe_speed import Coverage


class CrossingSeen(msgspec.Struct, frozen=True):
    """Provisional finish."""

    rep: int
    t_ns: int
    lane: int | None = None
    """Where there are several."""


class CrossingTakenBack(msgspec.Struct, frozen=True):
    """It was not the runner."""

    rep: int
    t_ns: int
    reason: str
    lane: int | None = None
    """Of several the one where that was; None for whoever the crossing told."""


class FinishSeen(msgspec.Struct, frozen=True):
    """The back reached the line at `back_ns`; decided on the sample at `t_ns`."""

    rep: int
    back_ns: int
    uncertainty_ns: int
    method: str
    t_ns: int
    crowded: bool = False
    """Somebody else was in the beam as well."""
    single: bool = False
    """One half of a dual gate timed it, the other one being blind."""
    hidden: bool = False
    """Somebody in a nearer lane hid the moment itself."""
    ambiguous: bool = False
    """So near to a lane's border that it may be the neighbour."""
    lane: int | None = None
    """Where there are several."""


class LanesUnseen(msgspec.Struct, frozen=True):
    """Somebody in a nearer lane stood before these for as long as the runner takes to pass, and nobody was timed."""

    rep: int
    nearest: int
    farthest: int
    """Lanes, counted from 1."""
    first_ns: int
    last_ns: int
    """From when to when."""
    t_ns: int


class HalfSeen(msgspec.Struct, frozen=True):
    """One half of a dual gate saw a whole body, the other one nobody: no finish."""

    rep: int
    sensor: str
    beam: Beam
    t_ns: int


class StandSeen(msgspec.Struct, frozen=True):
    """Somebody came to stand in the beam of the start, stands steadily, or does not any more."""

    stand: Stand
    reason: StandEnd
    t_ns: int


class StartSeen(msgspec.Struct, frozen=True):
    """The athlete started by leaving the beam, or by crossing the line at the start."""

    start_ns: int
    uncertainty_ns: int
    t_ns: int
    """The sample on which it was decided."""


class SplitSeen(msgspec.Struct, frozen=True):
    """The back passed a line on the way at `back_ns`."""

    rep: int
    line: str
    back_ns: int
    uncertainty_ns: int
    t_ns: int


class BodySeen(msgspec.Struct, frozen=True):
    """Somebody passed the line who is not timed."""

    first_ns: int
    last_ns: int
    t_ns: int


class ObstacleSeen(msgspec.Struct, frozen=True):
    """The watch's level changed."""

    level: Level
    range_mm: int | None
    expected: bool
    t_ns: int
    sensor: str = ""
    """Whose reading changed it, where there are several sensors."""


class WatchChanged(msgspec.Struct, frozen=True):
    """The watch's sensor changed its state, or what it covers changed."""

    state: SensorState
    reason: str
    coverage: Coverage | None
    t_ns: int
    of_several: bool = False
    """There are several sensors: each one's own change is told by SensorChanged."""


class SensorChanged(msgspec.Struct, frozen=True):
    """One of several sensors changed its state."""

    sensor: str
    line: str
    state: SensorState
    reason: str
    t_ns: int


class GateAlone(msgspec.Struct, frozen=True):
    """One half of a dual gate goes on by itself, the other one being blind; or both see again."""

    line: str
    blind: str
    """Name of the half that does not see; empty when both see."""
    reason: str
    t_ns: int

    @property
    def said(self) -> tuple[str, dict[str, str]]:
        """The phrase that tells it, and its values."""
        return ("one_beam", {"sensor": self.blind, "reason": self.reason}) if self.blind else ("both_beams", {})


class LineSees(msgspec.Struct, frozen=True):
    """A gate on the way, which only gives splits, does not see any more, or does again."""

    line: str
    sensor: str
    reason: str
    """Why it does not see; empty when it does."""
    t_ns: int

    @property
    def said(self) -> tuple[str, dict[str, str]]:
        """The phrase that tells it, and its values."""
        if not self.reason:
            return "line_back", {"line": self.line}
        return "line_blind", {"line": self.line, "sensor": self.sensor, "reason": self.reason}
