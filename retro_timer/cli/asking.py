"""The questions of `plans new`, and the plan's text that comes of the answers."""

from __future__ import annotations

import click

from retro_timer.training.gaits import Gait
from retro_timer.training.plan import BEST, StartMethod

_LEAST_M, _MOST_M = 5.0, 100.0
_MOST_S = 600.0


def ask_plan(name: str) -> str:
    """A plan's TOML text. Raises EOFError or click.Abort when whoever is asked breaks off."""
    title = click.prompt("Title", default=name.replace("-", " ").capitalize())
    purpose = click.prompt("For whom", default="own training")
    gait = _ask_gait("jog")
    blocks, open_ended = _ask_blocks(gait)
    rest = click.prompt("Rest between reps in seconds", type=click.FloatRange(0, 3600), default=25.0)
    recovery = click.prompt("Recovery between sets in seconds", type=click.FloatRange(0, 3600), default=180.0)
    start = click.prompt("Start", type=click.Choice([str(s) for s in StartMethod]), default="countdown")
    blocks = [*_ask_walk("Warm-up", "warm-up"), *blocks, *([] if open_ended else _ask_walk("Cool-down", "cool-down"))]
    often = click.prompt("Sessions a week at the most", type=click.IntRange(1, 14), default=3)
    head = (
        f"title = {_quoted(title)}\n"
        f"purpose = {_quoted(purpose)}\n"
        'source = "own plan"\n'
        'safety = "Flat, barrier-free ground. Stop if it hurts."\n'
        f'gait = "{gait}"\n'
        f'start = "{start}"\n'
        f"rest_s = {rest:g}\n"
        f"recovery_s = {recovery:g}\n"
        f"sessions_per_week = [1, {often}]\n"
        'cues = ["Stay upright.", "Small steps.", "Look over both shoulders.", "Stop if it hurts."]\n'
    )
    return head + "".join(f"\n[[blocks]]\n{block}" for block in blocks)


def _ask_gait(default: str) -> str:
    return str(click.prompt("Gait", type=click.Choice([str(gait) for gait in Gait]), default=default))


def _ask_blocks(gait: str) -> tuple[list[str], bool]:
    """Each block's lines, and whether the last one goes on until the stop."""
    text, open_ended = _ask_block()
    blocks = [text]
    while not open_ended and click.confirm("Another block?", default=False):
        own = _ask_gait(gait)
        text, open_ended = _ask_block()
        blocks.append((f'gait = "{own}"\n' if own != gait else "") + text)
    return blocks, open_ended


def _ask_block() -> tuple[str, bool]:
    if click.confirm("Timed steps (by the clock) instead of distances?", default=False):
        minutes = click.prompt("Minutes", type=click.FloatRange(0.2, 120), default=5.0)
        amount, ladder, target = f"duration_s = {60 * minutes:g}\n", False, ""
    else:
        lengths = click.prompt("Distance in metres, or a ladder (20 30 20)", default="20", value_proc=_lengths)
        ladder = len(lengths) > 1
        shown = ", ".join(f"{length:g}" for length in lengths)
        amount = f"distances_m = [{shown}]\n" if ladder else f"distance_m = {shown}\n"
    reps = 1 if ladder else click.prompt("Reps in a set", type=click.IntRange(1, 99), default=4)
    sets = click.prompt("Sets (0: on and on until the stop)", type=click.IntRange(0, 99), default=1)
    if not amount.startswith("duration_s"):
        target = click.prompt("Target in seconds, best, or none", default="none", value_proc=_target)
    many = f"sets = {sets}\n" if sets else 'until = "stop"\n'
    return many + ("" if ladder else f"reps = {reps}\n") + amount + target, sets == 0


def _lengths(text: str) -> list[float]:
    """Lengths in metres, parted by spaces or commas."""
    try:
        lengths = [float(word) for word in text.replace(",", " ").split()]
    except ValueError:
        raise click.BadParameter(f"{text!r} is no length in metres, nor a ladder of them.") from None
    wrong = [length for length in lengths if not _LEAST_M <= length <= _MOST_M]
    if wrong or not lengths:
        raise click.BadParameter(f"{wrong[0] if wrong else text!r} is not in the range {_LEAST_M:g}<=x<={_MOST_M:g}.")
    return lengths


def _target(text: str) -> str:
    """A target's line of the plan, or nothing."""
    if text == "none":
        return ""
    if text == BEST:
        return f'target_s = "{BEST}"\n'
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds <= _MOST_S:
        raise click.BadParameter(f"{text!r} is neither a time in seconds of at most {_MOST_S:g}, nor best or none.")
    return f"target_s = {seconds:g}\n"


def _ask_walk(what: str, kind: str) -> list[str]:
    """A walk by the clock before or after the work, or none."""
    minutes = click.prompt(f"{what} in minutes (0: none)", type=click.FloatRange(0, 120), default=0.0)
    if minutes == 0.0:
        return []
    return [f'kind = "{kind}"\ngait = "walk"\nduration_s = {max(10.0, 60 * minutes):g}\n']


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else " " for c in escaped) + '"'
