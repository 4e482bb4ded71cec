"""`retro-timer plans`: list, show, check, and write a new one."""

from __future__ import annotations

import sys

import click

from retro_timer.cli.asking import ask_plan
from retro_timer.cli.editing import make_edit
from retro_timer.cli.main import EXIT_INTERRUPTED
from retro_timer.cli.output.plan_shown import block_lines, order_of, size_of, time_line
from retro_timer.cli.output.streams import remark
from retro_timer.errors import BadInputError
from retro_timer.settings import paths
from retro_timer.settings.calibration import load_calibration
from retro_timer.settings.group_fit import group_remarks
from retro_timer.settings.loading import (
    DELIVERED,
    load_plan,
    load_roster,
    load_settings,
    parse_plan,
    place_of,
    plan_names,
    read_plan,
    roster_file,
)
from retro_timer.settings.made import WritePlan, check_file_name
from retro_timer.settings.model import Settings
from retro_timer.settings.plan_fit import check_fit
from retro_timer.training.plan import Order, Plan
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
    if plan.order is Order.ROTATION and not any(block.relay or block.crossings for block in plan.blocks):
        _show_time_line(plan, athletes)


def _show_time_line(plan: Plan, athletes: int) -> None:
    from retro_timer.beacon.assembly import session_rules
    from retro_timer.detection.people import Braking
    from retro_timer.sensors.known import spec_of
    from retro_timer.training.rehearsal import rehearse

    settings = load_settings(tell=remark)
    rules = session_rules(settings, [spec_of(sensor) for sensor in settings.sensors], Braking())
    names = SOLO if athletes == 1 else tuple(f"athlete {number}" for number in range(1, athletes + 1))
    for text in time_line(rehearse(plan, names, rules)):
        print(f"  {text}")


def _longest_call_s(settings: Settings) -> float:
    """Of the roster that a start begins with, where several are on the course; 0 without one."""
    if settings.session.roster is None:
        return 0.0
    from retro_timer.beacon.output.text_voice import estimated_s
    from retro_timer.phrases import load_catalogue

    catalogue = load_catalogue(settings.voice.language)
    names = [one.say or one.name for one in load_roster(roster_file(settings.session.roster), remark)]
    calls = (catalogue.render("turn_rolling", {"name": name}) for name in names)
    return max(estimated_s(call, settings.voice.rate_wpm) for call in calls)


@plans.command()
@click.argument("files", nargs=-1, required=True, metavar="NAME|FILE...")
def check(files: tuple[str, ...]) -> None:
    """Check plans against their schema and against the settings in force; a group's against the sound check."""
    settings = load_settings(tell=remark)
    sound, call_s = load_calibration(paths.state_dir()).sound, _longest_call_s(settings)
    for name in files:
        plan = load_plan(name)
        check_fit(plan, settings, name)
        for text in group_remarks(plan, settings, sound, call_s):
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
