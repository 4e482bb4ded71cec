"""The box's clock by a phone's, and its end: each by a form that says what it does."""

from __future__ import annotations

import time

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from retro_timer.beacon.control.protocol import requests
from retro_timer.coach.figures import whole
from retro_timer.coach.site import Site, form_of
from retro_timer.errors import BadInputError

_ON_THE_MACHINE_S = 20.0
"""Another process does it; the timer gives that one ten."""
_FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")
"""As browsers send what is typed into a field for date and time."""


class PowerPages:
    """What root's own services do for the timer, which asks them."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        """Both forms."""
        now = time.strftime("%Y-%m-%d %H:%M:%S %Z", time.localtime())
        return self._site.page(request, "power.html", now=now)

    async def set_clock(self, request: Request) -> Response:
        """As the phone shows it, which a script sends; without one as somebody has typed it, in the box's own zone."""
        form = await form_of(request)
        unix_s = whole(form.get("unix_s", ""), 11) or _typed(form.get("typed", ""))
        if not requests.EARLIEST_CLOCK_S <= unix_s <= requests.LATEST_CLOCK_S:
            raise BadInputError("the time", "is not one of this century's from 2026 on", "the time of now")
        await self._site.link.ask(requests.SetClock(unix_s), _ON_THE_MACHINE_S)
        return RedirectResponse("/box/power", 303)

    async def ask_off(self, request: Request) -> Response:
        """A tap must not end an evening."""
        return self._site.page(request, "off.html", done=False)

    async def off(self, request: Request) -> Response:
        """Shut the box down."""
        await self._site.link.ask(requests.ShutDown())
        return self._site.page(request, "off.html", done=True)


def _typed(text: str) -> int:
    for form in _FORMATS:
        try:
            return int(time.mktime(time.strptime(text, form)))
        except (ValueError, OverflowError):
            continue
    raise BadInputError("the time", f"'{text[:20]}' is none", "such as 2026-05-01T18:30")
