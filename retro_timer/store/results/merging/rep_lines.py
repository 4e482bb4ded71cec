"""Reps and sessions of a file as lines of the log, and how they differ from what is here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from retro_timer.store.results.apply import OPEN
from retro_timer.store.results.entries import RepKept, new_id
from retro_timer.store.results.merging.items import RepItem, SessionItem
from retro_timer.training.plan import Course

_BY_REPS = frozenset(msgspec.json.encode(plan).decode() for plan in ({}, {"course": Course.OUT_AND_BACK}))
"""Plans of a session that came by reps alone: no more is known than their course."""
UNSET_BOOT = "clock not set"
"""In place of a boot's mark: labels that were no dates where they come from are none here."""
_UNTOLD = frozenset(
    ("session", "rep", "revision", "athlete", "athlete_id", "go_wall_ns", "go_boot", "go_boot_ns", "go_ns")
)
"""What is no difference between two words on a rep, or is told otherwise."""


def label_of(date: str | None, label_ns: int) -> tuple[str, int]:
    """The boot of a label and the time since it: none where the label is a date, and never corrected in either case."""
    return ("", 0) if date is not None else (UNSET_BOOT, label_ns)


def text_of_plan(item: SessionItem) -> str:
    """A session's plan as the log has it."""
    return msgspec.json.encode(item.plan).decode()


def rep_line(item: SessionItem, rep: RepItem, name: str, boot: str, boot_ns: int) -> RepKept:
    """A rep as a line of the log, its athlete called `name`."""
    return RepKept(
        id=new_id(),
        uid=item.id,
        session=item.session,
        athlete=name,
        athlete_id=rep.athlete_id,
        rep=rep.rep,
        revision=rep.revision,
        go_wall_ns=rep.go_label_ns,
        go_boot=boot,
        go_boot_ns=boot_ns,
        go_ns=rep.go_monotonic_ns,
        **_values(rep),
    )


def _values(rep: RepItem) -> dict[str, Any]:
    """What is told of a rep, by columns."""
    splits = [(one.line, _mm(one.distance_m), _ns(one.time_s), _ns(one.uncertainty_s)) for one in rep.splits]
    return {
        "set_no": rep.set,
        "rep_no": rep.rep_in_set,
        "distance_mm": None if rep.distance_m is None else _mm(rep.distance_m),
        "duration_ms": None if rep.duration_s is None else round(rep.duration_s * 1000),
        "gait": str(rep.gait),
        "status": rep.status,
        "time_ns": None if rep.time_s is None else _ns(rep.time_s),
        "uncertainty_ns": None if rep.uncertainty_s is None else _ns(rep.uncertainty_s),
        "sound_delay_ns": _ns(rep.sound_delay_s),
        "method": rep.method,
        "flags": ",".join(rep.flags),
        "obstacles": rep.obstacles,
        "reason": rep.reason,
        "start": str(rep.start),
        "start_uncertainty_ns": _ns(rep.start_uncertainty_s),
        "splits": msgspec.json.encode(splits).decode() if splits else "",
        "line": rep.line,
        "lane": rep.lane,
        "part": rep.part,
        "wave": rep.wave,
        "place": rep.place,
        "target_ns": None if rep.target_s is None else _ns(rep.target_s),
        "note": rep.note,
    }


def _ns(seconds: float) -> int:
    return round(seconds * 1e9)


def _mm(metres: float) -> int:
    return round(metres * 1000)


def differs(here: Mapping[str, Any], rep: RepItem, is_same: Callable[[str, str], bool]) -> str:
    """How a rep of the file differs from the one here, in words; empty where it does not."""
    told = [
        f"{name} {here[name]!r} here, {value!r} in the file"
        for name, value in _values(rep).items()
        if here[name] != value
    ]
    if not is_same(here["athlete_id"], rep.athlete_id) or (not rep.athlete_id and here["athlete"] != rep.athlete):
        told.append(f"{here['athlete']} here, {rep.athlete} in the file")
    return "; ".join(told)


def differences(place: str, here: Mapping[str, Any], item: SessionItem) -> Iterator[str]:
    """What a session is here and not in the file."""
    pairs: dict[str, tuple[object, object]] = {
        "title": (here["title"], item.title),
        "board": (here["board"], item.board),
    }
    if item.note is not None and (here["note"] or here["plan"] not in _BY_REPS):
        # Else the note was in no file yet, and comes with the session's corrections.
        pairs["note"] = (here["note"], item.note)
    if item.outcome != OPEN:
        pairs["outcome"] = (here["outcome"], item.outcome)
    if item.started_at is not None:
        # Else the clock may have been set since.
        pairs["beginning"] = (here["started_wall_ns"], item.started_label_ns)
    for name, (ours, theirs) in pairs.items():
        if ours != theirs:
            yield f"{place}: {name} {ours!r} here, {theirs!r} in the file"


def lacking(place: str, here: Mapping[str, Any], item: SessionItem) -> Iterator[str]:
    """What a file has of a session beside its reps, and no line of the log can add to one that is here."""
    if here["plan"] in _BY_REPS and item.plan and text_of_plan(item) != here["plan"]:
        yield f"{place}: no plan here, one in the file (a file of JSON that comes first brings it)"
    known = set(msgspec.json.decode(here["athletes"]))
    # A file that has reps alone knows of the roster only who ran.
    for one in item.roster if item.note is not None else ():
        if one.athlete_id and one.athlete_id not in known:
            yield f"{place}: {one.name} is on its roster in the file, and not here"
