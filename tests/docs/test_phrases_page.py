"""The page of phrases is what the catalogues say, in every language."""

from __future__ import annotations

from docs.phrases_page.page import PAGE, page
from retro_timer.phrases import catalogue_file, languages


def test_the_page_is_what_the_catalogues_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "make phrases"


def test_every_language_has_its_section() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for language in languages():
        if language != "en":
            assert f"## {catalogue_file(language).language.name} (`{language}`)" in text
