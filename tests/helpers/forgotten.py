"""A state in which somebody stands everywhere, and what is left of them."""

from __future__ import annotations

import atexit
import contextlib
import functools
import gzip
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

from retro_timer.store.results.athlete_edits import AddAthlete, ChangeAthlete, Known
from retro_timer.store.results.backups import back_up
from retro_timer.store.results.edits import AnyEdit, CorrectRep, carry_out
from retro_timer.store.results.entries import AnyEntry
from retro_timer.store.results.forgetting import Forgetting, forget
from retro_timer.store.results.journal import Journal, Stamp, open_journal
from retro_timer.store.results.presences import presence_lines
from retro_timer.training.corrections import GiveRep
from retro_timer.training.record import Presence
from tests.helpers.results_made import WALL_NS, fill

HEAD = "# placement: gate\n# rep: go_s=1 distance_m=20 gait=jog athlete={} lane=2\nt_s,range_mm\n"


def edit(directory: Path, *edits: AnyEdit) -> None:
    """Make these changes."""
    with contextlib.closing(Journal(directory)) as journal:
        for one in edits:
            carry_out(journal, one, Stamp(WALL_NS))


def lived_in(directory: Path) -> Path:
    """A state in which Zita, who was Ann once, stands in every kind of row, line, copy and head."""
    shutil.copytree(_lived_in(), directory, dirs_exist_ok=True)
    return directory


@functools.cache
def _lived_in() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="rt-forgetting-")
    atexit.register(folder.cleanup)
    directory = Path(folder.name)
    fill(directory)
    with contextlib.closing(Journal(directory)) as journal:
        journal.keep("0" * 15 + "7", lambda: _absent(journal))
    back_up(directory, WALL_NS)
    edit(
        directory,
        CorrectRep(1, GiveRep(2, "Bea")),
        CorrectRep(1, GiveRep(2, "Ann")),
        ChangeAthlete("ann", Known(name="Zita", say="Seeta", team="Owls", born=1990, notes="asthma")),
        AddAthlete(Known(name="Cem")),
    )
    back_up(directory, WALL_NS)
    (directory / "results.damaged-00000000001.db").write_bytes(b"...Zita...")
    (directory / "results.damaged-00000000001.db-wal").write_bytes(b"...Zita...")
    for samples in ("traces", "finishes"):
        (directory / samples).mkdir()
    (directory / "traces" / "long.csv").write_text(HEAD.format("Zita"))
    (directory / "traces" / "other.csv").write_text(HEAD.format("Bea"))
    (directory / "finishes" / "00000001-a-1-2.csv.gz").write_bytes(gzip.compress(HEAD.format("ann").encode()))
    return directory


def _absent(journal: Journal) -> list[AnyEntry]:
    gone = Presence("Ann", present=False, order=1, skipped=())
    return presence_lines(journal.database, 1, journal.uid_of(1), [gone], "0" * 15 + "7")


def forgotten(directory: Path, wanted: str) -> Forgetting:
    """Forget whom that means."""
    journal, _ = open_journal(directory, WALL_NS)
    return forget(journal, wanted)


def naming(directory: Path, *words: str) -> list[str]:
    """Files that have one of these words."""
    found = []
    for path in sorted(directory.rglob("*")):
        data = path.read_bytes() if path.is_file() else b""
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        found += [path.name for word in words if word.encode().lower() in data.lower()]
    return found


ALL_OF_ANN = ("Ann", "Zita", "Seeta", "Owls", "asthma")


def without_people(directory: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Sessions and reps, but for what their athletes are called."""
    with contextlib.closing(sqlite3.connect(directory / "results.db")) as db:
        columns = "session, rep, revision, athlete_id, status, time_ns, place, flags"
        return {
            "rep": db.execute(f"SELECT {columns} FROM rep ORDER BY 1, 2").fetchall(),
            "session": db.execute("SELECT id, uid, outcome, athletes, started_wall_ns FROM session").fetchall(),
        }
