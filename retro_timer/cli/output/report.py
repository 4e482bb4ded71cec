"""A report as one HTML file that needs no other: parts with lines, pictures and a table, and what their words mean."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import jinja2
import msgspec

from retro_timer.cli.output.progress_shown import LIMITS
from retro_timer.training.record import Flag, RepRecord, RepStatus

_FLAGS = {
    Flag.FAST: "quicker than is usual for the gait, yet not quicker than any human: nobody's best",
    Flag.LATE: "it came after the rep had been given up: nobody's best",
    Flag.BLIND: "the watch did not see what it should have watched: nobody's best",
    Flag.CROWDED: "somebody else was at the line from 1 s before to 0.5 s after it",
    Flag.SINGLE: "timed by one half of a dual gate, the other one being blind",
    Flag.HIDDEN: "somebody in a nearer lane hid the moment itself; the interval covers how long: nobody's best",
    Flag.AMBIGUOUS: "another athlete on the course could have been this finish: nobody's best",
    Flag.MANUAL: "stopped by hand: compared only with others by hand",
}
_STATUSES = {
    RepStatus.DNF: "did not finish",
    RepStatus.VOID: "does not count: somebody has taken it back",
}
_TEMPLATE = Path(__file__).with_name("report.html")


class Picture(msgspec.Struct, frozen=True):
    """An SVG document, and what it is of for who cannot see it."""

    alt: str
    svg: bytes

    @property
    def data(self) -> str:
        """As a data URL has it."""
        return base64.b64encode(self.svg).decode()


class Section(msgspec.Struct, frozen=True):
    """A part of a report; what is empty is left out."""

    title: str
    lines: Sequence[str] = ()
    pictures: Sequence[Picture] = ()
    head: Sequence[str] = ()
    rows: Sequence[Sequence[Any]] = ()


class Report(msgspec.Struct, frozen=True):
    """All that one file has."""

    title: str
    lines: Sequence[str]
    parts: Sequence[Section]
    words: Sequence[tuple[str, str]] = ()
    """Flags and states that occur, each with what it means."""


def words_of(records: Iterable[RepRecord]) -> list[tuple[str, str]]:
    """What the flags and states of these mean, once each."""
    flags, states = set[Flag](), set[RepStatus]()
    for record in records:
        flags.update(record.flags)
        states.add(record.status)
    told = [(str(flag), text) for flag, text in _FLAGS.items() if flag in flags]
    return told + [(str(status), text) for status, text in _STATUSES.items() if status in states]


def html_of(report: Report) -> str:
    """The whole document. Names and notes are nothing but data in it."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(report=report, limits=LIMITS)
