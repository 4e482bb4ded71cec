"""The events of a bus as other programs read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from retro_timer.beacon.events import BeaconEvent

Told = dict[str, Any]


def into(told: list[Told]) -> Callable[[BeaconEvent], None]:
    """A listener that puts each event there."""
    return lambda event: told.append(msgspec.to_builtins(event))
