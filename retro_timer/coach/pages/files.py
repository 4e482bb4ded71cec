"""Plans and rosters: looked at and edited as text, with the checks of the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from retro_timer.beacon.control.protocol import requests
from retro_timer.coach.site import Site, form_of
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.settings.encodings import read_spreadsheet_text
from retro_timer.settings.loading import load_settings, parse_plan, plan_names, roster_names
from retro_timer.settings.made import WritePlan, WriteRoster, check_file_name
from retro_timer.settings.plan_fit import check_fit
from retro_timer.settings.tables import read_text
from retro_timer.training.roster import parse_roster

ON_DISK_S = 30.0
"""A card may be slow."""


def _read_plan(path: Path) -> str:
    return read_text(path, "a plan in TOML")


def _read_roster(path: Path) -> str:
    return read_spreadsheet_text(path, "a list of names in CSV")[0]


def _check_plan(text: str) -> list[str]:
    plan = parse_plan(text, "plan")
    check_fit(plan, load_settings(), "plan")
    return []


def _check_roster(text: str) -> list[str]:
    remarks: list[str] = []
    parse_roster(text, "roster", remarks.append)
    return remarks


class Kind(msgspec.Struct, frozen=True):
    """Plans, or rosters."""

    name: str
    """In addresses and among the page's words."""
    files: Callable[[], dict[str, Path]]
    read: Callable[[Path], str]
    check: Callable[[str], list[str]]
    """What a coach should look at; raises BadInputError for a mistake."""
    write: Callable[[str, str], WritePlan | WriteRoster]


PLANS = Kind("plans", plan_names, _read_plan, _check_plan, lambda name, text: WritePlan(name, text, True))
ROSTERS = Kind("rosters", roster_names, _read_roster, _check_roster, lambda name, text: WriteRoster(name, text, True))


class FilePages:
    """Of one kind."""

    def __init__(self, site: Site, kind: Kind) -> None:
        self._site = site
        self._kind = kind

    async def all_files(self, request: Request) -> Response:
        """Their names."""
        names = list(await run_in_threadpool(self._kind.files))
        return self._site.page(request, "files.html", kind=self._kind.name, names=names)

    async def one_file(self, request: Request) -> Response:
        """Its text, in a form; a new one's is empty."""
        name = request.query_params.get("name", "")
        path = (await run_in_threadpool(self._kind.files)).get(name)
        try:
            text = await run_in_threadpool(self._kind.read, path) if path is not None else ""
        except RetroTimerError as error:
            return self._edit(request, name, "", str(error), status=200)
        return self._edit(request, name, text, "", status=200)

    async def write(self, request: Request) -> Response:
        """Keep it, by the beacon; with a mistake in it the form comes back with what is wrong."""
        name = text = ""
        try:
            form = await form_of(request)
            name, text = form.get("name", "").strip(), form.get("text", "").replace("\r\n", "\n")
            check_file_name(name, self._kind.name)
            remarks = await run_in_threadpool(self._kind.check, text)
            await self._site.link.ask(requests.Edit(self._kind.write(name, text), "page"), ON_DISK_S)
        except BadInputError as error:
            return self._edit(request, name, text, str(error), status=422)
        except RetroTimerError as error:
            return self._edit(request, name, text, str(error), status=409)
        if remarks:
            return self._edit(request, name, text, "\n".join(remarks), status=200)
        return RedirectResponse(f"/{self._kind.name}", 303)

    def _edit(self, request: Request, name: str, text: str, wrong: str, *, status: int) -> Response:
        return self._site.page(request, "file.html", status, kind=self._kind.name, name=name, text=text, wrong=wrong)
