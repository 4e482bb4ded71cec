"""How somebody gets in: a PIN for a coach's phone, a link for viewers; who is in, and how they are put out."""

from __future__ import annotations

import asyncio
import re
import time

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from retro_timer.beacon.control.protocol import requests
from retro_timer.beacon.control.protocol.answers import Pairing, RequestRefusedError
from retro_timer.coach.access import Role
from retro_timer.coach.browsers import phone_called
from retro_timer.coach.guard import COOKIE
from retro_timer.coach.site import COOKIE_DAYS, Site, form_of
from retro_timer.errors import RetroTimerError


class EntryPages:
    """Pairing, links, and the list of phones; kept from another thread, for the page's loop waits for no disk."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def healthz(self, _request: Request) -> Response:
        """Whether this process answers; of the box it tells nobody who is not paired."""
        return Response("ok\n", media_type="text/plain")

    async def ask_pin(self, request: Request) -> Response:
        """The form."""
        return self._site.page(request, "pair.html", refused="")

    async def try_pin(self, request: Request) -> Response:
        """A coach's cookie for the right PIN, which the beacon alone knows."""
        pin = re.sub(r"[\s·-]", "", (await form_of(request)).get("pin", ""))
        if not re.fullmatch(r"[0-9]{6}", pin):
            return self._site.page(request, "pair.html", 422, refused="six")
        try:
            await self._site.link.ask(requests.TryPin(pin))
        except RequestRefusedError as error:
            refused = "wrong" if str(error) == requests.NOT_THE_PIN else "shut"
            return self._site.page(request, "pair.html", 403, refused=refused)
        except RetroTimerError:
            return self._site.page(request, "pair.html", 503, refused="no_box")
        if request.state.phone:
            await asyncio.to_thread(self._site.access.leave, request.state.phone)
        return await self._let_in(RedirectResponse("/", 303), Role.COACH, request)

    async def open_link(self, request: Request) -> Response:
        """A viewer's link: a cookie for it, and out of the address bar.

        By a page that goes on by itself: a browser that came from elsewhere sends no strict cookie along a redirect.
        """
        token = request.path_params["token"]
        if not self._site.access.is_link(token):
            return self._site.refuse(request.scope, 401)
        answer = self._site.page(request, "welcome.html")
        if request.state.phone or request.method == "HEAD":
            return answer
        return await self._let_in(answer, Role.VIEWER, request, token)

    async def phones(self, request: Request) -> Response:
        """Who is in."""
        return self._phones(request)

    async def pair_another(self, request: Request) -> Response:
        """A PIN for the next two minutes, shown here and now."""
        pairing = await self._site.link.ask(requests.OpenPairing())
        assert isinstance(pairing, Pairing)  # the protocol says so
        return self._phones(request, pin=pairing.pin)

    async def share(self, request: Request) -> Response:
        """A new link for viewers, shown once: only its hash is kept."""
        called = (await form_of(request)).get("called", "").strip()
        token = await asyncio.to_thread(self._site.access.make_link, called or "–")
        return self._phones(request, link=f"http://{request.headers['host']}/watch/{token}")

    async def revoke(self, request: Request) -> Response:
        """Put somebody out."""
        await asyncio.to_thread(self._site.access.revoke, (await form_of(request)).get("id", ""))
        return RedirectResponse("/phones", 303)

    async def ask_leave(self, request: Request) -> Response:
        """A tap beside the looks must not end a coach's evening."""
        return self._site.page(request, "leave.html")

    async def leave(self, request: Request) -> Response:
        """This phone is not paired any more."""
        await asyncio.to_thread(self._site.access.leave, request.state.phone)
        answer = RedirectResponse("/pair", 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer

    def _phones(self, request: Request, link: str = "", pin: str = "") -> Response:
        phones = [
            (phone, time.strftime("%Y-%m-%d %H:%M", time.localtime(phone.since_s)))
            for phone in self._site.access.phones
        ]
        return self._site.page(request, "phones.html", phones=phones, mine=request.state.phone, link=link, pin=pin)

    async def _let_in(self, answer: Response, role: Role, request: Request, link: str = "") -> Response:
        called = phone_called(request.headers.get("user-agent", ""))
        token = await asyncio.to_thread(self._site.access.let_in, role, called, link)
        # No Secure: a browser keeps such a cookie from http, and https there is none at a field.
        answer.set_cookie(COOKIE, token, max_age=COOKIE_DAYS * 86_400, httponly=True, samesite="strict")
        return answer
