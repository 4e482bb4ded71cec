"""What a box of several gates costs: detection of two cones and a thin beam, and the moment of a finish itself."""

from __future__ import annotations

import time

import msgspec

from benchmarks.cost.sampling import RATE_HZ, beacon_core, expectation_of
from benchmarks.physics import Light, gate_passage, warning_scene
from benchmarks.physics.dual import FIRST, OFFSETS_MM, SECOND, dual_passage
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import DetectionEvent, Finish, PassageOver
from retro_timer.detection.expectation import Expectation, WatchMode
from retro_timer.detection.gate.crossing_fit import solve
from retro_timer.detection.gate.pipeline import GatePipeline
from retro_timer.detection.lines import Lines
from retro_timer.detection.passages import Break
from retro_timer.ports import START_LINE, Placement, RangeSample
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.model import Settings
from retro_timer.training.gaits import SPEEDS, Gait

SOLVE_TARGET_MS = 15.0
LUNA_HZ = 250.0
_FIELD_S = 20.0
_SENSORS = (
    *(
        SensorSettings(name=name, offset_mm=round(mm))
        for name, mm in zip((FIRST, SECOND), OFFSETS_MM["behind"], strict=True)
    ),
    SensorSettings(name="thin", model="tf-luna", line=START_LINE, rate_hz=round(LUNA_HZ)),
)


class Solving(msgspec.Struct, frozen=True):
    """Processor time of one finish's moment."""

    what: str
    finishes: int
    median_ms: float
    p99_ms: float


def three_gates_percent() -> float:
    """Share of one core of two cones at 41 Hz and a thin beam at 250 Hz while a rep is run and nobody is there yet."""
    percent = 0.0
    with beacon_core(Settings(sensors=_SENSORS)) as core:
        for sensor in _SENSORS:
            rate_hz = LUNA_HZ if sensor.name == "thin" else RATE_HZ
            samples = warning_scene(
                "empty", 1, Placement.GATE, rate_hz, max_range_m=1.3, light=Light(300.0, 0.0), seconds=_FIELD_S
            ).samples
            core.shared.expect(expectation_of(WatchMode.REP, samples[0].t_ns))
            sensing = core.sensing[sensor.name]
            began = time.process_time()
            for sample in samples:
                sensing.take(sample, sample.t_ns)
            percent += 100.0 * rate_hz * (time.process_time() - began) / len(samples)
    return percent


def solving(count: int) -> list[Solving]:
    """Of so many passages through one gate and through two beams one behind the other."""
    return [_one_gate(count), _two_beams(count)]


def _one_gate(count: int) -> Solving:
    spent_ms = []
    for seed in range(count):
        case = gate_passage(seed, _gait(seed), RATE_HZ, "wall")
        config = WatchConfig(budget_ns=case.spec.budget_ns)
        pipeline = GatePipeline(config)
        for sample in case.samples:
            for event in pipeline.feed(sample, _expected(case.go_ns, case.distance_m, case.gait)):
                if isinstance(event, PassageOver) and isinstance(event.passage, Break):
                    began = time.process_time_ns()
                    solve(event.passage, config)
                    spent_ms.append((time.process_time_ns() - began) / 1e6)
    return _summed("one gate", spent_ms)


def _two_beams(count: int) -> Solving:
    spent_ms = []
    for seed in range(count):
        gait = _gait(seed)
        case = dual_passage(seed, "behind", gait, RATE_HZ, "wall", "average")
        configs = {
            name: WatchConfig(name=name, budget_ns=case.budgets_ns[index], offset_mm=OFFSETS_MM["behind"][index])
            for index, name in enumerate((FIRST, SECOND))
        }
        pipelines = {name: GatePipeline(config) for name, config in configs.items()}
        lines = Lines(configs.values())
        expected = _expected(round(case.go_s * 1e9), case.distance_m, gait)
        spent_ms += _timed(case.rows, pipelines, lines, configs, expected)
    return _summed("two beams, one behind the other", spent_ms)


def _timed(
    rows: list[tuple[str, RangeSample]],
    pipelines: dict[str, GatePipeline],
    lines: Lines,
    configs: dict[str, WatchConfig],
    expected: Expectation,
) -> list[float]:
    """Of each step of the line's that told a finish: both breaks' torsos, what was not solved before, the join."""
    spent_ms = []
    for name, sample in rows:
        for event in pipelines[name].feed(sample, expected):
            began = time.process_time_ns()
            told: list[DetectionEvent] = [one for one, _ in lines.take(event, configs[name])]
            if any(isinstance(one, Finish) for one in told):
                spent_ms.append((time.process_time_ns() - began) / 1e6)
    return spent_ms


def _gait(seed: int) -> Gait:
    return tuple(Gait)[seed % len(tuple(Gait))]


def _expected(go_ns: int, distance_m: float, gait: Gait) -> Expectation:
    slow_mps, fast_mps = SPEEDS[gait].slow_mps, SPEEDS[gait].fast_mps
    return Expectation(WatchMode.REP, 1, go_ns, go_ns, distance_m, slow_mps, fast_mps)


def _summed(what: str, spent_ms: list[float]) -> Solving:
    ordered = sorted(spent_ms)
    middle, last = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    return Solving(what, len(ordered), middle, last)
