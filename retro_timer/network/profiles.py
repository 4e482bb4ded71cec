"""What NetworkManager is told of the box's two Wi-Fi networks, as texts: it reads passwords from files alone.

A password on a command line is read by every user of the machine.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Literal

import msgspec

from retro_timer.errors import BadInputError

HOTSPOT_ADDRESS = "10.42.0.1"
"""NetworkManager's own choice for a network that it shares, fixed here: systemd listens at it, and labels name it."""
DNS_NAME = "dnsmasq-shared.d/retro-timer.conf"
DNS_TEXT = f"""\
# Made by `retro-timer network hotspot`: every name leads to the box, so that phones find its page.
address=/#/{HOTSPOT_ADDRESS}
# Windows looks this name up to see whether there is an internet.
address=/dns.msftncsi.com/131.107.255.255
"""
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
"""What nobody takes for another when it is read from a label."""
_PASSWORD_LENGTH = 12
"""31 to the 12th, 59 bits: out of reach for whoever records a phone joining, and types passwords at home."""
_LONGEST_NAME = 32
_SHORTEST_PASSWORD, _LONGEST_PASSWORD = 8, 63
"""In bytes: IEEE 802.11 has room for that."""
_KEY = re.compile(r"[0-9a-fA-F]{64}")
_BYTES = re.compile(r"(\d{1,3};)+")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_MEANT = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t", "s": " "}


class Profile(msgspec.Struct, frozen=True):
    """A network. `password` is empty for an open one."""

    name: str
    password: str
    hidden: bool = False


class Kind(msgspec.Struct, frozen=True):
    """Which of the two, as NetworkManager knows it."""

    id: str
    uuid: str
    does: Literal["hotspot", "club"]

    @property
    def file(self) -> str:
        """Below NetworkManager's own folder."""
        return f"system-connections/{self.id}.nmconnection"


HOTSPOT = Kind("retro-timer-hotspot", "6f4ad6f0-9d4e-5f0c-8a53-0f3a1d5c7b01", "hotspot")
CLUB = Kind("retro-timer-club", "6f4ad6f0-9d4e-5f0c-8a53-0f3a1d5c7b02", "club")

_RADIO = {
    # Only devices of 2.4 GHz may send in every country and outdoors. Who is in the network sees nobody else in it.
    "hotspot": "mode=ap\nband=bg\nap-isolation=1",
    "club": "mode=infrastructure",
}
_PROTECTED = {
    # WPA2 alone: the Pi's chip can be no access point for WPA3, and with pmf NetworkManager offers it.
    "hotspot": "key-mgmt=wpa-psk\nproto=rsn;\npairwise=ccmp;\ngroup=ccmp;\npmf=1",
    "club": "key-mgmt=wpa-psk",
}
_ADDRESSES = {
    "hotspot": f"[ipv4]\nmethod=shared\naddress1={HOTSPOT_ADDRESS}/24\n[ipv6]\nmethod=disabled",
    "club": "[ipv4]\nmethod=auto\n[ipv6]\nmethod=auto",
}


def keyfile(kind: Kind, profile: Profile, *, by_itself: bool) -> str:
    """The profile's file; `by_itself`: whether NetworkManager brings it up at power-on, before any other network."""
    lines = [
        "# Made by `retro-timer network`.",
        "[connection]",
        f"autoconnect={'true' if by_itself else 'false'}",
        f"id={kind.id}",
        f"uuid={kind.uuid}",
        "type=wifi",
        "autoconnect-priority=100",
        # For ever: by default it gives up after four.
        "autoconnect-retries=0",
        "[wifi]",
        _RADIO[kind.does],
        # As bytes, which no character of a name can break.
        "ssid=" + "".join(f"{byte};" for byte in profile.name.encode()),
        # Off: with it a Pi's answers take a second now and then.
        "powersave=2",
        *(["hidden=true"] if profile.hidden else []),
    ]
    if profile.password:
        lines += ["[wifi-security]", _PROTECTED[kind.does], f"psk={_escaped(profile.password)}"]
    return "\n".join([*lines, _ADDRESSES[kind.does], ""])


def read_keyfile(text: str) -> Profile:
    """The network in a profile's file, be it NetworkManager's own writing. Raises ValueError without a name in it."""
    found: dict[str, str] = {}
    section = ""
    for line in text.split("\n"):
        key, equals, value = line.partition("=")
        if line.startswith("["):
            section = line.strip("[]").removeprefix("802-11-wireless").removeprefix("wifi")
        elif equals and not line.startswith("#"):
            found[f"{section}.{key.strip()}"] = value.lstrip()
    name = found.get(".ssid", "")
    if not name:
        raise ValueError("no network's name in it")
    if _BYTES.fullmatch(name):
        known = bytes(int(each) for each in name[:-1].split(";")).decode()
    else:
        # So that no name is taken for bytes.
        known = _meant(name).replace("\\;", ";")
    return Profile(known, _meant(found.get("-security.psk", "")), found.get(".hidden") == "true")


def with_by_itself(text: str, *, by_itself: bool) -> str:
    """A profile's file that comes up at power-on, or not. NetworkManager's own writing leaves out what is usual."""
    others = re.sub(r"^autoconnect=.*\n", "", text, flags=re.MULTILINE)
    return others.replace("[connection]\n", f"[connection]\nautoconnect={'true' if by_itself else 'false'}\n", 1)


def made_password(choice: Callable[[str], str]) -> str:
    """One that is read from a label without a mistake; `choice` takes one character of many."""
    return "".join(choice(_READABLE) for _ in range(_PASSWORD_LENGTH))


def made_name(choice: Callable[[str], str]) -> str:
    """Two boxes at one field are told apart."""
    return "retro-timer-" + "".join(choice(_READABLE) for _ in range(4))


def checked_name(name: str) -> str:
    """A network's name. Raises BadInputError."""
    if not 1 <= len(name.encode(errors="replace")) <= _LONGEST_NAME or _unprintable(name):
        raise BadInputError("the network's name", f"{name!r} is none", "1 to 32 bytes without control characters")
    return name


def checked_password(password: str) -> str:
    """A network's password, which is in no message. Raises BadInputError."""
    length = len(password.encode(errors="replace"))
    fits = _SHORTEST_PASSWORD <= length <= _LONGEST_PASSWORD and not _unprintable(password)
    if not fits and not _KEY.fullmatch(password):
        raise BadInputError(
            "the network's password",
            f"has {length} bytes" if not _unprintable(password) else "has control characters in it",
            "8 to 63 characters, or --open for a network without one",
        )
    return password


def wifi_code(profile: Profile) -> str:
    """What a phone's camera takes for a network to join."""
    kind = f"T:WPA;S:{_in_code(profile.name)};P:{_in_code(profile.password)}" if profile.password else ""
    return f"WIFI:{kind or f'T:nopass;S:{_in_code(profile.name)}'};{'H:true;' if profile.hidden else ''};"


def _in_code(text: str) -> str:
    return re.sub(r'([\\;,:"])', r"\\\1", text)


def _unprintable(text: str) -> bool:
    """What no file, terminal or picture has room for. Joiners and marks are parts of names."""
    return any(unicodedata.category(each) in ("Cc", "Cs", "Cn") for each in text)


def _escaped(text: str) -> str:
    """As GLib's key files have it: spaces at the ends would be lost."""
    inner = text.strip(" ")
    begins = len(text) - len(text.lstrip(" "))
    ends = len(text) - begins - len(inner)
    return "\\s" * begins + "".join(_ESCAPES.get(each, each) for each in inner) + "\\s" * ends


def _meant(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: _MEANT.get(found[1], found[1]), value)
