"""A parser's answer to anything: a value, or one line of complaint."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from retro_timer.errors import BadInputError

T = TypeVar("T")


def value_or_complaint(read: Callable[[], T]) -> tuple[T | None, str]:
    """What `read` gives and an empty string, or None and its complaint, which must be one line. Nothing else passes."""
    try:
        return read(), ""
    except BadInputError as error:
        text = str(error)
    if not text or "\n" in text or "\r" in text:
        raise AssertionError(f"not one line: {text!r}")
    return None, text
