"""Who has been let in: phones and their cookies, of which only the hashes are kept."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Collection
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
    link: str = ""
    """Of a viewer: the id of the link that they came by."""


_LINK = "link"
_ROLES = {"viewer": Role.VIEWER, "coach": Role.COACH}
_PHONES: msgspec.json.Decoder[list[Phone]] = msgspec.json.Decoder(list[Phone])


def _hash(token: str) -> str:
    # A token of 128 random bits cannot be guessed: a slow hash would only delay everybody.
    return hashlib.sha256(token.encode()).hexdigest()


class Access:
    """Kept in the page's directory, readable for its user alone. Thread-safe.

    Whoever asks waits for no disk; who changes something does.
    """

    def __init__(self, page_dir: Path) -> None:
        """Raises RetroTimerError where the file cannot be read: nobody is let in by a list that is not known."""
        self._path = page_dir / FOLDER / _FILE
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

    def let_in(self, role: Role, called: str, link: str = "") -> str:
        """A new cookie's value. `link`: the token by which a viewer comes. Raises RetroTimerError where it cannot be
        kept, or where the link has been revoked meanwhile.
        """
        return self._add("coach" if role is Role.COACH else "viewer", called, link)

    def make_link(self, called: str) -> str:
        """The token of a link by which viewers get in, until it is revoked. Raises RetroTimerError."""
        return self._add(_LINK, called)

    def is_link(self, token: str) -> bool:
        """Whether a viewer gets in by this token."""
        phone = self._phones.get(_hash(token))
        return phone is not None and phone.role == _LINK

    def revoke(self, phone_id: str) -> None:
        """Put somebody out for good: a viewer with the link that they came by, a link with all who came by it.

        Their cookies, and the link, are worth nothing from now on. Raises RetroTimerError where that cannot be kept.
        """
        with self._changing:
            phones = self._phones.values()
            theirs = {phone.link for phone in phones if phone.id == phone_id}
            came_by = {phone.id for phone in phones if phone.id == phone_id and phone.role == _LINK}
            self._put_out([p for p in phones if p.id == phone_id or p.id in theirs or p.link in came_by])

    def leave(self, phone_id: str) -> None:
        """Somebody goes by themselves; the link that they came by stays for others. Raises as `revoke` does."""
        with self._changing:
            self._put_out([phone for phone in self._phones.values() if phone.id == phone_id])

    def _put_out(self, gone: Collection[Phone]) -> None:
        """In force first, kept then: a disk that is full lets nobody stay."""
        if not gone:
            return
        self._phones = {hash_: phone for hash_, phone in self._phones.items() if phone not in gone}
        try:
            self._keep(self._phones)
        except RetroTimerError as error:
            raise RetroTimerError(f"put out, but only until the page's next start: {error}") from None

    def _add(self, role: str, called: str, link: str = "") -> str:
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        called = " ".join(called.split())[:_LONGEST_CALLED]
        with self._changing:
            by = self._phones.get(_hash(link)) if link else None
            if link and by is None:
                raise RetroTimerError("this link has been revoked")
            phone = Phone(
                secrets.token_hex(8), role, _hash(token), called, int(time.time()), by.id if by is not None else ""
            )
            others = [each for each in self._phones.values() if each.role != role]
            alike = sorted((each for each in self._phones.values() if each.role == role), key=lambda each: each.since_s)
            left = alike[-(MOST[role] - 1) :]
            phones = {each.token_hash: each for each in (*others, *left, phone)}
            # Kept first, in force then: who is let in is so after a restart as well.
            self._keep(phones)
            self._phones = phones
        return token

    def _keep(self, phones: dict[str, Phone]) -> None:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(self._path, msgspec.json.encode(list(phones.values())))
        except OSError as error:
            raise RetroTimerError(f"{self._path}: cannot be written ({error.strerror})") from None
