"""`retro-timer marshal`: what the sensors saw of a disputed finish. Runs in a process of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from retro_timer.errors import BadInputError
from retro_timer.settings import paths
from retro_timer.settings.whole import write_whole
from retro_timer.store.results.database import opened_results
from retro_timer.store.seen_finish import picture_of
from retro_timer.training.corrections import MOST_NUMBER

_WIDEST = 120


@click.command()
@click.argument("number", type=click.IntRange(1, MOST_NUMBER), metavar="SESSION")
@click.argument("rep", type=click.IntRange(1, MOST_NUMBER), metavar="REP")
@click.option("--svg", type=click.Path(path_type=Path), metavar="FILE", help="Draw it into this file instead.")
def marshal(number: int, rep: int, svg: Path | None) -> None:
    """The readings around a disputed finish: range, signal, the outline that was fitted, the interval, what lost.

    SESSION and REP are numbers of `retro-timer results show`.
    """
    with opened_results(paths.state_dir()) as connection:
        picture = picture_of(connection, paths.state_dir(), number, rep)
    if svg is None:
        from retro_timer.cli.output.marshal_text import finish_lines

        for line in finish_lines(picture, min(_WIDEST, shutil.get_terminal_size().columns)):
            print(line)
        return
    from retro_timer.pictures.finish import draw_finish

    try:
        write_whole(svg, draw_finish(picture).encode())
    except OSError as error:
        raise BadInputError(f"--svg {svg}", f"cannot be written ({error.strerror})", "a file for the drawing") from None
    print(svg)
