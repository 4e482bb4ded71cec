"""Where a browser finds the page: as it listens, and as a phone types it now, which may have changed since it began."""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import ipaddress
import socket
import struct
from urllib.parse import urlsplit

HEALTH = "/healthz"
"""The page that answers anybody whether there is one."""
_LOCAL = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Where this machine itself finds a page that listens everywhere."""
_PATIENCE_S = 3.0
_SIOCGIFADDR = 0x8915
"""Linux' request for an interface's IPv4 address: netdevice(7)."""
_NAME_LENGTH, _ADDRESS_AT = 16, 20
"""Of an interface's name in it, and where the address lies in the answer."""


def bound_url(listener: socket.socket) -> str:
    """As it listens, be that everywhere."""
    host, port = listener.getsockname()[:2]
    return _url(host, port)


def shown_url(bound: str) -> str:
    """As a phone types it, with this machine's address of now where the page listens everywhere."""
    parts = urlsplit(bound)
    return _url(own_address(), parts.port) if listens_everywhere(bound) else bound


def listens_everywhere(bound: str) -> bool:
    """Whether a page is reached by each address that this machine has."""
    return urlsplit(bound).hostname in _LOCAL


def answers(bound: str) -> bool:
    """Whether a page answers there."""
    try:
        parts = urlsplit(bound)
        host = parts.hostname or ""
        connection = http.client.HTTPConnection(_LOCAL.get(host, host), parts.port, timeout=_PATIENCE_S)
        with contextlib.closing(connection):
            connection.request("GET", HEALTH)
            return connection.getresponse().status == 200
    except (OSError, ValueError, http.client.HTTPException):
        return False


def own_address() -> str:
    """By which this machine would reach others; without a way there, as on a network of its own, the first that an
    interface has. Nothing is sent to find it out.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return next((each for each in interface_addresses(probe) if not is_loopback(each)), "127.0.0.1")
        return str(probe.getsockname()[0])


def interface_addresses(probe: socket.socket) -> list[str]:
    """The IPv4 address of each interface that has one, in the kernel's order."""
    found: list[str] = []
    for _, name in socket.if_nameindex():
        asked = struct.pack("256s", name.encode()[: _NAME_LENGTH - 1])
        # One without an address says so by an error.
        with contextlib.suppress(OSError):
            told = fcntl.ioctl(probe.fileno(), _SIOCGIFADDR, asked)
            found.append(socket.inet_ntoa(told[_ADDRESS_AT : _ADDRESS_AT + 4]))
    return found


def is_loopback(host: str) -> bool:
    """Whether an address in figures leads to this machine alone; a name never does."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _url(host: str, port: int | None) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
