"""Changes of what is kept, asked for over the socket: made by the journal's writer, the only one that writes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import msgspec

from retro_timer.beacon.control.protocol import answers, requests
from retro_timer.beacon.control.protocol.answers import RequestRefusedError
from retro_timer.beacon.core import Core
from retro_timer.beacon.messages import Between, JournalLooked, Post
from retro_timer.beacon.recording.logbook import Logbook
from retro_timer.settings.group import Group
from retro_timer.settings.made import ChangeSetting
from retro_timer.store.results.apply import Mark
from retro_timer.store.results.athlete_edits import Done
from retro_timer.store.results.edits import AnyEdit, ClaimPlace, DeleteSession, Undo
from retro_timer.store.results.forgetting import Forgetting
from retro_timer.store.results.writer import Edited
from retro_timer.training.corrections import AnyCorrection
from retro_timer.training.session import inputs

_NOT_NOW = (
    "a session is open, or results are being looked at: end it (`retro-timer ctl stop` or `ctl close`), then delete"
)


class LedgerRequests:
    """Answers from the journal's thread, when the change is on disk."""

    def __init__(
        self,
        core: Core,
        post: Post,
        group: Group,
        logbook: Logbook,
        *,
        beside: Sequence[Path] = (),
        rendered: Path | None = None,
    ) -> None:
        """`beside`: folders of people's files, in which a name that is forgotten is searched for. `rendered`: that of
        rendered speech.
        """
        self._core = core
        self._journal = core.journal
        self._post = post
        self._group = group
        self._logbook = logbook
        self._beside = beside
        self._rendered = rendered

    def edit(self, request: requests.Edit, answer: Callable[[answers.AnyAnswer], None]) -> None:
        """Have it made; returns at once."""
        if isinstance(request.edit, DeleteSession):
            self._delete(request, answer)
            return
        self._make(request.edit, request.origin, answer, lambda done: answers.Edited(done=done))

    def command(
        self,
        edit: AnyCorrection | ClaimPlace | Undo | ChangeSetting,
        answer: Callable[[answers.AnyAnswer], None],
        *,
        origin: str,
        note: str | msgspec.UnsetType = msgspec.UNSET,
    ) -> None:
        """What is commanded of a rep of this session, of a correction by its id, or of a setting; returns at once.

        `note` goes with the answer once it is done.
        """
        self._make(edit, origin, answer, lambda _done: answers.Done(note=note))

    def newer(self, request: requests.Newer) -> answers.Newer:
        """Read from the log, on a thread that may wait for a disk: the journal's writes on meanwhile.

        Raises RequestRefusedError where the log cannot be read, or is not the one that was read.
        """
        mark = Mark(request.length, request.last_start, request.last_id, request.entries)
        try:
            found = self._journal.newer_than(mark)
        except OSError as error:
            raise RequestRefusedError("refused", f"the results' log cannot be read ({error.strerror})") from None
        if found is None:
            raise RequestRefusedError("refused", "the results' log is not the one that was read: read it anew")
        return answers.Newer(lines=found.lines, more=found.more)

    def forget(self, athlete: str, answer: Callable[[answers.AnyAnswer], None]) -> None:
        """Have somebody forgotten, in what is remembered of the last session and of the next one as well; returns at
        once.
        """

        def begin() -> None:
            if self._core.session.busy:
                refuse("a session is open: end it (`retro-timer ctl stop` or `ctl close`), then forget")
            elif self._core.opener.awaits_journal:
                refuse("the results are being looked at after a start, or somebody else is being forgotten: try again")
            else:
                self._core.opener.wait_for_journal()
                self._journal.forget(athlete, self._beside, self._rendered, gone, ended)

        def gone(names: Collection[str]) -> None:
            def leave_out() -> None:
                self._group.leave_out(names)
                self._core.opener.leave_out(names)

            self._post(Between(leave_out))

        def ended(done: Forgetting | str) -> None:
            if isinstance(done, Forgetting):
                self._post(Between(self._core.session.clear))
                self._logbook.clear()
            self._post(JournalLooked())
            if isinstance(done, Forgetting):
                answer(answers.Forgotten(done=done))
            else:
                refuse(done)

        def refuse(why: str) -> None:
            answer(answers.Error(error=why, why="refused"))

        self._post(Between(begin))

    def _delete(self, request: requests.Edit, answer: Callable[[answers.AnyAnswer], None]) -> None:
        """Also of what is remembered of the last session: it may be that one. A start waits meanwhile."""

        def begin() -> None:
            if self._core.session.busy or self._core.opener.awaits_journal:
                answer(answers.Error(error=_NOT_NOW, why="refused"))
            else:
                self._core.opener.wait_for_journal()
                self._make(request.edit, request.origin, ended, lambda done: answers.Edited(done=done))

        def ended(told: answers.AnyAnswer) -> None:
            if isinstance(told, answers.Edited):
                self._post(Between(self._core.session.clear))
            self._post(JournalLooked())
            answer(told)

        self._post(Between(begin))

    def _make(
        self,
        edit: AnyEdit | AnyCorrection,
        origin: str,
        answer: Callable[[answers.AnyAnswer], None],
        made: Callable[[Done], answers.AnyAnswer],
    ) -> None:
        def edited(result: Edited) -> None:
            if result.done is None:
                answer(answers.Error(error=result.trouble, why="session" if result.is_later else "refused"))
                return
            if result.of_present:
                self._post(inputs.Amended(result.done.kind, result.done.revision, result.of_present))
            answer(made(result.done))

        self._journal.edit(edit, origin, edited)
