"""Everything the box says, in one catalogue a language; a language is one more file `xx.toml` in this folder."""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec

from retro_timer.errors import BadInputError
from retro_timer.phrases.catalogue import BareCatalogue, Catalogue, CatalogueFile

__all__ = [
    "SOUND_CHECK",
    "BareCatalogue",
    "Catalogue",
    "catalogue_file",
    "kin_of",
    "languages",
    "load_catalogue",
    "voice_of",
]

SOUND_CHECK = "Can you hear this at the start line?"
"""What is said for it: among the texts that are translated."""
_FOLDER = Path(__file__).parent
_FIRST = "en"
"""Every phrase is written in this language first; what another one lacks is said in it."""


def languages() -> list[str]:
    """The languages there are."""
    return sorted((path.stem for path in _FOLDER.glob("*.toml")), key=str.lower)


def kin_of(language: str) -> str | None:
    """Of the languages there are: this one, the one without its country, or another country's; None without kin."""
    there = {name.lower(): name for name in languages()}
    base = language.lower().partition("-")[0]
    nearest = (language.lower(), base, *(name for name in there if name.startswith(f"{base}-")))
    return next((there[name] for name in nearest if name in there), None)


def catalogue_file(language: str) -> CatalogueFile:
    """A language's file as it is. Raises BadInputError for one that is not there or cannot be read."""
    path = _FOLDER / f"{_found(language)}.toml"
    try:
        made_of = msgspec.toml.decode(path.read_bytes(), type=CatalogueFile)
        Catalogue(made_of)
    except (OSError, ValueError) as error:
        found = f"the phrases cannot be read ({type(error).__name__})"
        raise BadInputError(str(path), found, "the file that came with the program: install it again") from None
    return made_of


def load_catalogue(language: str) -> Catalogue:
    """The catalogue of a language, or of its nearest kin: `de` for `de-AT`, `pt-BR` for `pt`.

    Raises BadInputError for a language that is not there or cannot be read.
    """
    made_of = catalogue_file(language)
    phrases, words, page = made_of.phrases, made_of.words, made_of.page
    if _found(language) != _FIRST:
        # Without the first language's file this one speaks for itself.
        with contextlib.suppress(BadInputError):
            first = catalogue_file(_FIRST)
            phrases, words, page = first.phrases | phrases, first.words | words, first.page | page
    return Catalogue(msgspec.structs.replace(made_of, phrases=phrases, words=words, page=page))


def voice_of(language: str) -> str:
    """espeak-ng's voice for a language; the language itself where its file cannot be read."""
    try:
        return catalogue_file(language).language.voice or _found(language).lower()
    except BadInputError:
        return language


def _found(language: str) -> str:
    """The file that speaks a language. Raises BadInputError."""
    kin = kin_of(language)
    if kin is None:
        raise BadInputError("voice.language", f"no phrases in '{language}'", f"one of {', '.join(languages())}")
    return kin
