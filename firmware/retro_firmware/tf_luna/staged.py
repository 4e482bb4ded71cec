"""The twins of all TF-Luna of a box, each on a pseudo-terminal, for the board `twin`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from retro_firmware.tf_luna.twin import LunaFault, LunaTwin, PtyTwin
from retro_firmware.twin_stage import DueFault, TwinStage
from retro_firmware.wires import Wires
from retro_timer.sensors.settings import SensorSettings
from retro_timer.sim.scenario import FaultKind

_FAULTS = {FaultKind.DEAD: LunaFault.SILENT, FaultKind.GARBAGE: LunaFault.BABBLE}


class StagedLunas:
    """Entry point `tf-luna` of `retro_timer.sensor_twins`."""

    def __init__(self, sensors: Sequence[SensorSettings], stage: TwinStage, _factory: Any) -> None:
        self._twins = {sensor.name: PtyTwin(_FailingLuna(sensor.name, stage)) for sensor in sensors}

    def lend(self, wires: Wires) -> Wires:
        """A pseudo-terminal in place of each serial port."""
        return msgspec.structs.replace(wires, ports={name: twin.path for name, twin in self._twins.items()})

    def plan(self, faults: Sequence[DueFault]) -> None:
        """Each twin asks the world itself."""

    def close(self) -> None:
        """End their threads; safe to call twice."""
        for twin in self._twins.values():
            twin.close()


class _FailingLuna(LunaTwin):
    """Fails when the scenario says so."""

    def __init__(self, name: str, stage: TwinStage) -> None:
        super().__init__(name, stage.scene, stage.origin_ns, stage.seed)
        self._world = stage.world

    def fault_at(self, t_ns: int) -> LunaFault | None:
        """What is wrong at a moment."""
        found = self._world.fault(self.name, t_ns)
        return None if found is None else _FAULTS.get(found)
