"""Boards as the tests of them ask for them, and what is behind them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from retro_firmware.twin import TwinBoard
from retro_firmware.vl53l1x.staged import StagedChips
from retro_firmware.vl53l1x.twin.chip import TwinChip

from retro_timer.beacon.boards import BoardRequest
from retro_timer.ports import Board, RangeSensor
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.model import Settings


def request(*sensors: SensorSettings, scenario: Path | None = None, **changes: Any) -> BoardRequest:
    settings = Settings(sensors=sensors or (SensorSettings(),), **changes)
    return BoardRequest(settings, scenario=None if scenario is None else str(scenario))


def sensors_of(board: Board) -> dict[str, RangeSensor]:
    return {sensor.spec.name: sensor for bus in board.buses for sensor in bus.sensors}


def chips_of(board: TwinBoard) -> dict[str, TwinChip]:
    """The VL53L1X of a twin board, by their sensors' names."""
    twins = board.stage.twins["vl53l1x"]
    assert isinstance(twins, StagedChips)
    return twins.bus.chips
