"""What a roster says of an athlete beside the name: how it is spoken, their lane, the time that they are to run."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from retro_timer.training.names import folded
from retro_timer.training.remembered import Remembered

MOST_LANES = 8
"""Of a track's straight."""
LONGEST_TARGET_S = 600.0
"""As of a plan's target."""
LONGEST_SAID = 60
_NAMES = ("name", "then")
"""Values of a phrase that are one athlete's name; `names` are several."""
_SEVERAL = " or "
_LANE = re.compile(r"(?:\D*\s)?0*(\d{1,3})(?:\.0*)?")
_SECONDS = re.compile(r"(\d{1,4}(?:[.,]\d{1,9})?)\s*(?:s|sec|sek|seg)?\.?", re.IGNORECASE)


class Listed(msgspec.Struct, frozen=True):
    """One row of a roster."""

    name: str
    say: str = ""
    """How the voice says the name; empty: as it is written."""
    lane: int | None = None
    """Counted from 1."""
    target_s: float | None = None
    """The athlete's own, as shown times are."""


def read_listed(name: str, say: str, lane: str, target: str, where: str, tell: Callable[[str], None]) -> Listed:
    """An athlete by the texts of a roster's cells; what cannot be used goes to `tell` and is left out."""
    if say and (len(say) > LONGEST_SAID or not say.isprintable()):
        tell(f"{where}: what is to be said for '{name}' is left out: printable text of at most {LONGEST_SAID}")
        say = ""
    number = _LANE.fullmatch(lane)
    lane_no = int(number[1]) if number and 1 <= int(number[1]) <= MOST_LANES else None
    if lane and lane_no is None:
        tell(f"{where}: lane '{lane}' is left out: a number from 1 to {MOST_LANES}")
    figures = _SECONDS.fullmatch(target)
    target_s = float(figures[1].replace(",", ".")) if figures else 0.0
    wanted = 0.0 < target_s <= LONGEST_TARGET_S
    if target and not wanted:
        tell(f"{where}: target '{target}' is left out: seconds, as 8.5, up to {LONGEST_TARGET_S:g}")
    return Listed(name, say, lane_no, target_s if wanted else None)


def names_of(listed: Sequence[Listed]) -> tuple[str, ...]:
    """The names, in order of turns."""
    return tuple(one.name for one in listed)


def of_name(listed: Sequence[Listed], name: str) -> Listed | None:
    """What a roster says of somebody, whatever the capitals; None for who is not on it."""
    wanted = folded(name)
    return next((one for one in listed if folded(one.name) == wanted), None)


def said_as(people: Sequence[Listed | Remembered], name: str) -> str:
    """How the first of these who says so has a name said; empty: as it is written."""
    wanted = folded(name)
    return next((one.say for one in people if one.say and folded(one.name) == wanted), "")


def spoken(people: Sequence[Listed | Remembered], values: Mapping[str, Any]) -> dict[str, Any]:
    """A phrase's values with names as the first of these has them said."""

    def said(name: str) -> str:
        return said_as(people, name) or name

    heard = {key: said(value) if key in _NAMES else value for key, value in values.items()}
    if "names" in heard:
        heard["names"] = _SEVERAL.join(map(said, str(heard["names"]).split(_SEVERAL)))
    return heard
