"""The few errors a person can meet; every layer raises these and only the command line prints them."""

from __future__ import annotations

from collections.abc import Iterable


class RetroTimerError(Exception):
    """The work failed (exit code 1). The message is one line that says what is wrong and how to mend it."""

    exit_code = 1


class BadInputError(RetroTimerError, ValueError):
    """A file, a key or an argument is wrong (exit code 2).

    `where` names the file, and the line or key in it; `problem` says what is wrong; `expected` what would be right.
    """

    exit_code = 2

    def __init__(self, where: str, problem: str, expected: str = "") -> None:
        self.where = where
        self.problem = problem
        self.expected = expected
        text = f"{where}: {problem}"
        if expected:
            text += f"; expected {expected}"
        super().__init__(" ".join(text.split()))


class BoardMissingError(BadInputError):
    """The board asked for is not installed; the message names the extra that brings it."""


class SensorFaultError(RetroTimerError):
    """A sensor gave no reading that can be trusted. `reason` is one short word for events and speech."""

    def __init__(self, reason: str, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}")


def near_miss(word: str, known: Iterable[str]) -> str:
    """A hint such as ` (did you mean 'walk'?)` when `word` resembles one of `known`, else an empty string."""
    # What is seldom wanted is not held in memory by each process.
    import difflib

    matches = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" (did you mean '{matches[0]}'?)" if matches else ""
