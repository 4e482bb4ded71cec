"""What a person may say of a rep that has ended, whenever that was: a new word on it, never another rep."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from retro_timer.errors import BadInputError
from retro_timer.training.reassigning import Said, crossing_of, decided_anew, exchanged
from retro_timer.training.record import (
    BY_HAND,
    HAND_UNCERTAINTY_NS,
    NS_PER_S,
    Flag,
    RepRecord,
    RepStatus,
    changed,
    voided,
)

LONGEST_S = 86_400.0
_LONGEST_NOTE = 500

MOST_NUMBER = 2**31 - 1
"""No session and no rep has a greater number, and every database and program can hold it."""
RepNumber = Annotated[int, Meta(ge=1, le=MOST_NUMBER)]


class Correction(msgspec.Struct, frozen=True, tag_field="kind"):
    """Base of them all. `rep` is its running number in the session."""

    rep: RepNumber


class VoidRep(Correction, frozen=True, tag="void"):
    """It does not count."""


class RestoreRep(Correction, frozen=True, tag="restore"):
    """It counts after all."""


class GiveRep(Correction, frozen=True, tag="give"):
    """It was somebody else's."""

    name: str


class SwapReps(Correction, frozen=True, tag="swap"):
    """Two reps were each other's athlete's."""

    other: RepNumber


class NobodyRep(Correction, frozen=True, tag="nobody"):
    """Its crossing was nobody's finish: those behind move up, and nobody runs again."""


class SetTime(Correction, frozen=True, tag="set"):
    """It took so long, by somebody's watch: the time as it is to be shown."""

    time_s: Annotated[float, Meta(gt=0.0, le=LONGEST_S)]


class NoteRep(Correction, frozen=True, tag="note"):
    """Something to be remembered of it; an empty text takes the note away."""

    text: Annotated[str, Meta(max_length=_LONGEST_NOTE)]


AnyCorrection = VoidRep | RestoreRep | GiveRep | SwapReps | NobodyRep | SetTime | NoteRep


def kind_of(correction: Correction) -> str:
    """Its name, as events, the log and the command line have it."""
    return str(type(correction).__struct_config__.tag)


def corrected(
    records: Mapping[int, RepRecord],
    correction: AnyCorrection,
    others: Collection[int] = (),
    together: Collection[int] = (),
) -> tuple[RepRecord, ...]:
    """The new words on the reps that a correction concerns, each with a higher revision.

    `records`: the session's reps by number. `others`: reps that become another person's, who may have the same name.
    `together`: reps that may have been on the course with the corrected one, their goes on one clock.
    Raises BadInputError where there is no such rep, one is still under way, or nothing would change.
    """
    record = _ended(records, correction.rep)
    match correction:
        case VoidRep():
            changes = [voided(record)]
        case RestoreRep():
            changes = [_restored(record)]
        case GiveRep(_, name):
            changes = [changed(record, athlete=name)]
        case SwapReps(_, number):
            other = _ended(records, number)
            changes = list(exchanged(record, other)) if number in together else []
            changes = changes or [changed(record, athlete=other.athlete), changed(other, athlete=record.athlete)]
        case NobodyRep():
            changes = _without_finish(record, [each for each in records.values() if each.rep in together])
        case SetTime(_, time_s):
            changes = [_by_hand(record, round(time_s * NS_PER_S))]
        case NoteRep(_, text):
            changes = [changed(record, note=text)]
    before = {record.rep: record for record in records.values()}
    if any(new.rep not in others and new == changed(before[new.rep]) for new in changes):
        raise BadInputError(f"rep {correction.rep}", f"{kind_of(correction)} changes nothing", "another correction")
    return tuple(changes)


def _ended(records: Mapping[int, RepRecord], rep: int) -> RepRecord:
    record = records.get(rep)
    if record is None:
        raise BadInputError(f"rep {rep}", "not found", "a rep of `retro-timer results show SESSION`")
    if record.status is RepStatus.OPEN:
        raise BadInputError(f"rep {rep}", "still under way", "a rep that has ended")
    return record


def _without_finish(record: RepRecord, others: Collection[RepRecord]) -> list[RepRecord]:
    if crossing_of(record) is None:
        raise BadInputError(f"rep {record.rep}", "it has no finish at the line", "a rep that has one")
    if any(each.status is RepStatus.OPEN for each in others):
        problem = "others are on the course, whose finish it may be"
        expected = f"`retro-timer ctl nobody {record.rep}`, or of a rep before a power cut the same once they have come"
        raise BadInputError(f"rep {record.rep}", problem, expected)
    return list(decided_anew([record, *(each for each in others if each.rep != record.rep)], Said({record.rep: None})))


def _restored(record: RepRecord) -> RepRecord:
    if record.status is not RepStatus.VOID:
        return changed(record)
    if record.time_ns is None:
        return changed(record, status=RepStatus.DNF, reason="stopped")
    return changed(record, status=RepStatus.FINISHED, reason="")


def _by_hand(record: RepRecord, time_ns: int) -> RepRecord:
    return changed(
        record,
        status=RepStatus.FINISHED,
        reason="",
        time_ns=time_ns,
        # What a watch showed is what is to be shown: it has no way of the sound in it.
        sound_delay_ns=0,
        # The splits are the gates' as before, and keep what they are shown as.
        splits=tuple(
            msgspec.structs.replace(split, time_ns=max(0, split.time_ns - record.sound_delay_ns))
            for split in record.splits
        ),
        uncertainty_ns=HAND_UNCERTAINTY_NS,
        method=BY_HAND,
        flags=tuple(sorted({*record.flags, Flag.MANUAL})),
    )
