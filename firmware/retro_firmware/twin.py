"""The board `twin`: the box without a box, everything but the silicon is real."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from gpiozero.pins.mock import MockFactory, MockPWMPin

from retro_firmware.gpio_board import GpioBoard
from retro_firmware.twin_stage import TwinStage
from retro_firmware.wires import Wires
from retro_timer.beacon.boards import BoardRequest
from retro_timer.ports import Board
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.pins import pin_plan


def open_twin(request: BoardRequest) -> Board:
    """Entry point `twin`: ST's C driver on a register-level twin, the other drivers on theirs, gpiozero's mock pins, a
    scenario's world in front of them. Raises BadInputError for pins that clash or an unknown scenario.
    """
    pin_plan(request.settings)
    return TwinBoard("twin", request, MockFactory(pin_class=MockPWMPin))


class TwinBoard(GpioBoard):
    """Real drivers and devices on mock pins, with twins at the ends of the sensors' wires."""

    stage: TwinStage

    def notice(self, event: Mapping[str, Any]) -> None:
        """Simulated people hear what is announced."""
        self.stage.hear(event)

    def _prepare(self, request: BoardRequest, opened: contextlib.ExitStack) -> None:
        self.stage = TwinStage(request, self.clock)
        opened.callback(self.stage.close)

    def _wires_for(self, model: str, sensors: Sequence[SensorSettings], wires: Wires) -> Wires:
        return self.stage.lend(model, sensors, wires)
