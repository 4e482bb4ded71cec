"""What all events of a session have in common."""

from __future__ import annotations

import re

import msgspec

Values = dict[str, str | int]
"""What a phrase's places are filled with, by their names."""


def snake_case(name: str) -> str:
    """A class's name as a message's: CrossingWithdrawn is crossing_withdrawn."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Event(msgspec.Struct, frozen=True, tag_field="event", tag=snake_case):
    """Base of all that is told."""

    t_ns: int
    """When it happened, on the box's monotonic clock, in nanoseconds."""

    @property
    def tag(self) -> str:
        """As it is called outside of the program."""
        return str(self.__struct_config__.tag)
