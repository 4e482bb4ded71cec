"""Commands that lead a session: begin, hold, go on, end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from retro_timer.beacon.control.protocol.commands.base import Command, Plain
from retro_timer.training.session import inputs


class Start(Command, frozen=True):
    """Begin a session of this plan; of the default plan without a name."""

    takes = "[PLAN]"
    plan: str | None = None
    """A plan's name or file."""

    @classmethod
    def typed(cls, words: Sequence[str]) -> Self:
        """With a plan or without."""
        return cls(*cls.read(words))


class Pause(Plain, frozen=True):
    """Hold; during a rep, after it."""

    means = inputs.Pause


class Resume(Plain, frozen=True):
    """Go on after a pause."""

    means = inputs.Resume


class Skip(Plain, frozen=True):
    """Skip what is waited for: the rest, the coming rep, or the rep under way."""

    means = inputs.Skip


class Spotter(Plain, frozen=True):
    """Somebody watches in place of the sensor: starts are allowed while it is lost."""

    means = inputs.Spotter


class Halt(Plain, frozen=True):
    """Everybody stop, now: the tone of danger, and nothing starts until resume."""

    means = inputs.Halt


class Stop(Plain, frozen=True):
    """End the session."""

    means = inputs.Stop


class Recover(Plain, frozen=True):
    """After a power cut: go on at the next rep."""

    means = inputs.Recover


class Close(Plain, frozen=True):
    """After a power cut: close the session as interrupted."""

    means = inputs.CloseInterrupted
