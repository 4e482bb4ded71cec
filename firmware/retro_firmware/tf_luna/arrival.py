"""When each frame left the sensor, though the thread that reads them comes late; pure arithmetic."""

from __future__ import annotations

_GAIN = 0.05
_LOST_PERIODS = 1.5


class Arrival:
    """Frames leave evenly; feed how many came and when the newest was in hand. Times are nanoseconds."""

    def __init__(self, period_ns: int) -> None:
        self._period_ns = period_ns
        self._last_ns: int | None = None

    def forget(self) -> None:
        """The stream was interrupted."""
        self._last_ns = None

    def newest(self, now_ns: int, count: int) -> int:
        """When the last of `count` new frames had arrived; those before it came a period apart."""
        if self._last_ns is None:
            arrived_ns = now_ns
        else:
            predicted_ns = self._last_ns + count * self._period_ns
            late_ns = now_ns - predicted_ns
            if 0 <= late_ns < _LOST_PERIODS * self._period_ns:
                # The thread was late, mostly; a little of it is the sensor's own clock.
                arrived_ns = predicted_ns + round(_GAIN * late_ns)
            else:
                arrived_ns = now_ns
        self._last_ns = arrived_ns
        return arrived_ns
