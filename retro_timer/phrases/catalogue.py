"""One language's phrases: values put into them as that language says numbers, plurals and the program's own words."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from typing import Any

import msgspec

from retro_timer.phrases.plurals import OTHER, PluralRules
from retro_timer.training.roster import SOLO

_NUMBER = re.compile(r"\d+(\.\d+)?")
_TRANSLATED = frozenset(("gait", "reason", "what"))
"""Values that are words of the program; an athlete may be called whatever they like."""
_TEXTS = frozenset(("title", "note", "cue", "what"))
"""Values of which those that come with the program are translated; what a coach has written is said as it is."""
_NAMES = frozenset(("name", "then", "names", "sensor", "detail"))
"""Said as they are."""


class Language(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a language is spoken: the table `[language]` of its file."""

    name: str = ""
    """What its speakers call it."""
    voice: str = ""
    """espeak-ng's; left out: the file's name."""
    decimal: str = "."
    """Between a number's whole and its decimals. espeak-ng reads the wrong one as a full stop."""
    plurals: dict[str, str] = msgspec.field(default_factory=lambda: {"one": "i = 1 and v = 0"})
    """CLDR's rules of the language: https://unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html"""


class CatalogueFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A language's file."""

    phrases: dict[str, str]
    words: dict[str, str]
    texts: dict[str, str] = {}
    """What the delivered plans say, and names that the program gives, by the English text."""
    page: dict[str, str] = {}
    """What the coach's page shows and nobody speaks, by its key."""
    language: Language = Language()


class _Number(str):
    """Figures with a point, not yet as the language writes them."""

    __slots__ = ()


class _Counting(string.Formatter):
    """`{reps:rep|reps}` is the number with the word that goes with it: "1 rep", "2 reps", "1.5 reps".

    Before the last form each may say what it is for: a plural (`few=powtórzenia`), or one number, which it then spells
    out (`1=eine Minute`). Without that it is the plural `one`.
    """

    def __init__(self, decimal: str, plurals: PluralRules) -> None:
        self._decimal = decimal
        self._plurals = plurals

    def format_field(self, value: Any, format_spec: str) -> str:
        figures = str(value)
        spoken = figures.replace(".", self._decimal) if isinstance(value, _Number) else figures
        return self._counted(figures, spoken, format_spec) if "|" in format_spec else spoken

    def _counted(self, figures: str, spoken: str, format_spec: str) -> str:
        *chosen, words = format_spec.split("|")
        plural = self._plurals.category(figures) if _NUMBER.fullmatch(figures) else OTHER
        for form in chosen:
            selector, _, rest = form.rpartition("=")
            if selector == figures:
                return rest
            if (selector or "one") == plural:
                words = rest
        return f"{spoken} {words}"


class Catalogue:
    """Phrases by key, and the words for values such as gaits and reasons. Raises ValueError for a bad plural rule."""

    def __init__(self, made_of: CatalogueFile) -> None:
        self._phrases = made_of.phrases
        self._words = made_of.words
        self._texts = made_of.texts
        self._page = made_of.page
        self._formatter = _Counting(made_of.language.decimal, PluralRules(made_of.language.plurals))

    @property
    def keys(self) -> frozenset[str]:
        """All keys."""
        return frozenset(self._phrases)

    def values_of(self, key: str) -> frozenset[str]:
        """The values that a phrase speaks."""
        parsed = string.Formatter().parse(self._phrases[key])
        return frozenset(name for _, name, _, _ in parsed if name)

    def counted_by(self, key: str) -> frozenset[str]:
        """The values that decide in a phrase between singular and plural."""
        parsed = string.Formatter().parse(self._phrases[key])
        return frozenset(name for _, name, spec, _ in parsed if name and spec)

    def shown(self, key: str, otherwise: str | None = None, **values: Any) -> str:
        """What the page shows; `otherwise` for a key that it does not know, else that raises KeyError."""
        if otherwise is not None and key not in self._page:
            return otherwise
        if not values:
            return self._page[key]
        spoken = {name: self._spoken(name, value) for name, value in values.items()}
        return self._formatter.vformat(self._page[key], (), spoken)

    def word(self, word: str) -> str:
        """One of the program's own words, such as a gait; any other as it is."""
        return self._words.get(word, word)

    def render(self, key: str, values: Mapping[str, Any]) -> str:
        """The phrase with its values. Raises KeyError for a key or value that the catalogue does not know."""
        spoken = {name: self._spoken(name, value) for name, value in values.items()}
        return self._formatter.vformat(self._phrases[key], (), spoken)

    def _spoken(self, name: str, value: Any) -> Any:
        text = str(value)
        if name in _TRANSLATED and text in self._words:
            return self._words[text]
        if name in _TEXTS:
            return self._texts.get(text, text)
        if name not in _NAMES:
            return _Number(text) if _NUMBER.fullmatch(text) else value
        if name == "names":
            return text.replace(" or ", f" {self._texts.get('or', 'or')} ")
        return self._texts.get(text, text) if name == "name" and text in SOLO else value


class BareCatalogue(Catalogue):
    """For a box whose phrases cannot be read: it says the keys and values themselves, which is better than nothing."""

    def __init__(self) -> None:
        super().__init__(CatalogueFile({}, {}))

    def values_of(self, key: str) -> frozenset[str]:  # noqa: ARG002
        """None that must be there."""
        return frozenset()

    def render(self, key: str, values: Mapping[str, Any]) -> str:
        """The key's words, then the values."""
        return " ".join([key.replace("_", " "), *(str(value) for value in values.values())])
