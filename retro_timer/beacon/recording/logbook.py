"""Which events a log keeps, and the newest of them in memory, for a machine whose journal cannot be read."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from typing import Any

from retro_timer.beacon.core import Core

_NOT_KEPT = frozenset(("tone", "sound", "phase"))
"""Too many, and told by other events."""
_COUNTED = "count"
_MOST = 500


def worth_keeping(event: Mapping[str, Any]) -> bool:
    """Whether a log keeps an event: what happened, who decided, what was said; not each beep, nor the counting down."""
    if event["event"] == "said":
        return not str(event.get("key", "")).startswith(_COUNTED)
    return event["event"] not in _NOT_KEPT


class Logbook:
    """The newest events of this run, each with the wall time at which it came. Thread-safe."""

    def __init__(self, core: Core) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=_MOST)
        core.event_bus.subscribe(self._take)

    def _take(self, event: dict[str, Any]) -> None:
        if worth_keeping(event):
            self._entries.append({"wall_s": round(time.time(), 3), **event})

    def log(self, _message: dict[str, Any]) -> dict[str, Any]:
        """The socket's request {"log": true}."""
        return {"log": list(self._entries.copy())}
