"""Commands about what the box says, and how loud."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self

import msgspec

from retro_timer.beacon.control.protocol.commands.base import Plain, SessionCommand
from retro_timer.beacon.messages import SayButton, SetVolume
from retro_timer.training.session import inputs

_LOUDEST = 100


class Repeat(SessionCommand, frozen=True):
    """Say the last announcement again, or the last result."""

    takes = "[result]"
    what: Literal["announcement", "result"] = "announcement"

    @classmethod
    def typed(cls, words: Sequence[str]) -> Self:
        """With the word or without."""
        (what,) = cls.read(words)
        if what not in (None, "result"):
            raise cls.mistyped(f"'{what}' is nothing that is said again", "ctl repeat, or ctl repeat result")
        return cls() if what is None else cls("result")

    def asked(self) -> inputs.Command:
        """With what it says again."""
        return inputs.Repeat(result=self.what == "result")


class Help(Plain, frozen=True):
    """Say what the button does now."""

    means = SayButton


class Volume(SessionCommand, frozen=True):
    """How loud voice and buzzer are until the timer ends; alarms stay loud."""

    takes = "N"
    percent: Annotated[int, msgspec.Meta(ge=0, le=_LOUDEST)]

    @classmethod
    def typed(cls, words: Sequence[str]) -> Self:
        """With a whole number from 0 to 100."""
        (percent,) = cls.read(words)
        if percent is None or not percent.isdecimal() or int(percent) > _LOUDEST:
            problem = "no volume named" if percent is None else f"'{percent}' is no volume"
            raise cls.mistyped(problem, f"a whole number from 0 to {_LOUDEST}")
        return cls(int(percent))

    def asked(self) -> inputs.Command:
        """From now on."""
        return SetVolume(self.percent)
