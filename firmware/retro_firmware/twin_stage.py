"""What stands behind the board `twin`: a scenario's world, seen by a twin of every sensor in the settings."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from retro_firmware.hc_sr04.twin import HcSr04Twin
from retro_firmware.tf_luna.sensor import Port, open_port
from retro_firmware.tf_luna.twin import LunaFault, LunaTwin, PtyTwin
from retro_firmware.twin import Fault, FaultKind, TwinBus, TwinChip
from retro_timer.beacon.boards import BoardRequest
from retro_timer.ports import Clock
from retro_timer.settings.model import SensorModel, SensorSettings
from retro_timer.sim import scenario
from retro_timer.sim.board import make_world
from retro_timer.sim.optics import Surface, View
from retro_timer.sim.world import World

_BUS_HZ = 400_000
_LENS_CAP = View((Surface(52.0, 1.0, 0.9),), ambient_kcps=2.0)
_NOTHING = View((), ambient_kcps=0.0)
_CHIP_FAULTS = {
    scenario.FaultKind.DEAD: FaultKind.NACK,
    scenario.FaultKind.FROZEN: FaultKind.FROZEN,
    scenario.FaultKind.GARBAGE: FaultKind.GARBAGE,
}
_LUNA_FAULTS = {scenario.FaultKind.DEAD: LunaFault.SILENT, scenario.FaultKind.GARBAGE: LunaFault.BABBLE}


class TwinStage:
    """Make it before the drivers: an HC-SR04's twin takes its pins in the factory first."""

    def __init__(self, request: BoardRequest, factory: Any, clock: Clock) -> None:
        self.world = make_world(request)
        self._origin_ns = clock.monotonic_ns()
        self.world.begin(self._origin_ns)
        self._go_ns: dict[int, int] = {}
        scene = _Scene(self.world)
        sensors = request.settings.sensors
        chips = [TwinChip(s.name, scene, request.seed) for s in sensors if s.model is SensorModel.VL53L1X]
        self.bus = TwinBus(chips, clock=clock.monotonic_ns, bus_hz=_BUS_HZ, seed=request.seed)
        self._closing = contextlib.ExitStack()
        self._lunas: dict[str, PtyTwin] = {}
        for sensor in sensors:
            if sensor.model is SensorModel.TF_LUNA:
                twin = PtyTwin(_FailingLuna(sensor.name, scene, self._origin_ns, request.seed, self.world))
                self._closing.callback(twin.close)
                self._lunas[sensor.name] = twin
            elif sensor.trigger_pin is not None and sensor.echo_pin is not None:
                echo = HcSr04Twin(factory, sensor.trigger_pin, sensor.echo_pin, sensor.name, scene, request.seed)
                self._closing.callback(echo.close)
        self._plan_faults()

    def open_wire(self, number: int) -> TwinBus:  # noqa: ARG002
        """The bus with every chip on it."""
        return self.bus

    def port_of(self, sensor: SensorSettings) -> Callable[[str], Port]:
        """What opens the serial port of a TF-Luna: a pseudo-terminal."""
        path = self._lunas[sensor.name].path
        return lambda _configured: open_port(path)

    def hear(self, event: Mapping[str, Any]) -> None:
        """Simulated people hear what is announced, and faults that wait for a rep's go learn of it."""
        self.world.hear(event)
        if event.get("event") == "go":
            self._go_ns[int(event["rep"])] = int(event["t_ns"])
            self._plan_faults()

    def close(self) -> None:
        """End the twins' threads; safe to call twice."""
        self._closing.close()

    def _plan_faults(self) -> None:
        """The scenario's faults as the bus fails with them, each from its moment on."""
        planned = []
        for fault in self.world.scenario.faults:
            began_ns = self._origin_ns if fault.rep is None else self._go_ns.get(fault.rep)
            kind = _CHIP_FAULTS.get(fault.kind)
            if began_ns is None or kind is None:
                continue
            from_ns = began_ns + round(fault.at_s * 1e9)
            until_ns = from_ns + round(fault.lasts_s * 1e9)
            planned.append(Fault(kind, chip=fault.sensor, from_ns=from_ns, until_ns=until_ns))
        self.bus.fail(*planned)


class _Scene:
    """The world through each sensor's window, which may have something on it."""

    def __init__(self, world: World) -> None:
        self._world = world

    def view(self, sensor: str, t_ns: int) -> View:
        """What the sensor of that name sees."""
        fault = self._world.fault(sensor, t_ns)
        if fault is scenario.FaultKind.COVERED:
            return _LENS_CAP
        # For a sensor of sound, whose twin knows no other way to be dead; the others are asked for nothing then.
        return _NOTHING if fault is scenario.FaultKind.DEAD else self._world.view(sensor, t_ns)


class _FailingLuna(LunaTwin):
    """Fails when the scenario says so."""

    def __init__(self, name: str, scene: _Scene, now_ns: int, seed: int, world: World) -> None:
        super().__init__(name, scene, now_ns, seed)
        self._world = world

    def fault_at(self, t_ns: int) -> LunaFault | None:
        """What is wrong at a moment."""
        found = self._world.fault(self.name, t_ns)
        return None if found is None else _LUNA_FAULTS.get(found)
