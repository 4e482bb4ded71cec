"""The renderer's process: requests as JSON lines in, WAV files out; pyttsx3 may hang or crash here and nowhere else.

Run as `python -m retro_firmware.voice.renderer`. A request is {"text", "voice", "rate_wpm", "volume", "path"}; its
answer, once the file is whole, is {"ok": true}, else {"ok": false, "kind": "no-engine" or "failed", "error": one line}.
The process ends with its standard input.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from typing import Any

_NICENESS = 10
"""Sensing, beeping and saving go before speech."""
_ATTEMPTS = 5
_SETTLE_S = 0.01


class EngineMissingError(Exception):
    """pyttsx3 or the library that it speaks with does not load."""


class Renderer:
    """One engine for the life of the process: espeak-ng cannot be initialised twice."""

    def __init__(self) -> None:
        try:
            pyttsx3: Any = importlib.import_module("pyttsx3")
            self._engine: Any = pyttsx3.init("espeak")
        except (ImportError, OSError, RuntimeError) as error:
            raise EngineMissingError(" ".join(str(error).split())) from None
        self._completed = False
        self._errors: list[str] = []
        self._engine.connect("finished-utterance", self._on_finished)
        self._engine.connect("error", self._on_error)

    def _on_finished(self, name: str | None = None, completed: bool = True) -> None:  # noqa: ARG002
        self._completed = completed

    def _on_error(self, name: str | None = None, exception: Exception | None = None) -> None:  # noqa: ARG002
        self._errors.append(" ".join(str(exception).split()))

    def render(self, text: str, voice: str, rate_wpm: int, volume: int, path: str) -> None:
        """Write the spoken text to a WAV file. Raises RuntimeError with the cause."""
        for _ in range(_ATTEMPTS):
            if self._attempt(text, voice, rate_wpm, volume, path):
                return
        raise RuntimeError(f"pyttsx3 cancelled it {_ATTEMPTS} times")

    def _attempt(self, text: str, voice: str, rate_wpm: int, volume: int, path: str) -> bool:
        """One phrase a run, since several share one buffer and only the last would be heard; False when cancelled.

        Not `runAndWait`: its first call returns before the file is written, and later ones cancel whatever espeak-ng
        has not worked off yet, which may be the rate and the voice set just before.
        """
        self._completed = False
        self._errors.clear()
        # Outside a loop the engine counts as busy: all this waits for the loop and reaches espeak-ng in this order.
        self._engine.setProperty("voice", voice)
        self._engine.setProperty("rate", rate_wpm)
        # Scaled here and not by a mixer, which an I2S amplifier has not; espeak-ng's own volume is linear.
        self._engine.setProperty("volume", volume / 100.0)
        self._engine.save_to_file(text, path)
        self._engine.startLoop()
        # The end is told from espeak-ng's own thread. Left before that is idle, the loop would cancel the next phrase.
        time.sleep(_SETTLE_S)
        self._engine.endLoop()
        if self._errors:
            raise RuntimeError(self._errors[0])
        return self._completed


def serve() -> None:
    """Answer requests until standard input ends."""
    # pyttsx3 prints to standard output, which belongs to the answers.
    with os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1) as answers:
        os.dup2(2, 1)
        renderer: Renderer | None = None
        for line in sys.stdin:
            request = json.loads(line)
            try:
                renderer = renderer or Renderer()
                renderer.render(**request)
                answer: dict[str, Any] = {"ok": True}
            except EngineMissingError as error:
                answer = {"ok": False, "kind": "no-engine", "error": str(error)}
            except (RuntimeError, ValueError, OSError) as error:
                answer = {"ok": False, "kind": "failed", "error": str(error)}
            answers.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    os.nice(_NICENESS)
    serve()
