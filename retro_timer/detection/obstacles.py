"""Whose the alarm is: the worst of what several sensors see."""

from __future__ import annotations

import msgspec

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import Level, Obstacle


class Obstacles:
    """Keeps the last obstacle of each sensor. Any thread may call it: a sensor's entry is swapped whole."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[Obstacle, WatchConfig]] = {}

    @property
    def level(self) -> Level:
        """The most urgent level of all sensors."""
        return max((obstacle.level for obstacle, _ in tuple(self._last.values())), default=Level.CLEAR)

    def note(self, sensor: str, obstacle: Obstacle, config: WatchConfig) -> None:
        """A sensor's level changed."""
        self._last[sensor] = (obstacle, config)

    def worst(self, t_ns: int) -> tuple[Obstacle, WatchConfig]:
        """The most urgent obstacle, of several the newest, as it stands at `t_ns`, and how its sensor is judged.

        Raises ValueError before any sensor's obstacle was noted.
        """
        obstacle, config = max(tuple(self._last.values()), key=lambda last: (last[0].level, last[0].t_ns))
        return msgspec.structs.replace(obstacle, t_ns=t_ns), config
