"""`retro-timer plans`: list, show, check, and write a new one."""

from __future__ import annotations

import sys

import click

from retro_timer.cli.editing import make_edit
from retro_timer.cli.main import EXIT_INTERRUPTED
from retro_timer.cli.output.plan_shown import block_lines, order_of, size_of
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
from retro_timer.settings.plan_fit import check_fit
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Order, StartMethod


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
def show(name: str) -> None:
    """One plan (its NAME or file) in full."""
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


@plans.command()
@click.argument("files", nargs=-1, required=True, metavar="NAME|FILE...")
def check(files: tuple[str, ...]) -> None:
    """Check plans against their schema and against the settings in force."""
    settings = load_settings(tell=remark)
    for name in files:
        plan = load_plan(name)
        check_fit(plan, settings, name)
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
        text = _ask(name)
    except (EOFError, click.Abort):
        print(file=sys.stderr)
        return EXIT_INTERRUPTED
    plan = parse_plan(text, f"plan '{name}'")
    print(f"{make_edit(WritePlan(name, text, force)).words}: {size_of(plan)}")
    return 0


def _ask(name: str) -> str:
    title = click.prompt("Title", default=name.replace("-", " ").capitalize())
    purpose = click.prompt("For whom", default="own training")
    gait = click.prompt("Gait", type=click.Choice([str(g) for g in Gait]), default="jog")
    timed = click.confirm("Timed steps (by the clock) instead of distances?", default=False)
    if timed:
        amount = f"duration_s = {60 * click.prompt('Minutes', type=click.FloatRange(0.2, 120), default=5.0):g}"
    else:
        amount = f"distance_m = {click.prompt('Distance in metres', type=click.FloatRange(5, 100), default=20.0):g}"
    reps = click.prompt("Reps in a set", type=click.IntRange(1, 99), default=4)
    sets = click.prompt("Sets", type=click.IntRange(1, 99), default=1)
    rest = click.prompt("Rest between reps in seconds", type=click.FloatRange(0, 3600), default=25.0)
    recovery = click.prompt("Recovery between sets in seconds", type=click.FloatRange(0, 3600), default=180.0)
    start = click.prompt("Start", type=click.Choice([str(s) for s in StartMethod]), default="countdown")
    often = click.prompt("Sessions a week at the most", type=click.IntRange(1, 14), default=3)
    return (
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
        f"\n[[blocks]]\nsets = {sets}\nreps = {reps}\n{amount}\n"
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else " " for c in escaped) + '"'
