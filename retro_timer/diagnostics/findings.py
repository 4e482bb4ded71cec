"""What a check has found, and whether the box can keep watch with it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec


class Verdict(StrEnum):
    """How a thing is."""

    OK = "ok"
    POOR = "poor"
    """It works, with a limit that one should know."""
    WRONG = "wrong"
    NONE = "-"
    """There is nothing to check, or nothing to check it with."""


class Finding(msgspec.Struct, frozen=True):
    """One line of the table."""

    name: str
    verdict: Verdict
    found: str
    mend: str = ""
    """What to do about it; empty where nothing is to do."""
    watch: bool = False
    """Whether the box cannot keep watch while this is wrong."""


def keeps_watch(findings: Iterable[Finding]) -> bool:
    """Whether nothing is wrong that the watch needs."""
    return not any(finding.watch and finding.verdict is Verdict.WRONG for finding in findings)


def summary(findings: Iterable[Finding]) -> str:
    """The last line for people."""
    listed = list(findings)
    wrong = sum(finding.verdict is Verdict.WRONG for finding in listed)
    poor = sum(finding.verdict is Verdict.POOR for finding in listed)
    counts = [f"{wrong} wrong"] if wrong else []
    counts += [f"{poor} poor"] if poor else []
    told = f": {', '.join(counts)}" if counts else ": all is well"
    return f"The box {'can' if keeps_watch(listed) else 'CANNOT'} keep watch{told}."
