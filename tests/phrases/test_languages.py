"""Every language says everything that English says, with the same values, in its own numbers, plurals and words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from string import Formatter

import pytest

import retro_timer.coach
from retro_timer.errors import BadInputError
from retro_timer.phrases import SOUND_CHECK, catalogue_file, languages, load_catalogue, voice_of
from retro_timer.phrases.catalogue import Catalogue, CatalogueFile, Language
from retro_timer.phrases.plurals import PluralRules
from retro_timer.settings.loading import load_settings, plan_names, read_plan
from retro_timer.training.roster import SOLO

ENGLISH = catalogue_file("en")
OTHERS = [language for language in languages() if language != "en"]
NOT_TRANSLATED = "detail"
"""An error's own English words, which another language's voice would garble: `doctor` and the status show them."""


def values_of(phrase: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(phrase) if name}


def without_detail(phrase: str) -> set[str]:
    return values_of(phrase) - {NOT_TRANSLATED}


def test_these_languages_are_spoken() -> None:
    assert languages() == ["de", "en", "es", "fr", "nl", "pt-BR"]


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_phrase_with_its_values(language: str) -> None:
    there = catalogue_file(language).phrases
    assert list(there) == list(ENGLISH.phrases)
    spoken = {key: without_detail(phrase) for key, phrase in there.items()}
    assert spoken == {key: without_detail(phrase) for key, phrase in ENGLISH.phrases.items()}


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_word_and_every_text(language: str) -> None:
    there = catalogue_file(language)
    assert list(there.words) == list(ENGLISH.words)
    assert list(there.texts) == list(ENGLISH.texts)
    assert all(text.strip() for table in (there.phrases, there.words, there.texts) for text in table.values())


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_word_of_the_page_with_its_values(language: str) -> None:
    there = catalogue_file(language).page
    assert list(there) == list(ENGLISH.page)
    assert {key: values_of(text) for key, text in there.items()} == {
        key: values_of(text) for key, text in ENGLISH.page.items()
    }
    assert all(text.strip() for text in there.values())


def test_every_template_of_the_page_asks_for_words_that_there_are() -> None:
    templates = Path(retro_timer.coach.__file__).parent / "templates"
    asked = {key for path in templates.glob("*.html") for key in re.findall(r"\bt\('([\w-]+)'[,)]", path.read_text())}
    assert asked <= set(ENGLISH.page)
    kinds = "picture|look|watch|level|phase|do|field|done|status|reason|flag|pair|role|part|start|order"
    made = re.compile(rf"({kinds}|label)_.*")
    ways = {"live", "board", "results", "plans", "rosters", "phones", "runs", "next", "out", "too_late"}
    assert {key for key in ENGLISH.page if not made.fullmatch(key)} - asked <= ways | {"plan_text"}


def test_the_texts_are_those_of_the_delivered_plans_and_what_else_the_program_names() -> None:
    said = {SOUND_CHECK, "or", "absent", "void", "give", "swap", "nobody", "out", *SOLO}
    for path in plan_names().values():
        plan = read_plan(path)
        said |= {plan.title, plan.safety, *plan.cues}
    assert set(ENGLISH.texts) == said
    assert all(english == text for english, text in ENGLISH.texts.items())


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_left_in_english(language: str) -> None:
    """But for a word that French has as well."""
    there = catalogue_file(language)
    phrases = {key for key, text in there.phrases.items() if text == ENGLISH.phrases[key] and values_of(text) == set()}
    assert phrases <= {"button_pause"}
    assert {key for key, text in there.words.items() if text == ENGLISH.words[key]} == set()
    assert {key for key, text in there.texts.items() if text == key} == set()


@pytest.mark.parametrize("language", languages())
def test_every_counted_word_has_a_form_for_each_plural_of_its_language(language: str) -> None:
    made_of = catalogue_file(language)
    plurals = PluralRules(made_of.language.plurals)
    for key, phrase in made_of.phrases.items():
        for _, _, spec, conversion in Formatter().parse(phrase):
            assert not conversion, key
            if not spec:
                continue
            *chosen, other = spec.split("|")
            selectors = [form.rpartition("=")[0] or "one" for form in chosen]
            assert other, key
            assert all(selector.isdigit() or selector in plurals.categories for selector in selectors), key
            apart = {plurals.category(selector) for selector in selectors if selector.isdigit()}
            assert plurals.categories - {"other"} <= {*selectors, *apart}, key


def test_an_unnamed_plural_is_one_and_any_other_says_which() -> None:
    rules = {
        "one": "i = 1 and v = 0",
        "few": "v = 0 and i % 10 = 2..4 and i % 100 != 12..14",
        "many": "v = 0 and i != 1 and i % 10 = 0..1 or v = 0 and i % 10 = 5..9 or v = 0 and i % 100 = 12..14",
    }
    phrases = {"left": "{reps:powtórzenie|few=powtórzenia|many=powtórzeń|powtórzenia}."}
    polish = Catalogue(CatalogueFile(phrases, {}, language=Language(decimal=",", plurals=rules)))
    assert [polish.render("left", {"reps": reps}) for reps in (1, 3, 13, "2.5")] == [
        "1 powtórzenie.", "3 powtórzenia.", "13 powtórzeń.", "2,5 powtórzenia.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "key", "values", "text"),
    [
        ("de", "result_of", {"name": "Ann", "time": "4.89"}, "Ann, 4,89 Sekunden."),
        ("de", "recovery", {"minutes": "1"}, "Serienpause, eine Minute."),
        ("de", "recovery", {"minutes": "3"}, "Serienpause, 3 Minuten."),
        ("de", "split", {"distance": "12.5", "time": "2.11"}, "Bei 12,5 Metern: 2,11."),
        ("de", "next", {"name": "Runner 4.5"}, "Als Nächstes: Runner 4.5."),
        ("de", "watch_lost", {"reason": "sunlight"},
         "Überwachung ausgefallen: Sonnenlicht. Keine Überwachung nach hinten."),
        ("de", "cue", {"cue": "Stay upright."}, "Aufrecht bleiben."),
        ("de", "cue", {"cue": "Hopp, 4.5!"}, "Hopp, 4.5!"),
        ("de", "undone", {"what": "void"}, "Rückgängig: Streichung."),
        ("de", "several_of_that_name", {"names": "Ann or Anna"}, "Wer genau: Ann oder Anna?"),
        ("de", "dnf", {"name": "Runner", "rep": 2}, "Läufer, Durchgang 2: nicht im Ziel."),
        ("fr", "turn_timed", {"name": "Ann", "rep": 1, "reps": 1, "minutes": "1.5", "gait": "walk"},
         "Ann. Étape 1 sur 1. 1,5 minute, marche."),
        ("fr", "recovery", {"minutes": "1"}, "Récupération, une minute."),
        ("es", "turn_solo", {"set": 1, "sets": 1, "rep": 1, "reps": 1, "distance": "1", "gait": "run"},
         "Serie 1 de 1. Repetición 1 de 1. Un metro, corriendo."),
        ("nl", "rest", {"seconds": 1}, "1 seconde rust."),
        ("pt-BR", "summary_unsaved", {"count": 2}, "Falta salvar: duas repetições."),
        ("pt-BR", "summary_unsaved", {"count": 0}, "Falta salvar: 0 repetição."),
        ("pt-BR", "covers_run", {"speed": "4.0"}, "Vigilância traseira para corrida, até 4,0 metros por segundo."),
    ],
)  # fmt: skip
def test_numbers_plurals_words_and_texts_are_said_as_the_language_does(
    language: str, key: str, values: Mapping[str, object], text: str
) -> None:
    assert load_catalogue(language).render(key, values) == text


@pytest.mark.parametrize(
    ("asked", "voice"),
    [("en", "en-us"), ("de", "de"), ("de-AT", "de"), ("pt-BR", "pt-br"), ("pt-br", "pt-br"), ("pt", "pt-br"),
     ("pt-PT", "pt-br"), ("en-GB", "en-us")],
)  # fmt: skip
def test_a_language_falls_back_to_its_nearest_kin(asked: str, voice: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f"[voice]\nlanguage = '{asked}'\n")
    language = load_settings(tmp_path / "config.toml").voice.language
    assert voice_of(language) == voice
    assert load_catalogue(language).render("ready", {})


@pytest.mark.parametrize("asked", ["german", "de_DE", "DE", "pt-BRA"])
def test_what_is_no_language_is_refused_with_its_key(asked: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f"[voice]\nlanguage = '{asked}'\n")
    with pytest.raises(BadInputError, match=r"voice\.language"):
        load_settings(tmp_path / "config.toml")


def test_what_a_language_lacks_is_said_in_english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text("[phrases]\nready = 'Ready.'\nnext = 'Next: {name}.'\n[words]\nwalk = 'walk'\n")
    (tmp_path / "xx.toml").write_text("[phrases]\nready = 'Xready.'\n[words]\n")
    monkeypatch.setattr("retro_timer.phrases._FOLDER", tmp_path)
    catalogue = load_catalogue("xx")
    assert (catalogue.render("ready", {}), catalogue.render("next", {"name": "Ann"})) == ("Xready.", "Next: Ann.")
    assert voice_of("xx") == "xx"
    (tmp_path / "en.toml").write_text("[phrases")
    assert load_catalogue("xx").render("ready", {}) == "Xready."


@pytest.mark.parametrize(
    "text",
    ["[phrases]\n", "[phrases]\n[words]\n[speech]\n", "[phrases]\nready = 1\n[words]\n",
     "[phrases]\n[words]\n[language]\nplurals = { one = 'i is 1' }\n"],
)  # fmt: skip
def test_a_file_that_is_none_is_one_line_of_complaint(
    text: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "xx.toml").write_text(text)
    monkeypatch.setattr("retro_timer.phrases._FOLDER", tmp_path)
    with pytest.raises(BadInputError, match=r"xx\.toml: the phrases cannot be read"):
        load_catalogue("xx")


def test_every_file_is_toml_that_other_programs_read() -> None:
    folder = Path(load_catalogue.__code__.co_filename).parent
    for language in languages():
        assert tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8"))
