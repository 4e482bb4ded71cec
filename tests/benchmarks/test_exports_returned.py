"""The benchmark of exports sees what a file lacks."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from benchmarks.exports import returned
from benchmarks.exports.__main__ import PAIR
from benchmarks.exports.returned import fit_returns, lif_returns
from benchmarks.growth.bulk import fill
from retro_timer.store.exchange.fit.activity import Activity
from retro_timer.store.exchange.fit.encoding import fit_bytes
from retro_timer.store.exchange.selecting import Results, Selection
from retro_timer.store.results.database import open_for_reading


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Two sessions of two athletes with two reps each."""
    fill(tmp_path, 2 * PAIR.reps, shape=PAIR)
    there = open_for_reading(tmp_path)
    assert there is not None
    with contextlib.closing(there):
        yield there


def test_files_give_back_what_was_run(connection: sqlite3.Connection) -> None:
    results = Results(connection, Selection())
    assert results.numbers == [1, 2]
    for number in results.numbers:
        assert fit_returns(connection, results, number)
        assert lif_returns(connection, results, number)


def test_a_second_too_late_and_another_name_are_seen(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def later(made: Activity) -> bytes:
        return fit_bytes(msgspec.structs.replace(made, start_s=made.start_s + 1))

    results = Results(connection, Selection())
    monkeypatch.setattr(returned, "fit_bytes", later)
    monkeypatch.setattr(returned, "heat_bytes", lambda heat: heat.text.replace("Athlete", "Somebody").encode())
    assert not fit_returns(connection, results, 1)
    assert not lif_returns(connection, results, 1)
