"""How much later one half of a dual gate tells than the other, and how far its beam is beyond the other's: from walks.

Somebody walks through in the direction of travel and back. Both ways a late half is late by the same, while the way
between the beams makes it later one way and earlier the other: the half-sum of both lags is the delay, the half-
difference is the way over the speed. All walks are joined by least squares: lag = delay + way * slowness, with the
slowness signed by the direction. A break tells its speed to a fifth, and people keep their pace better than that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import PassageOver
from retro_timer.detection.expectation import Expectation, WatchMode
from retro_timer.detection.gate.crossing_fit import solve
from retro_timer.detection.gate.pipeline import GatePipeline
from retro_timer.detection.passages import Break
from retro_timer.detection.solution import Solution
from retro_timer.ports import RangeSample

_STROLL_MPS, _STRIDE_MPS = 0.8, 1.5
"""Who walks through comes at some speed between; so wide that the break's own length decides. Wider takes arms for a
trunk, narrower refuses who strolls or hurries."""
_APART_NS = 700_000_000
"""Between the middles of one walk at both halves: 0.4 m at 0.6 m/s. More joins who turned round in the beam with who
comes back, less loses who strolls."""
_PACE_LOG_SD = 0.1
"""One person's speed from walk to walk: less makes one pace of all, more believes each break's length."""
_CHEST_LOG_SD = 0.10
"""How well the speed of all walks together is known: one chest, 0.02 m of 0.24 m, in one cone."""
_LEAST_CHI2 = 0.25
"""Of what is left over: two halves that err alike leave a fourth of what each of them states, and ten walks may leave
less by chance. Less promises too much, more hides a delay of 10 ms."""
_LEAST_SD_S = 0.002
"""No walk tells a lag better: half of what two clocks of readings at 24 ms and the swing of arms leave."""


class Walk(msgspec.Struct, frozen=True):
    """One walk through both halves."""

    lag_s: float
    """From the first half's middle to the second's."""
    sd_s: float
    speed_mps: float
    """By the length of both breaks."""
    speed_log_sd: float
    """One standard deviation of its logarithm."""
    back: bool
    """Against the direction of travel."""


class Refused(msgspec.Struct, frozen=True):
    """A passage through one half that tells no walk."""

    t_ns: int
    """The middle of its readings."""
    why: str


class Delay(msgspec.Struct, frozen=True):
    """Of the second half against the first, each with one standard deviation."""

    late_s: float
    late_sd_s: float
    beyond_m: float
    beyond_sd_m: float


class WalkWatch:
    """Feed the readings of one half in order: each walk through it comes back as a solution with its middle."""

    def __init__(self, config: WatchConfig) -> None:
        self.refused: list[Refused] = []
        """Oldest first; whoever reads them drops them."""
        self._config = config
        self._pipeline = GatePipeline(config)
        self._rep = 1

    def feed(self, sample: RangeSample) -> list[Solution]:
        """Walks that are over with this reading. Never raises."""
        # Where the walk began nobody knows, the gait is known: as with a flying start.
        expectation = Expectation(
            mode=WatchMode.REP, rep=self._rep, slow_speed_mps=_STROLL_MPS, assumed_speed_mps=_STRIDE_MPS
        )
        over = [event for event in self._pipeline.feed(sample, expectation) if isinstance(event, PassageOver)]
        self._rep += len(over)
        found: list[Solution] = []
        for broken in (event.passage for event in over if isinstance(event.passage, Break)):
            solved = solve(broken, self._config)
            if solved.refusal or solved.middle_ns is None:
                hits_ns = [entry.t_ns for entry in broken.entries if entry.hit] or [sample.t_ns]
                why = solved.refusal or "stood in the beam"
                self.refused.append(Refused((hits_ns[0] + hits_ns[-1]) // 2, why))
            else:
                found.append(solved)
        return found


def one_walk(first_ns: int, second_ns: int) -> bool:
    """Whether the middles of two passages, each through another half, may be of one walk."""
    return abs(second_ns - first_ns) <= _APART_NS


def walk_of(first: Solution, second: Solution, *, back: bool) -> Walk | None:
    """One walk through both halves; None where these are two, or one without a middle."""
    if first.middle_ns is None or second.middle_ns is None or not one_walk(first.middle_ns, second.middle_ns):
        return None
    return Walk(
        lag_s=(second.middle_ns - first.middle_ns) / 1e9,
        sd_s=max(_LEAST_SD_S, math.hypot(first.middle_sd_s, second.middle_sd_s)),
        speed_mps=math.sqrt(first.speed_mps * second.speed_mps),
        # Both halves judge the speed by the same chest: two say no more than one.
        speed_log_sd=max(first.speed_log_sd, second.speed_log_sd),
        back=back,
    )


def delay_of(walks: Sequence[Walk]) -> Delay:
    """The second half's delay and way. Raises ValueError unless both directions were walked."""
    if len({walk.back for walk in walks}) < 2:
        raise ValueError("walks in one direction tell a delay and a way apart by nothing")
    slowness = [(-1.0 if walk.back else 1.0) / mps for walk, mps in zip(walks, _paces_mps(walks), strict=True)]
    weights = [1.0 / walk.sd_s**2 for walk in walks]
    total = sum(weights)
    lever = sum(w * s for w, s in zip(weights, slowness, strict=True))
    spread = sum(w * s * s for w, s in zip(weights, slowness, strict=True))
    lag = sum(w * walk.lag_s for w, walk in zip(weights, walks, strict=True))
    product = sum(w * s * walk.lag_s for w, s, walk in zip(weights, slowness, walks, strict=True))
    determinant = total * spread - lever * lever
    late_s, way_m = (spread * lag - lever * product) / determinant, (total * product - lever * lag) / determinant
    # A longer step one way is in what is left over; arms and sway, which both halves see alike, are in no lag.
    left = [walk.lag_s - late_s - way_m * s for walk, s in zip(walks, slowness, strict=True)]
    chi2 = sum(w * off * off for w, off in zip(weights, left, strict=True)) / max(1, len(walks) - 2)
    scale = math.sqrt(max(_LEAST_CHI2, chi2))
    beyond_sd_m = math.hypot(scale * math.sqrt(total / determinant), _CHEST_LOG_SD * way_m)
    return Delay(late_s, scale * math.sqrt(spread / determinant), way_m, beyond_sd_m)


def _paces_mps(walks: Sequence[Walk]) -> list[float]:
    """How fast each walk was, by its own break and by the others."""
    logs = [math.log(walk.speed_mps) for walk in walks]
    usual = sum(logs) / len(logs)
    shares = [_PACE_LOG_SD**2 / (_PACE_LOG_SD**2 + walk.speed_log_sd**2) for walk in walks]
    return [math.exp(usual + share * (log - usual)) for share, log in zip(shares, logs, strict=True)]
