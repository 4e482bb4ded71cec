"""What all messages of the socket have in common, and the version of their meaning."""

from __future__ import annotations

import msgspec

from retro_timer.training.session.events import snake_case

VERSION = 1
"""Grows when a message loses a field or changes its meaning. What is only added keeps it: who does not know a field
passes it over.
"""


class Request(msgspec.Struct, frozen=True, tag_field="request", tag=snake_case, kw_only=True):
    """Base of what is asked."""

    version: int = VERSION
    """The protocol that the asker speaks; left out, that of this timer."""

    @property
    def tag(self) -> str:
        """As it is called on the socket."""
        return str(self.__struct_config__.tag)


class Answer(msgspec.Struct, frozen=True, tag_field="answer", tag=snake_case, kw_only=True):
    """Base of what is answered, one to each request."""

    ok: bool = True
    """False for an error, and for nothing else."""

    @property
    def tag(self) -> str:
        """As it is called on the socket."""
        return str(self.__struct_config__.tag)
