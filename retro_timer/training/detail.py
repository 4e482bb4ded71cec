"""How much is said of results."""

from __future__ import annotations

from enum import StrEnum


class Detail(StrEnum):
    """From the least to the most."""

    BRIEF = "brief"
    """Times, what the plan asks for (splits, targets), and at the end how many finished."""
    NORMAL = "normal"
    """Averages of a set and the time until the next start as well; at the end whose best it was, and each one's."""
    FULL = "full"
    """That a time is the athlete's best so far as well; at the end how many reps each one finished, and the average."""
