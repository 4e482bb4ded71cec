"""The summary is what the reps say, whatever has become of them; and progress is read from it alone."""

from __future__ import annotations

import contextlib
import math
import sqlite3
from collections import defaultdict
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from retro_timer.errors import BadInputError
from retro_timer.store.exchange.json_file import write_json
from retro_timer.store.exchange.portions import portions
from retro_timer.store.exchange.selecting import Results, Selection
from retro_timer.store.results.database import no_database, open_for_reading
from retro_timer.store.results.edits import AnyEdit, CorrectRep, Undo, carry_out
from retro_timer.store.results.entries import Deleted, new_id
from retro_timer.store.results.history import history_of
from retro_timer.store.results.journal import Journal, Stamp
from retro_timer.store.results.queries import reps
from retro_timer.store.results.rows import row_of, save_row
from retro_timer.store.results.summary import settle
from retro_timer.training.corrections import GiveRep, RestoreRep, SetTime, SwapReps, VoidRep
from retro_timer.training.gaits import Gait
from retro_timer.training.progress.attended import Timing
from retro_timer.training.record import DOUBTFUL, Flag, RepRecord, RepStatus, StartKind, changed
from tests.helpers.exchange_made import NOON_NS, PLAN, S, everything
from tests.helpers.results_made import ids_of, ledger

NAMES = ("Ann", "Bea", "Cem")
KEY = 6
"""Columns that say whose reps of which kind and session a row is about."""


def reckoned(connection: sqlite3.Connection) -> dict[tuple[Any, ...], list[float]]:
    """The summary by Python, from every rep as it is read."""
    found = defaultdict[tuple[Any, ...], list[RepRecord]](list)
    for kept in reps(connection):
        record = kept.record
        if record.status is RepStatus.VOID:
            continue
        start = "hand" if record.by_hand or record.method == "manual" else str(record.start)
        length_mm = round(1000 * (record.distance_m or 0))
        found[(kept.athlete_id, kept.session, length_mm, str(record.gait), start, record.part)].append(record)
    return {key: _sums(records) for key, records in found.items()}


def _sums(records: list[RepRecord]) -> list[float]:
    finished = [record for record in records if record.status is RepStatus.FINISHED]
    sure = [r for r in finished if not (DOUBTFUL - {Flag.MANUAL}).intersection(r.flags) and r.corrected_ns is not None]
    times = [(r.corrected_ns or 0) / S for r in sure]
    spreads = [(r.uncertainty_ns or 0) / S for r in sure]
    return [
        len(records),
        len(finished),
        min((r.corrected_ns or 0 for r in sure), default=-1),
        len(sure),
        sum(times),
        sum(time * time for time in times),
        sum(nth * time for nth, time in enumerate(times)),
        sum(spread * spread for spread in spreads),
    ]


def summary(connection: sqlite3.Connection) -> dict[tuple[Any, ...], list[float]]:
    found = connection.execute("SELECT * FROM summary").fetchall()
    return {tuple(row)[:KEY]: [-1 if value is None else value for value in tuple(row)[KEY:]] for row in found}


def assert_true(connection: sqlite3.Connection) -> None:
    """Neither less nor more than the reps say, and nothing is left to be done."""
    connection.row_factory = sqlite3.Row
    kept, wanted = summary(connection), reckoned(connection)
    connection.row_factory = None
    assert kept.keys() == wanted.keys()
    for key, values in kept.items():
        assert all(math.isclose(*pair, rel_tol=1e-9, abs_tol=1e-9) for pair in zip(values, wanted[key], strict=True))
    assert connection.execute("SELECT count(*) FROM summary_due").fetchone()[0] == 0


records = st.builds(
    RepRecord,
    rep=st.integers(1, 6),
    set_no=st.just(1),
    rep_no=st.just(1),
    athlete=st.sampled_from((*NAMES, "Runner")),
    distance_m=st.sampled_from((20.0, 30.0, None)),
    duration_s=st.none(),
    gait=st.sampled_from(Gait),
    status=st.sampled_from(RepStatus),
    go_ns=st.just(7),
    time_ns=st.none() | st.integers(3 * S, 60 * S),
    uncertainty_ns=st.none() | st.integers(0, S),
    sound_delay_ns=st.sampled_from((0, 58_000_000)),
    method=st.sampled_from(("gate", "manual")),
    flags=st.lists(st.sampled_from(Flag), max_size=2, unique=True).map(tuple),
    start=st.sampled_from(StartKind),
    part=st.sampled_from(("", "work", "warm-up")),
    revision=st.integers(1, 3),
)
columns = st.fixed_dictionaries({}, optional={
    "athlete_id": st.sampled_from(("a", "b", "")),
    "status": st.sampled_from(RepStatus),
    "time_ns": st.integers(3 * S, 60 * S),
    "flags": st.sampled_from(("", "manual", "late,manual")),
    "go_wall_ns": st.just(9),
})  # fmt: skip
sessions = st.sampled_from((1, 2))
changes = st.one_of(
    st.tuples(st.just("save"), sessions, records),
    st.tuples(st.just("correct"), sessions, columns),
    st.tuples(st.just("delete"), sessions, st.none()),
)


def make(connection: sqlite3.Connection, word: str, session: int, what: Any) -> None:
    """What may become of rows, as it is done while the log is read."""
    if word == "save":
        save_row(connection, row_of(session, what, NOON_NS, athlete_id=what.athlete[:1].lower()))
    elif word == "delete":
        connection.execute("DELETE FROM rep WHERE session = ?", (session,))
    elif what:
        sets = ", ".join(f"{column} = :{column}" for column in what)
        connection.execute(f"UPDATE rep SET {sets} WHERE session = {session} AND rep % 2", what)


@settings(max_examples=20, deadline=None)
@given(st.lists(changes, max_size=12))
def test_after_every_change_of_a_rep_it_is_what_the_reps_say(made: list[tuple[str, int, Any]]) -> None:
    with contextlib.closing(no_database()) as connection:
        for change in made:
            make(connection, *change)
            settle(connection)
            assert_true(connection)


def test_it_follows_corrections_imports_and_deletions_and_a_rebuild_gives_it_again(tmp_path: Path) -> None:
    everything(tmp_path / "one")
    with contextlib.closing(Journal(tmp_path / "one")) as journal:
        made: list[AnyEdit] = [
            CorrectRep(1, SwapReps(1, 2)),
            CorrectRep(1, SetTime(4, 12.3)),
            CorrectRep(1, RestoreRep(1)),
            CorrectRep(1, VoidRep(5)),
            Undo(),
            CorrectRep(1, GiveRep(6, "Ann Other")),
        ]
        for edit in made:
            with contextlib.suppress(BadInputError):
                carry_out(journal, edit, Stamp(NOON_NS))
            assert_true(journal.database)
    there = open_for_reading(tmp_path / "one")
    assert there is not None
    with contextlib.closing(there), (tmp_path / "all.json").open("wb") as file:
        write_json(file, there, Results(there, Selection(), as_persons=False), lambda _done: None)
    with contextlib.closing(Journal(tmp_path / "two")) as journal:
        for part in portions(tmp_path / "all.json", match_names=False):
            carry_out(journal, part.portion, Stamp(NOON_NS))
        assert_true(journal.database)
        assert len(summary(journal.database)) > 5
        entry = Deleted(id=new_id(), uid=journal.uid_of(1), session=1)
        journal.keep(entry.id, lambda: [entry])
        assert_true(journal.database)
        before = ledger(tmp_path / "two")["summary"]
    (tmp_path / "two" / "results.db").unlink()
    with contextlib.closing(Journal(tmp_path / "two")) as journal:
        assert_true(journal.database)
    assert ledger(tmp_path / "two")["summary"] == before


def test_a_time_that_no_rep_takes_is_in_no_sum(tmp_path: Path) -> None:
    with contextlib.closing(no_database()) as connection:
        for time_ns in (2**63 - 1, -(2**63), 0):
            record = RepRecord(1, 1, 1, "Ann", 20.0, None, Gait.JOG, RepStatus.FINISHED, 7, time_ns)
            save_row(connection, row_of(time_ns % 97, record, NOON_NS, athlete_id="a"))
        settle(connection)
        assert {tuple(values[2:]) for values in summary(connection).values()} == {(-1, 0, 0.0, 0.0, 0.0, 0.0)}


def test_a_best_is_the_shortest_of_all_sessions_by_length_gait_and_way_of_timing(tmp_path: Path) -> None:
    everything(tmp_path)
    with contextlib.closing(Journal(tmp_path)) as journal:
        for time_s in (9, 8, 10):
            number = journal.begin(PLAN, ("Bea",), "pi", NOON_NS)
            for n, start in enumerate(StartKind, start=1):
                record = RepRecord(
                    n, 1, n, "Bea", 20.0, None, Gait.JOG, RepStatus.FINISHED, 7, (time_s + n) * S, start=start
                )
                journal.save(number, record, NOON_NS)
            journal.save(number, changed(record, rep=9, time_ns=S, flags=(Flag.FAST,)), NOON_NS)
            journal.end(number, "done", NOON_NS)
        carry_out(journal, CorrectRep(number, SetTime(1, 4.5)), Stamp(NOON_NS))
        history = history_of(journal.database, ids_of(journal.database, "Bea"))
    bests = {(best.kind.timing, best.time_ns / S, best.session) for best in history.bests}
    by_start = {(Timing.GO, 9, 5), (Timing.RELEASE, 10, 5), (Timing.FLYING, 11, 5), (Timing.RELAY, 12, 5)}
    assert bests == by_start | {(Timing.HAND, 4.5, 6)}
    assert (history.sessions, len(history.newest)) == (3, 3)
