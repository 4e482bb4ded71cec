"""What `retro-timer simulate --transcript FILE` wrote: when each phrase was heard, and what happened between."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

_PHRASE = re.compile(r' *([\d:.]+) +([\d:.]+)  "(.*)"(  \(cut off\))?')
_TOLD = re.compile(r" *([\d:.]+) {12}(\S.*)")
ROUNDED_S = 0.1
"""To what a transcript's times are given."""


class Phrase(msgspec.Struct, frozen=True):
    """What was said, in seconds of the session."""

    from_s: float
    to_s: float
    text: str
    cut_off: bool


class Transcript:
    """A file read back; a line that is neither a phrase nor an event fails."""

    def __init__(self, path: Path) -> None:
        self.phrases: list[Phrase] = []
        self.told: list[tuple[float, str]] = []
        for line in path.read_text(encoding="utf-8").splitlines():
            phrase = _PHRASE.fullmatch(line)
            if phrase is not None:
                self.phrases.append(Phrase(_s(phrase[1]), _s(phrase[2]), phrase[3], phrase[4] is not None))
                continue
            told = _TOLD.fullmatch(line)
            assert told is not None, line
            self.told.append((_s(told[1]), told[2]))

    def said(self, *texts: str) -> list[Phrase]:
        """Every phrase with one of these texts, in order."""
        return [phrase for phrase in self.phrases if phrase.text in texts]


def _s(clock: str) -> float:
    minutes, seconds = clock.split(":")
    return 60.0 * int(minutes) + float(seconds)
