"""Finds the athlete that somebody means: in any capitals, by a part of the name, with a hint for a slip of the pen."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

import msgspec

_CLOSE = 0.7
"""Likeness, of 1, from which a slip is suggested."""
_MOST_MEANT = 5


class Found(msgspec.Struct, frozen=True):
    """Who is meant. Several spellings of one name, in other capitals, are one person."""

    names: tuple[str, ...] = ()
    """The name as it is written; empty when nobody, or nobody in particular, is meant."""
    unclear: tuple[str, ...] = ()
    """Those that it may be, when it is a part of several names."""
    suggested: tuple[str, ...] = ()
    """Those that it resembles, when it is no part of any."""


def find_name(wanted: str, known: Iterable[str]) -> Found:
    """The exact name first; then in other capitals, "ss" for "ß"; then whole words of it; then beginnings of words."""
    names = tuple(dict.fromkeys(known))
    for spelt in (_composed, _small, folded):
        found = tuple(name for name in names if spelt(name) == spelt(wanted))
        if found:
            return Found(names=found)
    words = folded(wanted).split()
    if not words:
        return Found()
    for fits in (str.__eq__, str.startswith):
        found = tuple(name for name in names if _has_words(name, words, fits))
        people = {folded(name) for name in found}
        if len(people) == 1:
            return Found(names=found)
        if people:
            return Found(unclear=found)
    return Found(suggested=tuple(_resembling(folded(wanted), names)))


def _has_words(name: str, words: list[str], fits: Callable[[str, str], bool]) -> bool:
    parts = _parts(name)
    return all(any(fits(part, word) for part in parts) for word in words)


def _parts(name: str) -> list[str]:
    """Words, and those of a double name besides."""
    small = folded(name)
    return [*small.split(), *small.replace("-", " ").replace(",", " ").split()]


def _resembling(wanted: str, names: Iterable[str]) -> list[str]:
    """The most alike first, as a whole or in one word."""
    # Seldom wanted, and then alone: no process holds it in memory for that.
    import difflib

    alike = {
        name: max(difflib.SequenceMatcher(None, wanted, text).ratio() for text in (folded(name), *_parts(name)))
        for name in names
    }
    close = sorted((name for name in alike if alike[name] >= _CLOSE), key=lambda name: -alike[name])
    return close[:_MOST_MEANT]


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name.strip())


def _small(name: str) -> str:
    return _composed(_composed(name).lower())


def folded(name: str) -> str:
    """A name as it is compared: composed, in small letters, "ss" for "ß"."""
    return _composed(_composed(name).casefold())
