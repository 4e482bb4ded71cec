"""The twins of all VL53L1X of a box, on one twin bus, for the board `twin`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from retro_firmware.twin_stage import DueFault, TwinStage
from retro_firmware.vl53l1x.twin.bus import TwinBus
from retro_firmware.vl53l1x.twin.chip import TwinChip
from retro_firmware.vl53l1x.twin.faults import Fault, FaultKind
from retro_firmware.wires import Wires
from retro_timer.sensors.settings import SensorSettings
from retro_timer.sim import scenario

_BUS_HZ = 400_000
_FAULTS = {
    scenario.FaultKind.DEAD: FaultKind.NACK,
    scenario.FaultKind.FROZEN: FaultKind.FROZEN,
    scenario.FaultKind.GARBAGE: FaultKind.GARBAGE,
}


class StagedChips:
    """Entry point `vl53l1x` of `retro_timer.sensor_twins`."""

    def __init__(self, sensors: Sequence[SensorSettings], stage: TwinStage, _factory: Any) -> None:
        self._sensors = sensors
        self._neighbours = stage.world.neighbours
        chips = [TwinChip(sensor.name, stage.scene, stage.seed) for sensor in sensors]
        self.bus = TwinBus(chips, clock=stage.clock.monotonic_ns, bus_hz=_BUS_HZ, seed=stage.seed)

    def lend(self, wires: Wires) -> Wires:
        """The bus with every chip on it; shutdown and interrupt lines end at the chips, and take their pins too."""

        def output(owner: str, pin: int) -> Callable[[bool], None]:
            line = wires.output(owner, pin)
            name = next(s.name for s in self._sensors if s.xshut_pin == pin)

            def drive(up: bool) -> None:
                line(up)
                self.bus.set_xshut(name, up)
                self._neighbours.shine(name, on=up)

            return drive

        def call(owner: str, pin: int) -> Callable[[float], bool]:
            wires.input(owner, pin)
            name = next(s.name for s in self._sensors if s.interrupt_pin == pin)
            return lambda timeout_s: self.bus.wait_for_interrupt(name, timeout_s)

        return msgspec.structs.replace(wires, output=output, input=call, open_i2c=lambda _number: self.bus)

    def plan(self, faults: Sequence[DueFault]) -> None:
        """The bus fails with them, each from its moment on."""
        self.bus.fail(
            *(
                Fault(_FAULTS[fault.kind], chip=fault.sensor, from_ns=fault.from_ns, until_ns=fault.until_ns)
                for fault in faults
                if fault.kind in _FAULTS
            )
        )

    def close(self) -> None:
        """Chips have no thread of their own."""
