"""The questions of `plans new`, and the plan's text that comes of the answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click
import msgspec

from retro_timer.cli.options import Within
from retro_timer.errors import BadInputError
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Order, Part, StartMethod
from retro_timer.training.plan_text import (
    BlockFigures,
    OrderFigures,
    PlanFigures,
    read_length,
    read_lengths,
    read_target,
    read_wave_size,
    walk,
)

T = TypeVar("T")


def ask_plan(name: str) -> str:
    """A plan's TOML text. Raises EOFError or click.Abort when whoever is asked breaks off."""
    title = click.prompt("Title", default=name.replace("-", " ").capitalize())
    purpose = click.prompt("For whom", default="own training")
    gait = _ask_gait(Gait.JOG)
    blocks = _ask_blocks(gait)
    open_ended = blocks[-1].sets == 0
    rest = click.prompt("Rest between reps in seconds", type=Within(0, 3600), default=25.0)
    recovery = click.prompt("Recovery between sets in seconds", type=Within(0, 3600), default=180.0)
    start = click.prompt("Start", type=click.Choice([str(s) for s in StartMethod]), default="countdown")
    order = _ask_order()
    warm_up = _ask_walk("Warm-up", Part.WARM_UP)
    cool_down = () if open_ended else _ask_walk("Cool-down", Part.COOL_DOWN)
    often = click.prompt("Sessions a week at the most", type=click.IntRange(1, 14), default=3)
    return PlanFigures(
        title, purpose, gait, StartMethod(start), rest, recovery, often, (*warm_up, *blocks, *cool_down), order
    ).text()


def _ask_gait(default: Gait) -> Gait:
    return Gait(click.prompt("Gait", type=click.Choice([str(gait) for gait in Gait]), default=str(default)))


def _ask_blocks(gait: Gait) -> list[BlockFigures]:
    """The blocks; after one that goes on until the stop comes none."""
    blocks = [_ask_block()]
    while blocks[-1].sets and click.confirm("Another block?", default=False):
        own = _ask_gait(gait)
        blocks.append(msgspec.structs.replace(_ask_block(), gait=own if own != gait else None))
    return blocks


def _ask_block() -> BlockFigures:
    timed = click.confirm("Timed steps (by the clock) instead of distances?", default=False)
    seconds, lengths = None, tuple[float, ...]()
    if timed:
        seconds = 60 * click.prompt("Minutes", type=Within(0.2, 120), default=5.0)
        crossed_m = click.prompt("Count crossings over how many metres (0: none)", default="0", value_proc=_crossed)
        lengths = (crossed_m,) if crossed_m else ()
    else:
        lengths = click.prompt(
            "Distance in metres, or a ladder (20 30 20)", default="20", value_proc=_typed(read_lengths)
        )
    reps = 1 if len(lengths) > 1 else click.prompt("Reps in a set", type=click.IntRange(1, 99), default=4)
    sets = click.prompt("Sets (0: on and on until the stop)", type=click.IntRange(0, 99), default=1)
    relay = not timed and click.confirm("Relay, each from the end of the former's (out and back)?", default=False)
    wanted = None
    if not timed and not relay:
        wanted = click.prompt("Target in seconds, best, or none", default="none", value_proc=_typed(read_target))
    return BlockFigures(lengths, seconds, reps, sets, wanted, relay=relay)


def _crossed(text: str) -> float:
    """The length that is crossed to and fro; 0 of a step by the clock alone."""
    return 0.0 if text.strip() == "0" else _typed(read_length)(text)


def _ask_order() -> OrderFigures:
    """How a group follows one another, and what each order needs to know."""
    orders = click.Choice([str(each) for each in Order])
    order = Order(click.prompt("Order of a group", type=orders, default=str(Order.ROTATION)))
    if order is Order.ROLLING:
        every_s = click.prompt("Seconds from go to go", type=Within(1, 3600), default=30.0)
        apart = click.confirm("Does nobody ever run behind another in one lane?", default=False)
        return OrderFigures(order, every_s, lanes_apart=apart)
    if order is Order.WAVES:
        size = click.prompt("Runners in a wave (0: as many as lanes)", default="0", value_proc=_typed(read_wave_size))
        return OrderFigures(order, wave_size=size)
    return OrderFigures(order)


def _typed(read: Callable[[str], T]) -> Callable[[str], T]:
    """What is typed is asked again where it cannot be read."""

    def proc(text: str) -> T:
        try:
            return read(text)
        except BadInputError as error:
            raise click.BadParameter(str(error)) from None

    return proc


def _ask_walk(what: str, part: Part) -> tuple[BlockFigures, ...]:
    return walk(part, click.prompt(f"{what} in minutes (0: none)", type=Within(0, 120), default=0.0))
