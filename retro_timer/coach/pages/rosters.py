"""Rosters: pasted or uploaded in any dialect, edited row by row, and who of the present group is out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from retro_timer.beacon.control.protocol import requests
from retro_timer.coach.figures import whole
from retro_timer.coach.multipart import parts_of
from retro_timer.coach.pages.kept import Draft, Kept, Kind, Outcome, draft_of, mistake_of
from retro_timer.coach.roster_form import MOST_FIELDS, changed, rows_in, rows_of_file
from retro_timer.coach.site import Site, fields_of, form_of
from retro_timer.coach.view import athletes_of
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.settings.encodings import read_spreadsheet_text
from retro_timer.settings.loading import load_roster, roster_names
from retro_timer.settings.made import WriteRoster
from retro_timer.settings.model import Settings
from retro_timer.training.listed import LONGEST_SAID
from retro_timer.training.roster import MOST_ATHLETES, parse_roster
from retro_timer.training.roster_text import RosterRow, roster_rows, roster_text

_WHERE = "roster"
_OF_ROWS = ("add", "up", "down", "remove")


def _check(text: str, _settings: Settings) -> list[str]:
    remarks: list[str] = []
    parse_roster(text, _WHERE, remarks.append)
    return remarks


ROSTERS = Kind(
    "rosters",
    roster_names,
    lambda path: read_spreadsheet_text(path, "a list of names in CSV")[0],
    _check,
    lambda name, text: WriteRoster(name, text, True),
)


class RosterLine(msgspec.Struct, frozen=True):
    """A roster in the list."""

    name: str
    count: int
    wrong: str
    """Why it cannot be read, or nothing."""


class _Shown(msgspec.Struct, frozen=True):
    """What the page of one shows."""

    outcome: Outcome
    rows: Sequence[RosterRow]
    unkept: bool = False
    """Whether the rows are not yet on the box."""


class RosterPages:
    """Every look at the disk is another thread's."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._kept = Kept(site, ROSTERS)

    async def all_rosters(self, request: Request) -> Response:
        """Each with how many are on it; and the present group."""
        lines = await asyncio.to_thread(lambda: [_line(name, path) for name, path in roster_names().items()])
        status = self._site.live.status
        group = athletes_of(status) if status is not None else []
        return self._site.page(request, "rosters.html", rosters=lines, group=group)

    async def edit(self, request: Request) -> Response:
        """Its rows, in a form; a new one's are empty."""
        outcome = await self._kept.opened(request.query_params.get("name", ""))
        return self._edited(request, _read(outcome))

    async def write(self, request: Request) -> Response:
        """What a button of the form says: keep it, read what was pasted, say a name, or change a row."""
        draft = Draft()
        try:
            fields = await fields_of(request, MOST_FIELDS)
            form = dict(fields)
            draft, rows, do = draft_of(form), rows_in(fields), form.get("do", "keep")
        except BadInputError as error:
            return self._edited(request, _Shown(Outcome(draft, 422, error), [RosterRow()]))
        if "text" not in form:
            draft = msgspec.structs.replace(draft, text=roster_text(rows))
        word, _, number = do.partition(":")
        if word == "read":
            return self._edited(request, _read(Outcome(draft), unkept=True))
        if word == "say":
            return await self._say_row(request, draft, rows, number)
        if word in _OF_ROWS:
            made = changed(rows, do)
            draft = msgspec.structs.replace(draft, text=roster_text(made))
            return self._edited(request, _Shown(Outcome(draft), made, unkept=True))
        outcome = await self._kept.keep(draft)
        if outcome.kept and not outcome.remarks:
            return RedirectResponse("/rosters", 303)
        shown = _Shown(outcome, rows, unkept=not outcome.kept) if "text" not in form else _read(outcome)
        return self._edited(request, shown)

    async def upload(self, request: Request) -> Response:
        """A file's athletes, to be looked at and kept."""
        remarks: list[str] = []
        draft = Draft()
        try:
            parts = parts_of(request.headers.get("content-type", ""), await request.body())
            given = {name: part.data.decode("utf-8", "replace") for name, part in parts.items() if part.file is None}
            draft = Draft(given.get("name", "").strip(), "", given.get("was", ""))
            file = parts.get("file")
            data, called = (b"", "") if file is None else (file.data, file.file or "")
            rows = await asyncio.to_thread(rows_of_file, data, called, remarks.append)
        except BadInputError as error:
            return self._edited(request, _Shown(Outcome(draft, 422, error), [RosterRow()]))
        draft = msgspec.structs.replace(draft, text=roster_text(rows))
        return self._edited(request, _Shown(Outcome(draft, remarks=tuple(remarks)), rows, unkept=True))

    async def say(self, request: Request) -> Response:
        """A name by the box, as it will call it."""
        try:
            text = " ".join((await form_of(request)).get("text", "").split())
            await self._speak(text)
        except RetroTimerError as error:
            return self._site.told(request, str(error), failed=True)
        return self._site.told(request, "")

    async def _say_row(self, request: Request, draft: Draft, rows: list[RosterRow], number: str) -> Response:
        wrong: RetroTimerError | None = None
        try:
            at = whole(number, 3)
            row = rows[at] if at is not None and at < len(rows) else RosterRow()
            await self._speak(row.say or row.name)
        except RetroTimerError as error:
            wrong = error
        outcome = Outcome(draft, 200 if wrong is None else 409, wrong)
        return self._edited(request, _Shown(outcome, rows, unkept=True))

    async def _speak(self, text: str) -> None:
        if not text or len(text) > LONGEST_SAID:
            raise BadInputError("what is to be said", f"{len(text)} characters", f"1 to {LONGEST_SAID}")
        await self._site.link.ask(requests.Say(text))

    def _edited(self, request: Request, shown: _Shown) -> Response:
        outcome = shown.outcome
        return self._site.page(
            request,
            "roster_edit.html",
            outcome.status,
            draft=outcome.draft,
            rows=shown.rows,
            unkept=shown.unkept,
            most=MOST_ATHLETES,
            mistake=mistake_of(outcome.wrong, outcome.draft.text),
            in_the_way=outcome.in_the_way,
            notes=outcome.remarks,
            kept=outcome.kept,
        )


def _read(outcome: Outcome, *, unkept: bool = False) -> _Shown:
    """The rows of an outcome's text, or one that is empty with what is wrong with it."""
    if not outcome.draft.text.strip():
        return _Shown(outcome, [RosterRow()], unkept)
    remarks: list[str] = []
    try:
        rows = roster_rows(outcome.draft.text, _WHERE, remarks.append)
    except BadInputError as error:
        wrong = outcome.wrong or error
        status = 422 if unkept and not outcome.wrong else outcome.status
        return _Shown(msgspec.structs.replace(outcome, wrong=wrong, status=status), [RosterRow()], unkept)
    # What was kept has said so already.
    told = outcome.remarks if outcome.kept or outcome.wrong else tuple(remarks)
    return _Shown(msgspec.structs.replace(outcome, remarks=told), rows, unkept)


def _line(name: str, path: Path) -> RosterLine:
    try:
        return RosterLine(name, len(load_roster(path)), "")
    except BadInputError as error:
        return RosterLine(name, 0, str(error))
