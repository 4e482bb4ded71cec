"""`retro-timer plans`: list, show, check, and write a new one."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from retro_timer.cli.main import EXIT_INTERRUPTED
from retro_timer.cli.output.plan_shown import block_lines, order_of, size_of
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.settings import paths
from retro_timer.settings.loading import load_plan, load_settings, plan_names, read_plan
from retro_timer.settings.plan_fit import check_fit
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Order, Plan, StartMethod


@click.group()
def plans() -> None:
    """Training plans."""


@plans.command("list")
def list_() -> None:
    """Every plan, with what it is for."""
    for name, path in plan_names().items():
        try:
            plan = read_plan(path)
        except BadInputError as error:
            print(f"{name:20} cannot be read: {error}")
            continue
        low, high = plan.sessions_per_week
        often = f"{low}×" if low == high else f"{low}–{high}×"
        print(f"{name:20} {size_of(plan):26} {often:>5} a week  {plan.purpose}")


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
    settings = load_settings()
    for name in files:
        plan = load_plan(name)
        check_fit(plan, settings, name)
        print(f"{name}: ok, {size_of(plan)}")


@plans.command()
@click.argument("name")
@click.option("--force", is_flag=True, help="Replace a plan of that name.")
def new(name: str, force: bool) -> int:
    """Ask for a plan's figures and write NAME.toml into the config directory."""
    if not name.replace("-", "").isalnum() or name != name.lower():
        raise BadInputError(f"plan '{name}'", "not a name for a file", "small letters, digits and hyphens")
    path = paths.config_dir() / "plans" / f"{name}.toml"
    if path.exists() and not force:
        raise BadInputError(str(path), "there already", "another name, or --force")
    try:
        text = _ask(name)
    except (EOFError, click.Abort):
        print(file=sys.stderr)
        return EXIT_INTERRUPTED
    _write(path, text)
    print(f"wrote {path}: {size_of(load_plan(str(path)))}")
    return 0


def _write(path: Path, text: str) -> None:
    from retro_timer.settings.tables import parse_toml
    from retro_timer.training.plan_check import check_plan

    check_plan(parse_toml(text, Plan, str(path), "a training plan"), str(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RetroTimerError(f"{path}: cannot be written ({error.strerror})") from None


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
