"""Tells every listener what was published, in order; a slow listener never holds the beacon up."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from retro_timer.beacon.events import BeaconEvent

log = logging.getLogger("retro_timer")

Listener = Callable[[BeaconEvent], None]
"""Gets each event; must return at once."""


class EventBus:
    """Thread-safe."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Listen from now on; call what is returned to stop."""
        with self._lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return stop

    def publish(self, event: BeaconEvent) -> None:
        """Pass an event on."""
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            try:
                listener(event)
            except Exception:
                # One listener's fault must not keep the event from the others, nor stop the session.
                log.exception("a listener failed on %s", event.tag)
