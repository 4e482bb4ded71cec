"""Who has been let in: phones and their cookies, of which only the hashes are kept."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from enum import IntEnum
from pathlib import Path

import msgspec

from retro_timer.errors import RetroTimerError
from retro_timer.settings.whole import write_whole

FOLDER = "coach"
_FILE = "phones.json"
_TOKEN_BYTES = 16
MOST = {"coach": 50, "viewer": 200, "link": 20}
"""A club's phones over years. The oldest of a kind goes first, so that no crowd of viewers puts a coach out."""
_LONGEST_CALLED = 80


class Role(IntEnum):
    """What somebody may do; each may what the one before it may."""

    NOBODY = 0
    VIEWER = 1
    COACH = 2


class Phone(msgspec.Struct, frozen=True):
    """Somebody who was let in, or a link that lets viewers in."""

    id: str
    role: str
    """viewer, coach or link"""
    token_hash: str
    called: str
    """What its browser says of itself, or what the link is for."""
    since_s: int
    """When, by the machine's clock, in seconds since 1970."""


_LINK = "link"
_ROLES = {"viewer": Role.VIEWER, "coach": Role.COACH}
_PHONES: msgspec.json.Decoder[list[Phone]] = msgspec.json.Decoder(list[Phone])


def _hash(token: str) -> str:
    # A token of 128 random bits cannot be guessed: a slow hash would only delay everybody.
    return hashlib.sha256(token.encode()).hexdigest()


class Access:
    """Kept in the state directory, readable for its user alone. Thread-safe.

    Whoever asks waits for no disk; who changes something does.
    """

    def __init__(self, state_dir: Path) -> None:
        """Raises RetroTimerError where the file cannot be read: nobody is let in by a list that is not known."""
        self._path = state_dir / FOLDER / _FILE
        self._changing = threading.Lock()
        self._phones = self._read()
        """By the token's hash; never changed but exchanged whole, so that nobody who looks waits for who writes."""

    def _read(self) -> dict[str, Phone]:
        try:
            phones = _PHONES.decode(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.DecodeError) as error:
            mend = "delete it and pair the phones anew (`retro-timer pin`)"
            raise RetroTimerError(f"{self._path}: cannot be read ({error}); {mend}") from None
        return {phone.token_hash: phone for phone in phones}

    @property
    def phones(self) -> list[Phone]:
        """Everybody, the newest first."""
        return sorted(self._phones.values(), key=lambda phone: -phone.since_s)

    def who(self, token: str) -> tuple[Role, str]:
        """What the bearer of a cookie may do, and the id; nobody for an unknown one."""
        phone = self._phones.get(_hash(token))
        if phone is None or phone.role not in _ROLES:
            return Role.NOBODY, ""
        return _ROLES[phone.role], phone.id

    def knows(self, phone_id: str) -> bool:
        """Whether somebody of this id is still in."""
        return any(phone.id == phone_id for phone in self._phones.values())

    def let_in(self, role: Role, called: str) -> str:
        """A new cookie's value. Raises RetroTimerError where it cannot be kept."""
        return self._add("coach" if role is Role.COACH else "viewer", called)

    def make_link(self, called: str) -> str:
        """The token of a link by which viewers get in, until it is revoked. Raises RetroTimerError."""
        return self._add(_LINK, called)

    def is_link(self, token: str) -> bool:
        """Whether a viewer gets in by this token."""
        phone = self._phones.get(_hash(token))
        return phone is not None and phone.role == _LINK

    def revoke(self, phone_id: str) -> None:
        """Their cookie, or link, is worth nothing from now on. Raises RetroTimerError where that cannot be kept."""
        with self._changing:
            left = {hash_: phone for hash_, phone in self._phones.items() if phone.id != phone_id}
            self._write(left)

    def _add(self, role: str, called: str) -> str:
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        called = " ".join(called.split())[:_LONGEST_CALLED]
        phone = Phone(secrets.token_hex(8), role, _hash(token), called, int(time.time()))
        with self._changing:
            others = [each for each in self._phones.values() if each.role != role]
            alike = sorted((each for each in self._phones.values() if each.role == role), key=lambda each: each.since_s)
            left = alike[-(MOST[role] - 1) :]
            self._write({each.token_hash: each for each in (*others, *left, phone)})
        return token

    def _write(self, phones: dict[str, Phone]) -> None:
        """Kept first, in force then."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(self._path, msgspec.json.encode(list(phones.values())))
        except OSError as error:
            raise RetroTimerError(f"{self._path}: cannot be written ({error.strerror})") from None
        self._phones = phones
