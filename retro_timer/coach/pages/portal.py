"""The portal's own page: where the real one is, and "continue". A phone's mini browser shows it and goes no further."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from retro_timer.coach.portal import PORTAL, Portal
from retro_timer.coach.site import Site


class PortalPages:
    """No link leads from here to a page: nobody is to be paired in a window that closes by itself."""

    def __init__(self, site: Site, portal: Portal, name: str) -> None:
        """`name`: by which phones that know mDNS find this machine, or nothing."""
        self._site = site
        self._portal = portal
        self._name = name

    async def show(self, request: Request) -> Response:
        """The address to type."""
        continued = _client(request) in self._portal.continued
        host = request.headers["host"]
        return self._site.page(request, "portal.html", host=host, name=self._name, continued=continued)

    async def go_on(self, request: Request) -> Response:
        """From now on this phone's probes are answered as the internet would."""
        self._portal.continued.add(_client(request))
        return RedirectResponse(PORTAL, 303)


def _client(request: Request) -> str:
    return request.client.host if request.client else ""
