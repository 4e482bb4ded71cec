"""What may wait for a slow disk is done beside the socket: a halt must get through meanwhile."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from retro_timer.beacon.control.protocol.answers import RequestRefusedError

Job = Callable[[], None]
MOST_WAITING = 16
"""As many as the coach's page asks at once; whoever asks for more meanwhile is refused."""


class Aside:
    """One job after another, in the order in which they were given, on a thread that lives while there are any.

    Thread-safe.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: deque[Job] = deque()
        self._working = False

    def do(self, job: Job) -> None:
        """Have it done; returns at once. Raises RequestRefusedError where too many wait."""
        with self._lock:
            if len(self._jobs) >= MOST_WAITING:
                raise RequestRefusedError("refused", "the box waits for its disk: try again when that is over")
            self._jobs.append(job)
            if not self._working:
                self._working = True
                threading.Thread(target=self._run, name="aside", daemon=True).start()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._jobs:
                    self._working = False
                    return
                job = self._jobs.popleft()
            job()
