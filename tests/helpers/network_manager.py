"""A NetworkManager with one radio, asked by a command `nmcli` of its own: what it is asked, and what it does then."""

from __future__ import annotations

from pathlib import Path

import pytest

from retro_timer.network.profiles import CLUB, HOTSPOT, Kind

SCRIPT = """#!/bin/sh
echo "$*" >>"$NMCLI/asked"
uuid=${*##* }
case "$*" in
    --version) echo "nmcli tool, version $NMCLI_VERSION" ;;
    *"RUNNING general") echo "$NMCLI_RUNNING" ;;
    *"STATE device") printf '%s\\n' $NMCLI_DEVICES eth0:ethernet:connected ;;
    *"show --active")
        while read -r each; do echo "$each:802-11-wireless:wlan0"; done <"$NMCLI/up"
        echo "0-1:802-3-ethernet:eth0"
        ;;
    *"wifi list"*) while read -r each; do printf '%s\\n' "$each"; done <"$NMCLI/seen" ;;
    *"connection up uuid"*)
        while read -r line; do echo "$line"; done <"$NMCLI_FILES/$uuid" >>"$NMCLI/files-at-up" 2>/dev/null
        : >"$NMCLI/up"
        [ ! -e "$NMCLI/signal" ] || { read -r name <"$NMCLI/signal" && kill -s "$name" "$PPID"; }
        if [ -e "$NMCLI/refuses-$uuid" ]; then
            echo "Error: Connection activation failed: Secrets were required, but not provided." >&2
            echo "Hint: use 'journalctl -xe' to get more details." >&2
            exit 4
        fi
        echo "$uuid" >"$NMCLI/up"
        ;;
    *"connection down uuid"*) : >"$NMCLI/up" ;;
    *802-11-wireless.ssid*) echo 'Sports:hall' ;;
    *connection.autoconnect*) echo yes ;;
esac
"""


class FakeNetworkManager:
    """Its state, which tests set and look at."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._state = folder / "nmcli"
        self._commands = folder / "bin"
        self.system = folder / "system"
        self.folder = self.system / "etc/NetworkManager"
        for each in (self._state, self._commands, self.folder / "system-connections", self.system / "usr/sbin"):
            each.mkdir(parents=True)
        self.dnsmasq = self.system / "usr/sbin/dnsmasq"
        self.dnsmasq.touch()
        # By the connection's id, as `up` names it.
        links = folder / "files"
        links.mkdir()
        for kind in (HOTSPOT, CLUB):
            (links / kind.uuid).symlink_to(self.folder / kind.file)
        self.command("nmcli", SCRIPT)
        self.command("iw", '#!/bin/sh\necho "$*" >>"$NMCLI/asked"\necho "global"\necho "country DE: DFS-ETSI"\n')
        self.up, self.seen = [], []
        (self._state / "asked").touch()
        for name, value in {
            "PATH": str(self._commands),
            "NMCLI": str(self._state),
            "NMCLI_FILES": str(links),
            "NMCLI_VERSION": "1.42.4",
            "NMCLI_RUNNING": "running",
            "NMCLI_DEVICES": "wlan0:wifi:connected p2p-dev-wlan0:wifi-p2p:disconnected",
            "RETRO_TIMER_SYSTEM_ROOT": str(self.system),
        }.items():
            monkeypatch.setenv(name, value)

    def command(self, name: str, script: str) -> None:
        """One on the path."""
        path = self._commands / name
        path.write_text(script)
        path.chmod(0o755)

    def without(self, name: str) -> None:
        """One that is not installed."""
        (self._commands / name).unlink()

    @property
    def up(self) -> list[str]:
        """Connections that are up, by their ids."""
        return (self._state / "up").read_text().split()

    @up.setter
    def up(self, uuids: list[str]) -> None:
        (self._state / "up").write_text("".join(f"{each}\n" for each in uuids))

    @property
    def seen(self) -> list[str]:
        """Networks in reach."""
        return (self._state / "seen").read_text().splitlines()

    @seen.setter
    def seen(self, names: list[str]) -> None:
        escaped = (each.replace("\\", "\\\\").replace(":", "\\:") for each in names)
        (self._state / "seen").write_text("".join(f"{each}\n" for each in escaped))

    @property
    def asked(self) -> list[str]:
        """Each command line so far."""
        return (self._state / "asked").read_text().splitlines()

    @property
    def at_up(self) -> str:
        """The profiles' files as they were when they came up."""
        return (self._state / "files-at-up").read_text()

    def refuses(self, kind: Kind) -> None:
        """From now on that connection does not come up."""
        (self._state / f"refuses-{kind.uuid}").touch()

    def signals(self, name: str) -> None:
        """From now on who brings a connection up gets a signal while it waits."""
        (self._state / "signal").write_text(f"{name}\n")

    def profile(self, kind: Kind) -> str:
        """A profile's file."""
        return (self.folder / kind.file).read_text()

    def files(self) -> dict[str, bytes]:
        """All of its settings."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()
        }
