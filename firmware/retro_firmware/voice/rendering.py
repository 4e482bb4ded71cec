"""Keeps the renderer's process: one request at a time, killed when it hangs, restarted with a back-off."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

COMMAND = (sys.executable, "-P", "-m", "retro_firmware.voice.renderer")
ANSWER_S = 10.0
"""A sentence takes about 20 ms on a desk machine, its first one 100 ms; a Pi Zero that boots may need far more."""
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0


class RenderError(Exception):
    """A phrase was not rendered. The message is one line: the cause, and the command that mends it."""


class RenderProcess:
    """Only the voice's thread calls it, but for `abort`. `clock` gives nanoseconds, for the back-off."""

    def __init__(
        self,
        command: Sequence[str] = COMMAND,
        answer_s: float = ANSWER_S,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.starts = 0
        """How often the process has been started."""
        self._command = tuple(command)
        self._answer_s = answer_s
        self._clock = clock
        self._process: subprocess.Popen[bytes] | None = None
        self._received = b""
        self._pause_s = _FIRST_PAUSE_S
        self._again_ns = 0
        self._last_error = ""
        self._aborted = False

    @property
    def pid(self) -> int | None:
        """The process that runs now, if one does."""
        return None if self._process is None else self._process.pid

    def render(self, text: str, voice: str, rate_wpm: int, path: Path, volume: int = 100) -> None:
        """Have a phrase written to a WAV file, its samples scaled to a volume in percent.

        Raises RenderError, at once while a back-off lasts.
        """
        if self._clock() < self._again_ns or self._aborted:
            raise RenderError(self._last_error)
        request = {"text": text, "voice": voice, "rate_wpm": rate_wpm, "volume": volume, "path": os.fspath(path)}
        answer = self._ask(request)
        if answer.get("ok"):
            self._pause_s, self._again_ns = _FIRST_PAUSE_S, 0
            return
        error = str(answer.get("error", ""))
        if answer.get("kind") == "no-engine":
            raise self._given_up(f"espeak-ng does not load ({error}); mend it with: sudo apt install espeak-ng")
        raise RenderError(f"espeak-ng cannot say it ({error}); see the voices there are: espeak-ng --voices")

    def abort(self) -> None:
        """End the process, whatever it does; for good. From any thread."""
        self._aborted = True
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """End the process once the voice's thread has ended."""
        self.abort()
        self._end()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        process = self._started()
        if process.stdin is None or process.stdout is None:
            raise self._given_up("the speech renderer has no pipes")
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
        except OSError:
            # It has died: the answer that does not come tells how.
            pass
        line = self._line(process.stdout.fileno())
        if line is None:
            raise self._given_up(
                f"the speech renderer hangs (no answer within {self._answer_s:g} s); it is restarted; "
                f"try it by hand: espeak-ng hello"
            )
        try:
            answer: dict[str, Any] = json.loads(line)
        except ValueError:
            code = self._end()
            raise self._given_up(
                f"the speech renderer died (exit code {code}); try it by hand: python -m retro_firmware.voice.renderer"
            ) from None
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        try:
            # A group of its own: Ctrl-C on the terminal ends the beacon, which then ends this one. Not a session of its
            # own, which the scheduler would give a share beside the beacon, whatever its niceness.
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                process_group=0,
            )
        except OSError as error:
            raise self._given_up(f"the speech renderer does not start ({error.strerror}); see: free -m") from None
        self.starts += 1
        self._received = b""
        self._process = process
        if self._aborted:
            process.kill()
        return process

    def _line(self, fd: int) -> bytes | None:
        """The next line; empty when the process has ended, None when the deadline has passed."""
        poll = select.poll()
        poll.register(fd, select.POLLIN)
        deadline = time.monotonic() + self._answer_s
        while b"\n" not in self._received:
            left_s = deadline - time.monotonic()
            if left_s <= 0.0 or not poll.poll(left_s * 1000.0):
                return None
            data = os.read(fd, 65_536)
            if not data:
                return b""
            self._received += data
        line, _, self._received = self._received.partition(b"\n")
        return line

    def _given_up(self, cause: str) -> RenderError:
        """End the process and leave it alone for a while."""
        self._end()
        self._last_error = cause
        self._again_ns = self._clock() + round(self._pause_s * 1e9)
        self._pause_s = min(2.0 * self._pause_s, _LONGEST_PAUSE_S)
        return RenderError(cause)

    def _end(self) -> int | None:
        """Kill what runs and give its pipes back; its exit code, or the signal that ended it as a negative number."""
        process, self._process = self._process, None
        if process is None:
            return None
        process.kill()
        code = process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    # What could not be sent to a dead process is of no use any more.
                    continue
        return code
