"""What a reading costs without a driver: its judge, the alarm's renewal, the ring; and after many hours of them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from benchmarks.physics import GateCase, Light, gate_passage, warning_scene
from retro_timer.beacon.app import Beacon
from retro_timer.beacon.boards import BoardRequest
from retro_timer.beacon.core import Core
from retro_timer.beacon.equipment import Equipment
from retro_timer.beacon.output.text_voice import TextVoice
from retro_timer.beacon.replay import Replay
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.expectation import Expectation, WatchMode
from retro_timer.phrases import load_catalogue
from retro_timer.ports import Placement, RangeSample
from retro_timer.settings.model import Settings
from retro_timer.sim.board import open_board
from retro_timer.store.traces import TraceRep
from retro_timer.training.gaits import Gait

RATE_HZ = 41.0
_FIELD_S = 120.0


class Window(msgspec.Struct, frozen=True):
    """Cost of a reading at one point of a long session."""

    hours: float
    """Since the session's first reading."""
    us_a_sample: float


def lane_costs() -> dict[str, float]:
    """What a gate sees at 41 Hz, to the percentage of one core that sampling and detection take."""
    calm, sun = Light(300.0, 0.0), Light(15_000.0, 0.4)
    empty = _field(calm)
    passages = [gate_passage(seed, Gait.JOG, RATE_HZ, "wall", wall_mm=2000.0) for seed in range(40)]
    return {
        "idle, nobody there": _percent(empty, WatchMode.OFF),
        "a rep, nobody there yet": _percent(empty, WatchMode.REP),
        "a rep, somebody passes every 3 s": _percent(_joined(passages), WatchMode.REP),
        "a rep, phantoms in the sun": _percent(_field(sun), WatchMode.REP),
        "a finish every 3 s, session and timing with it": _finish_percent(passages),
    }


def _field(light: Light) -> list[RangeSample]:
    case = warning_scene("empty", 1, Placement.GATE, RATE_HZ, max_range_m=1.3, light=light, seconds=_FIELD_S)
    return case.samples


def _joined(passages: list[GateCase]) -> list[RangeSample]:
    """One passage after the other."""
    samples: list[RangeSample] = []
    for case in passages:
        shift_ns = (samples[-1].t_ns + case.spec.period_ns if samples else 0) - case.samples[0].t_ns
        samples += [msgspec.structs.replace(sample, t_ns=sample.t_ns + shift_ns) for sample in case.samples]
    return samples


def _finish_percent(passages: list[GateCase]) -> float:
    """Detection, session and the arithmetic of a time, as the program's replay runs them over each passage."""
    began = time.process_time()
    for case in passages:
        rep = TraceRep(case.go_ns / 1e9, case.distance_m, case.gait)
        Replay(WatchConfig(budget_ns=case.spec.budget_ns), [rep], lambda _event, _judged: None).run(case.samples)
    spent = time.process_time() - began
    return 100.0 * RATE_HZ * spent / sum(len(case.samples) for case in passages)


@contextmanager
def beacon_core(settings: Settings) -> Iterator[Core]:
    """The beacon without its threads, on the simulated board; what it posts is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        board = open_board(BoardRequest(settings))
        made_of = Equipment(
            board=board,
            settings=settings,
            voice=TextVoice(board.clock, settings.voice.rate_wpm, lambda _text: None),
            catalogue=load_catalogue("en"),
            results_dir=Path(folder),
        )
        beacon = Beacon(made_of)
        try:
            yield beacon.core
        finally:
            beacon.close()
            board.close()


def expectation_of(mode: WatchMode, go_ns: int) -> Expectation:
    """What the session expects of a rep of 30 m from a go."""
    if mode is WatchMode.OFF:
        return Expectation()
    return Expectation(mode, 1, go_ns, go_ns + 3_000_000_000, 30.0)


def _percent(samples: list[RangeSample], mode: WatchMode) -> float:
    """Share of one core at 41 Hz of `Sensing.take`: judge, buzzer's renewal, ring and report."""
    with beacon_core(Settings()) as core:
        sensing = core.sensing["gate"]
        core.shared.expect(expectation_of(mode, samples[0].t_ns))
        core.buzzer.arm(mode is not WatchMode.OFF, 0)
        began = time.process_time()
        for sample in samples:
            sensing.take(sample, sample.t_ns)
        return 100.0 * RATE_HZ * (time.process_time() - began) / len(samples)


def long_session(hours: float, windows: int = 24) -> list[Window]:
    """Feed a sensor's judge for so many hours of readings and time each part of them."""
    block = _field(Light())
    span_ns = block[-1].t_ns - block[0].t_ns + round(1e9 / RATE_HZ)
    blocks = max(windows, round(hours * 3600.0 * 1e9 / span_ns))
    found = []
    with beacon_core(Settings()) as core:
        sensing = core.sensing["gate"]
        core.shared.expect(expectation_of(WatchMode.REP, 0))
        for window in range(windows):
            numbers = range(blocks * window // windows, blocks * (window + 1) // windows)
            spent = 0.0
            for number in numbers:
                shifted = [msgspec.structs.replace(s, t_ns=s.t_ns + number * span_ns) for s in block]
                began = time.process_time()
                for sample in shifted:
                    sensing.take(sample, sample.t_ns)
                spent += time.process_time() - began
            middle_ns = (numbers[0] + numbers[-1] + 1) / 2.0 * span_ns
            found.append(Window(middle_ns / 3.6e12, 1e6 * spent / (len(numbers) * len(block))))
    return found
