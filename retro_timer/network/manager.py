"""NetworkManager, asked by its command line. What it answers is read in its terse form; it is never given a secret."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import msgspec

from retro_timer.errors import RetroTimerError

_LEAST_VERSION = (1, 28)
"""The first that keeps a hotspot's clients apart (ap-isolation)."""
_UP_S = 60
"""nmcli's own patience for a network to come up, address and all."""
_ANSWER_S = 30


class Active(msgspec.Struct, frozen=True):
    """A Wi-Fi connection that is up."""

    uuid: str
    device: str


class NetworkManager:
    """Made once a command; raises RetroTimerError where there is none that will do."""

    def __init__(self) -> None:
        told = self._ask("--version")
        found = re.search(r"(\d+)\.(\d+)", told)
        if found is None or (int(found[1]), int(found[2])) < _LEAST_VERSION:
            least = ".".join(map(str, _LEAST_VERSION))
            raise RetroTimerError(f"NetworkManager is too old ({told.strip()}): it needs {least} or newer")
        if self._ask("-t", "-f", "RUNNING", "general").strip() != "running":
            raise RetroTimerError("NetworkManager does not run: sudo systemctl enable --now NetworkManager")

    def check_sharing(self, system: Path) -> None:
        """Raises RetroTimerError where phones would join a hotspot and get no address: NetworkManager tells nobody."""
        if not any((system / folder / "dnsmasq").exists() for folder in ("usr/sbin", "sbin", "usr/local/sbin")):
            raise RetroTimerError(
                "no dnsmasq here, which gives phones in a hotspot their addresses: sudo apt install dnsmasq-base"
            )

    def devices(self) -> list[str]:
        """Wi-Fi devices that it manages."""
        rows = (fields(row) for row in self._ask("-t", "-f", "DEVICE,TYPE,STATE", "device").splitlines())
        return [device for device, kind, state in rows if kind == "wifi" and state != "unmanaged"]

    def active(self) -> list[Active]:
        """Wi-Fi connections that are up."""
        rows = self._ask("-t", "-f", "UUID,TYPE,DEVICE", "connection", "show", "--active").splitlines()
        parts = (fields(row) for row in rows)
        return [Active(uuid, device) for uuid, kind, device in parts if kind == "802-11-wireless"]

    def names_in_reach(self) -> list[str]:
        """Of networks, after a new look; one that does not show its name has none."""
        rows = self._ask("-t", "-f", "SSID", "device", "wifi", "list", "--rescan", "yes", patience_s=_UP_S).splitlines()
        return [name for row in rows if (name := fields(row)[0])]

    def value(self, key: str, uuid: str) -> str:
        """One of a connection's."""
        return self._ask("-e", "no", "-g", key, "connection", "show", "uuid", uuid).strip()

    def radio_on(self) -> None:
        """Out of the state in which it may not send."""
        self._ask("radio", "wifi", "on")

    def load(self, path: Path) -> None:
        """A profile's file that is new or has changed."""
        self._ask("connection", "load", str(path))

    def reload(self) -> None:
        """All profiles, so that one whose file has gone goes too."""
        self._ask("connection", "reload")

    def up(self, uuid: str) -> None:
        """Until it has an address."""
        self._ask("-w", str(_UP_S), "connection", "up", "uuid", uuid, patience_s=_UP_S + _ANSWER_S)

    def down(self, uuid: str) -> None:
        """Until it has gone."""
        self._ask("-w", str(_UP_S), "connection", "down", "uuid", uuid, patience_s=_UP_S + _ANSWER_S)

    def _ask(self, *args: str, patience_s: float = _ANSWER_S) -> str:
        try:
            done = subprocess.run(
                ["nmcli", *args],
                env={**os.environ, "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=patience_s,
                check=False,
            )
        except FileNotFoundError:
            raise RetroTimerError(
                "no NetworkManager here (nmcli): the box's networks are made by it; sudo apt install network-manager"
            ) from None
        except OSError as error:
            raise RetroTimerError(f"nmcli cannot be run ({error.strerror})") from None
        except subprocess.TimeoutExpired:
            raise RetroTimerError(f"NetworkManager does not answer within {patience_s:.0f} s") from None
        if done.returncode != 0:
            # The last line is a hint to its journal; the first says what is wrong.
            lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
            raise RetroTimerError(lines[0] if lines else f"nmcli ended with {done.returncode}")
        return done.stdout


def fields(row: str) -> list[str]:
    """Of a terse row, in which nmcli puts a backslash before colons and backslashes."""
    parts = [""]
    each = iter(row)
    for letter in each:
        if letter == ":":
            parts.append("")
        else:
            parts[-1] += next(each, "") if letter == "\\" else letter
    return parts
