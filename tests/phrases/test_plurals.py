"""Plurals follow CLDR's rules in every language that Babel knows, and each file's rules are its language's."""

from __future__ import annotations

import functools
from decimal import Decimal

import pytest

from retro_timer.phrases import catalogue_file, languages
from retro_timer.phrases.plurals import CATEGORIES, PluralRules

babel = pytest.importorskip("babel", reason="its rules are missing: pip install babel")

NUMBERS = (
    *map(str, (*range(131), 200, 999, 1000, 1001)),
    "0.0", "0.5", "1.0", "1.00", "1.5", "2.0", "2.1", "4.89", "5.50", "10.2", "11.01", "21.1", "21.10",
)  # fmt: skip


def categories(plurals: PluralRules) -> dict[str, str]:
    return {figures: plurals.category(figures) for figures in NUMBERS}


def babels(language: str) -> dict[str, str]:
    form = babel.Locale.parse(language, sep="-").plural_form
    return {figures: form(Decimal(figures)) for figures in NUMBERS}


@pytest.mark.parametrize("language", languages())
def test_the_rules_of_a_languages_file_and_its_decimal_mark_are_its_languages(language: str) -> None:
    spoken = catalogue_file(language).language
    assert categories(PluralRules(spoken.plurals)) == babels(language)
    assert spoken.decimal == babel.Locale.parse(language, sep="-").number_symbols["latn"]["decimal"]


@pytest.mark.parametrize(
    "language", ["ar", "br", "cs", "cy", "da", "ga", "he", "is", "lt", "lv", "mt", "pl", "ru", "sl"]
)
def test_any_languages_rules_can_stand_in_a_file(language: str) -> None:
    """Languages whose rules have every operand, modulus, range and exception that CLDR writes."""
    found = babel.Locale.parse(language).plural_form.rules
    # Babel writes them back in an older notation.
    today = {" not in ": " != ", " in ": " = ", " mod ": " % "}
    rules = {
        category: functools.reduce(lambda rule, old: rule.replace(old, today[old]), today, rule)
        for category, rule in found.items()
    }
    assert categories(PluralRules(rules)) == babels(language)


@pytest.mark.parametrize("rules", [{"one": "i is 1"}, {"one": "x = 1"}, {"one": ""}, {"single": "i = 1"}])
def test_what_is_no_rule_is_refused(rules: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="plural"):
        PluralRules(rules)


def test_every_category_of_the_rules_has_a_name() -> None:
    every = PluralRules(dict.fromkeys(CATEGORIES, "n = 1")).categories
    assert every == {"zero", "one", "two", "few", "many", "other"}
