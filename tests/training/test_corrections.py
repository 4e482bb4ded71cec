"""What a person may say of a rep that has ended."""

from __future__ import annotations

import msgspec
import pytest

from retro_timer.errors import BadInputError
from retro_timer.training.corrections import (
    AnyCorrection,
    GiveRep,
    NoteRep,
    RestoreRep,
    SetTime,
    SwapReps,
    VoidRep,
    corrected,
)
from retro_timer.training.record import HAND_UNCERTAINTY_NS, Flag, RepRecord, RepStatus, Split
from tests.helpers.results_made import rep

REPS = {1: rep(1), 2: rep(2, athlete="Bea"), 3: rep(3, status=RepStatus.OPEN), 4: rep(4, status=RepStatus.VOID)}


def one(correction: AnyCorrection) -> RepRecord:
    (record,) = corrected(REPS, correction)
    return record


def test_each_correction_is_a_new_word_on_the_same_rep() -> None:
    assert one(VoidRep(1)).status is RepStatus.VOID
    assert one(RestoreRep(4)).status is RepStatus.FINISHED
    assert one(GiveRep(1, "Bea")).athlete == "Bea"
    assert one(NoteRep(1, "wind")).note == "wind"
    assert [(r.rep, r.athlete) for r in corrected(REPS, SwapReps(1, 2))] == [(1, "Bea"), (2, "Ann")]
    for correction in (VoidRep(1), GiveRep(1, "Bea"), NoteRep(1, "wind"), SwapReps(1, 2), SetTime(1, 9.0)):
        assert all(r.revision == REPS[r.rep].revision + 1 for r in corrected(REPS, correction))


def test_a_time_by_somebodys_watch_is_shown_as_they_said_it_and_marked() -> None:
    record = one(SetTime(2, 11.4))
    assert (record.official(), record.method, record.flags) == ("11.4", "manual", (Flag.MANUAL,))
    assert record.uncertainty_ns == HAND_UNCERTAINTY_NS


def test_a_time_by_somebodys_watch_leaves_the_gates_splits_as_they_were_shown() -> None:
    split = Split("ten", 10.0, 4_087_463_557, 10_000_000)
    timed = msgspec.structs.replace(rep(1), sound_delay_ns=87_463_557, splits=(split,))
    (once,) = corrected({1: timed}, SetTime(1, 9.0))
    (twice,) = corrected({1: once}, SetTime(1, 9.1))
    assert timed.official_splits == once.official_splits == twice.official_splits == "ten 4.00"


@pytest.mark.parametrize(
    ("correction", "why"),
    [
        (VoidRep(9), "not found"),
        (VoidRep(3), "still under way"),
        (VoidRep(4), "changes nothing"),
        (RestoreRep(1), "changes nothing"),
        (GiveRep(1, "Ann"), "changes nothing"),
        (SwapReps(1, 4), "changes nothing"),
        (SwapReps(1, 9), "not found"),
        (NoteRep(1, ""), "changes nothing"),
    ],
)
def test_what_cannot_be_or_changes_nothing_is_refused(correction: AnyCorrection, why: str) -> None:
    with pytest.raises(BadInputError, match=why):
        corrected(REPS, correction)
