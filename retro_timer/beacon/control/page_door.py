"""What the coach's page may ask of the beacon: less than a person at the box, whatever has become of its process."""

from __future__ import annotations

from typing import Protocol

import msgspec

from retro_timer.beacon.control.protocol import commands, requests
from retro_timer.beacon.control.protocol.answers import RequestRefusedError
from retro_timer.beacon.control.protocol.base import Request
from retro_timer.beacon.control.protocol.requests import AnyRequest
from retro_timer.beacon.control.request_handler import PAGE
from retro_timer.beacon.control.server import Client
from retro_timer.phrases import languages
from retro_timer.settings.made import ChangeSetting, WritePlan, WriteRoster
from retro_timer.store.results.edits import CorrectRep, NoteSession, Undo
from retro_timer.training.listed import LONGEST_SAID

PAGE_MAY_ASK: tuple[type[Request], ...] = (
    requests.Status,
    requests.Follow,
    requests.Log,
    requests.Facts,
    requests.OpenPairing,
    requests.TryPin,
    requests.SetClock,
    requests.ShutDown,
    requests.Edit,
    requests.Newer,
    requests.KeptSettings,
    requests.Say,
    requests.Beep,
    *commands.COMMANDS.values(),
)
"""Everything else is refused: forgetting people, and what diagnostics do to the box. What the timer has logged, and how
it is set, are for the support pack. A page that a coach is paired with may let another phone in, by a PIN that it
shows."""
PAGE_MAY_EDIT = (CorrectRep, NoteSession, Undo, WritePlan, WriteRoster)
"""No setting but PAGE_MAY_SET, and nobody's identity."""
PAGE_MAY_SET = {"voice.language": frozenset(languages())}
"""Keys of settings, and the values of each."""


class Handler(Protocol):
    """Carries requests out."""

    def __call__(self, request: AnyRequest, client: Client, origin: str = ...) -> None:
        """Answer one."""


class PageDoor:
    """Passes on what the table allows, as the page's."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    def take(self, request: AnyRequest, client: Client) -> None:
        """Have a request answered. Raises RequestRefusedError for one that is not the page's to ask."""
        if not isinstance(request, PAGE_MAY_ASK):
            raise RequestRefusedError("refused", f"'{request.tag}' is not for a page to ask: `retro-timer` on the box")
        if isinstance(request, requests.Edit):
            request = _as_the_pages(request)
        elif isinstance(request, commands.Start) and request.plan is not None:
            _check_name(request.plan)
        elif isinstance(request, requests.Say) and len(request.text) > LONGEST_SAID:
            raise RequestRefusedError("refused", f"a page has at most {LONGEST_SAID} characters said: a name")
        self._handler(request, client, PAGE)


def _as_the_pages(request: requests.Edit) -> requests.Edit:
    edit = request.edit
    may = isinstance(edit, PAGE_MAY_EDIT) or (
        isinstance(edit, ChangeSetting) and edit.value in PAGE_MAY_SET.get(edit.key, ())
    )
    if not may:
        kind = edit.__struct_config__.tag
        raise RequestRefusedError("refused", f"the edit '{kind}' is not for a page to make: `retro-timer` on the box")
    if request.origin.partition(" ")[0] == PAGE:
        return request
    return msgspec.structs.replace(request, origin=PAGE)


def _check_name(plan: str) -> None:
    """A path would have the beacon read whatever file it may."""
    if "/" in plan or plan.endswith(".toml"):
        raise RequestRefusedError("refused", "a page starts a plan by its name, not by a file's")
