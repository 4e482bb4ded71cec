"""The real `retro-timer run --board twin` with a stopwatch at both ends: the driver's result and the buzzer's pin.

    python -m benchmarks.latency.box CONFIG.json

Three things differ from the command line that a box runs. The twin looks at `visits` instead of a scenario. The
mock pin of the buzzer, the driver's call that fetches a result, and the bus note the time. With `busy` a thread saves
a rep ten times a second through the session's own journal and keeps the voice speaking sentences that are not cached.
Everything between the two ends is the program's own code and threads.
"""

from __future__ import annotations

import errno
import itertools
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import msgspec
import retro_firmware.twin
import retro_firmware.twin_stage
from gpiozero.pins.mock import MockPWMPin
from retro_firmware.vl53l1x.native import LIBRARY
from retro_firmware.vl53l1x.twin import TwinBus

import retro_timer.beacon.app
from benchmarks.latency.visits import Timetable, VisitedWorld
from retro_timer.beacon.core import Core
from retro_timer.beacon.output.sounder import Buzzer
from retro_timer.beacon.sensing.sensing import Sensing
from retro_timer.beacon.service import Service
from retro_timer.cli.main import main
from retro_timer.detection.events import Level
from retro_timer.ports import RangeSample
from retro_timer.sim.board import make_world
from retro_timer.training.gaits import Gait
from retro_timer.training.record import RepRecord, RepStatus
from retro_timer.training.session.effects import Say
from retro_timer.training.session.state import Phase

BUS_HZ = 400_000
SAVES_A_SECOND = 10.0
SENTENCE_EVERY_S = 1.2
_BITS_A_BYTE = 9
_FIRST_REP = 1_000_000
"""Running numbers of the reps that only the load saves."""


class BoxOrder(msgspec.Struct):
    """What the process is told."""

    timetable: Timetable
    report: str
    """File for what was measured, written at the end."""
    run: list[str]
    """Arguments of `retro-timer`."""
    busy: bool
    """Save reps and speak all the while."""
    realtime: bool = True
    """False: the system refuses the sensor's thread its real-time priority, as without LimitRTPRIO."""
    buzzer_pin: int = 17


class Raise(msgspec.Struct):
    """One alarm that began with nobody in view. Instants are CLOCK_MONOTONIC in nanoseconds."""

    result_ns: int
    """The driver had fetched the reading that raised it."""
    taken_ns: int
    """The reading was handed to its judge."""
    level: int
    bus_ns: int
    """Bits on the wires between `result_ns` and `taken_ns`, at 400 kHz."""
    twin_ns: int
    """Processor time of the emulated chip in between."""


class BoxReport(msgspec.Struct):
    """What was measured."""

    started_ns: int
    """The process's first line of Python."""
    first_sample_ns: int
    raises: list[Raise]
    edges: list[tuple[int, float]]
    """(instant, frequency in Hz or 0) at each change of the buzzer's pin."""
    worst_gap_ns: int
    """Longest time from one reading to the next."""
    appearances_ns: list[int]
    realtime: bool
    samples: int
    saves: int
    sentences: int


class Meter:
    """What the hooks note. Only plain numbers and appends: a stopwatch must not hold anybody up."""

    def __init__(self, pin: int) -> None:
        self.pin = pin
        self.started_ns = time.monotonic_ns()
        self.first_sample_ns = 0
        self.samples = 0
        self.result_ns = self.bus_ns = self.twin_ns = self.taken_ns = 0
        self.result_bus_ns = self.result_twin_ns = 0
        self.raises: list[Raise] = []
        self.edges: list[tuple[int, float]] = []
        self.worst_gap_ns = 0
        self.worlds: list[VisitedWorld] = []
        self.service: Service | None = None
        self.saves = self.sentences = 0

    def hook(self, order: BoxOrder) -> None:
        """Put the stopwatches in place."""
        self._hook_world(order.timetable)
        self._hook_bus()
        self._hook_driver()
        self._hook_alarm()
        self._hook_pin()
        self._hook_service(order.busy)
        if not order.realtime:
            _put(os, "sched_setscheduler", _refuse)

    def _hook_world(self, timetable: Timetable) -> None:
        def make_visited(request: Any) -> VisitedWorld:
            self.worlds.append(VisitedWorld(timetable, make_world(request).scenario))
            return self.worlds[-1]

        _put(retro_firmware.twin_stage, "make_world", make_visited)

    def _hook_bus(self) -> None:
        transfer = TwinBus.i2c_rdwr

        def metered(bus: TwinBus, *messages: Any) -> None:
            began_ns = time.thread_time_ns()
            transfer(bus, *messages)
            self.twin_ns += time.thread_time_ns() - began_ns
            size = sum(message.len + 1 for message in messages)
            self.bus_ns += size * _BITS_A_BYTE * 1_000_000_000 // BUS_HZ

        _put(TwinBus, "i2c_rdwr", metered)

    def _hook_driver(self) -> None:
        fetch = LIBRARY.result

        def stamped(*arguments: Any) -> int:
            code: int = fetch(*arguments)
            self.result_ns = time.monotonic_ns()
            self.result_bus_ns, self.result_twin_ns = self.bus_ns, self.twin_ns
            return code

        _put(LIBRARY, "result", stamped)

    def _hook_alarm(self) -> None:
        take, alarm = Sensing.take, Buzzer.alarm
        worst = Level.CLEAR

        def taken(sensing: Sensing, sample: RangeSample, now_ns: int) -> None:
            if self.taken_ns:
                self.worst_gap_ns = max(self.worst_gap_ns, now_ns - self.taken_ns)
            self.taken_ns = now_ns
            self.samples += 1
            take(sensing, sample, now_ns)
            self.first_sample_ns = self.first_sample_ns or time.monotonic_ns()

        def raised(buzzer: Buzzer, sensor: str, level: Level) -> tuple[Level, bool]:
            nonlocal worst
            before = worst
            worst, changed = alarm(buzzer, sensor, level)
            if before is Level.CLEAR and worst > before:
                bus_ns, twin_ns = self.bus_ns - self.result_bus_ns, self.twin_ns - self.result_twin_ns
                self.raises.append(Raise(self.result_ns, self.taken_ns, int(worst), bus_ns, twin_ns))
            return worst, changed

        _put(Sensing, "take", taken)
        _put(Buzzer, "alarm", raised)

    def _hook_pin(self) -> None:
        meter = self

        class StampedPin(MockPWMPin):  # type: ignore[misc]
            def _change_state(self, value: Any) -> Any:
                changed = super()._change_state(value)
                if changed:
                    self._note(float(value))
                return changed

            def _set_frequency(self, value: Any) -> None:
                before = self._frequency
                super()._set_frequency(value)
                if value is not None and value != before:
                    self._note(float(self._state))

            def _note(self, duty: float) -> None:
                if self.info.name == f"GPIO{meter.pin}":
                    frequency_hz = self._frequency or 0.0
                    meter.edges.append((time.monotonic_ns(), frequency_hz if duty > 0.0 else 0.0))

        _put(retro_firmware.twin, "MockPWMPin", StampedPin)

    def _hook_service(self, busy: bool) -> None:
        meter = self

        class WatchedService(Service):
            def start(self) -> None:
                meter.service = self
                super().start()
                if busy:
                    threading.Thread(target=meter.write, args=(self,), name="load-journal", daemon=True).start()
                    threading.Thread(target=meter.talk, args=(self,), name="load-voice", daemon=True).start()

        _put(retro_timer.beacon.app, "Service", WatchedService)

    # The load that only this process can make

    def write(self, service: Service) -> None:
        """Keep the disk busy, once there is a session that reps may belong to."""
        core = service.core
        _wait_for_go(core)
        for number in itertools.count(_FIRST_REP):
            time.sleep(1.0 / SAVES_A_SECOND)
            now_ns = core.clock.monotonic_ns()
            record = RepRecord(
                rep=number, set_no=1, rep_no=1, athlete="Load", distance_m=20.0, duration_s=None, gait=Gait.WALK,
                status=RepStatus.FINISHED, go_ns=now_ns, time_ns=12_000_000_000, uncertainty_ns=20_000_000,
                method="gate",
            )  # fmt: skip
            core.journal.save(record, core.clock.wall_ns(), self._saved)

    def _saved(self, trouble: str) -> None:
        self.saves += not trouble

    def talk(self, service: Service) -> None:
        """Keep the voice busy with words that it has never said; not before the go, which would wait for them."""
        _wait_for_go(service.core)
        for number in itertools.count():
            time.sleep(SENTENCE_EVERY_S)
            service.core.speaker.say(Say("cue", {"cue": f"Sentence {number}: small steps, stay upright."}))
            self.sentences += 1

    def report(self) -> BoxReport:
        """Everything noted."""
        return BoxReport(
            started_ns=self.started_ns,
            first_sample_ns=self.first_sample_ns,
            raises=self.raises,
            edges=self.edges,
            worst_gap_ns=self.worst_gap_ns,
            appearances_ns=self.worlds[0].appearances_ns if self.worlds else [],
            realtime=self.service is not None and self.service.realtime,
            samples=self.samples,
            saves=self.saves,
            sentences=self.sentences,
        )


def _wait_for_go(core: Core) -> None:
    while core.session.state is None or core.session.state.phase is not Phase.RUNNING:
        time.sleep(0.1)


def _put(owner: Any, name: str, part: Any) -> None:
    """In place of what the program would find under that name. Raises AttributeError where it would find nothing."""
    getattr(owner, name)
    setattr(owner, name, part)


def _refuse(*_: object) -> None:
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


def run_box(path: Path) -> None:
    """Run the order in a file until SIGTERM."""
    order = msgspec.json.decode(path.read_bytes(), type=BoxOrder)
    meter = Meter(order.buzzer_pin)
    meter.hook(order)
    try:
        main(order.run)
    finally:
        Path(order.report).write_text(json.dumps(msgspec.to_builtins(meter.report())), encoding="utf-8")


if __name__ == "__main__":
    run_box(Path(sys.argv[1]))
