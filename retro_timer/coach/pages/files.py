"""Plans and rosters: looked at and edited as text, with the checks of the command line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from retro_timer.beacon.control.protocol import requests
from retro_timer.coach.site import Site, form_of
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.settings import paths
from retro_timer.settings.calibration import load_calibration
from retro_timer.settings.encodings import read_spreadsheet_text
from retro_timer.settings.group_fit import group_remarks
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
    plan, settings = parse_plan(text, "plan"), load_settings()
    check_fit(plan, settings, "plan")
    # How long a roster's calls take is the voice's to say, of which the page's process knows nothing.
    return list(group_remarks(plan, settings, load_calibration(paths.state_dir()).sound))


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


class _Draft(msgspec.Struct, frozen=True):
    """What stands in the form."""

    name: str = ""
    text: str = ""
    was: str = ""
    """The hash of the file that the form came from; empty for a new one."""


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
        was = await run_in_threadpool(self._hash, name)
        try:
            text = await run_in_threadpool(self._text, name)
        except RetroTimerError as error:
            return self._edit(request, _Draft(name, "", was), wrong=str(error))
        return self._edit(request, _Draft(name, text, was))

    async def write(self, request: Request) -> Response:
        """Keep it, by the beacon; with a mistake in it the form comes back with what is wrong, and so it does where it
        would replace what this form did not come from.
        """
        draft = _Draft()
        try:
            form = await form_of(request)
            draft = _Draft(
                form.get("name", "").strip(), form.get("text", "").replace("\r\n", "\n"), form.get("was", "")
            )
            check_file_name(draft.name, self._kind.name)
            remarks = await run_in_threadpool(self._kind.check, draft.text)
            if await run_in_threadpool(self._hash, draft.name) not in ("", draft.was, _hash_of(draft.text.encode())):
                return self._edit(request, draft, status=409, in_the_way=True)
            await self._site.link.ask(requests.Edit(self._kind.write(draft.name, draft.text), "page"), ON_DISK_S)
        except BadInputError as error:
            return self._edit(request, draft, status=422, wrong=str(error))
        except RetroTimerError as error:
            return self._edit(request, draft, status=409, wrong=str(error))
        if remarks:
            was = await run_in_threadpool(self._hash, draft.name)
            return self._edit(request, msgspec.structs.replace(draft, was=was), notes=remarks)
        return RedirectResponse(f"/{self._kind.name}", 303)

    def _text(self, name: str) -> str:
        """Raises RetroTimerError for one that cannot be read."""
        path = self._kind.files().get(name)
        return "" if path is None else self._kind.read(path)

    def _hash(self, name: str) -> str:
        """Of what is there by this name, whether or not it can be read as text; empty where there is nothing."""
        path = self._kind.files().get(name)
        try:
            return "" if path is None else _hash_of(path.read_bytes())
        except OSError as error:
            raise RetroTimerError(f"{path}: cannot be read ({error.strerror})") from None

    def _edit(
        self,
        request: Request,
        draft: _Draft,
        *,
        status: int = 200,
        wrong: str = "",
        in_the_way: bool = False,
        notes: Sequence[str] = (),
    ) -> Response:
        return self._site.page(
            request,
            "file.html",
            status,
            kind=self._kind.name,
            draft=draft,
            wrong=wrong,
            in_the_way=in_the_way,
            notes=notes,
        )


def _hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
