"""What is kept on the box by a name and edited on a page: a plan or a roster, as text."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path

import msgspec

from retro_timer.beacon.control.protocol import requests
from retro_timer.coach.site import Site
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.settings.made import WritePlan, WriteRoster, check_file_name
from retro_timer.settings.model import Settings
from retro_timer.settings.toml_place import line_of

ON_DISK_S = 30.0
"""A card may be slow."""
_AROUND = 2
"""Lines of the text that are shown before and after one with a mistake."""


class Kind(msgspec.Struct, frozen=True):
    """Plans, or rosters."""

    name: str
    files: Callable[[], dict[str, Path]]
    read: Callable[[Path], str]
    check: Callable[[str, Settings], list[str]]
    """What a coach should look at, by the settings that are kept; raises BadInputError for a mistake."""
    write: Callable[[str, str], WritePlan | WriteRoster]


class Draft(msgspec.Struct, frozen=True):
    """What stands in the form."""

    name: str = ""
    text: str = ""
    was: str = ""
    """The hash of the file that the form came from; empty for a new one."""


class Outcome(msgspec.Struct, frozen=True):
    """What became of a draft."""

    draft: Draft
    status: int = 200
    """As HTTP has it."""
    wrong: RetroTimerError | None = None
    in_the_way: bool = False
    """Whether it would replace what its form did not come from."""
    remarks: tuple[str, ...] = ()
    kept: bool = False


class Mistake(msgspec.Struct, frozen=True):
    """What is wrong, and the lines of the text where it is."""

    text: str
    line: int | None = None
    around: tuple[tuple[int, str], ...] = ()


def mistake_of(wrong: RetroTimerError | None, text: str) -> Mistake | None:
    """What a page says of it; the text is that which was checked."""
    if wrong is None:
        return None
    line = line_of(text, wrong.where) if isinstance(wrong, BadInputError) else None
    lines = text.splitlines()
    if line is None or not 1 <= line <= len(lines):
        return Mistake(str(wrong))
    first, last = max(1, line - _AROUND), min(len(lines), line + _AROUND)
    return Mistake(str(wrong), line, tuple((number, lines[number - 1]) for number in range(first, last + 1)))


def draft_of(form: dict[str, str]) -> Draft:
    """Of the form's fields."""
    return Draft(form.get("name", "").strip(), form.get("text", "").replace("\r\n", "\n"), form.get("was", ""))


class Kept:
    """Those of a kind; every look at the disk is another thread's."""

    def __init__(self, site: Site, kind: Kind) -> None:
        self._site = site
        self.kind = kind

    async def names(self) -> list[str]:
        """All there are."""
        return list(await asyncio.to_thread(self.kind.files))

    async def opened(self, name: str) -> Outcome:
        """As a form begins: with the file's text, or with nothing for a name that there is not."""
        draft = Draft(name, was=await asyncio.to_thread(self._hash, name))
        try:
            return Outcome(msgspec.structs.replace(draft, text=await asyncio.to_thread(self._text, name)))
        except RetroTimerError as error:
            return Outcome(draft, wrong=error)

    async def checked(self, draft: Draft) -> Outcome:
        """As `keep` would have it, without keeping it."""
        try:
            return Outcome(draft, remarks=tuple(await self._remarks(draft)))
        except RetroTimerError as error:
            return Outcome(draft, 422, error)

    async def keep(self, draft: Draft) -> Outcome:
        """By the beacon, unless there is a mistake in it, or it would replace what its form did not come from."""
        try:
            check_file_name(draft.name, self.kind.name)
            remarks = await self._remarks(draft)
            if await asyncio.to_thread(self._hash, draft.name) not in ("", draft.was, _hash_of(draft.text.encode())):
                return Outcome(draft, 409, in_the_way=True)
            await self._site.link.ask(requests.Edit(self.kind.write(draft.name, draft.text), "page"), ON_DISK_S)
            draft = msgspec.structs.replace(draft, was=await asyncio.to_thread(self._hash, draft.name))
        except BadInputError as error:
            return Outcome(draft, 422, error)
        except RetroTimerError as error:
            return Outcome(draft, 409, error)
        return Outcome(draft, remarks=tuple(remarks), kept=True)

    async def _remarks(self, draft: Draft) -> list[str]:
        return await asyncio.to_thread(self.kind.check, draft.text, await self._site.settings())

    def _text(self, name: str) -> str:
        path = self.kind.files().get(name)
        return "" if path is None else self.kind.read(path)

    def _hash(self, name: str) -> str:
        """Of what is there by this name, whether or not it can be read as text; empty where there is nothing."""
        path = self.kind.files().get(name)
        try:
            return "" if path is None else _hash_of(path.read_bytes())
        except OSError as error:
            raise RetroTimerError(f"{path}: cannot be read ({error.strerror})") from None


def _hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
