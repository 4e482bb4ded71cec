"""Kinds of arguments: each says in one line what is wrong with a value and what is expected."""

from __future__ import annotations

import math
from typing import Any

import click

from retro_timer.errors import near_miss
from retro_timer.store.traces import TraceRep, parse_rep


class Word(click.ParamType[str]):
    """One of some words, with a hint for a near miss."""

    name = "word"

    def __init__(self, words: list[str]) -> None:
        self.words = words

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002
        """The words themselves."""
        return f"[{'|'.join(self.words)}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word, as it is."""
        if value not in self.words:
            self.fail(
                f"'{value}' is none of the choices{near_miss(str(value), self.words)}; "
                f"expected one of {', '.join(self.words)}",
                param,
                ctx,
            )
        return str(value)


class Within(click.FloatRange):
    """A number within its bounds; NaN, which no comparison finds beyond them, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number."""
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{number} is not in the range {self.min:g}<=x<={self.max:g}.", param, ctx)
        return float(number)


class Rep(click.ParamType[TraceRep]):
    """A rep of a trace as GO:DISTANCE:GAIT or GO:DISTANCE:GAIT:LANE."""

    name = "GO:DISTANCE:GAIT[:LANE]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> TraceRep:
        """The rep."""
        if isinstance(value, TraceRep):
            return value
        parts = str(value).split(":")
        if len(parts) not in (3, 4):
            self.fail(
                f"'{value}' has not three parts, nor a fourth for the lane; expected GO:DISTANCE:GAIT[:LANE], "
                "such as 5.0:30:jog",
                param,
                ctx,
            )
        try:
            return parse_rep(*parts)
        except ValueError as error:
            self.fail(f"'{value}': {error}", param, ctx)


class Speed(click.ParamType[float]):
    """`max`, or how many times real time; None stands for max."""

    name = "max|X"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The factor, infinite for max."""
        if value == "max":
            return float("inf")
        try:
            speed = float(value)
        except ValueError:
            speed = 0.0
        if not 0.01 <= speed <= 100_000.0:
            self.fail(f"'{value}'; expected max, or a factor from 0.01 to 100000", param, ctx)
        return speed
