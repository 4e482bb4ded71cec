"""Athletes who give their own start: still in the beam, and out of it when ready; or flying over the start line."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Collection, Mapping
from typing import Any

from retro_timer.sim.motion import Run, Style, draw_style
from retro_timer.sim.scenario import RunnerChange
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Course, StartMethod

NS = 1e9
_COMES_S = (2.0, 4.0)
"""From the box's word to the athlete's first step into the beam."""
_WALKS_IN_S = 1.0
_HAND_M = 0.08
_READY_S = (0.8, 2.5)
"""From the set tone to the first movement."""
_EARLY_S = 0.9
"""Who leaves early does so after standing for so long."""
_SWAY_M = 0.004
_RUN_UP_M = 12.0
_TURNS_S = 0.8
"""What turning round costs on the way out and back."""


class SelfStart:
    """One athlete's start and rep. The place is the trunk's middle from the line at the start, in metres."""

    def __init__(
        self, method: StartMethod, course: Course, distance_m: float, gait: Gait, told_ns: int, rng: random.Random
    ) -> None:
        self.distance_m = distance_m
        self.method = method
        self._out_and_back = course is Course.OUT_AND_BACK
        self._rng = rng
        self.style: Style = draw_style(gait, rng, reaction_s=0.0)
        flying = method is StartMethod.FLYING
        self._stands_m = -_RUN_UP_M if flying else rng.uniform(-_HAND_M, _HAND_M)
        self._comes_ns = told_ns + round(rng.uniform(*_COMES_S) * NS)
        self._leaves_ns: int | None = self._comes_ns if flying else None
        back_m = self._stands_m + self.style.torso_m / 2.0
        self._way_m = distance_m - back_m if not self._out_and_back else distance_m - self._stands_m - self._half_m
        self.run = Run(self.style, self._way_m)

    @property
    def _half_m(self) -> float:
        return self.style.torso_m / 2.0

    def hear_set(self, t_ns: int) -> None:
        """The tone: away when ready."""
        if self._leaves_ns is None:
            self._leaves_ns = t_ns + round(self._rng.uniform(*_READY_S) * NS)

    def leave_early(self) -> None:
        """Without waiting for the tone."""
        self._leaves_ns = self._comes_ns + round((_WALKS_IN_S + _EARLY_S) * NS)

    def start_ns(self) -> int:
        """The truth: by release the trunk's trailing side passes the line, flying the back does."""
        assert self._leaves_ns is not None, "nobody has started"
        edge_m = self._half_m if self.method is StartMethod.FLYING else -self._half_m
        return self._leaves_ns + round(self._passes_s(-edge_m - self._stands_m) * NS)

    def finish_ns(self) -> int | None:
        """The truth: when the back reaches the finish; None if it never does."""
        finish_s = self.run.finish_s()
        if self._leaves_ns is None or finish_s is None:
            return None
        return self._leaves_ns + round((finish_s + (_TURNS_S if self._out_and_back else 0.0)) * NS)

    def middle_m(self, t_ns: int) -> float | None:
        """Where the trunk's middle is; None while the athlete is away from the lane."""
        since_s = (t_ns - self._comes_ns) / NS
        if since_s < 0.0:
            return None
        if self._leaves_ns is None or t_ns < self._leaves_ns:
            sway_m = _SWAY_M * math.sin(math.tau * 0.4 * since_s)
            return self._stands_m + sway_m - max(0.0, _WALKS_IN_S - since_s)
        run_s = (t_ns - self._leaves_ns) / NS
        turns_s = _TURNS_S if self._out_and_back else 0.0
        if run_s - turns_s >= self.run.turn_s:
            # Back beside the lane, and away from it until asked again.
            return None
        if not self._out_and_back:
            return self._stands_m + self.run.back_m(run_s)
        turning_m = self.distance_m / 2.0 - self._stands_m
        way_m = self.run.back_m(run_s)
        if way_m > turning_m:
            way_m = max(turning_m, self.run.back_m(run_s - _TURNS_S))
        return self._stands_m + way_m if way_m <= turning_m else self.distance_m - self._stands_m - way_m

    def _passes_s(self, way_m: float) -> float:
        """When so much of the way is behind, to 10 microseconds."""
        low, high = 0.0, self.run.brake_s
        while high - low > 1e-5:
            middle = (low + high) / 2.0
            low, high = (middle, high) if self.run.back_m(middle) < way_m else (low, middle)
        return high


class SelfStarters:
    """Who comes when the box asks, and what they do when it answers."""

    def __init__(self, seed: int, changes: Callable[[int, str], RunnerChange]) -> None:
        """`changes`: what an athlete does otherwise in a rep."""
        self.current: SelfStart | None = None
        """Who is about to start without a go, or has."""
        self.out: tuple[tuple[int, SelfStart], ...] = ()
        """Who has started so, with the rep's running number; whose rep has ended stays until the next one is asked."""
        self.out_and_back = False
        self._seed = seed
        self._changes = changes
        self._asked: Mapping[str, Any] = {}
        self._came_early: set[int] = set()

    def hear(self, event: Mapping[str, Any], rep: int, ended: Collection[int]) -> bool:
        """Whether an event is about such a start; `rep`: the running number of the next rep, `ended`: of those that are
        over."""
        kind = event.get("event")
        if kind == "phase" and event["phase"] == "await-release" and event.get("distance_m"):
            self._asked = event
            self.out = tuple(one for one in self.out if one[0] not in ended)
            self._come(event, rep)
        elif kind == "stand" and self.current is not None:
            if event["stand"] == "steady":
                self.current.hear_set(int(event["t_ns"]))
            elif rep in self._came_early:
                self._come(self._asked, rep, after_ns=int(event["t_ns"]))
        return kind in ("phase", "stand")

    def truth(self) -> tuple[int, int | None]:
        """When the athlete who has started really did, and really reaches the finish."""
        started = self.current
        assert started is not None, "nobody has come"
        return started.start_ns(), started.finish_ns()

    def leave(self, rep: int) -> None:
        """The athlete has started this rep, and is on the course whoever comes next."""
        assert self.current is not None, "nobody has come"
        self.out = (*self.out, (rep, self.current))

    def there(self) -> list[SelfStart]:
        """Who is on the course or comes to the start."""
        out = [one for _, one in self.out if one is not self.current]
        return out if self.current is None else [*out, self.current]

    def _come(self, asked: Mapping[str, Any], rep: int, after_ns: int | None = None) -> None:
        method, course = StartMethod(asked["start"]), Course(asked["course"])
        rng = random.Random(f"{self._seed}:{rep}:{len(self._came_early)}")
        told_ns = int(asked["t_ns"]) if after_ns is None else after_ns
        coming = SelfStart(method, course, float(asked["distance_m"]), Gait(asked["gait"]), told_ns, rng)
        self.out_and_back = course is Course.OUT_AND_BACK
        if rep not in self._came_early and self._changes(rep, str(asked.get("athlete", ""))).leaves_early:
            self._came_early.add(rep)
            coming.leave_early()
        self.current = coming
