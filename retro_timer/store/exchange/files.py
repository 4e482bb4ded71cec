"""Results as one file of any format, however many activities or heats there are in it."""

from __future__ import annotations

import io
import itertools
import sqlite3
import zipfile
from collections.abc import Callable
from typing import BinaryIO

from retro_timer.errors import RetroTimerError
from retro_timer.store.exchange.csv_file import write_csv
from retro_timer.store.exchange.fit import activity as fit
from retro_timer.store.exchange.json_file import write_json
from retro_timer.store.exchange.lif import Heat, LeftOut, heats
from retro_timer.store.exchange.selecting import Results

FORMATS = ("csv", "json", "fit", "lif")
Done = Callable[[float], None]


def write_reps(kind: str, file: BinaryIO, connection: sqlite3.Connection, results: Results, done: Done) -> int:
    """Write `csv` or `json`. Returns how many sessions without a rep are not in it."""
    if kind == "json":
        write_json(file, connection, results, done)
        return 0
    text = io.TextIOWrapper(file, encoding="utf-8", errors="surrogatepass", newline="")
    without = write_csv(text, results, done)
    text.flush()
    text.detach()
    return without


def heat_bytes(heat: Heat) -> bytes:
    """A heat as meet software reads it."""
    return heat.text.encode("utf-8", errors="replace")


def write_one_file(kind: str, file: BinaryIO, connection: sqlite3.Connection, results: Results) -> str:
    """Write what is selected in one of `FORMATS`. Returns the file's extension: that of an archive where there are
    several activities. Raises RetroTimerError where there is nothing to write.
    """
    if kind == "fit":
        return _write_activities(file, connection, results)
    if kind == "lif":
        for number in results.numbers:
            for heat in heats(connection, results, number, LeftOut()):
                file.write(heat_bytes(heat))
    else:
        write_reps(kind, file, connection, results, lambda _: None)
    if not file.tell():
        raise RetroTimerError("nothing to write: no rep over a distance has ended that counts")
    return kind


def _write_activities(file: BinaryIO, connection: sqlite3.Connection, results: Results) -> str:
    # fit-tool takes a while to load.
    from retro_timer.store.exchange.fit.encoding import fit_bytes

    left = fit.LeftOut()
    made = (each for number in results.numbers for each in fit.activities(connection, results, number, left))
    first, second = next(made, None), next(made, None)
    if first is None:
        dated = "the box did not know its date: `retro-timer results edit SESSION --started WHEN`"
        raise RetroTimerError(f"nothing to write: {dated if left.undated else 'nobody has finished a rep'}")
    if second is None:
        file.write(fit_bytes(first))
        return "fit"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in itertools.chain((first, second), made):
            archive.writestr(each.file_name, fit_bytes(each))
    return "zip"
