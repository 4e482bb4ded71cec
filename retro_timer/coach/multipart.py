"""The body of a form with a file in it: multipart/form-data, RFC 7578. The page's guard has limited its length."""

from __future__ import annotations

import re

import msgspec

from retro_timer.errors import BadInputError

_BOUNDARY = re.compile(r"""\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))""", re.IGNORECASE)
_NAME = re.compile(rb'\bname="([^"]{1,40})"')
_FILE = re.compile(rb'\bfilename="([^"]*)"')
_MOST_PARTS = 10


class Part(msgspec.Struct, frozen=True):
    """One field."""

    data: bytes
    file: str | None = None
    """What the file is called, of a field that is one."""


def parts_of(content_type: str, body: bytes) -> dict[str, Part]:
    """The fields by name. Raises BadInputError for what is no such form."""
    found = _BOUNDARY.search(content_type)
    if not content_type.lower().startswith("multipart/form-data") or found is None:
        raise _unreadable()
    mark = b"\r\n--" + (found[1] or found[2]).encode("latin-1", "replace")
    preamble, *pieces = (b"\r\n" + body).split(mark)
    if preamble or not pieces or not pieces[-1].startswith(b"--") or len(pieces) > _MOST_PARTS + 1:
        raise _unreadable()
    return dict(map(_part, pieces[:-1]))


def _part(piece: bytes) -> tuple[str, Part]:
    head, blank, data = piece.partition(b"\r\n\r\n")
    named = _NAME.search(head)
    if not blank or named is None:
        raise _unreadable()
    file = _FILE.search(head)
    called = None if file is None else file[1].decode("utf-8", "replace")
    return named[1].decode("utf-8", "replace"), Part(data, called)


def _unreadable() -> BadInputError:
    return BadInputError("the form", "cannot be read", "fields and one file as a browser sends them")
