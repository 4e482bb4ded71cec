"""Lists of what is kept: every session is in them, and a page of them costs the same few looks at any length."""

from __future__ import annotations

import contextlib
from pathlib import Path

from retro_timer.store.results.database import opened_results
from retro_timer.store.results.journal import Journal
from retro_timer.store.results.queries import session, sessions
from retro_timer.training.record import RepStatus
from tests.helpers.results_made import ATHLETES, PLAN, WALL_NS, add_session, rep


def test_sessions_are_counted_together_and_each_has_its_own_reps(tmp_path: Path) -> None:
    with contextlib.closing(Journal(tmp_path)) as journal:
        add_session(journal)
        nobody_ran = journal.begin(PLAN, ATHLETES, "sim", WALL_NS)
        last = journal.begin(PLAN, ATHLETES, "sim", WALL_NS)
        journal.save(last, rep(1), WALL_NS)
        journal.save(last, rep(2, status=RepStatus.DNF), WALL_NS)
    asked: list[str] = []
    with opened_results(tmp_path) as connection:
        connection.set_trace_callback(asked.append)
        counts = [(row.id, row.reps, row.finished) for row in sessions(connection, 100)]
        of_reps = [text for text in asked if " FROM rep " in text]
        assert session(connection, nobody_ran) == next(row for row in sessions(connection) if row.id == nobody_ran)
    assert counts == [(last, 2, 1), (nobody_ran, 0, 0), (1, 3, 3)]
    assert len(of_reps) == 1
