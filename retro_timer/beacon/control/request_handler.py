"""Answers the socket's requests: status, following, and commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from retro_timer.beacon.control.commands import MakeStart, command_of
from retro_timer.beacon.control.server import Client
from retro_timer.beacon.control.status import snapshot
from retro_timer.beacon.core import Core
from retro_timer.beacon.messages import Asked, Post
from retro_timer.errors import RetroTimerError

Request = Callable[[dict[str, Any]], dict[str, Any]]
Answer = Callable[[dict[str, Any]], None]
SlowRequest = Callable[[dict[str, Any], Answer], None]
NONE: Mapping[str, Any] = {}


class RequestHandler:
    """Called on the server's thread. Only commands reach the session's loop; everything else is answered here."""

    def __init__(
        self,
        core: Core,
        post: Post,
        make_start: MakeStart,
        origin_ns: int,
        *,
        requests: Mapping[str, Request] = NONE,
        slow_requests: Mapping[str, SlowRequest] = NONE,
    ) -> None:
        """`requests`: further ones by name, each answered at once. `slow_requests` return at once and answer later,
        from any thread.
        """
        self._core = core
        self._post = post
        self._make_start = make_start
        self._origin_ns = origin_ns
        self._requests = requests
        self._slow_requests = slow_requests

    def take(self, message: dict[str, Any], client: Client) -> None:
        """One request: {"status": true}, {"follow": true}, {"ctl": action, ...} or one of the others."""
        if "ctl" in message:
            self._command(message, client)
        elif message.get("status"):
            client.send({"ok": True, "status": snapshot(self._core)})
        elif message.get("follow"):
            self._follow(client)
        else:
            others = (*self._requests, *self._slow_requests)
            name = next((name for name in others if name in message), None)
            if name is None:
                known = ", ".join(("status", "follow", "ctl", *others))
                client.send({"ok": False, "error": f"no request understood: expected one of {known}"})
            else:
                self._other(name, message, client)

    def _other(self, name: str, message: dict[str, Any], client: Client) -> None:
        try:
            if name in self._slow_requests:
                self._slow_requests[name](message, client.send)
            else:
                client.send({"ok": True, **self._requests[name](message)})
        except RetroTimerError as error:
            client.send({"ok": False, "error": str(error)})

    def _command(self, message: dict[str, Any], client: Client) -> None:
        try:
            command = command_of(message, self._make_start)
        except RetroTimerError as error:
            client.send({"ok": False, "error": str(error)})
            return

        def reply(refusal: str) -> None:
            client.send({"ok": False, "error": refusal} if refusal else {"ok": True})

        self._post(Asked(command, reply))

    def _follow(self, client: Client) -> None:
        client.send({"ok": True, "status": snapshot(self._core)})

        def listen(event: dict[str, Any]) -> None:
            if event["event"] == "tone":
                return
            told = {name: value for name, value in event.items() if name != "t_ns"}
            client.send({"t_s": round((event["t_ns"] - self._origin_ns) / 1e9, 6), **told})

        client.on_close(self._core.event_bus.subscribe(listen))
