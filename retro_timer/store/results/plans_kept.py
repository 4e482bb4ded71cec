"""What is read of the plans that sessions were run by."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

import msgspec

from retro_timer.training.plan import Course, Order

OUT_AND_BACK = (
    f"CASE WHEN instr(session.plan, '{Course.OUT_AND_BACK}') AND json_valid(session.plan)"
    f" THEN json_extract(session.plan, '$.course') IS '{Course.OUT_AND_BACK}' ELSE 0 END"
)
"""Whether a session's kept plan goes there and back, as SQL; not where it cannot be read. Only the session knows: two
times over one length are not to be compared where a turn is in one of them."""


def out_and_back(connection: sqlite3.Connection, sessions: Iterable[int]) -> frozenset[int]:
    """Those of these sessions, by their numbers, whose kept plan goes there and back."""
    query = f"SELECT id FROM session WHERE id IN (SELECT value FROM json_each(?)) AND {OUT_AND_BACK}"
    return frozenset(number for (number,) in connection.execute(query, (json.dumps(list(sessions)),)))


def course_of(*, is_out_and_back: bool) -> Course:
    """The course that `OUT_AND_BACK` tells."""
    return Course.OUT_AND_BACK if is_out_and_back else Course.STRAIGHT


class _Ordered(msgspec.Struct, frozen=True):
    """What is read of a plan to know how several go."""

    order: Order = Order.ROTATION


def order_of(plan: bytes | str) -> Order:
    """How several go by a kept plan; one after the other where it does not say."""
    try:
        return msgspec.json.decode(plan, type=_Ordered).order
    except msgspec.MsgspecError:
        return Order.ROTATION


class _Frequency(msgspec.Struct, frozen=True):
    """What is read of a plan."""

    sessions_per_week: tuple[int, int] | None = None


def per_week_of(plan: str) -> tuple[int, int] | None:
    """Fewest and most sessions a week; None where a kept plan does not say."""
    try:
        return msgspec.json.decode(plan, type=_Frequency).sessions_per_week
    except msgspec.MsgspecError:
        # A later program's plan, or one that came with a file: it says nothing here.
        return None
