"""A session that is to be gone: none of its reps counts for anything any more, and its number is never given again."""

from __future__ import annotations

from retro_timer.errors import BadInputError
from retro_timer.store.results.apply import OPEN
from retro_timer.store.results.athlete_edits import Done
from retro_timer.store.results.entries import Deleted, new_id
from retro_timer.store.results.journal import Journal, Stamp
from retro_timer.store.results.revising import not_over


def delete_session(journal: Journal, session: int, stamp: Stamp) -> Done:
    """Delete a session that is over. Raises BadInputError for one that is not there or not over."""
    row = journal.database.execute("SELECT outcome FROM session WHERE id = ?", (session,)).fetchone()
    if row is None:
        raise BadInputError(f"session {session}", "not found", "a number from `retro-timer results list`")
    if row[0] == OPEN:
        raise not_over(session)
    change = stamp.change or new_id()
    entry = Deleted(id=change, uid=journal.uid_of(session), session=session)
    journal.keep(change, lambda: [entry])
    return deletion_done(session)


def deletion_done(session: int) -> Done:
    """What it did, also when it is asked for once more."""
    return Done(f"session {session} deleted", session=session, kind="delete")
