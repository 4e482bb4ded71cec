"""Tells every listener what was published, in order; a slow listener never holds the beacon up."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from retro_timer.training.session.effects import Publish

log = logging.getLogger("retro_timer")

Listener = Callable[[dict[str, Any]], None]
"""Gets each event as a dict with `event`, `t_ns` and its fields; must return at once."""
_HISTORY = 50


class EventBus:
    """Thread-safe."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()
        self.recent: deque[dict[str, Any]] = deque(maxlen=_HISTORY)
        """The newest events, for whoever comes later."""

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Listen from now on; call what is returned to stop."""
        with self._lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return stop

    def publish(self, published: Publish) -> None:
        """Pass an event on."""
        self.tell({"event": published.event, "t_ns": published.t_ns, **published.fields})

    def tell(self, event: dict[str, Any]) -> None:
        """Pass an event on that is already in its outward form."""
        self.recent.append(event)
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            try:
                listener(event)
            except Exception:
                # One listener's fault must not keep the event from the others, nor stop the session.
                log.exception("a listener failed on %s", event["event"])
