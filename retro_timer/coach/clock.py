"""What the box's clock shows, seen from this process: by the round trips that took least."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

_KEPT = 16


class BoxClock:
    """Holds box − here of a few round trips; the one that took least is the best known."""

    def __init__(self, here_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._here_ns = here_ns
        self._trips: deque[tuple[int, int]] = deque(maxlen=_KEPT)

    def note(self, sent_ns: int, box_ns: int, received_ns: int) -> None:
        """A round trip: asked and answered here, and what the box's clock showed in between."""
        self._trips.append((received_ns - sent_ns, box_ns - (sent_ns + received_ns) // 2))

    def forget(self) -> None:
        """The box has begun anew: so may its clock have."""
        self._trips.clear()

    @property
    def now_ns(self) -> int:
        """The box's clock now; this process's before the first round trip."""
        return self._here_ns() + (min(self._trips)[1] if self._trips else 0)
