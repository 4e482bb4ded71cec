"""Athletes of an imported file: who is one person with whom, and whose name is not taken."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from retro_timer.store.results.athlete_edits import AddAthlete, Known, MergeAthletes
from retro_timer.store.results.athletes import athlete_rows, entry_of_row
from retro_timer.store.results.edits import carry_out
from retro_timer.store.results.entries import new_id
from retro_timer.store.results.journal import Journal
from tests.helpers.boxes import Boxes
from tests.helpers.command import quietly
from tests.helpers.exchange_made import STAMP, rows, session_of


@pytest.fixture
def boxes(tmp_path: Path) -> Boxes:
    return Boxes(tmp_path)


def lived_in(box: Path, names: tuple[str, ...], *edits: Any) -> None:
    """A session of theirs on a box, and what was changed after it."""
    with contextlib.closing(Journal(box)) as journal:
        session_of(journal, names)
        for edit in edits:
            carry_out(journal, edit, STAMP)


def test_one_name_is_one_person_only_where_that_is_asked_for(boxes: Boxes, tmp_path: Path) -> None:
    for box in (boxes.a, boxes.b, tmp_path / "c"):
        with contextlib.closing(Journal(box)) as journal:
            session_of(journal, ("Ann",))
    file = boxes.exported(boxes.a)
    apart = boxes.brought(boxes.b, file)
    assert "Ann of the file is another athlete than Ann (#1) here: --match-names makes them one" in apart
    assert len(json.loads(boxes.do(boxes.b, "reps", "--json", "--athlete", "#1").out)) == 2
    one = boxes.brought(tmp_path / "c", file, "--match-names")
    assert "Ann of the file is Ann (#1) here" in one
    assert len(json.loads(boxes.do(tmp_path / "c", "reps", "--json", "--athlete", "Ann").out)) == 4


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_a_name_may_be_matched_after_a_first_import_too(boxes: Boxes, kind: str) -> None:
    lived_in(boxes.a, ("Ann", "Bea"))
    lived_in(boxes.b, ("Ann",))
    file = boxes.exported(boxes.a, kind)
    boxes.brought(boxes.b, file)
    told = boxes.brought(boxes.b, file, "--match-names")
    assert told[1:] == ["Ann (#2) of the file is Ann (#1) here"]
    assert len(json.loads(boxes.do(boxes.b, "reps", "--json", "--athlete", "Ann").out)) == 4
    assert boxes.brought(boxes.b, file, "--match-names")[1:] == []


def test_those_whom_the_file_itself_tells_apart_stay_apart(boxes: Boxes) -> None:
    lived_in(boxes.a, ("Ann", "Bea"), AddAthlete(Known(name="Ann")))
    before = rows(boxes.a, "athlete", "id")
    assert boxes.brought(boxes.a, boxes.exported(boxes.a), "--match-names")[1:] == []
    assert rows(boxes.a, "athlete", "id") == before


def test_where_several_have_the_name_none_is_guessed(boxes: Boxes) -> None:
    lived_in(boxes.a, ("Ann",))
    lived_in(boxes.b, ("Ann",), AddAthlete(Known(name="Ann")))
    file = boxes.exported(boxes.a)
    boxes.brought(boxes.b, file)
    told = boxes.brought(boxes.b, file, "--match-names")
    assert told[1:] == ["Ann (#3) of the file may be one of Ann (#1), Ann (#2): `athletes merge` makes two one"]


def _forget(box: Path, who: str) -> list[str]:
    """What forgetting told; nothing of the box names them afterwards."""
    outcome = quietly("athletes", "forget", who, "--json", env={"RETRO_TIMER_STATE": str(box)})
    assert outcome.code == 0, outcome
    called: list[str] = json.loads(outcome.out)["called"]
    return called


def _naming(box: Path, *names: str) -> list[str]:
    """Files of a box that have one of the names; what it has not written back into its database yet is there too."""
    files = sorted(path for path in box.rglob("*") if path.is_file())
    return [path.name for path in files if any(name.encode() in path.read_bytes() for name in names)]


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_who_was_forgotten_does_not_come_back_by_a_merge_of_the_file(boxes: Boxes, kind: str) -> None:
    lived_in(boxes.a, ("Zita", "Bea"))
    boxes.brought(boxes.b, boxes.exported(boxes.a))
    assert _forget(boxes.b, "Zita") == ["removed 1"]
    lived_in(boxes.a, ("Zizi", "Zaza"), MergeAthletes("Zaza", "Zizi"), MergeAthletes("Zizi", "Zita"))
    told = boxes.brought(boxes.b, boxes.exported(boxes.a, kind), "--match-names")
    assert told[0].startswith("new sessions: 1; reps: 4 (4 more are here already)")
    assert _naming(boxes.b, "Zita", "Zizi", "Zaza") == []
    assert {row["athlete"] for row in rows(boxes.b, "rep", "rep") if row["session"] == 2} <= {
        "removed 1", "removed 3", "removed 4",
    }  # fmt: skip
    assert len(json.loads(boxes.do(boxes.b, "reps", "--json", "--session", 2).out)) == 4
    assert not any("Z" in line for line in boxes.brought(boxes.b, boxes.exported(boxes.a, kind))[1:])


@pytest.mark.parametrize("who", ["zizi", "#2", "#1"])
def test_forgetting_reaches_whoever_was_merged_into_somebody_who_is_forgotten_already(boxes: Boxes, who: str) -> None:
    lived_in(boxes.a, ("Zita", "Zizi"))
    _forget(boxes.a, "Zita")
    with contextlib.closing(Journal(boxes.a)) as journal:
        zita, zizi = athlete_rows(journal.database)
        line = entry_of_row(msgspec.structs.replace(zizi, revision=zizi.revision + 1, merged_into=zita.uid), new_id())
        journal.keep(line.id, lambda: [line])
    assert set(_forget(boxes.a, who)) == {"removed 1", "removed 2"}
    assert _naming(boxes.a, "Zita", "Zizi") == []
