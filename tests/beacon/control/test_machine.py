"""The clock and the end of the machine, asked for over a socket: not in a session, not by every board, never twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from retro_timer.beacon.control.machine import IN_SESSION, STILL_LOOKING
from retro_timer.beacon.control.protocol.requests import SetClock, ShutDown
from retro_timer.beacon.messages import JournalLooked, StopLoop
from retro_timer.errors import RetroTimerError
from retro_timer.ports import ClockSource
from retro_timer.store.results.database import opened_results
from tests.helpers.office import DONE, Asker, Office
from tests.helpers.plans_made import block, plan
from tests.helpers.timer_process import until

NOON_S = 1_777_629_600


class Switches:
    """What a box can do to itself."""

    def __init__(self) -> None:
        self.set_to: list[int] = []
        self.fails = ""
        self.goes_on = threading.Event()
        """Cleared: the clock takes until then to set."""
        self.goes_on.set()

    def power_off(self) -> None:
        raise AssertionError("the loop ends first")

    def set_clock(self, unix_s: int) -> None:
        if self.fails:
            raise RetroTimerError(self.fails)
        assert self.goes_on.wait(60.0)
        self.set_to.append(unix_s)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.beacon.close()


@pytest.fixture
def switches(office: Office, monkeypatch: pytest.MonkeyPatch) -> Switches:
    """A board that has them."""
    made = Switches()
    for name in ("power_off", "set_clock"):
        monkeypatch.setattr(office.beacon.core.board, name, getattr(made, name), raising=False)
    return made


def test_the_clock_is_set_as_it_was_asked(office: Office, switches: Switches) -> None:
    assert office.wait("set_clock", unix_s=NOON_S) == DONE[0]
    assert switches.set_to == [NOON_S]


def test_while_one_phone_sets_the_clock_another_is_refused(office: Office, switches: Switches) -> None:
    switches.goes_on.clear()
    first, second = Asker(), Asker()
    for client in (first, second):
        office.handler.take(SetClock(NOON_S), client)
        office.beacon.work()
    assert [answer["error"] for answer in second.sent] == ["another phone has the clock set right now"]
    switches.goes_on.set()
    until(lambda: first.sent, "the clock is set")
    assert first.sent == DONE
    assert office.wait("set_clock", unix_s=NOON_S + 1) == DONE[0]
    assert switches.set_to == [NOON_S, NOON_S + 1]


def test_a_clock_that_was_right_before_has_been_set_by_the_phone_all_the_same(
    office: Office, switches: Switches, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    core = office.beacon.core
    monkeypatch.setattr(core.clock, "since_boot_ns", lambda: 50_000_000_000)
    core.journal.follow_clock(core.clock.wall_ns() - 50_000_000_000, ClockSource.NOBODY)
    assert office.wait("set_clock", unix_s=NOON_S) == DONE[0]
    core.journal.close()
    with opened_results(tmp_path) as connection:
        assert [source for (source,) in connection.execute("SELECT source FROM clock")] == [ClockSource.SET]


def test_while_the_clock_is_set_a_start_is_refused_and_that_is_said(office: Office, switches: Switches) -> None:
    switches.goes_on.clear()
    phone = Asker()
    office.handler.take(SetClock(NOON_S), phone)
    office.beacon.work()
    (refused,) = office.ask("start")
    assert refused["error"] == office.beacon.voice.said[-1] == "Not yet. The clock is being set."
    switches.goes_on.set()
    until(lambda: phone.sent, "the clock is set")
    office.beacon.work()
    assert office.ask("start") == DONE


def test_the_clock_stays_until_it_is_known_that_no_session_was_cut_off(office: Office, switches: Switches) -> None:
    office.beacon.core.opener.wait_for_journal()
    client = Asker()
    office.handler.take(SetClock(NOON_S), client)
    office.beacon.work()
    assert [answer["error"] for answer in client.sent] == [STILL_LOOKING]
    office.beacon.inbox.put(JournalLooked())
    office.beacon.work()
    assert office.wait("set_clock", unix_s=NOON_S) == DONE[0]


def test_a_clock_that_could_not_be_set_is_told_with_the_reason(office: Office, switches: Switches) -> None:
    switches.fails = "nobody sets the clock"
    assert office.wait("set_clock", unix_s=NOON_S)["error"] == "nobody sets the clock"


def test_a_clock_that_the_network_has_set_stays(
    office: Office, switches: Switches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office.beacon.core.clock, "set_by", lambda: ClockSource.NTP)
    answer = office.wait("set_clock", unix_s=NOON_S)
    assert (answer["why"], switches.set_to) == ("refused", [])
    assert "the network has set the clock" in answer["error"]


@pytest.mark.parametrize("unix_s", [0, 1_767_225_599, 4_102_444_801, -1])
def test_a_time_of_another_age_is_no_request(office: Office, switches: Switches, unix_s: int) -> None:
    (answer,) = office.ask("set_clock", unix_s=unix_s)
    assert answer["why"] == "malformed"
    assert switches.set_to == []


def test_the_box_says_that_it_shuts_down_and_its_loop_ends(office: Office, switches: Switches) -> None:
    client = Asker()
    posted: list[Any] = []
    office.handler._machine._post = posted.append
    office.handler.take(ShutDown(), client)
    posted.pop().action()
    assert client.sent == DONE
    assert posted == [StopLoop(switches_off=True)]
    office.beacon.work()
    assert office.beacon.voice.said[-1] == "Shutting down now."


@pytest.mark.parametrize("request_", [SetClock(NOON_S), ShutDown()], ids=["clock", "end"])
def test_neither_is_done_in_a_session(office: Office, switches: Switches, request_: SetClock | ShutDown) -> None:
    office.beacon.after(3.0).begin(plan(block(reps=2)), "Ann").until("go")
    client = Asker()
    office.handler.take(request_, client)
    office.beacon.work()
    (answer,) = client.sent
    assert answer["error"] == IN_SESSION
    assert switches.set_to == []


@pytest.mark.parametrize("request_", [SetClock(NOON_S), ShutDown()], ids=["clock", "end"])
def test_a_board_without_the_switch_refuses(office: Office, request_: SetClock | ShutDown) -> None:
    client = Asker()
    office.handler.take(request_, client)
    office.beacon.work()
    (answer,) = client.sent
    assert answer["why"] == "refused"
    assert "this board" in answer["error"]
