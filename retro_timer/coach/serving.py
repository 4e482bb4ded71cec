"""Listens, says where, and serves until somebody ends it."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
from collections.abc import Callable, Sequence

import uvicorn

from retro_timer.coach.app import Coach
from retro_timer.coach.figures import whole
from retro_timer.coach.limits import LONGEST_HEAD, LimitedProtocol
from retro_timer.errors import BadInputError, RetroTimerError

_KEEP_ALIVE_S = 20
_LAST_ANSWERS_S = 1
_FIRST_HANDED_OVER = 3
_LOG = "uvicorn.error"


def address_of(listen: str) -> tuple[str, int]:
    """HOST and PORT. Raises BadInputError."""
    host, _, figures = listen.rpartition(":")
    host, port = host.removeprefix("[").removesuffix("]"), whole(figures, 5)
    if not host or port is None or port > 65_535:
        raise BadInputError(
            f"--listen '{listen}'", "no address", "HOST:PORT such as 127.0.0.1:8765; port 0 takes a free one"
        )
    return host, port


def listening(listen: str) -> socket.socket:
    """A socket on which somebody may connect. Raises RetroTimerError."""
    host, port = address_of(listen)
    try:
        (family, kind, protocol, _, address), *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        # asyncio turns Nagle's delay off only where the protocol is named: an answer's head and body are two writes,
        # and the second would wait 40 ms for the phone's acknowledgement of the first.
        made = socket.socket(family, kind, protocol)
    except OSError as error:
        raise RetroTimerError(f"{listen}: no address of this machine ({error.strerror})") from None
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(128)
    except OSError as error:
        made.close()
        raise RetroTimerError(
            f"{listen}: no page can be served there ({error.strerror}); another port: --listen"
        ) from None
    made.setblocking(False)
    return made


def handed_over() -> list[socket.socket]:
    """Sockets on which systemd listens already, such as that at port 80 of the hotspot: sd_listen_fds(3)."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return []
    count = whole(os.environ.get("LISTEN_FDS", ""), 3) or 0
    found: list[socket.socket] = []
    for number in range(_FIRST_HANDED_OVER, _FIRST_HANDED_OVER + count):
        # What is none is nothing to serve.
        with contextlib.suppress(OSError):
            found.append(socket.socket(fileno=number))
    for each in found:
        each.setblocking(False)
    return found


class _Server(uvicorn.Server):
    def __init__(self, coach: Coach, config: uvicorn.Config, serves: Callable[[], None]) -> None:
        super().__init__(config)
        self._coach = coach
        self._serves = serves

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does it, and tell."""
        await super().startup(sockets)
        if self.started:
            self._serves()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Streams would never end by themselves, and who does not come to an end in time is cut off without a word."""
        self._coach.live.close()
        # Of each, uvicorn would write forty lines of where it was.
        logging.getLogger(_LOG).setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


def serve(coach: Coach, listeners: Sequence[socket.socket], serves: Callable[[], None]) -> None:
    """Until SIGTERM, or SIGINT, which raises KeyboardInterrupt; `serves` is called when somebody may connect."""
    # What strangers send is no trouble of this machine's.
    logging.getLogger(_LOG).setLevel(logging.ERROR)
    config = uvicorn.Config(
        coach.app,
        http=LimitedProtocol,
        ws="none",
        loop="asyncio",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=LONGEST_HEAD,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_LAST_ANSWERS_S,
    )
    # uvicorn ends in order and then sends itself the signal once more.
    signal.signal(signal.SIGTERM, lambda *_: None)
    _Server(coach, config, serves).run(list(listeners))
