"""The page of phrases: each language beside English, as it is spoken with usual values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from docs.phrases_page.examples import examples
from retro_timer.phrases import Catalogue, catalogue_file, languages, load_catalogue

PAGE = Path(__file__).parent.parent / "phrases.md"
_FIRST = "en"
_HEAD = """# What the box says

Made by `make phrases` from `retro_timer/phrases`, for whoever speaks one of the languages: is it what a coach would say
at the track, short, and as plain about danger as the English? Mend the file of the language, then `make phrases`. The
values are examples. Where a number changes the words, the second sentence is that of one. What the coach's page shows,
and nobody speaks, stands at the end of each language.

None of the translations has been read by a native coach yet; `tests/speech` has espeak-ng say all of it.
"""


def page() -> str:
    """docs/phrases.md."""
    english = load_catalogue(_FIRST)
    others = [language for language in languages() if language != _FIRST]
    return "\n".join([_HEAD, *("\n".join(_section(language, english)) for language in others)])


def _section(language: str, english: Catalogue) -> Iterator[str]:
    made_of = catalogue_file(language)
    catalogue = load_catalogue(language)
    yield f"## {made_of.language.name} (`{language}`)\n"
    yield from _table("phrase", _phrases(english, catalogue))
    yield from _table("word", {key: (first, made_of.words[key]) for key, first in catalogue_file(_FIRST).words.items()})
    yield "| English | |\n|---|---|"
    yield from (f"| {first} | {told} |" for first, told in made_of.texts.items())
    yield ""
    yield from _table("page", {key: (first, made_of.page[key]) for key, first in catalogue_file(_FIRST).page.items()})


def _table(what: str, rows: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    yield f"| {what} | English | |\n|---|---|---|"
    yield from (f"| `{key}` | {first} | {told} |" for key, (first, told) in rows.items())
    yield ""


def _phrases(english: Catalogue, catalogue: Catalogue) -> dict[str, tuple[str, str]]:
    keys = catalogue_file(_FIRST).phrases
    return {key: (_told(english, english, key), _told(english, catalogue, key)) for key in keys}


def _told(english: Catalogue, catalogue: Catalogue, key: str) -> str:
    """A phrase with usual values, and with one of what it counts."""
    sets = list(examples(catalogue, key))
    ones = [values for values in sets[1:] if any(values[name] == "1" for name in english.counted_by(key))]
    return "<br>".join(catalogue.render(key, values) for values in (sets[0], *ones))
