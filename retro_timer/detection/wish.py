"""Notices in the expectation that somebody has asked for a new background."""

from __future__ import annotations

from retro_timer.detection.background import Background
from retro_timer.detection.expectation import Expectation


class BackgroundWish:
    """Read at each sample: the wish is a time in a frozen value, so that nothing queues before an alarm."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._granted_ns: int | None = None

    def grant(self, expectation: Expectation) -> None:
        """Forget the background if a new one was asked for since the last reading."""
        asked_ns, granted_ns = expectation.background_ns, self._granted_ns
        self._granted_ns = asked_ns if granted_ns is None else max(asked_ns, granted_ns)
        # Whoever judges the first reading knows nothing yet, or just what calibration has told.
        if granted_ns is not None and asked_ns > granted_ns:
            self._background.learn_anew()
