"""From one network to the other: what fails leaves the box reachable as it was, whatever ends the command.

A network comes up at power-on only once it has come up here: a power cut in between finds the one before.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from retro_timer.errors import RetroTimerError
from retro_timer.network.manager import NetworkManager
from retro_timer.network.profiles import (
    CLUB,
    DNS_NAME,
    DNS_TEXT,
    HOTSPOT,
    Kind,
    Profile,
    keyfile,
    read_keyfile,
    with_by_itself,
)
from retro_timer.settings.whole import write_whole

LOOKS = 3
"""For a network: a radio that has just been a hotspot sees few at first."""
_SECRET, _OPEN = 0o077, 0o022


class Networks:
    """The box's two, of which at most one is meant to be up."""

    def __init__(self, manager: NetworkManager, folder: Path) -> None:
        """`folder`: NetworkManager's own. Raises RetroTimerError for who may not write there."""
        self._manager = manager
        self._folder = folder
        if not os.access(folder, os.W_OK):
            raise RetroTimerError(f"{folder}: only root may change the box's network; with sudo")
        if not manager.devices():
            raise RetroTimerError("NetworkManager manages no Wi-Fi device here")

    def hotspot(self, profile: Profile) -> None:
        """The box's own network, from now on. Raises RetroTimerError; then it is as it was."""
        with self._as_it_was_on_failure():
            self._manager.radio_on()
            self._write(DNS_NAME, DNS_TEXT, _OPEN)
            # One that is up already keeps its name and password until it comes anew.
            self._come_up(HOTSPOT, profile)
            self._only(HOTSPOT)

    def join(self, profile: Profile) -> None:
        """The club's, from now on. Raises RetroTimerError; then it is as it was."""
        with self._as_it_was_on_failure():
            self._manager.radio_on()
            if HOTSPOT.uuid in self._up():
                self._manager.down(HOTSPOT.uuid)
            if not profile.hidden:
                self._look_for(profile.name)
            self._come_up(CLUB, profile)
            self._only(CLUB)
            self._remove(DNS_NAME)

    def off(self, *, forget: bool) -> None:
        """Neither; other networks that the machine knows are left to it. `forget`: their names and passwords too."""
        self._only(None)
        up = self._up()
        for kind in (HOTSPOT, CLUB):
            if kind.uuid in up:
                self._manager.down(kind.uuid)
        self._remove(DNS_NAME)
        if forget:
            for kind in (HOTSPOT, CLUB):
                self._remove(kind.file)
            self._manager.reload()

    def _come_up(self, kind: Kind, profile: Profile) -> None:
        self._write(kind.file, keyfile(kind, profile, by_itself=False), _SECRET)
        self._manager.load(self._folder / kind.file)
        self._manager.up(kind.uuid)

    def _only(self, chosen: Kind | None) -> None:
        """At power-on."""
        for kind in (HOTSPOT, CLUB):
            path = self._folder / kind.file
            text = _text(path)
            if text is not None:
                self._write(kind.file, with_by_itself(text, by_itself=kind is chosen), _SECRET)
                self._manager.load(path)

    def _look_for(self, name: str) -> None:
        seen: set[str] = set()
        for _ in range(LOOKS):
            seen |= set(self._manager.names_in_reach())
            if name in seen:
                return
        told = ", ".join(f"'{each}'" for each in sorted(seen)) or "none"
        raise RetroTimerError(
            f"no network '{name}' in reach (--hidden for one that does not show itself); seen: {told}"
        )

    def _up(self) -> set[str]:
        return {each.uuid for each in self._manager.active()}

    @contextlib.contextmanager
    def _as_it_was_on_failure(self) -> Iterator[None]:
        before = {name: _text(self._folder / name) for name in (HOTSPOT.file, CLUB.file, DNS_NAME)}
        up = self._up()
        # Who is logged in by the network that goes is hung up on, and nobody would be left to bring it back.
        hung_up = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        ended = signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            yield
        except BaseException as error:
            left = self._bring_back(before, up)
            if left and isinstance(error, RetroTimerError):
                raise RetroTimerError(f"{error}; and it is not as it was: {left}") from None
            raise
        finally:
            signal.signal(signal.SIGHUP, hung_up)
            signal.signal(signal.SIGTERM, ended)

    def _bring_back(self, before: dict[str, str | None], up: set[str]) -> str:
        """Every step is tried; what failed, or nothing."""
        failed: list[str] = []
        for name, text in before.items():
            try:
                self._remove(name) if text is None else self._write(name, text, _OPEN if name == DNS_NAME else _SECRET)
            except RetroTimerError as error:
                failed.append(str(error))
        try:
            self._manager.reload()
            own = {HOTSPOT.uuid, CLUB.uuid}
            for uuid in self._up() & own - up:
                self._manager.down(uuid)
            # One of the box's own may be up as it was to become.
            for uuid in up - (self._up() - own):
                self._manager.up(uuid)
        except RetroTimerError as error:
            failed.append(str(error))
        return "; ".join(failed)

    def _write(self, name: str, text: str, mask: int) -> None:
        path = self._folder / name
        former = os.umask(mask)
        try:
            path.parent.mkdir(mode=0o755, exist_ok=True)
            write_whole(path, text.encode())
        except OSError as error:
            raise RetroTimerError(f"{path}: cannot be written ({error.strerror})") from None
        finally:
            os.umask(former)

    def _remove(self, name: str) -> None:
        try:
            (self._folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise RetroTimerError(f"{self._folder / name}: cannot be deleted ({error.strerror})") from None


def kept_profile(folder: Path, kind: Kind) -> Profile | None:
    """What the box knows of one of its networks, or None. Raises RetroTimerError for who may not read it."""
    path = folder / kind.file
    text = _text(path)
    if text is None:
        return None
    try:
        return read_keyfile(text)
    except ValueError as error:
        raise RetroTimerError(f"{path}: {error}; sudo retro-timer network off --forget") from None


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except PermissionError:
        raise RetroTimerError(f"{path}: only root may read the network's password; with sudo") from None
    except (OSError, ValueError) as error:
        raise RetroTimerError(f"{path}: cannot be read ({error})") from None
