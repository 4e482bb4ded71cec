"""What the socket is asked to change of what is kept: rosters, plans, settings, and who is forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from retro_timer.beacon.control.protocol import requests
from retro_timer.beacon.messages import StartPlan
from retro_timer.settings.group import Roster
from retro_timer.settings.made import WriteRoster, make
from retro_timer.settings.own import load_own
from retro_timer.store.results.writer_lock import WriterLock
from retro_timer.training.listed import Listed
from retro_timer.training.roster import SOLO
from tests.helpers.office import DONE, Asker, Office
from tests.helpers.plans_made import block, plan, plan_text


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.beacon.close()


def test_what_is_made_on_the_box_is_written_by_the_journals_thread_and_a_mistake_is_answered(
    office: Office, tmp_path: Path
) -> None:
    answer = office.edit(type="roster-write", name="monday", text="Ann\nBen\n")
    assert answer["done"]["words"] == f"wrote {tmp_path}/rosters/monday.csv"
    assert (tmp_path / "rosters" / "monday.csv").read_text() == "Ann\nBen\n"
    answer = office.edit(type="setting", key="session.athlete", value="Kim")
    assert answer["ok"] is True
    (answer,) = office.ask("edit", edit={"type": "plan-write", "name": "../etc", "text": ""})
    assert (answer["why"], "edit.name" in answer["error"]) == ("malformed", True)
    answer = office.edit(type="setting", key="button.pin", value=4)
    assert "pins and hardware are not set on the box" in answer["error"]


@pytest.fixture
def groups(state_dir: Path, office: Office) -> Path:
    """The folder of rosters on the box: monday's has Ann and Ben."""
    make(state_dir, WriteRoster("monday", "Ann\nBen\n"))
    office.beacon.after(3.0)
    return state_dir / "rosters"


def taking_part(office: Office) -> list[str]:
    athletes = office.ask("status")[0]["status"]["athletes"]
    return [athlete["name"] for athlete in athletes if athlete["present"]]


def test_a_roster_is_whom_the_next_sessions_begin_with_and_is_read_anew(
    office: Office, groups: Path, tmp_path: Path
) -> None:
    assert office.wait("roster", name="monday") == DONE[0]
    assert office.ask("start", plan="demo") == DONE
    assert taking_part(office) == ["Ann", "Ben"]
    assert office.ask("stop") == DONE
    (groups / "monday.csv").write_text("Ben\nCem\n")
    assert office.wait("roster") == DONE[0]
    assert office.ask("start", plan="demo") == DONE
    assert taking_part(office) == ["Ben", "Cem"]
    assert load_own(tmp_path, print) == {"session": {"roster": "monday"}}, "after a power cut as well"


@pytest.mark.usefixtures("groups")
def test_of_a_timer_whose_options_name_its_group_one_is_told_that_its_next_start_goes_by_them(tmp_path: Path) -> None:
    office = Office(tmp_path, given="--roster")
    office.beacon.after(3.0)
    answer = office.wait("roster", name="monday")
    assert (answer["ok"], "started with --roster" in answer["note"]) == (True, True)
    assert office.group.athletes == ("Ann", "Ben")
    office.beacon.close()


def test_in_a_session_a_roster_changes_who_takes_part_by_their_names(office: Office, groups: Path) -> None:
    office.beacon.begin(plan(block(reps=2)), "Ann", "Dee")
    (groups / "monday.csv").write_text("Cem\nann\n")
    assert office.wait("roster", name="monday") == DONE[0]
    assert taking_part(office) == ["Ann", "Cem"]
    (told,) = office.beacon.told("roster")
    assert list(told["athletes"]) == ["Cem", "Ann"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "no roster is in force that could be read anew; expected one of monday"),
        ({"name": "munday"}, "did you mean 'monday'?"),
    ],
)
@pytest.mark.usefixtures("groups")
def test_a_roster_that_is_not_there_is_refused_and_nothing_changes(
    office: Office, fields: dict[str, str], words: str
) -> None:
    (answer,) = office.ask("roster", **fields)
    assert words in answer["error"]
    assert office.group.athletes == SOLO


def test_a_roster_that_the_session_refuses_is_none_for_the_next_either(office: Office, groups: Path) -> None:
    (groups / "monday.csv").write_text("\n".join(f"Athlete number {number}" for number in range(60)))
    office.beacon.begin(plan(block(reps=2)), "Ann")
    assert "No more than 60 athletes." in office.wait("roster", name="monday")["error"]
    assert office.group.athletes == SOLO


def run_a_session(office: Office) -> None:
    """Ann and Bea's, in which nobody runs."""
    office.beacon.after(3.0).begin(plan(block()), "Ann", "Bea").until("phase").after(1.0)
    assert office.ask("stop") == DONE
    office.beacon.after(1.0)


def test_who_is_forgotten_stands_in_no_file_and_in_nothing_that_the_timer_remembers(
    office: Office, tmp_path: Path
) -> None:
    run_a_session(office)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "group.csv").write_text("Ann\n")
    done = office.wait("forget", athlete="ann")["done"]
    assert (done["called"], done["left"]) == (["removed 1"], [str(tmp_path / "etc" / "group.csv")] * 2)
    office.beacon.work()
    for asked in ("status", "log"):
        assert "Ann" not in json.dumps(office.ask(asked))
    assert b"Ann" not in (tmp_path / "reps.jsonl").read_bytes()
    assert office.wait("edit", edit={"type": "note", "session": 1, "text": "wind"})["ok"] is True


def test_a_session_that_is_deleted_is_remembered_as_the_last_one_no_more(office: Office) -> None:
    run_a_session(office)
    assert office.wait("edit", edit={"type": "delete", "session": 1})["done"]["words"] == "session 1 deleted"
    office.beacon.work()
    assert office.ask("status")[0]["status"]["phase"] == "idle"
    assert "session 1: not found" in office.wait("edit", edit={"type": "delete", "session": 1})["error"]
    office.beacon.work()
    assert office.ask("start", plan="demo") == DONE, "nothing waits any more"


def test_no_session_is_deleted_while_one_is_open(office: Office) -> None:
    run_a_session(office)
    office.beacon.begin(plan(block()), "Ann", "Bea")
    assert "a session is open" in office.wait("edit", edit={"type": "delete", "session": 1})["error"]
    assert office.ask("status")[0]["status"]["athletes"]


def test_nobody_is_forgotten_while_a_session_is_open(office: Office) -> None:
    office.beacon.after(3.0).begin(plan(block()), "Ann", "Bea")
    assert "a session is open: end it" in office.wait("forget", athlete="ann")["error"]


def test_a_start_waits_until_somebody_is_forgotten(office: Office) -> None:
    run_a_session(office)
    client = Asker()
    office.handler.take(requests.Forget("Bea"), client)
    office.beacon.inbox.put(StartPlan(plan(block()), ("Ann",)))
    assert office.beacon.core.session.state is not None
    office.beacon.work()
    assert client.answered.wait(60.0)
    office.beacon.until("session")
    assert [answer["answer"] for answer in client.sent] == ["forgotten"]
    assert office.ask("status")[0]["status"]["athletes"][0]["name"] == "Ann"


@pytest.mark.usefixtures("groups")
def test_who_is_forgotten_is_in_no_group_that_begins_later_and_in_no_start_that_waits(office: Office) -> None:
    run_a_session(office)
    assert office.wait("roster", name="monday") == DONE[0]
    client = Asker()
    office.handler.take(requests.Forget("ann"), client)
    office.beacon.inbox.put(StartPlan(plan(block()), ("Bea", "ANN")))
    office.beacon.work()
    assert client.answered.wait(60.0)
    office.beacon.until("session")
    assert taking_part(office) == ["Bea"]
    assert office.group.athletes == ("Ben",)
    assert office.ask("stop") == DONE
    assert office.ask("start", plan="demo") == DONE
    assert taking_part(office) == ["Ben"]


def test_of_a_group_that_is_forgotten_whole_somebody_without_a_name_is_left(office: Office) -> None:
    run_a_session(office)
    office.group.take(Roster((Listed("Ann"),)))
    assert office.wait("forget", athlete="ann")["ok"] is True
    office.beacon.work()
    assert office.group.athletes == SOLO


def test_while_somebody_is_being_forgotten_the_next_one_is_told_to_wait(office: Office) -> None:
    run_a_session(office)
    first, second = Asker(), Asker()
    office.handler.take(requests.Forget("Ann"), first)
    office.handler.take(requests.Forget("Bea"), second)
    office.beacon.work()
    assert second.answered.wait(60.0)
    assert "somebody else is being forgotten: try again" in second.sent[0]["error"]
    assert first.answered.wait(60.0)
    office.beacon.work()
    assert office.wait("forget", athlete="Bea")["ok"] is True


def test_who_cannot_be_forgotten_keeps_no_start_waiting(office: Office) -> None:
    run_a_session(office)
    assert "nobody of that name" in office.wait("forget", athlete="Zoe")["error"]
    office.beacon.work()
    assert office.ask("start", plan="demo") == DONE
    assert office.ask("status")[0]["status"]["phase"] == "brief"


def test_beside_another_timer_nobody_is_forgotten(office: Office, tmp_path: Path) -> None:
    run_a_session(office)
    other = WriterLock(tmp_path)
    other.take()
    assert "another timer writes there" in office.wait("forget", athlete="ann")["error"]
    other.leave()
    assert office.wait("forget", athlete="ann")["ok"] is True


def test_a_folder_that_takes_no_plan_keeps_no_rep_from_the_disk(office: Office, tmp_path: Path) -> None:
    (tmp_path / "plans").write_text("no folder")
    answer = office.edit(type="plan-write", name="hill", text=plan_text("distance_m = 20"))
    assert "hill.toml: cannot be written" in answer["error"]
    office.beacon.after(3.0).begin(plan(block())).until("go")
    assert office.ask("status")[0]["status"]["unsaved"] == 0
