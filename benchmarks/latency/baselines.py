"""The usual ways on the same scene: gpiozero's DistanceSensor, and a loop that speaks its warning through pyttsx3.

python -m benchmarks.latency.baselines ORDER.json
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import gpiozero
import msgspec
from gpiozero.pins.mock import MockFactory
from retro_firmware.hc_sr04.twin import HcSr04Twin
from retro_firmware.vl53l1x.twin import TwinBus, TwinChip, lent_to_package

from benchmarks.latency.visits import Timetable, Visits

THRESHOLD_M = 1.0
SENTENCE = "Obstacle behind you"
_TRIGGER_PIN, _ECHO_PIN = 20, 21
_BUS_HZ = 400_000
_SETTLING_NS = 500_000_000
_BUDGET_US, _PERIOD_MS = 20_000, 24
_SHORT_MODE = 1
_VALID = 0


class BaselineOrder(msgspec.Struct):
    """What the process is told."""

    way: str
    """distance-sensor, or speech-loop."""
    timetable: Timetable
    report: str


class BaselineReport(msgspec.Struct):
    """What it did. Instants are CLOCK_MONOTONIC in nanoseconds."""

    appearances_ns: list[int]
    alarms_ns: list[int]
    """when_in_range was called, or pyttsx3 began to play its sentence."""


def watch_by_distance_sensor(visits: Visits) -> list[int]:
    """gpiozero.DistanceSensor with its defaults: a queue of nine, the median, 60 ms a reading."""
    alarms_ns: list[int] = []
    factory = MockFactory()
    twin = HcSr04Twin(factory, _TRIGGER_PIN, _ECHO_PIN, "rear", visits)
    sensor = gpiozero.DistanceSensor(
        echo=_ECHO_PIN, trigger=_TRIGGER_PIN, max_distance=2.0, threshold_distance=THRESHOLD_M, pin_factory=factory
    )
    sensor.when_in_range = lambda: alarms_ns.append(time.monotonic_ns())
    time.sleep((visits.end_ns - time.monotonic_ns()) / 1e9)
    sensor.close()
    twin.close()
    return alarms_ns


def watch_by_speech_loop(visits: Visits) -> list[int]:
    """Read, compare, speak, wait until it is spoken, read again."""
    import pyttsx3

    alarms_ns: list[int] = []
    play = os.system

    def noted(command: str) -> int:
        alarms_ns.append(time.monotonic_ns())
        return play(command)

    # pyttsx3 plays a rendered sentence by `os.system("aplay ...")`: that is when it is heard.
    os.system = noted  # type: ignore[assignment]
    engine = pyttsx3.init()
    with lent_to_package(TwinBus([TwinChip("rear", visits)], bus_hz=_BUS_HZ)) as package:
        sensor = package.VL53L1X()
        sensor.open()
        sensor.set_timing(_BUDGET_US, _PERIOD_MS)
        sensor.start_ranging(_SHORT_MODE)
        sensor.set_timing(_BUDGET_US, _PERIOD_MS)
        while time.monotonic_ns() < visits.end_ns:
            range_mm = sensor.get_distance()
            if sensor.get_range_status() == _VALID and 0 < range_mm < THRESHOLD_M * 1000.0:
                engine.say(SENTENCE)
                engine.runAndWait()
        sensor.stop_ranging()
        sensor.close()
    return alarms_ns


WAYS = {"distance-sensor": watch_by_distance_sensor, "speech-loop": watch_by_speech_loop}


def run_baseline(path: Path) -> None:
    """Carry out the order in a file."""
    order = msgspec.json.decode(path.read_bytes(), type=BaselineOrder)
    visits = Visits(order.timetable, time.monotonic_ns() + _SETTLING_NS)
    alarms_ns = WAYS[order.way](visits)
    report = BaselineReport(visits.appearances_ns, alarms_ns)
    Path(order.report).write_text(json.dumps(msgspec.to_builtins(report)), encoding="utf-8")


if __name__ == "__main__":
    run_baseline(Path(sys.argv[1]))
