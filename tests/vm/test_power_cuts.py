"""The plug is pulled at random moments of a running session, and nothing that was announced is lost.

The witness in the guest writes down each announcement at once, in a folder of the host that outlives the cut. A coach
who quarrels about every result has many words on reps saved in a short time, so that cuts fall into commits. All cuts
hit one session, which is offered and goes on after each boot, but for the last one: that hits an import.
RETRO_TIMER_CUTS says how many (5), RETRO_TIMER_CUT_SEED at which moments.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.boxes import Boxes, long_session
from tests.vm.box import TOOLS, WAIT_S, Box

CUTS = int(os.environ.get("RETRO_TIMER_CUTS", "5"))
SEED = os.environ.get("RETRO_TIMER_CUT_SEED", "1")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2700)]

OWN_TIME = False
REST_S, CHANGEOVER_S = 7.0, 5.0
LATEST_S = 8.0
"""After the first result since the start: through its corrections, the rest, and far into the next rep."""
SETTINGS = f"""
[[sensors]]
period_ms = 50.0
[session]
default_plan = "field"
countdown_s = 1
get_ready_s = 2.0
changeover_s = {CHANGEOVER_S}
[voice]
kind = "text"
rate_wpm = 300
"""
IMPORTED_REPS = 1000
"""Sixteen portions or so: a request on the socket holds less than a hundred reps."""
LATEST_PORTION_S = 1.0
"""After one of the first portions: into the way to the disk of a later one."""
PLAN = {"title": "Field", "gait": "jog", "reps": 99, "distance_m": 5, "rest_s": REST_S, "walk_out_s": 0}
FIELDS = ("athlete", "status", "time_ns", "uncertainty_ns", "method", "reason")


class Ledger:
    """What was announced over all boots: of each rep the newest word, as the record that came with it, and the
    corrections by their ids."""

    def __init__(self) -> None:
        self.words: dict[int, dict[str, Any]] = {}
        self.revisions: set[str] = set()
        self.announcements = 0

    def take(self, told: list[dict[str, Any]]) -> None:
        """The announcements of one boot."""
        for line in told:
            if line.get("record") is not None:
                record = line["record"]
                self.announcements += 1
                older = self.words.get(record["rep"])
                if older is None or older["revision"] < record["revision"]:
                    self.words[record["rep"]] = record
            if line.get("revision") is not None:
                self.revisions.add(line["revision"])


@pytest.fixture(scope="module")
def field(box: Box) -> Box:
    box.set_up("sim", SETTINGS, "--roster /etc/retro-timer/team.csv", coach=True, **PLAN)
    box.command("ctl", "start")
    return box


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    made = Ledger()
    yield made
    corrections = len(made.revisions)
    print(f"{CUTS} cuts, {made.announcements} announcements of {len(made.words)} reps, {corrections} corrections")


@pytest.mark.parametrize("cut", range(1, CUTS))
def test_what_was_announced_survives_and_the_session_goes_on(field: Box, ledger: Ledger, cut: int) -> None:
    field.wait("finish")
    threading.Event().wait(random.Random(f"{SEED}:{cut}").uniform(0.0, LATEST_S))
    field.vm.power_cut()
    ledger.take(field.told)

    field.vm.boot()
    field.follow(coach=True)
    assert field.offered()["title"] == PLAN["title"]
    audit = field.audit()
    assert audit["integrity"] == "ok"
    assert not [name for name in audit["files"] if name.startswith("results.damaged-")]
    (session,) = audit["sessions"]
    assert session["outcome"] == "open"
    check_database(audit, ledger)
    check_results(field.results(), ledger)

    field.command("ctl", "recover")
    recovered = field.wait("recovered")
    go = field.wait("go")
    assert go["rep"] == max(row["rep"] for row in audit["reps"]) + 1
    # A rep that the cut interrupted is run again, so it gives nobody a rest.
    rested = {row["athlete"] for row in audit["reps"] if row["reason"] != "interrupted"}
    assert (go["t_ns"] - recovered["t_ns"]) / 1e9 >= (REST_S if go["athlete"] in rested else CHANGEOVER_S)


def test_what_an_import_told_survives_and_the_same_file_brings_the_rest(
    field: Box, ledger: Ledger, tmp_path: Path
) -> None:
    draw = random.Random(f"{SEED}:import")
    field.command("ctl", "stop")
    shutil.copy(long_session(Boxes(tmp_path), IMPORTED_REPS), field.vm.share / "results.json")
    told = field.vm.share / "brought.jsonl"
    field.vm.start("bring", ["/opt/retro-timer/venv/bin/python", f"{TOOLS}/bring.py"])
    portions = draw.randint(1, 4)
    field.vm.wait_for(lambda: len(lines_of(told)) >= portions, WAIT_S, f"{portions} portions")
    threading.Event().wait(draw.uniform(0.0, LATEST_PORTION_S))
    field.vm.power_cut()
    ledger.take(field.told)

    field.vm.boot()
    field.follow()
    field.connected()
    audit = field.audit()
    assert audit["integrity"] == "ok"
    assert not [name for name in audit["files"] if name.startswith("results.damaged-")]
    assert [row["outcome"] for row in audit["sessions"]] == ["stopped", "done"]
    check_database(audit, ledger)
    kept = [row["rep"] for row in audit["reps"] if row["session"] == 2]
    assert kept == list(range(1, len(kept) + 1))
    assert len(kept) >= sum(line["reps"] for line in lines_of(told))
    field.command("results", "verify")

    here = f" ({len(kept)} more are here already)"
    rest = field.command("results", "import", "/run/rig/results.json")
    assert rest.startswith(f"new sessions: 0; reps: {IMPORTED_REPS - len(kept)}{here}")
    assert [row["rep"] for row in field.audit()["reps"] if row["session"] == 2] == list(range(1, IMPORTED_REPS + 1))
    print(f"the import was cut after {len(kept)} of {IMPORTED_REPS} reps")


def lines_of(path: Path) -> list[dict[str, Any]]:
    """What a guest has written down; the last line may be half a line."""
    text = path.read_text() if path.exists() else ""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def check_database(audit: dict[str, Any], ledger: Ledger) -> None:
    """Every rep is there with its last word or a newer one, and every correction; what a cut left open is closed."""
    rows = {row["rep"]: row for row in audit["reps"] if row["session"] == 1}
    assert list(rows) == list(range(1, len(rows) + 1))
    for rep, word in ledger.words.items():
        row = rows[rep]
        assert row["revision"] >= word["revision"]
        if row["revision"] == word["revision"]:
            assert {field: row[field] for field in FIELDS} == {field: word[field] for field in FIELDS}
    assert "open" not in {row["status"] for row in rows.values()}
    assert ledger.revisions <= set(audit["revisions"])


def check_results(results: list[dict[str, Any]], ledger: Ledger) -> None:
    """`results reps` tells every announced rep with its time; a correction leaves that alone."""
    times = {rep["rep"]: rep["time_s"] for rep in results}
    for rep, word in ledger.words.items():
        assert times[rep] == (None if word["time_ns"] is None else word["time_ns"] / 1e9)
