"""When the next frame is due and when the last one was ready: follows the sensor's own timer; pure arithmetic.

The host sees a frame late, by its polling and by whatever kept its thread. The sensor's timer is even, so its grid,
held between the last look that found nothing and the first that found the frame, tells the true moment better.
"""

from __future__ import annotations

import math

_POLL_NS = 1_000_000
_LEAST_LEAD_NS = 400_000
_GAIN = 0.1
_PERIOD_GAIN = 0.1
_PERIOD_SLACK = 0.15
"""The sensor's oscillator may be this far off."""
_STALE_PERIODS = 2.5


class Pace:
    """Feed every look in order; all times are nanoseconds."""

    def __init__(self, period_ns: int) -> None:
        self._nominal_ns = period_ns
        self._period_ns = float(period_ns)
        self._lead_ns = float(period_ns) / 4.0
        self._ready_ns: int | None = None
        self._acknowledged_ns = 0
        self._not_before_ns = 0
        self._looked = False
        self.due_ns = 0
        """When to look next."""
        self.overdue_ns = 0
        """When to look although no interrupt has come."""

    @property
    def period_ns(self) -> int:
        """The period as it turned out."""
        return round(self._period_ns)

    def restart(self, now_ns: int, first_ns: int) -> None:
        """Ranging begins now; the first frame takes about `first_ns`. What is known of the period stays."""
        self._ready_ns = None
        self._lead_ns = self._nominal_ns / 4.0
        self._acknowledged_ns = self._not_before_ns = now_ns
        self._expect(now_ns + first_ns)

    def nothing_yet(self, now_ns: int) -> None:
        """A look found no frame."""
        if not self._looked:
            # The first look came early enough; a little later will do next time.
            self._lead_ns = max(_LEAST_LEAD_NS, 0.8 * self._lead_ns)
        self._looked = True
        self._not_before_ns = now_ns
        self.due_ns = now_ns + _POLL_NS
        self.overdue_ns = max(self.overdue_ns, now_ns + self._nominal_ns // 4)

    def skip(self, now_ns: int) -> None:
        """A look failed: the next one a period later."""
        self.due_ns = self.overdue_ns = now_ns + self.period_ns

    def found(self, seen_ns: int, prompt: bool = False) -> int | None:
        """A look found a frame; gives the moment at which it was ready, or None when that cannot be known.

        `prompt`: an interrupt has just called, so that it was ready a moment ago. It cannot be known of a frame that
        has waited for long, since it may be any of several, nor of one that came when the grid has none, nor of the
        first one if it was there before anybody looked.
        """
        if not self._looked:
            # It was there at the first look, perhaps for long.
            self._lead_ns = min(self._nominal_ns / 3.0, 2.0 * self._lead_ns)
        last_ns = self._ready_ns
        if last_ns is None:
            self._ready_ns = seen_ns if self._looked or prompt else None
            return self._ready_ns
        if seen_ns - self._not_before_ns > _STALE_PERIODS * self._period_ns:
            return None
        periods = self._periods(self._acknowledged_ns - last_ns)
        predicted_ns = last_ns + round(periods * self._period_ns)
        if self._not_before_ns - predicted_ns > self._period_ns / 4.0:
            self._ready_ns = None
            return None
        drift_ns = round(_GAIN * (seen_ns - predicted_ns)) if prompt else 0
        self._ready_ns = min(max(predicted_ns + drift_ns, self._not_before_ns), seen_ns)
        self._learn((self._ready_ns - predicted_ns) / periods)
        return self._ready_ns

    def acknowledged(self, now_ns: int) -> None:
        """The frame was fetched; the sensor may show the next one."""
        self._acknowledged_ns = self._not_before_ns = now_ns
        if self._ready_ns is None:
            # Nothing is known of the grid: look until the next one comes.
            self._expect(now_ns + self.period_ns)
            self.due_ns = now_ns + _POLL_NS
        else:
            periods = self._periods(now_ns - self._ready_ns)
            self._expect(self._ready_ns + round(periods * self._period_ns))

    def _periods(self, since_ns: int) -> int:
        """How many periods after the last frame the first one is that comes later than that."""
        return max(1, math.ceil(since_ns / self._period_ns))

    def _expect(self, ready_ns: int) -> None:
        self._looked = False
        self.due_ns = ready_ns - round(self._lead_ns)
        self.overdue_ns = ready_ns + self._nominal_ns // 2

    def _learn(self, error_ns: float) -> None:
        slack_ns = _PERIOD_SLACK * self._nominal_ns
        low, high = self._nominal_ns - slack_ns, self._nominal_ns + slack_ns
        self._period_ns = min(max(self._period_ns + _PERIOD_GAIN * error_ns, low), high)
