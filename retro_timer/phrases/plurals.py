"""Which plural a number takes, by the rules of Unicode's CLDR, whose text a language's file carries.

Babel knows the same rules and costs a beacon 5 MB of memory and 33 MB of the card, for one rule a language; the tests
hold this module and the files to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

CATEGORIES = ("zero", "one", "two", "few", "many")
"""CLDR's names; `other` is whatever no rule takes."""
OTHER = "other"
_RELATION = re.compile(r"([nivwftce])(?: *% *(\d+))? *(!?=) *(\d+(?:\.\.\d+)?(?: *, *\d+(?:\.\.\d+)?)*)")


class _Relation:
    """`n % 10 = 2..4, 9`: raises ValueError for what is none."""

    def __init__(self, text: str) -> None:
        found = _RELATION.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"'{text.strip()}' is no plural rule")
        self._operand, modulus, sign, ranges = found.groups()
        self._modulus = int(modulus) if modulus else None
        self._equal = sign == "="
        bounds = [part.strip().partition("..") for part in ranges.split(",")]
        self._ranges = [(int(low), int(high or low)) for low, _, high in bounds]

    def holds(self, operands: Mapping[str, float]) -> bool:
        value = operands[self._operand]
        if self._modulus is not None:
            value %= self._modulus
        # Ranges are of whole numbers.
        within = value == int(value) and any(low <= value <= high for low, high in self._ranges)
        return within is self._equal


class PluralRules:
    """Of one language: from a category to CLDR's rule, `i = 1 and v = 0`. Raises ValueError for what is no rule."""

    def __init__(self, rules: Mapping[str, str]) -> None:
        if unknown := set(rules) - set(CATEGORIES):
            raise ValueError(f"no plural is called '{min(unknown)}'")
        self._rules = {
            category: [[_Relation(relation) for relation in either.split(" and ")] for either in rule.split(" or ")]
            for category, rule in rules.items()
        }

    @property
    def categories(self) -> frozenset[str]:
        """All that a number of this language may take."""
        return frozenset((*self._rules, OTHER))

    def category(self, figures: str) -> str:
        """Of a number in figures with a point: "1", "1.50"."""
        operands = _operands(figures)
        for category, rule in self._rules.items():
            if any(all(relation.holds(operands) for relation in relations) for relations in rule):
                return category
        return OTHER


def _operands(figures: str) -> dict[str, float]:
    whole, _, decimals = figures.partition(".")
    kept = decimals.rstrip("0")
    return {
        "n": float(figures),
        "i": int(whole),
        "v": len(decimals),
        "w": len(kept),
        "f": int(decimals or 0),
        "t": int(kept or 0),
        "c": 0,
        "e": 0,
    }
