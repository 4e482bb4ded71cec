"""What every page needs: the box, who has been let in, and templates in the reader's language."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import Scope

from retro_timer.beacon.control.protocol import answers, requests
from retro_timer.coach.access import Access, Role
from retro_timer.coach.link import Link
from retro_timer.coach.live import Live
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.phrases import Catalogue, kin_of, load_catalogue
from retro_timer.settings.loading import load_settings
from retro_timer.settings.model import Settings

_FOLDER = Path(__file__).parent
_MOST_FIELDS = 40
_WITHIN_S = 2.0
"""A timer that takes longer waits for its disk; whoever looks at a page does not."""
COOKIE_DAYS = 400
"""The longest that browsers keep one."""
LOOK = "look"
LOOKS = ("auto", "light", "dark", "sun")
_KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class Assets:
    """The files that a page loads: read once, kept by browsers for a year under a name that changes with them."""

    def __init__(self, folder: Path = _FOLDER / "static") -> None:
        self._files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in _KINDS}
        self.version = hashlib.sha256(b"".join(self._files.values())).hexdigest()[:12]

    async def answer(self, request: Request) -> Response:
        """One of them."""
        name = request.path_params["name"]
        data = self._files.get(name)
        if data is None:
            return Response("no such file\n", 404, media_type="text/plain")
        headers = {"cache-control": "public, max-age=31536000, immutable"}
        return Response(data, headers=headers, media_type=_KINDS[Path(name).suffix])


class Site:
    """Made once."""

    def __init__(self, *, access: Access, live: Live, link: Link, language: str) -> None:
        """`language`: for browsers that ask for none that there is, until it is heard which one the box speaks."""
        self.access = access
        self.live = live
        self.link = link
        self.assets = Assets()
        self._language = language
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_FOLDER / "templates"),
            autoescape=True,
            auto_reload=False,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def language(self, request: Request) -> str:
        """The first that the browser asks for and there is."""
        status = self.live.status
        spoken = chosen_language(status.language if status is not None else self._language, "en")
        return chosen_language(request.headers.get("accept-language", ""), spoken)

    async def settings(self) -> Settings:
        """As they are kept on the box. Raises BadInputError."""
        if self.live.answers:
            with contextlib.suppress(RetroTimerError):
                answer = await self.link.ask(requests.KeptSettings(), _WITHIN_S)
                if isinstance(answer, answers.KeptSettings):
                    return answer.settings
        # On a box this process sees what was set there as it was when it began.
        return await asyncio.to_thread(load_settings)

    def render(self, template: str, language: str, **values: Any) -> str:
        """A template's text."""
        catalogue = catalogue_of(language)
        return self._templates.get_template(template).render(
            lang=language, t=catalogue.shown, word=catalogue.word, say=catalogue.render, **values
        )

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A whole page."""
        look = request.cookies.get(LOOK, "")
        text = self.render(
            template,
            self.language(request),
            role=role_of(request),
            is_coach=role_of(request) is Role.COACH,
            path=request.url.path,
            look=look if look in LOOKS else "auto",
            assets=self.assets.version,
            **values,
        )
        return HTMLResponse(text, status)

    def told(self, request: Request, text: str, *, failed: bool = False) -> Response:
        """What became of a form: for a script a line, for everybody else the page that they came from or an error's."""
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"ok": not failed, "text": text}, 409 if failed else 200)
        if failed:
            return self.page(request, "message.html", 409, text=text, back=came_from(request))
        return RedirectResponse(came_from(request), 303)

    async def failed(self, request: Request, error: Exception) -> Response:
        """What a page could not do, in one line."""
        status = 422 if isinstance(error, BadInputError) else 503
        return self.page(request, "message.html", status, text=str(error), back="/")

    def refuse(self, scope: Scope, status: int) -> Response:
        """For who is not paired, or only as a viewer."""
        return self.page(Request(scope), "refused.html", status, paired=status == 403)


def role_of(request: Request) -> Role:
    """Of who asks."""
    role = request.scope.get("state", {}).get("role", Role.NOBODY)
    assert isinstance(role, Role)
    return role


def came_from(request: Request) -> str:
    """The page of this site that a form stood on; the live page where that is not known."""
    origin, path = f"http://{request.headers.get('host', '')}", request.headers.get("referer", "")
    found = path.removeprefix(origin)
    return found if path.startswith(f"{origin}/") and not found.startswith("//") else "/"


async def form_of(request: Request) -> dict[str, str]:
    """A form's fields, of a repeated one the last. Raises BadInputError for what is no form."""
    return dict(await fields_of(request, _MOST_FIELDS))


async def fields_of(request: Request, most: int) -> list[tuple[str, str]]:
    """A form's fields, at most so many, in order. Raises BadInputError for what is no form."""
    try:
        return parse_qsl(
            (await request.body()).decode("ascii"),
            keep_blank_values=True,
            strict_parsing=False,
            encoding="utf-8",
            errors="strict",
            max_num_fields=most,
        )
    except ValueError:
        raise BadInputError("the form", "cannot be read", "fields as a browser sends them") from None


@cache
def catalogue_of(language: str) -> Catalogue:
    """One of the languages that there are."""
    return load_catalogue(language)


@lru_cache(maxsize=64)
def chosen_language(asked: str, otherwise: str) -> str:
    """The first of an Accept-Language header that there is, by its weight."""
    weighed: list[tuple[float, int, str]] = []
    for place, part in enumerate(asked.split(",")[:20]):
        name, _, weight = part.strip().lower().partition(";q=")
        try:
            weighed.append((-float(weight or 1.0), place, name))
        except ValueError:
            continue
    found = (kin_of(name) for _, _, name in sorted(weighed))
    return next((kin for kin in found if kin is not None), otherwise)
