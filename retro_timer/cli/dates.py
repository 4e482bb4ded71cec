"""Dates as they are typed."""

from __future__ import annotations

from datetime import datetime

from retro_timer.errors import BadInputError
from retro_timer.training.record import NS_PER_S


def wall_ns(option: str, text: str, what: str, example: str) -> int:
    """An ISO date, with or without a time, by this machine's zone unless it names one: nanoseconds since 1970, whole
    seconds. `what` and `example` are of what is expected. Raises BadInputError.
    """
    try:
        return round(datetime.fromisoformat(text).astimezone().timestamp()) * NS_PER_S
    except (ValueError, OverflowError):
        raise BadInputError(f"{option} '{text}'", f"not {what}", f"such as {example}") from None
