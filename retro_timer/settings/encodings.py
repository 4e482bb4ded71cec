"""The encodings in which spreadsheets save a CSV file: UTF-8, UTF-16 of either byte order, and Windows-1252."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from pathlib import Path

from retro_timer.errors import BadInputError
from retro_timer.settings.tables import read_bytes

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", ""),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
"""Byte order marks, the longer ones first where one begins with another."""
_OF_A_TABLE = frozenset("\r\n\t;,| ")


def read_spreadsheet_text(path: Path, what: str) -> tuple[str, str]:
    """A file's text, and the name of its encoding where that is not UTF-8.

    Raises BadInputError when it cannot be read, is too large or is in none of the encodings.
    """
    return decoded(read_bytes(path, what), str(path), what)


def encoding_remark(where: str, encoding: str, names: Sequence[str]) -> str:
    """What a coach should look at in a list of names that is not in UTF-8."""
    strange = next((name for name in names if not name.isascii()), names[0])
    return f"{where}: not UTF-8, read as {encoding}: is '{strange}' right? If not, save it as 'CSV UTF-8'"


def decoded(data: bytes, where: str, what: str) -> tuple[str, str]:
    """Text from bytes, and its encoding's name, empty for UTF-8. Raises BadInputError naming `where`."""
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return _strict(data, codec, where, what), name
    if b"\0" in data:
        # No text has a NUL: it is half of a character of UTF-16, and the right order makes a table's signs of them.
        texts = [(data.decode(codec, errors="replace"), codec) for codec in ("utf-16-le", "utf-16-be")]
        _, codec = max(texts, key=lambda pair: sum(sign in _OF_A_TABLE for sign in pair[0]))
        return _strict(data, codec, where, what), "UTF-16"
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        return _strict(data, "cp1252", where, what), "Windows-1252"


def _strict(data: bytes, codec: str, where: str, what: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problem = "neither UTF-8, UTF-16 nor Windows-1252"
        raise BadInputError(f"{where}: line {line}", problem, f"{what} saved as 'CSV UTF-8'") from None
