"""Parts what is read of a file into portions, none longer than a running timer takes at once."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from retro_timer.errors import BadInputError
from retro_timer.store.exchange.reading import read_items
from retro_timer.store.exchange.taken import WANTED
from retro_timer.store.results.merging.items import (
    AthleteItem,
    CorrectionItem,
    Item,
    PresenceItem,
    RepItem,
    SessionItem,
)
from retro_timer.store.results.merging.portion import PORTION_ROWS, ImportPortion

_MOST_BYTES = 50_000
"""A request on the socket may have 65,536."""
_Piece = Sequence[CorrectionItem] | PresenceItem | RepItem


class Part(msgspec.Struct, frozen=True):
    """A portion, and how much of the file has been read with it."""

    portion: ImportPortion
    size: int


def portions(path: Path, *, match_names: bool) -> Iterator[Part]:
    """What is in a file. Raises BadInputError for one that is not as it should be."""
    parting = _Parting(str(path), match_names=match_names)
    size = 0
    for taken in read_items(path):
        size = taken.size
        if isinstance(taken.item, AthleteItem):
            yield from (Part(portion, size) for portion in parting.athlete(taken.item))
        else:
            yield from (Part(portion, size) for portion in parting.session(taken.item))
    yield from (Part(portion, size) for portion in parting.flush())


class _Parting:
    """The portion that is being made."""

    def __init__(self, where: str, *, match_names: bool) -> None:
        self._where = where
        self._match_names = match_names
        self._athletes: list[AthleteItem] = []
        self._sessions: list[SessionItem] = []
        self._goes_on = False
        self._rows = self._bytes = 0

    def athlete(self, item: AthleteItem) -> Iterator[ImportPortion]:
        """Take an athlete; whatever is full with it."""
        self._check_name(item.name)
        yield from self._room(self._size(item))
        self._athletes.append(item)

    def session(self, item: SessionItem) -> Iterator[ImportPortion]:
        """Take a session; whatever is full with it."""
        for name in (*(one.name for one in item.roster), *(one.name for one in item.presences)):
            self._check_name(name)
        head = msgspec.structs.replace(item, presences=(), corrections=(), reps=())
        yield from self._room(self._size(head))
        self._sessions.append(head)
        pieces = list[_Piece]()
        for piece, size in self._pieces(item):
            if self._is_full(size):
                self._fill(pieces)
                pieces = []
                yield from self.flush()
                self._goes_on = True
                self._sessions.append(msgspec.structs.replace(head, roster=(), plan={}))
            self._count(size)
            pieces.append(piece)
        self._fill(pieces)

    def _pieces(self, item: SessionItem) -> Iterator[tuple[_Piece, int]]:
        """What a session has, corrections first: they are of what is not here yet."""
        for _, found in itertools.groupby(item.corrections, key=lambda one: one.id):
            same = tuple(found)
            yield same, sum(map(self._size, same))
        for presence in item.presences:
            yield presence, self._size(presence)
        for rep in item.reps:
            self._check_name(rep.athlete)
            yield rep, self._size(rep)

    def _fill(self, pieces: Sequence[_Piece]) -> None:
        """Put what was gathered into the session that it is of."""
        if pieces:
            self._sessions[-1] = msgspec.structs.replace(
                self._sessions[-1],
                presences=tuple(piece for piece in pieces if isinstance(piece, PresenceItem)),
                corrections=tuple(one for piece in pieces if isinstance(piece, tuple) for one in piece),
                reps=tuple(piece for piece in pieces if isinstance(piece, RepItem)),
            )

    def flush(self) -> Iterator[ImportPortion]:
        """What is left."""
        if self._athletes or self._sessions:
            yield ImportPortion(
                tuple(self._athletes), tuple(self._sessions), goes_on=self._goes_on, match_names=self._match_names
            )
        self._athletes, self._sessions, self._goes_on = [], [], False
        self._rows = self._bytes = 0

    def _room(self, size: int) -> Iterator[ImportPortion]:
        if self._is_full(size):
            yield from self.flush()
        self._count(size)

    def _is_full(self, size: int) -> bool:
        return self._rows > 0 and (self._rows >= PORTION_ROWS or self._bytes + size > _MOST_BYTES)

    def _count(self, size: int) -> None:
        self._rows += 1
        self._bytes += size

    def _size(self, item: Item) -> int:
        try:
            size = len(msgspec.json.encode(item))
        except (ValueError, OverflowError, RecursionError) as error:
            raise BadInputError(self._where, f"what no file can hold ({error})", WANTED) from None
        if size > _MOST_BYTES:
            raise BadInputError(self._where, f"{size:,} bytes of one thing", f"at most {_MOST_BYTES:,}")
        return size

    def _check_name(self, name: str) -> None:
        if not name.isprintable():
            raise BadInputError(self._where, f"a name with control characters, {name!r}", "printable text")
