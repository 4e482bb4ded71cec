"""State directories with all that results can have, for what goes out of them and comes into them."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from retro_timer.ports import ClockSource
from retro_timer.store.results.athlete_edits import AddAthlete, ChangeAthlete, Known, MergeAthletes
from retro_timer.store.results.edits import AnyEdit, CorrectRep, DateSession, NoteSession, Undo, carry_out
from retro_timer.store.results.journal import Journal, Stamp
from retro_timer.training.corrections import GiveRep, NoteRep, VoidRep
from retro_timer.training.gaits import Gait
from retro_timer.training.record import Flag, RepRecord, RepStatus, Split, StartKind
from tests.helpers.plans_made import block, plan

S = 1_000_000_000
NOON_NS = 1_790_000_000 * S
"""In September 2026."""
PLAN = plan(block(reps=3))
STAMP = Stamp(NOON_NS)
FORWARD = ((20_000, 3_400_000_000),)


def session_of(
    journal: Journal,
    names: tuple[str, ...],
    *,
    began_ns: int = NOON_NS,
    reps: int = 2,
    splits: tuple[Split, ...] = (),
) -> int:
    """A session in which everybody runs so many reps."""
    number = journal.begin(PLAN, names, "pi", began_ns)
    for n in range(reps * len(names)):
        record = RepRecord(
            rep=n + 1,
            set_no=1,
            rep_no=1 + n // len(names),
            athlete=names[n % len(names)],
            distance_m=30.0,
            duration_s=None,
            gait=Gait.JOG,
            status=RepStatus.FINISHED,
            go_ns=(5 + 60 * n) * S + 1,
            time_ns=11_432_123_456 + n,
            uncertainty_ns=11_000_001,
            sound_delay_ns=87_463_557,
            method="gate",
            splits=splits,
        )
        journal.save(number, record, began_ns + (60 + 60 * n) * S + 1)
    journal.end(number, "done", began_ns + 3600 * S)
    return number


def everything(directory: Path) -> None:
    """Sessions with each kind of rep, start, correction, presence and athlete, and names that spreadsheets run."""
    with contextlib.closing(Journal(directory)) as journal:
        session_of(journal, ("Žofia", '=HYPERLINK("http://x")', "'Quoted", "@Ann"))
        odd = journal.begin(PLAN, ("Runner",), "sim", NOON_NS + 86_400 * S)
        base = RepRecord(1, 1, 1, "Runner", 20.0, None, Gait.WALK, RepStatus.DNF, 7, reason="timeout")
        journal.save(odd, base, NOON_NS + 86_401 * S)
        full = RepRecord(
            2, 1, 2, "Runner", None, 300.5, Gait.RUN, RepStatus.FINISHED, 8, 5 * S + 1, 300 * 10**6, 0, "manual",
            (Flag.MANUAL, Flag.LATE), 2, "", 3, StartKind.RELEASE, 5_000_001,
            (Split("ten, \"half\"", 10.5, 2_113_000_001, 20_000_000),), "finish", 2, "work", 1, 1, 6 * S, "-1\nwind",
        )  # fmt: skip
        journal.save(odd, full, NOON_NS + 86_402 * S)
        journal.end(odd, "stopped", NOON_NS + 90_000 * S)
        journal.end(journal.begin(PLAN, ("Žofia",), "pi", 5), "interrupted", 9)
        made: list[AnyEdit] = [
            CorrectRep(1, VoidRep(1)),
            CorrectRep(1, NoteRep(2, "+ wind")),
            CorrectRep(1, GiveRep(3, "Žofia")),
            NoteSession(1, "a day of rain"),
            DateSession(3, NOON_NS - 86_400 * S),
            ChangeAthlete(
                "Žofia",
                Known(say="Shofia", team="U16", born=2010, notes="left knee", forward=FORWARD),
            ),
            AddAthlete(Known(name="Ann Other")),
            MergeAthletes("@Ann", "Ann Other"),
        ]
        done = [carry_out(journal, edit, STAMP) for edit in made]
        carry_out(journal, Undo(done[0].revision), STAMP)


def without_clock(directory: Path) -> None:
    """A session on a box whose clock nobody had set."""
    with contextlib.closing(Journal(directory)) as journal:
        number = journal.begin(PLAN, ("Bea",), "pi", NOON_NS, 5 * S)
        record = RepRecord(1, 1, 1, "Bea", 20.0, None, Gait.JOG, RepStatus.FINISHED, 0, 8 * S, S // 100)
        journal.save(number, record, NOON_NS + S, 6 * S)
        journal.end(number, "done", NOON_NS + 9 * S, 14 * S)
        journal.follow_clock(NOON_NS - 5 * S, ClockSource.NOBODY)


def rows(directory: Path, table: str, order: str) -> list[dict[str, object]]:
    """A table, read by SQLite alone."""
    with contextlib.closing(sqlite3.connect(directory / "results.db")) as db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute(f"SELECT * FROM {table} ORDER BY {order}")]
