"""A plan's text in TOML from the few figures that most plans are made of, as a coach tells them; and back again."""

from __future__ import annotations

import msgspec

from retro_timer.errors import BadInputError
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import BEST, MOST_IN_WAVE, Order, Part, PlanSet, StartMethod

LEAST_M, MOST_M = 5.0, 100.0
MOST_TARGET_S = 600.0
_LEAST_TIMED_S = 10.0


class BlockFigures(msgspec.Struct, frozen=True):
    """One block."""

    lengths_m: tuple[float, ...] = ()
    """One length, a ladder of several, or none of a timed step."""
    duration_s: float | None = None
    """Of a timed step; with one length as many crossings of it as one can."""
    reps: int = 1
    sets: int = 1
    """0: on and on until the stop."""
    target: float | str | None = None
    """Seconds, or `best`."""
    gait: Gait | None = None
    """Where it is not the plan's."""
    part: Part = Part.WORK
    relay: bool = False

    def text(self) -> str:
        """Its lines."""
        lines = ["[[blocks]]"]
        if self.part is not Part.WORK:
            lines.append(f'kind = "{self.part}"')
        if self.gait is not None:
            lines.append(f'gait = "{self.gait}"')
        if self.sets != 1 or self.part is Part.WORK:
            lines.append(f"sets = {self.sets}" if self.sets else 'until = "stop"')
        if len(self.lengths_m) > 1:
            lines.append(f"distances_m = [{', '.join(f'{length:g}' for length in self.lengths_m)}]")
        elif self.part is Part.WORK:
            lines.append(f"reps = {self.reps}")
        if len(self.lengths_m) == 1:
            lines.append(f"distance_m = {self.lengths_m[0]:g}")
        if self.duration_s is not None:
            lines.append(f"duration_s = {self.duration_s:g}")
            if self.lengths_m:
                lines.append("crossings = true")
        if self.relay:
            lines.append("relay = true")
        if self.target is not None:
            shown = f'"{self.target}"' if isinstance(self.target, str) else f"{self.target:g}"
            lines.append(f"target_s = {shown}")
        return "".join(f"{line}\n" for line in lines)


class OrderFigures(msgspec.Struct, frozen=True):
    """How a group's athletes follow one another."""

    order: Order = Order.ROTATION
    every_s: float | None = None
    """Rolling and waves: from go to go."""
    lanes_apart: bool = False
    wave_size: int | None = None

    def text(self) -> str:
        """Its lines, none of the order that every plan has."""
        if self.order is Order.ROTATION:
            return ""
        lines = [f'order = "{self.order}"']
        if self.every_s is not None:
            lines.append(f"every_s = {self.every_s:g}")
        if self.lanes_apart:
            lines.append("lanes_apart = true")
        if self.wave_size is not None:
            lines.append(f"wave_size = {self.wave_size}")
        return "".join(f"{line}\n" for line in lines)


class PlanFigures(msgspec.Struct, frozen=True):
    """A whole plan."""

    title: str
    purpose: str
    gait: Gait
    start: StartMethod
    rest_s: float
    recovery_s: float
    often: int
    """Sessions a week at the most."""
    blocks: tuple[BlockFigures, ...]
    order: OrderFigures = OrderFigures()

    def text(self) -> str:
        """TOML, not yet checked."""
        head = (
            f"title = {_quoted(self.title)}\n"
            f"purpose = {_quoted(self.purpose)}\n"
            'source = "own plan"\n'
            'safety = "Flat, barrier-free ground. Stop if it hurts."\n'
            f'gait = "{self.gait}"\n'
            f'start = "{self.start}"\n'
            f"{self.order.text()}"
            f"rest_s = {self.rest_s:g}\n"
            f"recovery_s = {self.recovery_s:g}\n"
            f"sessions_per_week = [1, {self.often}]\n"
            'cues = ["Stay upright.", "Small steps.", "Look over both shoulders.", "Stop if it hurts."]\n'
        )
        return head + "".join(f"\n{block.text()}" for block in self.blocks)


def walk(part: Part, minutes: float) -> tuple[BlockFigures, ...]:
    """A walk by the clock before or after the work; none of no minutes."""
    if minutes == 0.0:
        return ()
    return (BlockFigures(duration_s=max(_LEAST_TIMED_S, 60 * minutes), gait=Gait.WALK, part=part),)


def read_lengths(text: str) -> tuple[float, ...]:
    """Lengths in metres, parted by spaces or commas. Raises BadInputError."""
    try:
        lengths = tuple(float(word) for word in text.replace(",", " ").split())
    except ValueError:
        lengths = ()
    if not lengths:
        raise BadInputError("distance_m", f"{text!r} is no length in metres", "one, or a ladder of them: 20 30 20")
    wrong = [length for length in lengths if not LEAST_M <= length <= MOST_M]
    if wrong:
        raise BadInputError("distance_m", f"{wrong[0]:g} m is out of range", f"from {LEAST_M:g} to {MOST_M:g}")
    return lengths


def read_length(text: str) -> float:
    """One length in metres. Raises BadInputError."""
    lengths = read_lengths(text)
    if len(lengths) > 1:
        raise BadInputError("distance_m", f"{text!r} is more than one length", f"one from {LEAST_M:g} to {MOST_M:g}")
    return lengths[0]


def read_target(text: str) -> float | str | None:
    """Seconds, `best`, or `none` or nothing for none. Raises BadInputError."""
    if text in ("", "none"):
        return None
    if text == BEST:
        return BEST
    try:
        seconds = float(text.replace(",", "."))
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds <= MOST_TARGET_S:
        raise BadInputError(
            "target_s", f"{text!r} is no time in seconds", f"at most {MOST_TARGET_S:g}, or best, or none"
        )
    return seconds


def read_wave_size(text: str) -> int | None:
    """How many go at once; 0 or nothing for as many as there are lanes. Raises BadInputError."""
    if text in ("", "0"):
        return None
    size = int(text) if text.isdecimal() and len(text) == 1 else 0
    if not 2 <= size <= MOST_IN_WAVE:
        wanted = f"from 2 to {MOST_IN_WAVE}, or 0 for as many as there are lanes"
        raise BadInputError("wave_size", f"{text[:12]!r} is no number of runners", wanted)
    return size


def block_amount(block: PlanSet, endless: str) -> str:
    """How much of what a block is; `endless` stands for its sets where it goes on until the stop."""
    sets = f"{block.sets} ×" if block.until is None else endless
    if block.distances_m is not None:
        return f"{sets} {'–'.join(f'{distance_m:g}' for distance_m in block.distances_m)} m"
    if block.crossings:
        each = f"{block.duration_s or 0:g} s of crossings over {block.distance_m or 0:g} m"
    elif block.distance_m is not None:
        each = f"{block.distance_m:g} m"
    else:
        each = f"{(block.duration_s or 0) / 60:g} min"
    return f"{sets} {block.reps} × {each}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else " " for c in escaped) + '"'
