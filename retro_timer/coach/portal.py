"""What the hotspot answers to whoever asks for somebody else: first the way to the page, then what the internet would.

A phone leaves a Wi-Fi without internet unless its probe for one is answered: it is for who has pressed "continue".
"""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

LASTS_S = 12 * 3_600.0
"""A "continue" holds for a day at the field."""
PORTAL = "/portal"
_MOST = 512
"""Addresses kept; the hotspot's network has 253."""


class Reply(msgspec.Struct, frozen=True):
    """An answer to a stranger's name: to it belongs no cookie, and no page."""

    status: int
    text: str = ""
    kind: str = "text/plain"
    location: str = ""


_EMPTY = Reply(204)
_APPLE = Reply(200, "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>", "text/html")
_KINDLE = Reply(200, "<html><body>81ce4465-7167-4dcb-835b-dcc9e44c112a</body></html>\n", "text/html")
_FIREFOX_PAGE = Reply(
    200, '<meta http-equiv="refresh" content="0;url=https://support.mozilla.org/kb/captive-portal"/>', "text/html"
)
_NETWORK_MANAGER = Reply(200, "NetworkManager is online\n")
_OK = Reply(200, "OK\n")

PATHS = {
    # Android and those made from it, Chrome; Fire OS.
    "/generate_204": _EMPTY,
    "/gen_204": _EMPTY,
    "/hotspot-detect.html": _APPLE,
    "/library/test/success.html": _APPLE,
    # Windows 10 and newer, and before.
    "/connecttest.txt": Reply(200, "Microsoft Connect Test"),
    "/ncsi.txt": Reply(200, "Microsoft NCSI"),
    # Firefox by itself, and as it shows a bar.
    "/success.txt": Reply(200, "success\n"),
    "/canonical.html": _FIREFOX_PAGE,
    "/kindle-wifi/wifistub.html": _KINDLE,
    "/kindle-wifi/wifistub-eink.html": _KINDLE,
    # GNOME, Debian, Arch, Fedora.
    "/check_network_status.txt": _NETWORK_MANAGER,
    "/nm": _NETWORK_MANAGER,
    "/nm-check.txt": _NETWORK_MANAGER,
    "/static/hotspot.txt": _OK,
}
"""Probes by their path: each maker has several hosts for one."""
HOSTS = {
    "captive.apple.com": _APPLE,
    "connectivity-check.ubuntu.com": _EMPTY,
    "networkcheck.kde.org": _OK,
}
"""Probes by their host, whatever the path."""


def reply(host: str, path: str, *, continued: bool, portal: str) -> Reply:
    """For a host in small letters, without its port, that is not this machine's; `portal` is the address to go to."""
    probe = PATHS.get(path) or HOSTS.get(host)
    return probe if probe is not None and continued else Reply(302, location=portal)


class Continued:
    """Who has pressed "continue", by address, in memory: after a power cut phones join anew and are asked anew."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._until_s: dict[str, float] = {}

    def __contains__(self, address: str) -> bool:
        return self._now_s() < self._until_s.get(address, 0.0)

    def add(self, address: str) -> None:
        """From now on."""
        now_s = self._now_s()
        # In order of time, so that the first is the oldest.
        kept = {known: until_s for known, until_s in self._until_s.items() if until_s > now_s and known != address}
        while len(kept) >= _MOST:
            kept.pop(next(iter(kept)))
        self._until_s = {**kept, address: now_s + LASTS_S}


class Portal:
    """At the hotspot's own listener."""

    def __init__(self, listens: tuple[str, int] | None) -> None:
        """`listens`: address and port; None on a machine without a hotspot."""
        self._listens = listens
        self.continued = Continued()

    def is_asked(self, server: tuple[str, int] | None) -> bool:
        """Whether a request came by that listener."""
        return self._listens is not None and server is not None and tuple(server) == self._listens

    def is_own(self, host: str) -> bool:
        """Whether that listener is meant by its address; any other in figures is somebody else's."""
        return self._listens is not None and host == self._listens[0]

    def reply(self, host: str, path: str, client: str) -> Reply:
        """To who asks it for somebody else."""
        assert self._listens is not None
        address, port = self._listens
        place = address if port == 80 else f"{address}:{port}"
        return reply(host, path, continued=client in self.continued, portal=f"http://{place}{PORTAL}")
