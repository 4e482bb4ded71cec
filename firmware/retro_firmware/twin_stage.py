"""What stands behind the board `twin`: a scenario's world, seen by a twin of every sensor in the settings.

A twin's entry point (`retro_timer.sensor_twins`) makes the `Twins` of all sensors of one model.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from retro_firmware.wires import Wires
from retro_timer.beacon.boards import BoardRequest
from retro_timer.ports import Clock
from retro_timer.sensors.known import twins_of
from retro_timer.sensors.settings import SensorSettings
from retro_timer.sim.board import make_world
from retro_timer.sim.optics import Surface, View
from retro_timer.sim.scenario import FaultKind
from retro_timer.sim.world import World

_LENS_CAP = View((Surface(52.0, 1.0, 0.9),), ambient_kcps=2.0)
_NOTHING = View((), ambient_kcps=0.0)


class DueFault(msgspec.Struct, frozen=True):
    """A fault of the scenario whose time is known."""

    kind: FaultKind
    sensor: str | None
    """None for all of them."""
    from_ns: int
    until_ns: int


class Twins(Protocol):
    """The twins of all sensors of one model."""

    def lend(self, wires: Wires) -> Wires:
        """The wires that the model's driver gets, with the twins at their ends. Called once, before the driver."""

    def plan(self, faults: Sequence[DueFault]) -> None:
        """The scenario's faults so far; called anew when another becomes due."""

    def close(self) -> None:
        """End the twins' threads; safe to call twice."""


class MakeTwins(Protocol):
    """Makes a model's twins, whose pins are those of a mock factory."""

    def __call__(self, sensors: Sequence[SensorSettings], stage: TwinStage, factory: Any) -> Twins: ...


class TwinStage:
    """The world and who plays in it. Make a model's twins before its driver."""

    def __init__(self, request: BoardRequest, clock: Clock) -> None:
        self.world = make_world(request)
        self.clock = clock
        self.seed = request.seed
        self.origin_ns = clock.monotonic_ns()
        self.world.begin(self.origin_ns)
        self.scene = Windows(self.world)
        self.twins: dict[str, Twins] = {}
        """By the model's name."""
        self._go_ns: dict[int, int] = {}
        self._closing = contextlib.ExitStack()

    def lend(self, model: str, sensors: Sequence[SensorSettings], wires: Wires) -> Wires:
        """Wires with the twins of a model's sensors at their ends. Raises BoardMissingError for one without twins."""
        make: MakeTwins = twins_of(model)
        twins = make(sensors, self, wires.factory)
        self._closing.callback(twins.close)
        self.twins[model] = twins
        twins.plan(tuple(self._due()))
        return twins.lend(wires)

    def hear(self, event: Mapping[str, Any]) -> None:
        """Simulated people hear what is announced, and faults that wait for a rep's go learn of it."""
        self.world.hear(event)
        if event.get("event") == "go":
            self._go_ns[int(event["rep"])] = int(event["t_ns"])
            for twins in self.twins.values():
                twins.plan(tuple(self._due()))

    def close(self) -> None:
        """End the twins' threads; safe to call twice."""
        self._closing.close()

    def _due(self) -> Iterator[DueFault]:
        for fault in self.world.scenario.faults:
            began_ns = self.origin_ns if fault.rep is None else self._go_ns.get(fault.rep)
            if began_ns is not None:
                from_ns = began_ns + round(fault.at_s * 1e9)
                yield DueFault(fault.kind, fault.sensor, from_ns, from_ns + round(fault.lasts_s * 1e9))


class Windows:
    """The world through each sensor's window, which may have something on it."""

    def __init__(self, world: World) -> None:
        self._world = world

    def view(self, sensor: str, t_ns: int) -> View:
        """What the sensor of that name sees."""
        fault = self._world.fault(sensor, t_ns)
        if fault is FaultKind.COVERED:
            return _LENS_CAP
        # For a sensor of sound, whose twin knows no other way to be dead; the others are asked for nothing then.
        return _NOTHING if fault is FaultKind.DEAD else self._world.view(sensor, t_ns)
