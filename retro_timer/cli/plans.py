"""`retro-timer plans`: list, show, check, and write a new one."""

from __future__ import annotations

import functools
import sys

import click

from retro_timer.cli.asking import ask_plan
from retro_timer.cli.editing import make_edit
from retro_timer.cli.main import EXIT_INTERRUPTED
from retro_timer.cli.output.plan_shown import block_lines, order_of, size_of, time_line
from retro_timer.cli.output.streams import remark
from retro_timer.errors import BadInputError
from retro_timer.settings.loading import (
    DELIVERED,
    load_plan,
    load_settings,
    parse_plan,
    place_of,
    plan_names,
    read_plan,
)
from retro_timer.settings.made import WritePlan, check_file_name
from retro_timer.training.plan import Order
from retro_timer.training.roster import MOST_ATHLETES, SOLO


@click.group()
def plans() -> None:
    """Training plans."""


@plans.command("list")
def list_() -> None:
    """Every plan, with what it is for and the folder that it lies in."""
    for name, path in plan_names().items():
        try:
            plan = read_plan(path)
        except BadInputError as error:
            print(f"{name:20} cannot be read: {error}")
            continue
        low, high = plan.sessions_per_week
        often = f"{low}×" if low == high else f"{low}–{high}×"
        print(f"{name:20} {size_of(plan):26} {often:>5} a week  {plan.purpose} [{place_of(path)}]")


@plans.command()
@click.argument("name")
@click.option(
    "--athletes", type=click.IntRange(1, MOST_ATHLETES), default=1, show_default=True, help="Draw it for so many."
)
def show(name: str, athletes: int) -> None:
    """One plan (its NAME or file) in full, with its time line: everybody's reps and rests, and how long it takes."""
    plan = load_plan(name)
    low, high = plan.sessions_per_week
    print(f"{plan.title}: {plan.purpose}")
    print(f"  start     {plan.start}")
    if plan.order is not Order.ROTATION:
        print(f"  order     {order_of(plan)}")
    print(f"  per week  {low}" if low == high else f"  per week  {low} to {high}")
    for text in block_lines(plan):
        print(f"  {text}")
    for cue in plan.cues:
        print(f"  cue       {cue}")
    print(f"  safety    {plan.safety}")
    print(f"  source    {plan.source}")
    from retro_timer.settings.session_rules import foreseen

    names = SOLO if athletes == 1 else tuple(f"athlete {number}" for number in range(1, athletes + 1))
    for text in time_line(foreseen(plan, names, load_settings(tell=remark))):
        print(f"  {text}")


@plans.command()
@click.argument("files", nargs=-1, required=True, metavar="NAME|FILE...")
def check(files: tuple[str, ...]) -> None:
    """Check plans against their schema and against the settings in force; a group's against the sound check."""
    from retro_timer.settings.plan_remarks import plan_remarks

    settings = load_settings(tell=remark)
    # Of the roster it is said once for all plans.
    tell = functools.cache(remark)
    for name in files:
        plan = load_plan(name)
        for text in plan_remarks(plan, name, settings, tell):
            remark(f"{name}: {text}")
        print(f"{name}: ok, {size_of(plan)}")


@plans.command()
@click.argument("name")
@click.option("--force", is_flag=True, help="Replace a plan of that name.")
def new(name: str, force: bool) -> int:
    """Ask for a plan's figures and keep it on the box as NAME."""
    check_file_name(name, "plan")
    path = plan_names().get(name)
    if path is not None and place_of(path) != DELIVERED and not force:
        raise BadInputError(str(path), "there already", "another name, or --force")
    try:
        text = ask_plan(name)
    except (EOFError, click.Abort):
        print(file=sys.stderr)
        return EXIT_INTERRUPTED
    plan = parse_plan(text, f"plan '{name}'")
    print(f"{make_edit(WritePlan(name, text, force)).words}: {size_of(plan)}")
    return 0
