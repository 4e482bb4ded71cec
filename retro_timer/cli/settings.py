"""`retro-timer settings`: what is set on the box itself, beside the builder's file."""

from __future__ import annotations

import json
import tomllib

import click

from retro_timer.cli.editing import make_edit
from retro_timer.cli.output.streams import remark
from retro_timer.errors import BadInputError
from retro_timer.settings import paths
from retro_timer.settings.loading import settings_file
from retro_timer.settings.made import ChangeSetting, Value
from retro_timer.settings.own import NAME, keys_of, load_own


@click.group()
def settings() -> None:
    """Settings made on the box; pins and hardware are set in config.toml alone."""


@settings.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def list_(as_json: bool) -> None:
    """The files in force, and what is set on the box."""
    directory = paths.state_dir()
    own = dict(keys_of(load_own(directory, remark)))
    if as_json:
        print(json.dumps({"config": str(settings_file()), "box": str(directory / NAME), "set": own}))
        return
    print(f"{settings_file()}\n{directory / NAME}" + ("" if own else ": nothing is set on the box"))
    for key, value in own.items():
        print(f"  {key} = {json.dumps(value, ensure_ascii=False)}")


@settings.command("set")
@click.argument("key")
@click.argument("value")
def set_(key: str, value: str) -> None:
    """Set KEY (such as session.default_plan) to VALUE, from the timer's next start on."""
    _change(key, _typed(value))


@settings.command()
@click.argument("key")
def unset(key: str) -> None:
    """Have KEY as config.toml has it again."""
    _change(key, None)


def _change(key: str, value: Value) -> None:
    print(make_edit(ChangeSetting(key, value)).words)


def _typed(text: str) -> Value:
    """A number or truth value as TOML writes it; anything else is text."""
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        value = text
    if not isinstance(value, str | int | float | bool):
        raise BadInputError(f"settings set '{text}'", "not one value", "a word, a number, true or false")
    if isinstance(value, str) and not value.isprintable():
        raise BadInputError("settings set", "control characters", "printable text")
    return value
