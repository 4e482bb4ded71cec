"""Whole numbers as strangers send them."""

from __future__ import annotations


def whole(text: str, most_figures: int) -> int | None:
    """A number of figures alone, which has no sign and at most so many of them; None for anything else, so that nobody
    makes the page read thousands of digits.
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= most_figures else None
