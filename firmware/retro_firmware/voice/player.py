"""Plays one WAV file at a time through aplay: its exit code is believed, and it is killed to be silent at once."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import threading
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

_MARGIN_S = 5.0
"""Longest that a card may take to begin and to drain."""
_DEATH_S = 1.0
_AWAKE_NS = 1_000_000_000
"""How long after a sound amplifier and speaker are still awake. aplay closes the card after each one: an I2S amplifier
then loses its clock and mutes, a USB card stops its stream, an active speaker goes to stand-by some time later."""
_MOST_WORDS = 4096
_PREFIX = "ALSA lib"


class Player:
    """The voice's thread plays; any thread may `kill`.

    `device` is an ALSA device, or finds it before each sound. `lead_in_s` of silence come before a sound on a card that
    has been idle.
    """

    def __init__(
        self,
        device: str | Callable[[], str],
        program: str = "aplay",
        margin_s: float = _MARGIN_S,
        lead_in_s: float = 0.0,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._find_device: Callable[[], str] = device if callable(device) else lambda: device
        self._device = ""
        self._lead_in_s = lead_in_s
        self._clock = clock
        self._ended_ns: int | None = None
        self._program = program
        self._margin_s = margin_s
        self._lock = threading.Lock()
        self._pid: int | None = None

    def play(self, path: Path, wanted: Callable[[], bool]) -> str:
        """Play a file to its end; why nothing is heard and the command that mends it, or an empty string.

        `wanted` is asked once more when the sound has begun, for a kill that came before there was anything to kill.
        """
        self._device = self._find_device()
        slept = self._ended_ns is None or self._clock() - self._ended_ns >= _AWAKE_NS
        lead_in_s = self._lead_in_s if slept else 0.0
        with _led_in(path, lead_in_s) as led_in:
            cause = self._play([] if led_in else [os.fspath(path)], led_in, length_s(path) + lead_in_s, wanted)
        self._ended_ns = self._clock()
        return cause

    def _play(self, files: list[str], led_in: BinaryIO | None, sounds_s: float, wanted: Callable[[], bool]) -> str:
        try:
            # A group of its own: Ctrl-C must not cut a sentence off and look like a broken card.
            process = subprocess.Popen(
                [self._program, "-q", "-D", self._device, *files],
                stdin=led_in or subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                process_group=0,
            )
        except FileNotFoundError:
            return f"{self._program} is missing; mend it with: sudo apt install alsa-utils"
        except OSError as error:
            return f"{self._program} does not start ({error.strerror}); try it by hand: {self._program} -l"
        with self._lock:
            self._pid = process.pid
        if not wanted():
            self.kill()
        return self._followed(process, sounds_s + self._margin_s, wanted)

    def kill(self) -> None:
        """Be silent at once. Waits for nothing: while the lock is held there is nothing to kill, or not yet."""
        if self._lock.acquire(blocking=False):
            try:
                if self._pid is not None:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(self._pid, signal.SIGKILL)
            finally:
                self._lock.release()

    def _followed(self, process: subprocess.Popen[bytes], limit_s: float, wanted: Callable[[], bool]) -> str:
        """Wait for the end; what aplay wrote on the way tells the cause."""
        ended, words = _until_end(process, limit_s)
        overdue = not ended
        if overdue:
            self.kill()
            ended, _ = _until_end(process, _DEATH_S)
        code: int | None = None
        # Until it is waited for, its number cannot pass to another process: kill is safe until here.
        with self._lock:
            self._pid = None
            if ended:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    code = process.wait(_DEATH_S)
        overdue = overdue or code is None
        if process.stderr is not None:
            process.stderr.close()
        if code == 0 or not wanted():
            return ""
        if overdue:
            return (
                f"aplay on device '{self._device}' did not come to an end: it is taken or stuck; "
                f"see who has it: fuser -v /dev/snd/*"
            )
        return (
            f"no sound from device '{self._device}' ({_cause(words, code)}); "
            f"list the cards with: aplay -l, and set voice.device"
        )


def _until_end(process: subprocess.Popen[bytes], limit_s: float) -> tuple[bool, str]:
    """Whether the process ended in time, seen by its standard error closing, and what it wrote there."""
    words = b""
    if process.stderr is None:
        return False, ""
    fd = process.stderr.fileno()
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    deadline = time.monotonic() + limit_s
    while (left_s := deadline - time.monotonic()) > 0.0 and poll.poll(left_s * 1000.0):
        data = os.read(fd, 4096)
        if not data:
            return True, words.decode(errors="replace")
        words = (words + data)[:_MOST_WORDS]
    return False, words.decode(errors="replace")


def _cause(words: str, code: int | None) -> str:
    """aplay's own last line, without its file and line numbers: `aplay: main:831: audio open error: No such file`."""
    told = [line for line in words.splitlines() if line.strip() and not line.startswith(_PREFIX)]
    if not told:
        return f"aplay exit code {code}"
    parts = told[-1].split(": ", 2)
    return parts[-1].strip()


def length_s(path: Path) -> float:
    """How long a WAV file sounds; 0 for what is none."""
    try:
        with wave.open(os.fspath(path), "rb") as sound:
            return sound.getnframes() / sound.getframerate()
    except (OSError, EOFError, wave.Error, ZeroDivisionError):
        # aplay will say what is wrong with it.
        return 0.0


@contextlib.contextmanager
def _led_in(path: Path, silence_s: float) -> Iterator[BinaryIO | None]:
    """The sound with silence before it, open for as long as the block lasts; None where the file itself is played:
    without silence, and for what is no sound, of which aplay will say what is wrong with it.
    """
    try:
        with wave.open(os.fspath(path), "rb") as sound:
            head, frames = sound.getparams(), sound.readframes(sound.getnframes())
    except (OSError, EOFError, wave.Error):
        silence_s = 0.0
    if silence_s <= 0.0:
        yield None
        return
    silence = bytes(round(silence_s * head.framerate) * head.nchannels * head.sampwidth)
    with os.fdopen(os.memfd_create("lead-in"), "w+b") as memory:
        with wave.open(memory, "wb") as led:
            led.setparams(head)
            led.writeframes(silence + frames)
        memory.seek(0)
        yield memory
