"""What a route is: an endpoint, and who may use it. Nothing is open that does not say so here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from retro_timer.coach.access import Role

Endpoint = Callable[[Request], Awaitable[Response]]


class Page(msgspec.Struct, frozen=True):
    """A row of the route table."""

    method: str
    """GET, which answers HEAD as well, or POST."""
    path: str
    endpoint: Endpoint
    needs: Role = Role.COACH

    def route(self) -> Route:
        """As Starlette has it."""
        return Route(self.path, self.endpoint, methods=[self.method])


class RouteTable:
    """The pages in order, and who may use each."""

    def __init__(self, pages: list[Page]) -> None:
        self.pages = pages
        self.routes = [page.route() for page in pages]

    def needs(self, scope: Scope) -> Role:
        """The least role for a request; for an address that there is not, that of a viewer: nobody learns which are."""
        partly: list[Role] = []
        for page, route in zip(self.pages, self.routes, strict=True):
            match, _ = route.matches(scope)
            if match is Match.FULL:
                return page.needs
            if match is Match.PARTIAL:
                partly.append(page.needs)
        return min(partly, default=Role.VIEWER)
