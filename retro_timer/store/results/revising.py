"""Corrections of what is kept: computed from the records as they are, durable as one revision, taken back by its id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from retro_timer.errors import BadInputError
from retro_timer.store.results.apply import OF_SESSION, OPEN
from retro_timer.store.results.athlete_edits import Done
from retro_timer.store.results.athletes import AthleteRow, People, called_in, sure_person
from retro_timer.store.results.entries import AnyEntry, Change, RepKept, Revised, Values, new_id
from retro_timer.store.results.journal import Journal, Stamp, boot_of
from retro_timer.store.results.plans_kept import order_of
from retro_timer.store.results.revisions import (
    UNDO,
    RevisionRow,
    ended_since,
    leads_to,
    newest_revision,
    revisions,
    without,
)
from retro_timer.store.results.rows import COLUMNS, values_of
from retro_timer.training.corrections import AnyCorrection, GiveRep, SwapReps, corrected, kind_of
from retro_timer.training.plan import Order
from retro_timer.training.reassigning import exchanged
from retro_timer.training.record import RepRecord, RepStatus, changed

NO_IDS: Mapping[int, str] = MappingProxyType({})
NO_REVISIONS: Mapping[int, int] = MappingProxyType({})


def correct_rep(journal: Journal, session: int, correction: AnyCorrection, stamp: Stamp) -> Done:
    """A new word on a rep of any session, or on two that are swapped."""
    records = {record.rep: record for record in journal.reps(_known(journal, session))}
    whose = _ids_by_rep(journal, session)
    ids, others = dict[int, str](), list[int]()
    together = _on_course_with(journal, session, correction.rep)
    if isinstance(correction, GiveRep):
        people = People.of(journal.database)
        person = sure_person(people, correction.name, "give")
        name, ids[correction.rep] = _called(journal, session, people, person)
        others = [correction.rep] if whose.get(correction.rep) not in people.ids_of(person.uid) else []
        correction = GiveRep(correction.rep, name)
    elif isinstance(correction, SwapReps) and not _exchanges(records, correction, together):
        one, two = correction.rep, correction.other
        ids = {one: whose.get(two, ""), two: whose.get(one, "")}
        others = [rep for rep in ids if ids[rep] != whose.get(rep, "")]
    changed = corrected(records, correction, others, together)
    revision = revise(journal, session, kind_of(correction), changed, stamp, ids)
    return revision_done(journal, revision)


def _exchanges(records: Mapping[int, RepRecord], swap: SwapReps, together: frozenset[int]) -> bool:
    """Whether crossings are exchanged, and each rep stays its athlete's."""
    one, two = records.get(swap.rep), records.get(swap.other)
    return one is not None and two is not None and swap.other in together and bool(exchanged(one, two))


def _on_course_with(journal: Journal, session: int, rep: int) -> frozenset[int]:
    """Which reps of a session may have been on the course with one of them: where several were, those whose go is on
    the same clock."""
    query = "SELECT plan FROM session WHERE id = ?"
    (plan,) = journal.database.execute(query, (session,)).fetchone()
    if order_of(plan) is Order.ROTATION:
        return frozenset((rep,))
    query = "SELECT rep, go_boot FROM rep WHERE session = ?"
    boots = dict(journal.database.execute(query, (session,)).fetchall())
    return frozenset(other for other, boot in boots.items() if boot == boots.get(rep))


def claim_place(journal: Journal, session: int, place: int, wanted: str, wave: int | None, stamp: Stamp) -> Done:
    """A place of a wave is somebody's: of that `wave`, or of the newest in which it is nobody's yet."""
    found = [record for record in journal.reps(_known(journal, session)) if record.place is not None]
    where = f"claim {place}"
    of_place = [record for record in found if record.place == place and record.wave == (wave or record.wave)]
    free = [record for record in of_place if record.status is not RepStatus.OPEN and not record.athlete]
    if not free:
        taken = next((record.athlete for record in reversed(of_place) if record.athlete), "")
        problem = f"it is {taken}'s" if taken else "nobody has come as that" if of_place else "no wave has that place"
        raise BadInputError(where, problem, "a place that nobody has claimed; `give NAME REP` for another")
    record = max(free, key=lambda one: one.rep)
    people = People.of(journal.database)
    name, uid = _called(journal, session, people, sure_person(people, wanted, where))
    own = next((one for one in found if one.wave == record.wave and one.athlete == name), None)
    if own is not None:
        raise BadInputError(
            f"{where} '{name}'",
            f"{name} has place {own.place} of that wave",
            "another athlete, or take that back first",
        )
    claimed = changed(record, athlete=name)
    return revision_done(journal, revise(journal, session, "claim", (claimed,), stamp, {record.rep: uid}))


def _ids_by_rep(journal: Journal, session: int) -> dict[int, str]:
    return dict(journal.database.execute("SELECT rep, athlete_id FROM rep WHERE session = ?", (session,)).fetchall())


def _called(journal: Journal, session: int, people: People, person: AthleteRow) -> tuple[str, str]:
    """What a session calls a person, who may have been renamed or merged since it began, and under which id."""
    ids = people.ids_of(person.uid)
    own = {name: uid for name, uid in called_in(journal.database, session).items() if uid in ids}
    name = person.name if person.name in own else next(iter(own), person.name)
    return name, own.get(name, person.uid)


def date_session(journal: Journal, session: int, started_wall_ns: int, stamp: Stamp) -> Done:
    """A session that is over began at another time than its label says."""
    query = "SELECT started_wall_ns, ended_wall_ns, outcome FROM session WHERE id = ?"
    started, ended, outcome = journal.database.execute(query, (_known(journal, session),)).fetchone()
    if outcome == OPEN:
        raise not_over(session)
    after: Values = {"started_wall_ns": started_wall_ns, "dated": 1}
    if ended is not None:
        after["ended_wall_ns"] = ended + started_wall_ns - started
    return _revise_session(journal, session, "date", after, stamp)


def not_over(session: int) -> BadInputError:
    """Said of a session that is open, whether a timer lives or not."""
    wanted = "one that is over (`retro-timer run` takes up what was cut off, `ctl close` ends it)"
    return BadInputError(f"session {session}", "it is open: it runs still, or was cut off", wanted)


def note_session(journal: Journal, session: int, text: str, stamp: Stamp) -> Done:
    """Something to be remembered of a session."""
    return _revise_session(journal, session, "note", {"note": text}, stamp)


def _revise_session(journal: Journal, session: int, kind: str, after: Values, stamp: Stamp) -> Done:
    before = _session_values(journal, _known(journal, session), after)
    if before == after:
        raise BadInputError(f"session {session}", f"{kind} changes nothing", "another value")
    revision = _keep(journal, session, kind, (Change(OF_SESSION, before, after),), stamp)
    return revision_done(journal, revision)


def undo(journal: Journal, revision: str | None, stamp: Stamp) -> Done:
    """Take back a correction by its id, or the last one that still stands."""
    wanted = revision or newest_revision(journal.database)
    rows = [] if wanted is None else revisions(journal.database, revision=wanted)
    if not rows:
        problem = "no correction to take back" if revision is None else "no such correction"
        raise BadInputError(f"undo {revision or ''}", problem, "an id of `retro-timer results history`")
    first = rows[0]
    if first.kind == UNDO:
        raise BadInputError(f"undo {first.id}", "it is an undo itself", "make the correction again")
    if first.undone:
        raise BadInputError(f"undo {first.id}", "taken back already", "an id of `retro-timer results history`")
    changes = tuple(_taken_back(journal, row) for row in rows)
    return revision_done(journal, _keep(journal, first.session, UNDO, changes, stamp, undoes=first.id))


def revision_done(journal: Journal, revision: str) -> Done:
    """What a correction that is kept has done."""
    rows = revisions(journal.database, revision=revision)
    first, reps = rows[0], tuple(row.rep for row in rows if row.rep != OF_SESSION)
    if first.undoes:
        what = f", rep {' and '.join(map(str, reps))}" if reps else ""
        end = f"{revisions(journal.database, revision=first.undoes)[0].kind} taken back"
    else:
        what = f", rep {reps[0]}" if reps else ""
        end = f"{first.kind}; undo {revision} takes it back"
    words = f"session {first.session}{what}: {end}"
    return Done(words, revision=revision, session=first.session, kind=first.kind, reps=reps)


def _closed(change: Change) -> Change:
    """A rep that was made void while it was under way has ended since: without a time, by hand."""
    if change.after.get("status") != RepStatus.OPEN:
        return change
    return Change(change.rep, change.before, {**change.after, "status": str(RepStatus.DNF), "reason": "stopped"})


def _taken_back(journal: Journal, row: RevisionRow) -> Change:
    change = _closed(without(row, _of_same(journal, row)))
    return ended_since(row, _row(journal, row.session, row.rep), change)


def _of_same(journal: Journal, row: RevisionRow) -> list[RevisionRow]:
    return revisions(journal.database, session=row.session, rep=row.rep)


def _known(journal: Journal, session: int) -> int:
    if journal.database.execute("SELECT 1 FROM session WHERE id = ?", (session,)).fetchone() is None:
        raise BadInputError(f"session {session}", "not found", "a number from `retro-timer results list`")
    return session


def _session_values(journal: Journal, session: int, wanted: Mapping[str, object]) -> Values:
    columns = ", ".join(wanted)
    row = journal.database.execute(f"SELECT {columns} FROM session WHERE id = ?", (session,)).fetchone()
    return dict(zip(wanted, row, strict=True))


def revise(
    journal: Journal,
    session: int,
    kind: str,
    records: Sequence[RepRecord],
    stamp: Stamp,
    ids: Mapping[int, str] = NO_IDS,
) -> str:
    """Keep new words on reps as one correction, with what it changes of them. Returns its id.

    `ids`: those of the athletes of reps in `records` whom the session does not know, or not by their name alone.
    """
    changes = _changes(journal, session, records, ids)
    return _keep(journal, session, kind, changes, stamp, at_least={record.rep: record.revision for record in records})


def revise_records(journal: Journal, session: int, kind: str, records: Sequence[RepRecord], stamp: Stamp) -> bool:
    """Keep a correction that the session under way has made, of one rep or of several at once. Returns False, and
    nothing is kept, where the journal does not have one of them yet.
    """
    if any(_row(journal, session, record.rep) is None for record in records):
        return False
    changes = _changes(journal, session, records)
    undoes = _undone(journal, session, changes) if kind == UNDO else ""
    at_least = {record.rep: record.revision for record in records}
    _keep(journal, session, kind, changes, stamp, undoes=undoes, at_least=at_least)
    return True


def _undone(journal: Journal, session: int, changes: Sequence[Change]) -> str:
    """The id of the newest correction that still stands and that all of the changes take back."""
    common: dict[str, None] | None = None
    for change in (change for change in changes if change.after):
        standing = dict.fromkeys(
            row.id
            for row in revisions(journal.database, session=session, rep=change.rep)
            if row.kind != UNDO and not row.undone and leads_to(row.before, change.after)
        )
        common = standing if common is None else {each: None for each in common if each in standing}
    return next(reversed(common), "") if common else ""


def _changes(
    journal: Journal, session: int, records: Sequence[RepRecord], ids: Mapping[int, str] = NO_IDS
) -> list[Change]:
    called = called_in(journal.database, session)
    changes = []
    for record in records:
        row = _row(journal, session, record.rep) or {}
        kept = row["athlete_id"] if record.athlete == row["athlete"] else called.get(record.athlete, "")
        new = {**values_of(record), "athlete_id": ids.get(record.rep, kept)}
        after = {name: value for name, value in new.items() if name != "revision" and row[name] != value}
        changes.append(Change(record.rep, {name: row[name] for name in after}, after))
    return changes


def _keep(
    journal: Journal,
    session: int,
    kind: str,
    changes: Sequence[Change],
    stamp: Stamp,
    *,
    undoes: str = "",
    at_least: Mapping[int, int] = NO_REVISIONS,
) -> str:
    """`at_least`: the revisions that reps get, if they have not got beyond them."""
    entry_id, uid = stamp.change or new_id(), journal.uid_of(session)

    def revised() -> list[AnyEntry]:
        reps = [change for change in changes if change.rep != OF_SESSION]
        return [
            Revised(
                id=entry_id,
                uid=uid,
                session=session,
                correction=kind,
                changes=tuple(changes),
                reps=tuple(_kept(journal, session, uid, change, at_least.get(change.rep, 0)) for change in reps),
                wall_ns=stamp.wall_ns,
                boot=boot_of(stamp.since_boot_ns),
                boot_ns=stamp.since_boot_ns,
                origin=stamp.origin,
                undoes=undoes,
            )
        ]

    journal.keep(entry_id, revised)
    return entry_id


def _kept(journal: Journal, session: int, uid: str, change: Change, at_least: int) -> RepKept:
    row = _row(journal, session, change.rep) or {}
    return RepKept(id=new_id(), uid=uid, **{**row, **change.after, "revision": max(row["revision"] + 1, at_least)})


def _row(journal: Journal, session: int, rep: int) -> dict[str, Any] | None:
    query = f"SELECT {', '.join(COLUMNS)} FROM rep WHERE session = ? AND rep = ?"
    row = journal.database.execute(query, (session, rep)).fetchone()
    return None if row is None else dict(zip(COLUMNS, row, strict=True))
