"""`retro-timer rosters`: lists of athletes that are kept on the box."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import click

from retro_timer.cli.editing import make_edit
from retro_timer.cli.output.streams import remark
from retro_timer.errors import BadInputError
from retro_timer.settings.encodings import read_spreadsheet_text
from retro_timer.settings.loading import load_roster, place_of, roster_file, roster_names
from retro_timer.settings.made import WriteRoster, check_file_name
from retro_timer.training.listed import Listed
from retro_timer.training.roster import parse_roster
from retro_timer.training.roster_text import roster_text
from retro_timer.training.start_lists import PEOPLE, STARTS, Entrant, as_rows, entrants_of, people_of


@click.group()
def rosters() -> None:
    """Lists of athletes."""


@rosters.command("list")
def list_() -> None:
    """Every roster, with how many are on it and the folder that it lies in."""
    names = roster_names()
    for name, path in names.items():
        try:
            athletes = load_roster(path)
        except BadInputError as error:
            print(f"{name:20} cannot be read: {error}")
            continue
        print(f"{name:20} {len(athletes):3} athletes [{place_of(path)}]")
    if not names:
        print("no rosters yet: `retro-timer rosters import FILE` brings one in")


@rosters.command()
@click.argument("name")
def show(name: str) -> None:
    """Who is on a roster, in the order of turns."""
    for athlete in load_roster(roster_file(name), remark):
        print(_shown(athlete))


def _shown(athlete: Listed) -> str:
    """The name, and what else the roster says of them."""
    said = f"said '{athlete.say}'" if athlete.say else ""
    lane = f"lane {athlete.lane}" if athlete.lane is not None else ""
    target = f"target {athlete.target_s:g} s" if athlete.target_s is not None else ""
    return ", ".join(filter(None, (athlete.name, said, lane, target)))


@rosters.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", help="What it is called; the file's own name when left out.")
@click.option("--heat", metavar="E-R-H", help="Of a start list (.evt): only this event, round and heat, such as 1-1-2.")
@click.option("--force", is_flag=True, help="Replace a roster of that name.")
def import_(file: Path, name: str | None, heat: str | None, force: bool) -> None:
    """Keep the athletes of FILE, as any spreadsheet saves it, on the box as a roster; or a list of people (.ppl) or of
    starts (.evt) of meet software.
    """
    name = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-") if name is None else name
    check_file_name(name, "roster")
    if file.suffix.lower() in (PEOPLE, STARTS):
        text = _start_list(file, heat)
        athletes = parse_roster(text, str(file), remark)
    elif heat is not None:
        raise BadInputError(f"--heat {heat}", f"{file} has no heats", "a start list (.evt)")
    else:
        text, _ = read_spreadsheet_text(file, "a list of names in CSV")
        athletes = load_roster(file, remark)
    words = make_edit(WriteRoster(name, text, force)).words
    print(f"{words}: {len(athletes)} athletes; `retro-timer ctl roster {name}` has the running timer take them")


def _start_list(file: Path, heat: str | None) -> str:
    """The text of a roster of whom a start list has."""
    text, _ = read_spreadsheet_text(file, "a start list")
    if file.suffix.lower() == PEOPLE:
        if heat is not None:
            raise BadInputError(f"--heat {heat}", f"{file} has no heats", "a start list (.evt)")
        return roster_text(as_rows(map(Entrant, people_of(text, str(file)).values())))
    people = functools.cache(lambda: _people_beside(file))
    return roster_text(as_rows(entrants_of(text, str(file), people, heat, remark)))


def _people_beside(file: Path) -> dict[str, str]:
    """The list of people that goes with a list of starts: called as it is, or the only one of the folder."""
    try:
        found = sorted(path for path in file.parent.iterdir() if path.suffix.lower() == PEOPLE)
    except OSError as error:
        raise BadInputError(str(file.parent), f"cannot be read ({error.strerror})", "the folder of a .ppl") from None
    same = [path for path in found if path.stem.casefold() == file.stem.casefold()]
    found = same or found
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise BadInputError(str(file), f"names are missing, and several have them: {names}", f"one, {file.stem}.ppl")
    if not found:
        return {}
    text, _ = read_spreadsheet_text(found[0], "a list of people")
    people = people_of(text, str(found[0]))
    remark(f"{file}: names that are missing are from {found[0].name}")
    return people
