"""The twins of all HC-SR04 of a box, on gpiozero's mock pins, for the board `twin`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from retro_firmware.hc_sr04.twin import HcSr04Twin
from retro_firmware.twin_stage import DueFault, TwinStage
from retro_firmware.wires import Wires
from retro_timer.sensors.settings import SensorSettings


class StagedEchoes:
    """Entry point `hc-sr04` of `retro_timer.sensor_twins`."""

    def __init__(self, sensors: Sequence[SensorSettings], stage: TwinStage, factory: Any) -> None:
        # They take their pins in the factory first: the driver gets the pins that are there.
        self._twins = [
            HcSr04Twin(factory, sensor.trigger_pin, sensor.echo_pin, sensor.name, stage.scene, stage.seed)
            for sensor in sensors
            if sensor.trigger_pin is not None and sensor.echo_pin is not None
        ]

    def lend(self, wires: Wires) -> Wires:
        """The factory's pins are the twins' already."""
        return wires

    def plan(self, faults: Sequence[DueFault]) -> None:
        """A twin of sound is dead by hearing nothing, which its window sees to."""

    def close(self) -> None:
        """End their threads; safe to call twice."""
        for twin in self._twins:
            twin.close()
