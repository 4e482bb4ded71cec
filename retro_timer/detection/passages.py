"""What was seen of a passage, as it is handed over to be timed: through a beam, or up the lane."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from retro_timer.detection.readings import Kind


class BeamEntry(msgspec.Struct, frozen=True, gc=False):
    """One reading in or beside a break."""

    t_ns: int
    kind: Kind
    hit: bool
    """A believed target in front of the background."""
    range_mm: int | None
    signal_kcps: float | None


class Break(msgspec.Struct, frozen=True):
    """All that is known of one passage through the beam."""

    entries: Sequence[BeamEntry]
    wall_mm: float | None
    """Range of the background; None for an open field."""
    open_signal_kcps: float
    """What the background alone returns; 0 when unknown."""
    stands_out_kcps: float
    """Least signal that the background alone does not return."""
    period_s: float
    budget_s: float
    mean_speed_mps: float
    """Distance over the time since the go, less what the start cost: what the runner did on the way to the line."""
    slowest_mps: float
    """Slow end of the runner's gait."""
    fastest_mps: float
    """Fast end of the runner's gait."""
    over: bool
    """False when somebody is still standing in the beam."""
    before_others: bool = False
    """Somebody else stood behind whoever passed."""
    other_speeds_mps: tuple[float, ...] = ()
    """In place of `mean_speed_mps`, where it may be somebody else's of several on the course; the likeliest first."""
    ambient_kcps: float | None = None
    """The light about, as it was at the end; None where none was recorded."""
    before_others_at_edges: bool = False
    """Somebody farther away was seen right beside it: its edges are blended with them, as with a wall."""
    way_known: bool = True
    """Whether `mean_speed_mps` is of this runner's own way from a go: of several it may be another's, and of who comes
    from anywhere only the gait is known."""

    @property
    def dawdled(self) -> bool:
        """Whether somebody is later than the gait's slow end, so that they stood still on the way."""
        return self.mean_speed_mps < self.slowest_mps

    def around(self, first_ns: int, last_ns: int, beside: int) -> Sequence[BeamEntry]:
        """Readings from `first_ns` to `last_ns` and so many to either side."""
        inside = [i for i, e in enumerate(self.entries) if first_ns <= e.t_ns <= last_ns]
        return self.entries[max(0, inside[0] - beside) : inside[-1] + beside + 1] if inside else ()


class Approach(msgspec.Struct, frozen=True):
    """A track around the moment at which it passed the finish range."""

    points: Sequence[tuple[float, float]]
    """(seconds from `origin_ns`, metres), oldest first."""
    origin_ns: int
    finish_range_m: float
    method: str
    depth_m: float = 0.0
    """How much farther than the back's nearest point the sensor reads."""
    sway_m: float = 0.010
    sway_s: float = 0.0
    """One standard deviation of the nearest surface against the back itself, and its growth with speed."""
