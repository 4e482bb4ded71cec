"""Stands before every page: the right host, the right origin, somebody who may, and a body that is not too long."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from retro_timer.coach.access import Access, Role
from retro_timer.coach.addresses import HEALTH
from retro_timer.coach.figures import whole
from retro_timer.coach.portal import Portal
from retro_timer.coach.routes import RouteTable

COOKIE = "retro-timer"
LONGEST_BODY = 262_144
"""A plan of 16,000 characters, each of which a form may write as nine or twelve."""
_SAFE_METHODS = frozenset(("GET", "HEAD"))
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}
"""On every answer."""


class _BodyTooLongError(Exception):
    """More was sent than any form has."""


class Guard:
    """ASGI middleware. It puts the role and the phone's id into the request's state."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        access: Access,
        table: RouteTable,
        names: Collection[str],
        refuse: Callable[[Scope, int], ASGIApp],
        portal: Portal,
    ) -> None:
        """`names`: host names by which the page may be reached, besides any address in figures. `refuse` answers who
        is not paired (401), or only as a viewer (403).
        """
        self._app = app
        self._access = access
        self._table = table
        self._refuse = refuse
        self._portal = portal
        self._names = frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = False

        async def tell(message: Message) -> None:
            nonlocal began
            if message["type"] == "http.response.start":
                began = True
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, tell)
            return
        try:
            await self._app(scope, _limited(receive), tell)
        except _BodyTooLongError:
            if began:
                raise
            await _plain(413, "too much was sent")(scope, receive, tell)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        by_hotspot = self._portal.is_asked(scope.get("server"))
        host = _only_host(headers)
        if by_hotspot and not (host in self._names or self._portal.is_own(host)):
            return self._elsewhere(scope, host)
        if scope["path"] != HEALTH and not by_hotspot and not self._is_ours(host):
            return _plain(421, "no page of this name here: open it by its address")
        if scope["method"] not in _SAFE_METHODS and not _same_origin(headers):
            return _plain(403, "a form of another page may change nothing here")
        if _length(headers) > LONGEST_BODY:
            return _plain(413, "too much was sent")
        cookies = cookie_parser(headers.get("cookie", ""))
        role, phone = self._access.who(cookies.get(COOKIE, ""))
        needs = self._table.needs(scope)
        if role < needs:
            return self._refuse(scope, 401 if role is Role.NOBODY else 403)
        scope.setdefault("state", {}).update(role=role, phone=phone)
        return None

    def _is_ours(self, host: str) -> bool:
        """Another site's name that leads here would let that site's scripts in: figures cannot be such a name."""
        return host in self._names or is_address(host)

    def _elsewhere(self, scope: Scope, host: str) -> ASGIApp:
        """All names lead to the hotspot: who asks for somebody else there gets the portal."""
        reply = self._portal.reply(host, scope["path"], (scope.get("client") or ("", 0))[0])
        headers = {"location": reply.location} if reply.location else None
        return Response(reply.text or None, reply.status, headers, reply.kind if reply.text else None)


def own_names() -> tuple[str, ...]:
    """By which this machine may be reached on its network."""
    name = socket.gethostname().lower()
    return ("localhost", name, f"{name.partition('.')[0]}.local")


def _only_host(headers: Headers) -> str:
    hosts = headers.getlist("host")
    return host_of(hosts[0]) if len(hosts) == 1 else ""


def host_of(host: str) -> str:
    """A Host header without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower().rstrip(".")


def is_address(host: str) -> bool:
    """Whether it is an address in figures."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _same_origin(headers: Headers) -> bool:
    """Every browser names the origin of a form; what names none is no browser, and has no cookie but its own."""
    site = headers.get("sec-fetch-site", "same-origin")
    origin = headers.get("origin")
    return site in ("same-origin", "none") and (origin is None or origin == f"http://{headers.get('host', '')}")


def _length(headers: Headers) -> int:
    return whole(headers.get("content-length", ""), 15) or 0


def _limited(receive: Receive) -> Receive:
    taken = 0

    async def take() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LONGEST_BODY:
            raise _BodyTooLongError
        return message

    return take


def _plain(status: int, text: str) -> ASGIApp:
    return PlainTextResponse(f"{text}\n", status_code=status)
