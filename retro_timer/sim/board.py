"""The simulated board in real time: what `run --board sim` stands on."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

from retro_timer.beacon.boards import BoardRequest
from retro_timer.beacon.clock import RealClock
from retro_timer.errors import BadInputError, SensorFaultError, near_miss
from retro_timer.ports import Board, Button, Clock, LampState, RangeSample, SensorSpec
from retro_timer.sensors.known import spec_of
from retro_timer.settings.lanes import lane_map
from retro_timer.sim.scenario import load_scenario
from retro_timer.sim.sensor import SimSensor
from retro_timer.sim.world import World

_FAULT_NOTICED_NS = 200_000_000


class SilentSounder:
    """A buzzer that nobody hears; it remembers what it sounds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.frequency_hz = 0

    def on(self, frequency_hz: int, loudness: int = 100) -> int:  # noqa: ARG002
        """Begin to sound."""
        self.frequency_hz = frequency_hz
        return self._clock.monotonic_ns()

    def off(self) -> None:
        """Fall silent."""
        self.frequency_hz = 0


class QuietLamp:
    """A lamp that is only remembered."""

    def __init__(self) -> None:
        self.state = LampState.OFF

    def show(self, state: LampState) -> None:
        """Show a state."""
        self.state = state


class _TimedSensor:
    """A simulated sensor that waits for each reading as a real one would."""

    def __init__(self, sensor: SimSensor, clock: Clock) -> None:
        self._sensor = sensor
        self._clock = clock
        self._next_ns = 0
        self._pause = threading.Event()

    @property
    def spec(self) -> SensorSpec:
        return self._sensor.spec

    @property
    def offset_mm(self) -> int:
        return self._sensor.offset_mm

    def adjust(self, offset_mm: int) -> None:
        self._sensor.adjust(offset_mm)

    @property
    def late_ns(self) -> int:
        return self._sensor.late_ns

    def delay(self, late_ns: int) -> None:
        self._sensor.delay(late_ns)

    def start(self) -> None:
        self._pause.clear()
        self._sensor.shine(on=True)
        self._next_ns = self._clock.monotonic_ns()

    def read(self) -> RangeSample | None:
        """The reading that is due next; a late caller gets the newest, as a sensor keeps only one."""
        now_ns = self._clock.monotonic_ns()
        period_ns = self.spec.period_ns
        self._next_ns = max(self._next_ns + period_ns, now_ns - period_ns)
        self._pause.wait(max(0.0, (self._next_ns - now_ns) / 1e9))
        try:
            return self._sensor.sample_at(self._next_ns - self.spec.budget_ns // 2)
        except SensorFaultError:
            self._pause.wait(_FAULT_NOTICED_NS / 1e9)
            self._next_ns = self._clock.monotonic_ns()
            raise

    def stop(self) -> None:
        self._pause.set()
        self._sensor.shine(on=False)


class _SimBus:
    def __init__(self, name: str, sensors: Sequence[_TimedSensor]) -> None:
        self.name = name
        self.sensors = tuple(sensors)


class SimBoard:
    """Lane, runners and sensors of a scenario; sound and light go nowhere."""

    name = "sim"

    def __init__(self, request: BoardRequest) -> None:
        self.clock: Clock = RealClock()
        settings = request.settings
        sensors = settings.sensors
        self.world = make_world(request)
        self.world.begin(self.clock.monotonic_ns())
        self.buses = tuple(
            _SimBus(s.name, [_TimedSensor(SimSensor(s, request.calibration, self.world, request.seed), self.clock)])
            for s in sensors
        )
        self.sounder = SilentSounder(self.clock)
        self.lamp = QuietLamp()
        self.button: Button | None = None

    def notice(self, event: Mapping[str, Any]) -> None:
        """Simulated people hear what is announced."""
        self.world.hear(event)

    def close(self) -> None:
        """Silence and darkness."""
        self.sounder.off()
        self.lamp.show(LampState.OFF)


def make_world(request: BoardRequest) -> World:
    """The world of a scenario, seen by the sensors of the settings. Raises BadInputError."""

    scenario = load_scenario(request.scenario)
    specs = [spec_of(sensor) for sensor in request.settings.sensors]
    names = [spec.name for spec in specs]
    named = [(f"faults[{index}]", fault.sensor) for index, fault in enumerate(scenario.faults)]
    named += [(f"delays[{index}]", delay.sensor) for index, delay in enumerate(scenario.delays)]
    named += [(f"intruders[{index}]", intruder.sensor) for index, intruder in enumerate(scenario.intruders)]
    for key, name in named:
        if name is not None and name not in names:
            raise BadInputError(
                f"{request.scenario}: {key}.sensor",
                f"no sensor '{name}'{near_miss(name, names)}",
                f"one of {', '.join(names)}",
            )
    settings = request.settings
    lines_m = {name: line.distance_m for name, line in settings.lines.items()}
    lanes = lane_map(settings, request.calibration)
    return World(scenario, specs, settings.course.finish_range_m, request.seed, lines_m, lanes)


def open_board(request: BoardRequest) -> Board:
    """Entry point `sim`."""
    return SimBoard(request)
