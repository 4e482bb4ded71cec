"""A browser without a network: asks the coach's page in this process, and keeps its cookie."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlencode

import msgspec
from starlette.types import Message, Scope

from retro_timer.coach.access import Access, Role
from retro_timer.coach.app import Coach, make_coach
from retro_timer.coach.guard import COOKIE

HOST = "127.0.0.1:8765"


class Got(msgspec.Struct):
    """An answer."""

    status: int
    headers: list[tuple[str, str]]
    body: str
    data: bytes = b""
    """The body as it came."""

    def header(self, name: str) -> str:
        """One of them, or nothing."""
        return next((value for key, value in self.headers if key == name), "")


class Browser:
    """Somebody with a phone."""

    def __init__(self, coach: Coach, token: str = "") -> None:
        self.coach = coach
        self.cookies = {COOKIE: token} if token else {}
        self.server, self.client = ("127.0.0.1", 8765), ("127.0.0.1", 50_000)

    def get(self, path: str, **headers: str) -> Got:
        """A page."""
        return self.ask("GET", path, b"", headers)

    def post(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> Got:
        """A form of the page's own."""
        return self.ask("POST", path, urlencode(fields).encode(), {"origin": f"http://{HOST}", **(headers or {})})

    def ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Got:
        """Anything."""
        return asyncio.run(self._ask(method, path, body, headers))

    async def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Got:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"host": HOST, **({"cookie": cookie} if cookie else {}), **headers}
        raw_path, _, query = path.partition("?")
        scope: Scope = {
            "type": "http", "http_version": "1.1", "method": method, "path": raw_path, "raw_path": raw_path.encode(),
            "query_string": query.encode(), "root_path": "", "scheme": "http", "server": self.server,
            "client": self.client, "state": {},
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
        }  # fmt: skip
        got = Got(0, [], "")
        parts: list[bytes] = []
        waiting = [body[at : at + 16_384] for at in range(0, len(body), 16_384)] or [b""]

        async def receive() -> Message:
            if not waiting:
                # Who has asked waits for the whole answer.
                await asyncio.Event().wait()
            return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                got.status = message["status"]
                got.headers = [(name.decode().lower(), value.decode()) for name, value in message["headers"]]
            else:
                parts.append(message.get("body", b""))

        await self.coach.app(scope, receive, send)
        got.data = b"".join(parts)
        got.body = got.data.decode(errors="replace")
        for name, value in got.headers:
            if name == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return got


class Field:
    """A page with nobody let in yet, and no box that answers."""

    def __init__(self, state_dir: Path, hotspot: tuple[str, int] | None = None) -> None:
        self._usual: dict[Role, Browser] = {}
        self.coach = make_coach(
            state_dir=state_dir,
            page_dir=state_dir,
            socket=state_dir / "page.sock",
            language="en",
            names=("localhost", "box.local"),
            hotspot=hotspot,
        )

    def stranger(self) -> Browser:
        """Somebody who has not been let in."""
        return Browser(self.coach)

    def phone(self, role: Role) -> Browser:
        """One of somebody who has."""
        if role is Role.NOBODY:
            return self.stranger()
        return Browser(self.coach, self.access.let_in(role, "a phone"))

    def usual(self, role: Role) -> Browser:
        """The same one each time, for whoever does not mind what it did before."""
        if role not in self._usual:
            self._usual[role] = self.phone(role)
        return self._usual[role]

    @property
    def access(self) -> Access:
        """Who has been let in."""
        return self.coach.access
