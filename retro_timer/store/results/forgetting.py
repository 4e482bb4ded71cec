"""Forgets an athlete: the name and all that is known of them goes from every file here; places and sessions stay whole.

Each file is written anew and put in its place, so that the plug may be pulled at any moment. The log comes last: as
long as anything is left to do it still knows the name, and whoever forgets it again completes what was begun.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

import msgspec

from retro_timer.store.results.anonymised_copies import clean_backups, clean_database, delete_damaged, mark_log
from retro_timer.store.results.anonymised_lines import names_in, rewrite_log
from retro_timer.store.results.athletes import People, athlete_rows, meant_person, removed_name, sure_person
from retro_timer.store.results.database import NAME
from retro_timer.store.results.entries import Forgotten, new_id
from retro_timer.store.results.journal import Journal
from retro_timer.store.results.reps_log import read_log
from retro_timer.store.results.snapshot import drop_snapshot
from retro_timer.store.sample_heads import clean_heads
from retro_timer.store.space import TRACES
from retro_timer.training.names import find_name
from retro_timer.training.roster import SOLO

_LARGEST_BYTES = 2_000_000
"""Of a file that is searched for a name: no roster and no settings are larger."""
_OUR_OWN = re.compile(r"results.*\.db.*|reps\.jsonl")
"""Files that have been dealt with by rows and lines."""


class Forgetting(msgspec.Struct, frozen=True):
    """What forgetting somebody did."""

    called: tuple[str, ...]
    """What they are called now: one name for each row that was theirs."""
    lines: int
    """Of the log, that named somebody."""
    unread: int
    """Of the log, that could not be read and are left out."""
    backups: int
    heads: int
    """Kept samples whose heads named them."""
    spoken: int
    """Rendered phrases, of which no file tells whom it names."""
    deleted: tuple[str, ...]
    """Copies that could not be read."""
    left: tuple[str, ...]
    """Where the name still stands, or may."""


def forget(
    journal: Journal,
    wanted: str,
    elsewhere: Iterable[Path] = (),
    rendered: Path | None = None,
    gone: Callable[[Collection[str]], None] | None = None,
) -> Forgetting:
    """Forget who is meant, for the only writer there is; closes the journal.

    `elsewhere`: other folders in which the name is searched for, and left. `rendered`: the folder of rendered speech,
    of which all goes: the voice renders it again. `gone`: for a running timer, which goes on recording samples; it gets
    what they were called, for it to forget as well. Raises BadInputError where it is not clear who is meant, OSError,
    sqlite3.Error or RetroTimerError where something cannot be written: then again is no harm.
    """
    directory = journal.directory
    try:
        journal.database.execute("PRAGMA secure_delete = ON")
        people = People.of(journal.database)
        named = _names_in_log(directory)
        uids = _whose(people, named, wanted)
        rows = [row for row in people.rows if row.uid in uids]
        names = {name for uid in uids for name in named.get(uid, ())} | {row.name for row in rows}
        names -= {"", *SOLO, *(removed_name(row.number) for row in people.rows)}
        heads = clean_heads(directory, names, removed_name(rows[0].number), recorded=gone is not None)
        lines = [Forgotten(id=new_id(), athlete=row.uid) for row in rows if not row.removed]
        if lines:
            journal.keep(lines[-1].id, lambda: lines)
        if gone is not None:
            gone(names)
        removed = {row.uid: row.name for row in athlete_rows(journal.database) if row.removed}
        left = _texts_naming(journal.database, names)
    finally:
        journal.close()
    drop_snapshot(directory / NAME)
    backups, unreadable, newer = clean_backups(directory, removed)
    damaged = delete_damaged(directory)
    spoken = 0 if rendered is None else _delete_spoken(rendered)
    clean_database(directory)
    log = rewrite_log(directory, removed)
    mark_log(directory, log)
    left += [f"{path}: a newer program's, which this one cannot change" for path in newer]
    left += [f"{path}: damaged; the oldest samples go in time" for path in heads.damaged]
    left += [found for folder in (directory, *elsewhere) for found in _files_naming(folder, names)]
    called = tuple(removed[row.uid] for row in rows)
    deleted = tuple(map(str, (*unreadable, *damaged)))
    return Forgetting(called, log.changed, log.unread, backups, heads.changed, spoken, deleted, tuple(left))


def _names_in_log(directory: Path) -> dict[str, set[str]]:
    named: dict[str, set[str]] = {}
    for entry in read_log(directory):
        for uid, name in names_in(entry):
            if uid:
                named.setdefault(uid, set()).add(name)
    return named


def _whose(people: People, named: dict[str, set[str]], wanted: str) -> tuple[str, ...]:
    """The ids of who is meant; also of who was forgotten already, by a number or by what the log still says."""
    row = meant_person(people, wanted, "athlete")
    if row is not None:
        return people.ids_of(row.uid)
    removed = [row for row in people.rows if row.removed or people.persons_by_uid[row.uid].removed]
    found = [row.uid for row in removed if wanted in (str(row.number), f"#{row.number}", row.uid, row.name)]
    if not found:
        meant = find_name(wanted, [name for row in removed for name in named.get(row.uid, ())]).names
        found = [row.uid for row in removed if named.get(row.uid, set()) & set(meant)]
    persons = dict.fromkeys(people.persons_by_uid[uid].uid for uid in found)
    uids = tuple(uid for person in persons for uid in people.ids_of(person))
    return uids or (sure_person(people, wanted, "athlete").uid,)


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Finds any of these names as whole words, in any capitals."""
    words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


def _texts_naming(connection: sqlite3.Connection, names: set[str]) -> list[str]:
    """Where texts that a person wrote have the name: what else they say is not for a program to cut."""
    if not names:
        return []
    pattern, found = _pattern(names), dict[str, str]()
    for place, mend, text in _texts(connection):
        if pattern.search(text):
            found.setdefault(place, mend)
    return [f"{place}: {mend}" for place, mend in found.items()]


def _texts(connection: sqlite3.Connection) -> Iterator[tuple[str, str, str]]:
    """Where each text that a person wrote stands, what can be done about it, and the text."""
    query = (
        "SELECT id, 0, note FROM session WHERE note != '' UNION ALL SELECT session, rep, note FROM rep WHERE note != ''"
    )
    for session, rep, note in connection.execute(query):
        command = f"`retro-timer results edit {session}{f' {rep}' if rep else ''} --note TEXT`"
        yield _note_of(session, rep), f"{command}; what it said before stays in the history", note
    query = "SELECT session, rep, json_extract({0}, '$.note') FROM revision WHERE json_extract({0}, '$.note') != ''"
    for column in ("before", "after"):
        for session, rep, note in connection.execute(query.format(column)):
            yield _note_of(session, rep), "what it said before stays in the history", note
    for session, origin in connection.execute("SELECT session, origin FROM revision"):
        yield f"who corrected session {session}", "that stays in the history", origin
    for session, title, plan in connection.execute("SELECT id, title, plan FROM session"):
        yield f"the plan of session {session}", "it stays with the session", f"{title} {plan}"
    for number, notes in connection.execute("SELECT id, notes FROM athlete WHERE notes != ''"):
        yield f"the notes on athlete #{number}", f'`retro-timer athletes rename "#{number}" NAME --notes TEXT`', notes


def _note_of(session: int, rep: int) -> str:
    return f"the note of session {session}{f', rep {rep}' if rep else ''}"


def _delete_spoken(folder: Path) -> int:
    """How many rendered phrases there were. Raises OSError."""
    found = [path for pattern in ("*.wav", "*.part") for path in folder.rglob(pattern)]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def _files_naming(folder: Path, names: set[str]) -> list[str]:
    """Files of people that have the name: rosters, settings and their copies."""
    if not names or not folder.is_dir():
        return []
    pattern, found = _pattern(names), list[str]()
    for path in sorted(folder.rglob("*")):
        if _OUR_OWN.fullmatch(path.name) or not path.is_file() or path.suffix == ".gz":
            continue
        # A trace says who ran in its head: the rest are figures.
        if path.parent.name != TRACES and path.stat().st_size > _LARGEST_BYTES:
            found.append(f"{path}: too large to be searched")
            continue
        try:
            with path.open("rb") as file:
                data = file.read(_LARGEST_BYTES)
        except PermissionError:
            found.append(f"{path}: may not be read")
            continue
        if any(pattern.search(data.decode(encoding, errors="replace")) for encoding in ("utf-8", "cp1252", "utf-16")):
            found.append(str(path))
    return found
