"""Everything the box says, in one catalogue a language; a language is one more file `xx.toml` in this folder."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from retro_timer.errors import BadInputError

_FOLDER = Path(__file__).parent
_ONE = "1"
_TRANSLATED = frozenset(("gait", "reason", "what"))
"""Values that are words of the program; an athlete may be called whatever they like."""


def languages() -> list[str]:
    """The languages there are."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


class _Counting(string.Formatter):
    """`{reps:rep|reps}` is the number with the word that goes with it: "1 rep", "2 reps", "1.5 reps"."""

    def format_field(self, value: Any, format_spec: str) -> str:
        one, bar, several = format_spec.partition("|")
        if not bar:
            return str(super().format_field(value, format_spec))
        return f"{value} {one if str(value) == _ONE else several}"


_COUNTING = _Counting()


class Catalogue:
    """Phrases by key, and the words for values such as gaits and reasons."""

    def __init__(self, phrases: Mapping[str, str], words: Mapping[str, str]) -> None:
        self._phrases = dict(phrases)
        self._words = dict(words)

    @property
    def keys(self) -> frozenset[str]:
        """All keys."""
        return frozenset(self._phrases)

    def values_of(self, key: str) -> frozenset[str]:
        """The values that a phrase speaks."""
        parsed = string.Formatter().parse(self._phrases[key])
        return frozenset(name for _, name, _, _ in parsed if name)

    def render(self, key: str, values: Mapping[str, Any]) -> str:
        """The phrase with its values. Raises KeyError for a key or value that the catalogue does not know."""
        spoken = {n: self._words.get(str(v), v) if n in _TRANSLATED else v for n, v in values.items()}
        return _COUNTING.vformat(self._phrases[key], (), spoken)


class BareCatalogue(Catalogue):
    """For a box whose phrases cannot be read: it says the keys and values themselves, which is better than nothing."""

    def __init__(self) -> None:
        super().__init__({}, {})

    def values_of(self, key: str) -> frozenset[str]:  # noqa: ARG002
        """None that must be there."""
        return frozenset()

    def render(self, key: str, values: Mapping[str, Any]) -> str:
        """The key's words, then the values."""
        return " ".join([key.replace("_", " "), *(str(value) for value in values.values())])


def load_catalogue(language: str) -> Catalogue:
    """The catalogue of a language. Raises BadInputError for one that is not there or cannot be read."""
    path = _FOLDER / f"{language}.toml"
    if not path.is_file():
        known = ", ".join(languages())
        raise BadInputError("voice.language", f"no phrases in '{language}'", f"one of {known}")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return Catalogue(table["phrases"], table["words"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        found = f"the phrases cannot be read ({type(error).__name__})"
        raise BadInputError(str(path), found, "the file that came with the program: install it again") from None
