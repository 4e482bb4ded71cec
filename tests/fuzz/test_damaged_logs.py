"""Whatever stands in the log, the results are opened; a line that nobody touched is never lost."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retro_timer.errors import RetroTimerError
from retro_timer.store.results.entries import RepKept
from retro_timer.store.results.log_lines import LineReader
from retro_timer.store.results.reps_log import read_log
from tests.helpers.results_made import fill, kept, opened

MEMORY = Path("/dev/shm")
RUBBISH = st.binary(max_size=60) | st.text(alphabet='{}[]",:0-e"kindvrepsouidlast ', max_size=60).map(str.encode)


@pytest.fixture(scope="module")
def lines() -> Iterator[list[bytes]]:
    """The lines of three sessions."""
    folder = Path(tempfile.mkdtemp())
    fill(folder, 3)
    yield (folder / "reps.jsonl").read_bytes().splitlines(keepends=True)
    shutil.rmtree(folder)


@settings(max_examples=settings().max_examples // 3)
@given(st.data())
def test_rubbish_torn_and_doubled_lines_cost_no_other_line(lines: list[bytes], data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, len(lines) - 1), max_size=4, unique=True))
    made = list(lines)
    for place in places:
        kind = data.draw(st.sampled_from(["rubbish", "torn", "spoilt", "doubled", "gone"]))
        line = made[place]
        made[place] = {
            "rubbish": data.draw(RUBBISH).replace(b"\n", b"") + b"\n" + line,
            "torn": line[: data.draw(st.integers(0, len(line) - 2))] + b"\n",
            "spoilt": line[:40] + data.draw(RUBBISH).replace(b"\n", b"") + line[60:],
            "doubled": line + line,
            "gone": b"",
        }[kind]
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        directory = Path(folder)
        (directory / "reps.jsonl").write_bytes(b"".join(made))
        opened(directory)
        found = kept(directory)
        assert opened(directory) is None
        (directory / "results.db").unlink()
        opened(directory)
        assert kept(directory) == found, "the same comes of the same log"
        untouched = [entry for n, entry in enumerate(map(LineReader().read, lines)) if n not in places and entry]
        assert len(untouched) == len(lines) - len(places)
        assert {entry.id for entry in untouched} <= {entry.id for entry in read_log(directory)}
        reps = {(row[0], row[1]) for row in found if isinstance(row[1], int)}
        assert {(entry.session, entry.rep) for entry in untouched if isinstance(entry, RepKept)} <= reps


@settings(max_examples=settings().max_examples // 3)
@given(st.lists(RUBBISH, max_size=5))
def test_any_bytes_are_a_log_that_is_opened_or_refused_in_one_line(made: list[bytes]) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        (Path(folder) / "reps.jsonl").write_bytes(b"\n".join(made))
        # A line may happen to say that a newer program wrote it.
        with contextlib.suppress(RetroTimerError):
            opened(Path(folder))
