"""`retro-timer results backup|verify` and `retro-timer restore`: copies of the results, and back from them."""

from __future__ import annotations

import shutil
import sqlite3
import time
from pathlib import Path
from typing import get_args

import click

from retro_timer.beacon.control.client import BeaconClient, NoTimerError
from retro_timer.beacon.control.protocol import answers, requests
from retro_timer.cli.importing import take_over
from retro_timer.cli.output.progress import progress
from retro_timer.cli.output.streams import remark
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.settings import paths
from retro_timer.store.exchange.json_file import write_json
from retro_timer.store.exchange.selecting import Results, Selection
from retro_timer.store.results.backups import back_up
from retro_timer.store.results.copying import work_folder
from retro_timer.store.results.database import opened_results
from retro_timer.store.results.soundness import check_copy, look_at_all
from retro_timer.store.stick import StickError, check_mounted, copy_to

_LOOK_S = 5.0
_MOST_S = 7200.0
"""How long a word on a stick waits for the end of a session."""


@click.command()
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Onto a stick, say: there with the FIT files.")
@click.option("--stick", is_flag=True, help="PATH is a stick that the box has mounted; what fails is spoken.")
def backup(folder: Path | None, stick: bool) -> None:
    """Copy the database beside itself, as the timer's hourly service does; the seven fullest copies are kept."""
    if folder is None:
        try:
            path = back_up(paths.state_dir(), time.time_ns())
        except (OSError, sqlite3.Error) as error:
            raise RetroTimerError(f"{paths.state_dir()}: no copy made ({error})") from None
        print("no results yet: nothing to copy" if path is None else path)
        return
    if not stick and not folder.is_dir():
        raise BadInputError(f"--to {folder}", "no folder", "one that exists, such as a stick's")
    try:
        if stick:
            check_mounted(folder)
        with progress("copying", None) as done:
            made = copy_to(paths.state_dir(), folder, time.time_ns(), done)
    except StickError as error:
        if stick:
            _announce(error.trouble.value)
        raise
    if made is None:
        if stick:
            _announce("nothing")
            raise RetroTimerError("no results yet: nothing to copy")
        print("no results yet: nothing to copy")
        return
    print(f"{made.database}; FIT files written: {made.fit_files:,}")


@click.command(hidden=True)
@click.argument("what", type=click.Choice(get_args(requests.StickWord)))
def announce(what: requests.StickWord) -> None:
    """Have the timer say what became of a stick, when the session under way is over."""
    _announce(what)


def _announce(what: requests.StickWord) -> None:
    until_s = time.monotonic() + _MOST_S
    while True:
        try:
            with BeaconClient(paths.socket_path()) as beacon:
                beacon.ask(requests.Announce(what), answers.Done)
        except NoTimerError:
            remark("no timer runs here that could say so")
        except answers.RequestRefusedError as error:
            if error.why != "refused" or time.monotonic() > until_s:
                raise
            time.sleep(_LOOK_S)
            continue
        return


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
def verify(file: Path | None) -> None:
    """Read all results, the log and every copy, and say whether they are sound; or one copy, FILE."""
    if file is not None:
        found = check_copy(file)
        print(f"{file}: sound, sessions: {found.sessions:,}, reps: {found.reps:,}")
        return
    faults, in_copies = 0, 0
    try:
        for line in look_at_all(paths.state_dir()):
            print(line.text)
            faults += line.is_fault
            in_copies += line.is_fault and line.is_copy
    except (OSError, sqlite3.Error) as error:
        raise RetroTimerError(f"{paths.state_dir()}: cannot be read ({error})") from None
    if faults:
        raise RetroTimerError(f"faults: {faults}; {_mended(faults - in_copies, in_copies)}")


def _mended(here: int, in_copies: int) -> str:
    """How those of database and log, and those of copies, are mended."""
    start = "the next start of the timer mends results.db and reps.jsonl" if here else ""
    copies = "a copy that is damaged is of no use: delete it, `retro-timer results backup` makes another"
    return "; ".join(filter(None, (start, copies if in_copies else "")))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--match-names", is_flag=True, help="An athlete of FILE is one person with whoever has that name here.")
def restore(file: Path, match_names: bool) -> None:
    """Take back what is in FILE, a copy of the results (results-….db) that this box or another one made, and not here.

    Nothing that is here is written over or deleted; what differs is told.
    """
    check_copy(file)
    try:
        with work_folder() as folder:
            shutil.copyfile(file, folder / "results.db")
            exported = folder / "all.json"
            with opened_results(folder) as connection, exported.open("wb") as document:
                write_json(document, connection, Results(connection, Selection()), lambda _: None)
            take_over(exported, match_names=match_names)
    except OSError as error:
        raise RetroTimerError(f"{file}: not restored ({error.strerror or error})") from None
