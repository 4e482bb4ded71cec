"""What timing a passage gives, whichever way it was seen."""

from __future__ import annotations

import msgspec

from retro_timer.detection.events import CrossingWithdrawn, Finish, PassageOver

NORMAL_95 = 1.96
"""Half-width of a normal distribution's 95 % interval, in standard deviations."""

_MOST_UNSURE_NS = 10_000_000_000
"""A moment that is known no better is no time of a rep of 5 to 100 m: somebody stood in the beam, or readings came
seconds apart. Less would refuse a slow walker before a sensor that reads once a second."""


class Solution(msgspec.Struct, frozen=True):
    """The back's moment, or why this was not the runner."""

    back_ns: int = 0
    uncertainty_ns: int = 0
    """Half-width of the 95 % interval."""
    speed_mps: float = 0.0
    refusal: str = ""
    middle_ns: int | None = None
    """When the middle of the torso was on the beam's axis; None where only an edge was seen."""
    middle_sd_s: float = 0.0
    """One standard deviation of that moment by the readings alone, without what bodies do."""
    edge_sd_s: float | None = None
    """The same of `back_ns`, from a beam so thin that it shows the back's edge itself; None from a wider one."""
    speed_log_sd: float = 0.0
    """One standard deviation of the logarithm of `speed_mps`."""
    moved_s: float = 0.0
    """How far the back's moment moves at most when any one reading is left out."""
    ragged: float = 0.0
    """How far the light of the readings is from the outline of one body, root mean square, against its height; 0 where
    no outline was fitted to light."""
    crowded: bool = False
    """Somebody else was in the beam as well."""


def finish_of(over: PassageOver, solved: Solution, method: str) -> Finish | CrossingWithdrawn:
    """What a solution says of a passage."""
    if solved.refusal:
        return CrossingWithdrawn(over.rep, over.t_ns, solved.refusal, over.lane)
    if solved.uncertainty_ns > _MOST_UNSURE_NS:
        return CrossingWithdrawn(over.rep, over.t_ns, "not known to ten seconds", over.lane)
    first_ns, last_ns = solved.back_ns - solved.uncertainty_ns, solved.back_ns + solved.uncertainty_ns
    hiding = [span for span in over.hidden_ns if span[0] <= last_ns and span[1] >= first_ns]
    # While nobody could see the line the back may have reached it at any moment.
    reach_ns = max((max(solved.back_ns - begin, end - solved.back_ns) for begin, end in hiding), default=0)
    return Finish(
        over.rep,
        solved.back_ns,
        max(solved.uncertainty_ns, reach_ns),
        method,
        over.t_ns,
        solved.crowded,
        hidden=bool(hiding),
        ambiguous=over.ambiguous,
        lane=over.lane,
    )
