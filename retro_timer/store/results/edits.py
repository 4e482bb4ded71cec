"""What may be changed of what is kept, by whoever writes: the beacon for its socket, or a command while none lives."""

from __future__ import annotations

from typing import Annotated, Any, assert_never

import msgspec
from msgspec import Meta

from retro_timer.errors import BadInputError
from retro_timer.settings.made import AnyMade, ChangeSetting, WritePlan, WriteRoster, make
from retro_timer.store.results import athlete_edits
from retro_timer.store.results.apply import is_applied
from retro_timer.store.results.athlete_edits import AnyAthleteEdit, Done
from retro_timer.store.results.deleting import delete_session, deletion_done
from retro_timer.store.results.journal import Journal, Stamp
from retro_timer.store.results.merging.portion import ImportPortion, merge
from retro_timer.store.results.revising import claim_place, correct_rep, date_session, note_session, revision_done, undo
from retro_timer.training.corrections import MOST_NUMBER, AnyCorrection, RepNumber

SessionNumber = Annotated[int, Meta(ge=1, le=MOST_NUMBER)]
LATEST_NS = 4_102_444_800 * 10**9
"""The year 2100."""


class CorrectRep(msgspec.Struct, frozen=True, tag="rep"):
    """Correct a rep of any session."""

    session: SessionNumber
    correction: AnyCorrection


class DateSession(msgspec.Struct, frozen=True, tag="date"):
    """Say when a session began: the clock was wrong."""

    session: SessionNumber
    started_wall_ns: Annotated[int, Meta(ge=0, le=LATEST_NS)]


class NoteSession(msgspec.Struct, frozen=True, tag="note"):
    """Something to be remembered of a session; an empty text takes the note away."""

    session: SessionNumber
    text: Annotated[str, Meta(max_length=500)]


class DeleteSession(msgspec.Struct, frozen=True, tag="delete"):
    """A session that is over is to be gone for good, with its reps and their corrections."""

    session: SessionNumber


class ClaimPlace(msgspec.Struct, frozen=True, tag="claim"):
    """A place in a wave before a single lane is this athlete's."""

    place: RepNumber
    name: str
    wave: RepNumber | None = None
    """None: the newest one in which that place is nobody's yet."""
    session: SessionNumber | None = None
    """None: the one that is under way, or was last."""


class Undo(msgspec.Struct, frozen=True, tag="undo"):
    """Take a correction back: the one of this id, or the last."""

    revision: str | None = None


AnyEdit = (
    CorrectRep
    | ClaimPlace
    | DateSession
    | NoteSession
    | DeleteSession
    | Undo
    | AnyAthleteEdit
    | ImportPortion
    | AnyMade
)


def carry_out(journal: Journal, edit: AnyEdit, stamp: Stamp) -> Done:
    """Make a change durable, and say what it did.

    Raises BadInputError where it cannot be made, NotWrittenError for a file and OSError or sqlite3.Error for anything
    else where it cannot be written.
    """
    if isinstance(edit, ImportPortion):
        # Tried again it finds here what it has brought.
        return merge(journal, edit)
    if stamp.change is not None and is_applied(journal.database, stamp.change):
        return _made_before(journal, edit, stamp.change)
    match edit:
        case CorrectRep(session, correction):
            return correct_rep(journal, session, correction, stamp)
        case ClaimPlace(place, name, wave, claimed_in):
            return claim_place(journal, claimed_in or 0, place, name, wave, stamp)
        case DateSession(session, started_wall_ns):
            return date_session(journal, session, started_wall_ns, stamp)
        case NoteSession(session, text):
            return note_session(journal, session, text, stamp)
        case DeleteSession(session):
            return delete_session(journal, session, stamp)
        case Undo(revision):
            return undo(journal, revision, stamp)
        case athlete_edits.AddAthlete() | athlete_edits.ChangeAthlete() | athlete_edits.MergeAthletes():
            return athlete_edits.carry_out(journal, edit, stamp)
        case WritePlan() | WriteRoster() | ChangeSetting():
            return Done(make(journal.directory, edit), kind="file")
        case _:
            assert_never(edit)


def _made_before(journal: Journal, edit: AnyEdit, change: str) -> Done:
    """It reached the log and then failed: whoever tries again learns what it did, and does it once."""
    if isinstance(edit, AnyAthleteEdit):
        return athlete_edits.made_before(journal, edit, change)
    if isinstance(edit, DeleteSession):
        return deletion_done(edit.session)
    return revision_done(journal, change)


def edit_of(message: Any) -> AnyEdit:
    """An edit from a message's plain values. Raises BadInputError for one that is not understood."""
    try:
        edit: AnyEdit = msgspec.convert(message, AnyEdit)
    except msgspec.ValidationError as error:
        raise BadInputError("edit", str(error), "a change as `retro-timer results edit --help` has it") from None
    return edit
