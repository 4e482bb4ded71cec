"""`retro-timer results import` beside a timer: it waits for the end of a session, and makes way for a timer's start."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from retro_timer.beacon.control.protocol import answers, requests
from retro_timer.beacon.control.server import Client, Server
from retro_timer.cli.editing import importing
from retro_timer.settings import paths
from retro_timer.store.exchange.portions import portions
from retro_timer.store.results.merged import Merged
from retro_timer.store.results.merging.portion import ImportPortion
from retro_timer.store.results.writer import Edited, JournalWriter
from tests.helpers.boxes import Boxes, long_session
from tests.helpers.command import PROGRAM, environment_with, quietly
from tests.helpers.exchange_made import NOON_NS, everything
from tests.helpers.timer_process import new_home, timer, until


@pytest.fixture
def boxes(tmp_path: Path) -> Boxes:
    return Boxes(tmp_path)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    made = new_home()
    monkeypatch.setenv("RETRO_TIMER_STATE", str(made))
    yield made
    shutil.rmtree(made)


@pytest.mark.slow
def test_it_waits_for_the_end_of_a_session_and_the_timer_keeps_it(boxes: Boxes, tmp_path: Path) -> None:
    everything(boxes.a)
    file, told = boxes.exported(boxes.a), tmp_path / "told"
    with timer("--plan", "conditioning", "--json") as box, told.open("w") as err:
        box.ready().phase("brief", "get-ready", "countdown", "running", "rest")
        command = [str(PROGRAM), "results", "import", str(file)]
        taking = subprocess.Popen(
            command, env=environment_with(box.env), stdout=subprocess.PIPE, stderr=err, encoding="utf-8"
        )
        until(lambda: "a session is open: waiting for its end" in told.read_text(), "the import waits")
        assert len(json.loads(quietly("results", "list", "--json", env=box.env).out)) == 1
        box.ctl("stop")
        out, _ = taking.communicate(timeout=60.0)
        assert (taking.returncode, out.splitlines()[0]) == (0, "new sessions: 3; reps: 10; athletes: 5")
        again = quietly("results", "import", file, env=box.env)
        assert again.lines[0] == "new sessions: 0; reps: 0 (10 more are here already); athletes: 0"


class Taker:
    """Where a timer takes edits: with its own writer, and its share of the lock."""

    def __init__(self, directory: Path, *, takes: int = 1000) -> None:
        """It goes away when it is asked for more than `takes`."""
        self._takes = takes
        self.writer = JournalWriter(directory, lambda: NOON_NS)
        self.portions = 0
        self.server = Server(paths.socket_path(), self._take)
        self.server.start()

    def _take(self, request: requests.AnyRequest, client: Client) -> None:
        assert isinstance(request, requests.Edit)
        if self.portions == self._takes:
            client.connection.shutdown(socket.SHUT_RDWR)
            return
        self.portions += 1

        def answer(edited: Edited) -> None:
            assert edited.done is not None, edited.trouble
            client.send(answers.Edited(edited.done))

        self.writer.edit(request.edit, request.origin, answer)

    def close(self) -> None:
        """The timer has gone."""
        self.server.close()
        self.writer.close()


def many(boxes: Boxes) -> list[ImportPortion]:
    """The portions of such a file."""
    file = long_session(boxes, 120)
    found = [part.portion for part in portions(file, match_names=False)]
    assert len(found) > 1
    return found


def test_a_timer_that_starts_amid_an_import_has_the_files_at_once(boxes: Boxes, home: Path) -> None:
    first, *others = many(boxes)
    with importing() as make:
        made = make(first)
        merged = made.merged or Merged()
        with contextlib.closing(Taker(home)) as taker:
            for other in others:
                merged += make(other).merged or Merged()
        assert taker.portions == len(others)
    assert (merged.sessions, merged.reps) == (1, 120)


def test_a_timer_that_goes_away_amid_an_import_leaves_one_line_on_what_is_in_and_how_to_go_on(
    boxes: Boxes, home: Path
) -> None:
    file = long_session(boxes, 120)
    with contextlib.closing(Taker(home, takes=1)):
        given_up = quietly("results", "import", file, env={"RETRO_TIMER_STATE": str(home)})
    assert given_up.code == 1
    (line,) = given_up.err.splitlines()
    assert "the timer went away before it answered" in line
    assert "; in so far: new sessions: 1; reps: " in line
    assert line.endswith("; the same again brings the rest")
    again = quietly("results", "import", file, env={"RETRO_TIMER_STATE": str(home)})
    assert again.code == 0, again.err
    assert again.lines[0].startswith("new sessions: 0; reps: ")
