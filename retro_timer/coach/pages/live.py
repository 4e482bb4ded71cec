"""The live page, its stream, the box's clock, and the commands."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from retro_timer.beacon.control.protocol.answers import Done
from retro_timer.coach.access import Role
from retro_timer.coach.commands import FORMS, command_of, is_late
from retro_timer.coach.live import Correction
from retro_timer.coach.site import COOKIE_DAYS, LOOK, LOOKS, Site, catalogue_of, form_of, role_of
from retro_timer.coach.stream import Streams
from retro_timer.coach.view import at_hand, athletes_of, countdown_of, on_course, results_of
from retro_timer.errors import RetroTimerError
from retro_timer.settings.loading import plan_names, roster_names

PARTS = ("now", "watch", "group", "last", "undo", "trouble")
"""Each a template `part_NAME.html`, and an element of the live page by that name."""

BOARD = "board"
"""The stream of a page that shows everybody the same, without a button."""


class LivePages:
    """What a coach looks at all the time."""

    def __init__(self, site: Site, streams: Streams) -> None:
        self._site = site
        self._streams = streams
        self._rendered: dict[tuple[str, Role], dict[str, str]] = {}
        self._rendered_of: tuple[object, Correction | None] = (None, None)

    async def show(self, request: Request) -> Response:
        """The page, which works as it is without a script."""
        plans, rosters = await asyncio.to_thread(lambda: (list(plan_names()), list(roster_names())))
        status = self._site.live.status
        names = [athlete.name for athlete in athletes_of(status)] if status else []
        more = {"forms": FORMS, "hand": at_hand(status), "names": names, "plans": plans, "rosters": rosters}
        return self._following(request, "live.html", role_of(request), **more)

    async def board(self, request: Request) -> Response:
        """For a tablet or a television, from afar: what a viewer sees, whoever has opened it."""
        return self._following(request, "board.html", Role.VIEWER)

    def _following(self, request: Request, template: str, role: Role, **more: Any) -> Response:
        live, language = self._site.live, self._site.language(request)
        now_ns = live.clock.now_ns
        return self._site.page(
            request,
            template,
            parts={name: self._part(name, language, role, now_ns) for name in PARTS},
            answers=live.answers,
            now_ns=now_ns,
            seq=live.ring.name_of(live.ring.seq),
            **more,
        )

    async def events(self, request: Request) -> Response:
        """The stream."""
        language = self._site.language(request)
        seen_as = Role.VIEWER if request.query_params.get("as") == BOARD else role_of(request)
        phone = request.state.phone

        def may_look() -> bool:
            return self._site.access.knows(phone)

        return self._streams.answer(request, role_of(request), lambda: self._parts(language, seen_as), may_look)

    async def clock(self, _request: Request) -> Response:
        """The box's clock, for a phone that measures its own against it."""
        return JSONResponse({"now_ns": self._site.live.clock.now_ns})

    async def do(self, request: Request) -> Response:
        """A command, unless its press is too long ago."""
        tag = request.path_params["command"]
        try:
            sent = await form_of(request)
            if is_late(tag, sent, self._site.live.clock.now_ns):
                too_late = catalogue_of(self._site.language(request)).shown("too_late")
                return self._site.told(request, too_late, failed=True)
            command = command_of(tag, sent)
            answer = await self._site.link.ask(command)
        except RetroTimerError as error:
            return self._site.told(request, str(error), failed=True)
        note = answer.note if isinstance(answer, Done) and isinstance(answer.note, str) else ""
        return self._site.told(request, note)

    async def look(self, request: Request) -> Response:
        """Light, dark, or for the sun."""
        wanted = (await form_of(request)).get("look", "")
        answer = RedirectResponse("/", 303)
        if wanted in LOOKS:
            answer.set_cookie(LOOK, wanted, max_age=COOKIE_DAYS * 86_400, httponly=True, samesite="strict")
        return answer

    def _parts(self, language: str, role: Role) -> dict[str, str]:
        """For a stream: rendered once for all phones of a language and a role."""
        live = self._site.live
        of = (live.status, live.undoable)
        if self._rendered_of[0] is not of[0] or self._rendered_of[1] is not of[1]:
            self._rendered, self._rendered_of = {}, of
        key = (language, role)
        if key not in self._rendered:
            parts = {name: self._part(name, language, role, None) for name in PARTS}
            self._rendered[key] = {**parts, "hand": " ".join(at_hand(live.status))}
        return self._rendered[key]

    def _part(self, name: str, language: str, role: Role, now_ns: int | None) -> str:
        status = self._site.live.status
        return self._site.render(
            f"part_{name}.html",
            language,
            status=status,
            countdown=countdown_of(status) if status is not None else None,
            course=on_course(status) if status is not None else [],
            athletes=athletes_of(status) if status is not None else [],
            results=results_of(status) if status is not None else [],
            undoable=self._site.live.undoable,
            is_coach=role is Role.COACH,
            now_ns=now_ns,
        )
