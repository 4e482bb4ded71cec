"""What a generator hands over: the readings, and the truth that only the generator knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from retro_timer.ports import RangeSample, SensorSpec
from retro_timer.training.gaits import Gait

Expected = Literal["finish", "dnf"]


@dataclass(frozen=True, slots=True)
class Rep:
    """One go and its right answer."""

    go_ns: int
    distance_m: float
    gait: Gait
    expected: Expected
    back_ns: int | None
    """When the back reached the line; None for a dnf."""
    flags: tuple[str, ...] = ()
    """Flags that the result must carry."""


@dataclass(frozen=True, slots=True)
class Decoy:
    """Something in the beam that is not the finish of any rep, and when it is there."""

    kind: str
    first_ns: int
    last_ns: int


@dataclass(frozen=True, slots=True)
class GateCase:
    """A gate's readings around one passage, or around something that is none."""

    seed: int
    spec: SensorSpec
    samples: list[RangeSample]
    reps: tuple[Rep, ...]
    decoys: tuple[Decoy, ...] = ()
    background_mm: int | None = None
    """The wall; None in the open field."""
    torso_mm: float = 240.0
    """Depth of this runner's chest."""
    speed_mps: float = 0.0
    """Speed of the torso at the line."""
    lateral_mm: float = 0.0
    """Range of the nearer shoulder."""
    period_s: float = 0.0
    """The true mean period."""
    axis_periods: float = 0.0
    """How many periods the torso (no arms) stands on the beam's axis: what an ideal thin beam would see."""
    break_periods: float = 0.0
    """How many periods any part of the torso is within the half-power cone."""
    seen_periods: float = 0.0
    """How many periods the body (torso and upper arms) is strong enough to be reported, without noise, and pulls the
    range a quarter of the way or more from the wall."""
    free_periods: float = 0.0
    """Of two behind each other: for how many periods the half-power cone between them is free of either trunk."""
    peak_kcps: float = 0.0
    """The body's strongest return, alone and without noise; the least for a valid reading is 1,500."""

    @property
    def go_ns(self) -> int:
        """The first rep's go."""
        return self.reps[0].go_ns

    @property
    def distance_m(self) -> float:
        """The first rep's distance."""
        return self.reps[0].distance_m

    @property
    def gait(self) -> Gait:
        """The first rep's gait."""
        return self.reps[0].gait

    @property
    def back_ns(self) -> int | None:
        """The first rep's truth."""
        return self.reps[0].back_ns

    @property
    def expected(self) -> Expected:
        """The first rep's right answer."""
        return self.reps[0].expected


@dataclass(frozen=True, slots=True)
class ApproachCase:
    """A runner comes down the axis (lane-end), or the end board comes nearer (belt), through the finish range."""

    seed: int
    spec: SensorSpec
    samples: list[RangeSample]
    reps: tuple[Rep, ...]
    finish_range_m: float
    speed_mps: float
    """Speed at the finish range."""
    first_report_ns: int | None
    """First instant at which the return, without noise, is strong enough for status 0."""

    @property
    def go_ns(self) -> int:
        """The go."""
        return self.reps[0].go_ns

    @property
    def back_ns(self) -> int:
        """When the back's surface, or the board, was at the finish range."""
        truth = self.reps[0].back_ns
        assert truth is not None, "an approach always arrives"
        return truth


@dataclass(frozen=True, slots=True)
class TruthPoint:
    """Where the nearest obstacle is at one instant."""

    t_ns: int
    range_mm: float | None
    """Its nearest surface within the half-power cone and the sensor's range; None when there is none."""
    closing_mps: float
    """How fast that range shrinks; negative when it grows."""


@dataclass(frozen=True, slots=True)
class WarningCase:
    """A scene for the obstacle watch. `truth` has one point for each reading."""

    seed: int
    spec: SensorSpec
    samples: list[RangeSample]
    truth: list[TruthPoint]
    first_sight_ns: int | None
    """First instant with the obstacle in the half-power cone and within the sensor's range; None when never."""
    first_report_ns: int | None
    """First instant at which its return, without noise, is strong enough for status 0."""
