"""`retro-timer results export`: results as files for other programs."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import BinaryIO

import click

from retro_timer.cli.dates import wall_ns
from retro_timer.cli.output.files import writing
from retro_timer.cli.output.progress import progress
from retro_timer.cli.output.streams import remark
from retro_timer.errors import BadInputError
from retro_timer.settings import paths
from retro_timer.store.exchange.files import FORMATS, Done, heat_bytes, write_reps
from retro_timer.store.exchange.fit import activity as fit
from retro_timer.store.exchange.lif import LeftOut, heats
from retro_timer.store.exchange.selecting import Results, Selection
from retro_timer.store.results.athletes import People, sure_person
from retro_timer.store.results.database import opened_results
from retro_timer.store.results.queries import sure_session
from retro_timer.training.corrections import MOST_NUMBER

_DATE_IT = "`retro-timer results edit SESSION --started WHEN` dates it"


@click.command("export")
@click.option("--format", "kind", type=click.Choice(FORMATS), required=True, help="What kind of file.")
@click.option("-o", "--output", "path", type=click.Path(path_type=Path), required=True, help="Where to.")
@click.option("--session", "number", type=click.IntRange(1, MOST_NUMBER), help="Only this session.")
@click.option("--athlete", metavar="NAME", help="Only this athlete's reps.")
@click.option("--since", metavar="DATE", help="Only sessions that began on that day or later, such as 2026-11-22.")
def export(kind: str, path: Path, number: int | None, athlete: str | None, since: str | None) -> None:
    """Write results into a file: `csv` has one rep a row, `json` everything that is kept, for `results import`, `fit`
    an activity for each athlete of a session, and `lif` a heat for each rep of all or wave, for meet software; where
    PATH is a folder, a file each.
    """
    since_ns = None if since is None else wall_ns("--since", since, "a date", "2026-11-22")
    with opened_results(paths.state_dir()) as connection:
        if number is not None:
            sure_session(connection, number)
        selection = Selection(number, None if athlete is None else _ids(connection, athlete), since_ns)
        results = Results(connection, selection, as_persons=kind == "csv")
        with progress("exporting", len(results.numbers)) as done:
            if kind == "lif":
                _write_heats(path, connection, results, done)
            elif kind == "fit":
                _write_activities(path, connection, results, done)
            else:
                _write(kind, path, connection, results, done)
        undated = "sessions whose date the box did not know, as --since asks"
        _tell_left({undated: results.undated, "reps that have not ended": results.count_open()})


def _write(kind: str, path: Path, connection: sqlite3.Connection, results: Results, done: Done) -> None:
    """Write one file, and say what is in it."""
    with writing(path) as file:
        without = write_reps(kind, file, connection, results, done)
    print(f"{path}: sessions: {len(results.numbers) - without:,}")
    _tell_left({"sessions without a rep (a row is a rep; --format json has them)": without})


def _write_heats(path: Path, connection: sqlite3.Connection, results: Results, done: Done) -> None:
    """Write all heats into a file, or each into a file of its own where `path` is a folder, and say what is in it."""
    left, found = LeftOut(), 0
    with contextlib.ExitStack() as stack:
        whole: BinaryIO | None = None
        for count, number in enumerate(results.numbers, start=1):
            for heat in heats(connection, results, number, left):
                found += 1
                data = heat_bytes(heat)
                if path.is_dir():
                    _write_file(path / heat.file_name, data)
                    continue
                # A file without a heat would be none that meet software reads.
                whole = whole or stack.enter_context(writing(path))
                whole.write(data)
            done(count)
    print(f"{path}: heats: {found:,}" if found else f"{path}: heats: 0, nothing written")
    if not path.is_dir() and found > 1:
        remark("more than one heat in one file: where a program wants a file a heat, name a folder")
    _tell_left({"void reps": left.void, "timed steps": left.timed, "reps' times on the way": left.splits})


def _write_activities(path: Path, connection: sqlite3.Connection, results: Results, done: Done) -> None:
    """Write a FIT file for each athlete of a session, into a folder; into `path` itself where there is but one."""
    # fit-tool takes a while to load.
    from retro_timer.store.exchange.fit.encoding import fit_bytes

    left, found = fit.LeftOut(), 0
    alone: fit.Activity | None = None
    for count, number in enumerate(results.numbers, start=1):
        for made in fit.activities(connection, results, number, left):
            found += 1
            if found == 1 and _names_a_file(path):
                # Whether it is the only one shows when there is a second one.
                alone = made
                continue
            if alone is not None:
                _write_file(_beside(path, alone), fit_bytes(alone))
                alone = None
            _write_file(_beside(path, made), fit_bytes(made))
        done(count)
    if alone is not None:
        _write_file(path, fit_bytes(alone))
    if left.undated and not found:
        raise BadInputError(f"session {left.undated[0]}", "the box did not know its date", _DATE_IT)
    # Of several, none has just that name.
    where = path.with_name(f"{path.stem}-…{path.suffix}") if found > 1 and _names_a_file(path) else path
    print(f"{where}: files: {found:,}" if found else f"{path}: files: 0, nothing written")
    if left.undated:
        numbers = ", ".join(map(str, left.undated))
        remark(f"sessions of which the box did not know the date: {numbers}, not in it ({_DATE_IT})")
    _tell_left({"reps without a finish": left.unfinished, "places that nobody has claimed": left.unclaimed})


def _names_a_file(path: Path) -> bool:
    return path.suffix.lower() == ".fit" and not path.is_dir()


def _beside(path: Path, made: fit.Activity) -> Path:
    """Where one of several goes: into the folder, or beside the file that was named."""
    if _names_a_file(path):
        return path.with_name(f"{path.stem}-{made.file_name}")
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise BadInputError(f"-o {path}", f"no folder ({error.strerror})", "a folder, or a file named .fit") from None
    return path / made.file_name


def _write_file(path: Path, data: bytes) -> None:
    with writing(path) as file:
        file.write(data)


def _tell_left(counts: dict[str, int]) -> None:
    for what, many in counts.items():
        if many:
            remark(f"{what}: {many:,}, not in it")


def _ids(connection: sqlite3.Connection, athlete: str) -> tuple[str, ...]:
    people = People.of(connection)
    return people.ids_of(sure_person(people, athlete, "--athlete").uid)
