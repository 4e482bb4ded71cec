"""What the obstacle watch tells."""

from __future__ import annotations

from retro_timer.training.session.events.base import Event


class Obstacle(Event, frozen=True):
    """The watch's level changed."""

    level: str
    """clear, caution, warning or danger"""
    range_m: float | None
    sensor: str | None = None
    """Whose reading changed it, where there are several sensors."""


class Sensor(Event, frozen=True):
    """The watch sees better or worse, or where there are several sensors one of them does."""

    state: str
    """ok, degraded or lost"""
    reason: str
    sensor: str | None = None
    """Which of several."""
    line: str | None = None
    """Where that one stands."""


class Spotter(Event, frozen=True):
    """Somebody watches in place of the sensor."""
