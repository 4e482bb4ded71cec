"""Sessions and reps as files have them, read some sessions at a time."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

from retro_timer.store.exchange.csv_file import write_csv
from retro_timer.store.exchange.selecting import Results, Selection
from retro_timer.store.results.database import open_for_reading
from tests.helpers.results_made import delete_session, fill_by_log, opened


def test_sessions_come_whole_and_in_order_however_many_are_read_at_once(tmp_path: Path) -> None:
    opened(tmp_path)
    fill_by_log(tmp_path, 70)
    connection = open_for_reading(tmp_path)
    assert connection is not None
    with contextlib.closing(connection):
        found = [(head.number, [rep[0] for rep in reps]) for head, reps in Results(connection, Selection()).sessions()]
    assert found == [(number, [1, 2, 3]) for number in range(1, 71)]


def test_a_session_that_is_deleted_while_the_others_are_written_is_left_out(tmp_path: Path) -> None:
    opened(tmp_path)
    fill_by_log(tmp_path, 70)
    connection = open_for_reading(tmp_path)
    assert connection is not None
    with contextlib.closing(connection):
        results, file = Results(connection, Selection()), io.StringIO(newline="")
        delete_session(tmp_path, 65)
        opened(tmp_path)
        assert write_csv(file, results, lambda _done: None) == 0
    numbers = {int(line.split(",")[2]) for line in file.getvalue().splitlines()[1:]}
    assert numbers == {*range(1, 65), *range(66, 71)}
