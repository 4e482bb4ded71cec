"""Boards as the tests of them ask for them, and what is behind them."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from retro_firmware.twin import TwinBoard
from retro_firmware.vl53l1x.staged import StagedChips
from retro_firmware.vl53l1x.twin.chip import TwinChip

from retro_timer.beacon.boards import BoardRequest
from retro_timer.errors import SensorFaultError
from retro_timer.ports import Board, RangeSample, RangeSensor
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.model import Settings
from tests.firmware.gpio_bench import until


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


def started(sensor: RangeSensor) -> RangeSensor:
    """Begun; where a busy machine spoils the first attempt, its readings go on trying."""
    with contextlib.suppress(SensorFaultError):
        sensor.start()
    return sensor


def readings(sensor: RangeSensor, count: int = 10) -> list[RangeSample]:
    """So many readings, with those left out that a busy machine turns into a loss: it passes by itself."""
    found: list[RangeSample] = []

    def enough() -> bool:
        with contextlib.suppress(SensorFaultError):
            if sample := sensor.read():
                found.append(sample)
        return len(found) >= count

    until(enough, f"{count} readings")
    return found


def wait_for_loss(sensor: RangeSensor, reason: str) -> None:
    """Read until it is lost for that reason."""

    def lost() -> bool:
        try:
            sensor.read()
        except SensorFaultError as fault:
            return fault.reason == reason
        return False

    until(lost, f"it is lost: {reason}")
