"""Two boxes whose results go from one to the other."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from retro_timer.store.results.journal import Journal
from tests.helpers.command import Outcome, quietly
from tests.helpers.exchange_made import session_of


class Boxes:
    """Two state directories, and files between them."""

    def __init__(self, place: Path) -> None:
        self.a, self.b = place / "a", place / "b"
        self._place = place

    def do(self, box: Path, *args: object) -> Outcome:
        """A command of `results` on a box."""
        return quietly("results", *args, env={"RETRO_TIMER_STATE": str(box)})

    def exported(self, box: Path, kind: str = "json", *args: object) -> Path:
        """A file of what a box has."""
        path = self._place / f"{box.name}.{kind}"
        assert self.do(box, "export", "--format", kind, "-o", path, *args).code == 0
        return path

    def brought(self, box: Path, file: Path, *args: object) -> list[str]:
        """What importing a file told."""
        outcome = self.do(box, "import", file, *args)
        assert (outcome.code, outcome.err) == (0, "")
        return outcome.lines


def long_session(boxes: Boxes, reps: int) -> Path:
    """The first box's export of one session of so many reps."""
    with contextlib.closing(Journal(boxes.a)) as journal:
        session_of(journal, ("Ann",), reps=1)
    file = boxes.exported(boxes.a)
    document = json.loads(file.read_bytes())
    (session,) = document["sessions"]
    (rep,) = session["reps"]
    session["reps"] = [{**rep, "rep": number} for number in range(1, reps + 1)]
    file.write_text(json.dumps(document, indent=2), encoding="utf-8")
    return file
