"""Lets the beacon's threads run before every other program, the sensors' threads first of all.

The sensor's thread alone is not enough: it needs the interpreter, and whichever thread of ours has that may be kept
from running by any other program on a busy machine, for a hundred milliseconds and more, while the alarm waits. So
all of them run before ordinary programs, and the sensors' before the others. What they start (aplay, the renderer)
does not: SCHED_RESET_ON_FORK.
"""

from __future__ import annotations

import logging
import os
import threading

log = logging.getLogger("retro_timer")

SENSOR_PRIORITY = 20
OTHER_PRIORITY = 1
"""Above every ordinary program, below whatever else on the box is real-time."""


class RealTimeScheduling:
    """Thread-safe. Where the system refuses (no LimitRTPRIO) nothing happens, and it is told once."""

    def __init__(self) -> None:
        self.realtime = False
        """Whether the sensors' threads run before all others."""
        self._lifted: set[int] = set()
        self._refused = False
        self._lock = threading.Lock()

    def lift_sensor(self) -> None:
        """The calling thread reads a sensor."""
        with self._lock:
            thread = threading.get_native_id()
            self._lifted.add(thread)
            self.realtime = self._lift(thread, SENSOR_PRIORITY)

    def lift_others(self) -> None:
        """Every other thread that has begun since this was called last; call it now and then."""
        with self._lock:
            alive = {thread.native_id for thread in threading.enumerate() if thread.native_id is not None}
            for thread in alive - self._lifted:
                self._lift(thread, OTHER_PRIORITY)
            # A number may pass to a new thread once its owner has ended.
            self._lifted = alive

    def _lift(self, thread: int, priority: int) -> bool:
        if self._refused:
            return False
        try:
            os.sched_setscheduler(thread, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(priority))
        except ProcessLookupError:
            # It ended between the look and the call.
            return False
        except (OSError, AttributeError):
            self._refused = True
            log.info("no real-time priority: warnings may wait for other programs")
            return False
        return True
