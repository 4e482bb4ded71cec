"""One simulated session in a process of its own; what came of it on standard output, as JSON.

python -m benchmarks.groups.session ATHLETES REPS FOLDER
"""

from __future__ import annotations

import sys
import time
from array import array
from pathlib import Path
from typing import Any

import msgspec

from retro_timer.beacon import session_runner
from retro_timer.beacon.boards import BoardRequest
from retro_timer.phrases import load_catalogue
from retro_timer.settings.model import Settings
from retro_timer.sim.virtual import Simulation
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Order, Plan, PlanSet
from retro_timer.training.session.machine import step

LENGTH_M = 30.0
EVERY_S = 12.0
_LONGEST_S = 7 * 86_400.0
_MOST_STEPS = 200_000


class Ran(msgspec.Struct, frozen=True):
    """What came of it."""

    athletes: int
    reps: int
    """Of all of them, that were finished."""
    simulated_s: float
    took_s: float
    processor_s: float
    """Of the whole process, the journal's thread among it."""
    steps: int
    step_median_ms: float
    step_p99_ms: float
    """Processor time of the session's thread: what else the machine does is not in it."""
    step_worst_ms: float
    most_mb: float
    """The most memory that the process has had."""


def run(athletes: int, reps: int, folder: Path) -> Ran:
    """They go behind each other."""
    # All of it beforehand, and as much for one athlete as for many: else it would be taken for the session's memory.
    steps_ns, count = array("I", b"\1" * 4 * _MOST_STEPS), 0

    def timed(*given: Any) -> Any:
        nonlocal count
        began_ns = time.thread_time_ns()
        made = step(*given)
        steps_ns[count] = time.thread_time_ns() - began_ns
        count += 1
        return made

    vars(session_runner)["step"] = timed
    simulation = Simulation(BoardRequest(Settings(), seed=1), load_catalogue("en"), folder)
    began_s, processor_s = time.perf_counter(), time.process_time()
    simulation.run(_plan(reps), tuple(f"Athlete {number}" for number in range(athletes)), most_s=_LONGEST_S)
    took_s, processor_s = time.perf_counter() - began_s, time.process_time() - processor_s
    simulated_s = (simulation.clock.monotonic_ns() - simulation.origin_ns) / 1e9
    state = simulation.core.session.state
    simulation.close()
    most_mb = _most_mb()
    taken_ns = sorted(steps_ns[:count])
    return Ran(
        athletes,
        0 if state is None else sum(record.time_ns is not None for record in state.results),
        simulated_s,
        took_s,
        processor_s,
        len(taken_ns),
        taken_ns[len(taken_ns) // 2] / 1e6,
        taken_ns[len(taken_ns) * 99 // 100] / 1e6,
        taken_ns[-1] / 1e6,
        most_mb,
    )


def _plan(reps: int) -> Plan:
    return Plan(
        title="Benchmark",
        purpose="a large group",
        source="the benchmark",
        safety="none",
        gait=Gait.JOG,
        order=Order.ROLLING,
        every_s=EVERY_S,
        lanes_apart=True,
        rest_s=5.0,
        blocks=(PlanSet(reps=reps, distance_m=LENGTH_M),),
    )


def _most_mb() -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024.0


if __name__ == "__main__":
    wanted_athletes, wanted_reps, wanted_folder = sys.argv[1:]
    print(msgspec.json.encode(run(int(wanted_athletes), int(wanted_reps), Path(wanted_folder))).decode())
