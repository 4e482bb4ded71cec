"""The lane in front of the virtual machine's sensor; runs in the guest, behind its /dev/i2c-1, steered from the host.

The host writes /run/rig/lane.json: {"runs": N, "standing_mm": range or null}. With each change of N a runner of the
simulator sets off; whatever stands in the beam stays there until it is taken away.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

from retro_firmware.vl53l1x.twin import TwinBus, TwinChip

from retro_timer.sensors.known import spec_of
from retro_timer.sensors.settings import SensorSettings
from retro_timer.sim.optics import Surface, View
from retro_timer.sim.scenario import Scenario
from retro_timer.sim.world import World

ORDERS = Path("/run/rig/lane.json")
LOOK_NS = 200_000_000
"""How often the orders are read: that takes an emulated machine a few milliseconds."""
DISTANCE_M = 5.0


class Lane:
    """A quiet day at the gate, with the runners and obstacles that the host sends."""

    def __init__(self) -> None:
        self._world = World(Scenario(), [spec_of(SensorSettings())], finish_range_m=2.0, seed=1)
        self._runs = 0
        self._standing_mm: float | None = None
        self._look_ns = 0

    def view(self, sensor: str, t_ns: int) -> View:
        """What the sensor sees."""
        now_ns = time.monotonic_ns()
        if now_ns >= self._look_ns:
            self._look_ns = now_ns + LOOK_NS
            self._obey(now_ns)
        view = self._world.view(sensor, t_ns)
        return view if self._standing_mm is None else View((Surface(self._standing_mm, 1.0),), view.ambient_kcps)

    def _obey(self, now_ns: int) -> None:
        orders = json.loads(ORDERS.read_text()) if ORDERS.exists() else {}
        self._standing_mm = orders.get("standing_mm")
        if orders.get("runs", 0) > self._runs:
            self._runs = orders["runs"]
            go = {"event": "go", "rep": self._runs, "t_ns": now_ns, "distance_m": DISTANCE_M, "gait": "walk"}
            self._world.hear(go)


def make() -> Callable[[int, bytes, int], bytes | None]:
    """What i2c_bus.py serves."""
    return TwinBus([TwinChip("gate", Lane())]).transfer
