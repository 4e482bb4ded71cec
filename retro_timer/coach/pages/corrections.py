"""Corrections of what is kept: forms become edits, which the timer makes and keeps."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from retro_timer.beacon.control.protocol import requests
from retro_timer.coach.figures import whole
from retro_timer.coach.pages.kept import ON_DISK_S
from retro_timer.coach.reading import number_of
from retro_timer.coach.site import Site, form_of
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.store.results.edits import AnyEdit, edit_of

_SECONDS = re.compile(r"[0-9]{1,5}(?:[.,][0-9]{1,3})?")
_Form = Mapping[str, str]


class CorrectionPages:
    """Only forms; what they have done shows on the page to which they lead back."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def of_session(self, request: Request) -> Response:
        """A note on a session, or a correction taken back by its id."""
        number = number_of(request, "number")
        return await self._make(request, f"/results/{number}", lambda form: _session_edit(number, form))

    async def of_rep(self, request: Request) -> Response:
        """A correction of a rep."""
        number, rep = number_of(request, "number"), number_of(request, "rep")
        return await self._make(request, f"/results/{number}/{rep}", lambda form: _rep_edit(number, rep, form))

    async def _make(self, request: Request, back: str, edit: Callable[[_Form], AnyEdit]) -> Response:
        try:
            await self._site.link.ask(requests.Edit(edit(await form_of(request)), "page"), ON_DISK_S)
        except RetroTimerError as error:
            status = 422 if isinstance(error, BadInputError) else 409
            return self._site.page(request, "message.html", status, text=str(error), back=back)
        return RedirectResponse(back, 303)


def _session_edit(number: int, form: _Form) -> AnyEdit:
    kind = form.get("kind", "")
    if kind == "undo":
        return edit_of({"type": "undo", "revision": form.get("revision", "").strip()})
    if kind == "note":
        return edit_of({"type": "note", "session": number, "text": form.get("text", "").strip()})
    raise BadInputError("the form", f"'{kind[:20]}' is no correction of a session", "undo or note")


def _rep_edit(number: int, rep: int, form: _Form) -> AnyEdit:
    kind = form.get("kind", "")
    values = _OF_REP.get(kind)
    if values is None:
        raise BadInputError("the form", f"'{kind[:20]}' is no correction of a rep", f"one of {', '.join(_OF_REP)}")
    return edit_of({"type": "rep", "session": number, "correction": {"kind": kind, "rep": rep, **values(form)}})


def _name(form: _Form) -> dict[str, Any]:
    name = form.get("name", "").strip()
    if not name:
        raise BadInputError("give", "no name", "whose it was")
    return {"name": name}


def _other(form: _Form) -> dict[str, Any]:
    other = whole(form.get("other", "").strip(), 9)
    if other is None:
        raise BadInputError("swap", "no rep", "the number of the other rep")
    return {"other": other}


def _time(form: _Form) -> dict[str, Any]:
    text = form.get("time_s", "").strip()
    if not _SECONDS.fullmatch(text):
        raise BadInputError("time", f"'{text[:20]}' is no time", "seconds, such as 8.45")
    return {"time_s": float(text.replace(",", "."))}


_OF_REP: dict[str, Callable[[_Form], dict[str, Any]]] = {
    "void": lambda _: {},
    "restore": lambda _: {},
    "give": _name,
    "swap": _other,
    "nobody": lambda _: {},
    "set": _time,
    "note": lambda form: {"text": form.get("text", "").strip()},
}
