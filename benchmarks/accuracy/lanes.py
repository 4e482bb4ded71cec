"""Waves in lanes before one TF-Luna, replayed: who was timed, in which lane, and how well.

Visible runners (`benchmarks.physics.lanes`) and those whose leading edge a nearer one hides are told apart.

    python -m benchmarks.accuracy.lanes [WAVES] [FIRST_SEED]
"""

from __future__ import annotations

import sys

from benchmarks.accuracy.bars import FALSE_M
from benchmarks.accuracy.shares import Share
from benchmarks.physics.lanes import FIRST_MM, LANE_MM, InLane, LaneCase, lane_wave
from retro_timer.beacon.lane_replay import LaneReplay
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.lane_map import LaneMap
from retro_timer.store.traces import TraceRep
from retro_timer.training.gaits import Gait
from retro_timer.training.session.events import Finish, SessionEvent

RATES_HZ = (100.0, 250.0)
RUNNERS = (2, 3, 4)


def finishes(case: LaneCase) -> dict[int, Finish]:
    """The finish of each rep, by its number."""
    told: list[SessionEvent] = []
    config = WatchConfig(fov_deg=case.spec.fov_deg, budget_ns=case.spec.budget_ns)
    reps = [TraceRep(r.rep.go_ns / 1e9, r.rep.distance_m, r.rep.gait, lane=r.lane) for r in case.runners]
    lanes = LaneMap(len(case.runners), LANE_MM, FIRST_MM)
    LaneReplay(config, lanes, reps, lambda event, _samples: told.append(event)).run(case.samples)
    return {event.rep: event for event in told if isinstance(event, Finish)}


def main(waves: int, first: int) -> int:
    """Measure and print."""
    found: dict[str, list[tuple[InLane, Finish | None]]] = {"visible": [], "hidden": [], "too dim": []}
    for rate_hz in RATES_HZ:
        for gait in Gait:
            for runners in RUNNERS:
                for seed in range(first, first + waves):
                    case = lane_wave(seed, gait, rate_hz, runners)
                    by_rep = finishes(case)
                    for number, runner in enumerate(case.runners, start=1):
                        kind = "visible" if runner.free else "hidden" if runner.seen else "too dim"
                        found[kind].append((runner, by_rep.get(number)))
    for kind, all_of_them in found.items():
        print(f"{kind}: {_summed(all_of_them)}")
    return 0


def _summed(found: list[tuple[InLane, Finish | None]]) -> str:
    timed = [(runner, event) for runner, event in found if event is not None]
    errors = [(abs(_error_s(runner, event)), runner, event) for runner, event in timed]
    wrong = [event for error_s, runner, event in errors if error_s * runner.speed_mps > FALSE_M]
    covered = Share(sum(error_s <= event.uncertainty_s for error_s, _, event in errors), len(errors))
    told = Share(sum("hidden" in event.flags for _, event in timed), len(timed))
    unsaid = sum("ambiguous" not in event.flags for event in wrong)
    return (
        f"{len(found)}, timed {Share(len(timed), len(found))}, covered {covered}, flagged hidden {told}, "
        f"somebody else's {len(wrong)}, of them not ambiguous {unsaid}"
    )


def _error_s(runner: InLane, event: Finish) -> float:
    assert runner.rep.back_ns is not None
    return event.time_s - (runner.rep.back_ns - runner.rep.go_ns) / 1e9


if __name__ == "__main__":
    sys.exit(main(*(int(text) for text in (*sys.argv[1:], "20", "0")[:2])))
