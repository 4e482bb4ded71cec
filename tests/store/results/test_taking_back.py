"""Corrections taken back in any order, against a model."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from retro_timer.store.results.revisions import RevisionRow, without

NOTES = st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), min_size=1, max_size=8)


@given(NOTES, st.randoms(use_true_random=False))
def test_taking_back_in_any_order_gives_what_the_standing_corrections_say(
    notes: list[tuple[str, bool]], draw: random.Random
) -> None:
    """The model: a value is what the last correction that stands says of it; without one, what it was at first."""
    value, rows = "first", list[RevisionRow]()
    for number, (text, _) in enumerate(notes):
        rows.append(_noted(str(number), value, text))
        value = text
    taken_back = [number for number, (_, goes) in enumerate(notes) if goes]
    draw.shuffle(taken_back)
    for number in taken_back:
        value = _undone(rows, number, value)
        assert value == next((row.after["note"] for row in reversed(rows) if not row.undone), "first")


def _noted(revision: str, before: str, after: str) -> RevisionRow:
    return RevisionRow(revision, 1, 1, "note", {"note": before}, {"note": after}, 0, "", 0, "edit", "", undone=False)


def _undone(rows: list[RevisionRow], number: int, value: str) -> str:
    change = without(rows[number], rows)
    row = rows[number]
    rows[number] = RevisionRow(row.id, 1, 1, row.kind, row.before, row.after, 0, "", 0, "edit", "", undone=True)
    return str(change.after.get("note", value))
