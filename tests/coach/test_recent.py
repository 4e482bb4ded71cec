"""A page that sees a snapshot alone shows by the socket what was kept since, and else says how old the results are."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from retro_timer.beacon.control.page_door import PageDoor
from retro_timer.beacon.control.protocol import answers, wire
from retro_timer.beacon.control.protocol.base import Request
from retro_timer.beacon.control.server import Client
from retro_timer.coach import recent as recent_module
from retro_timer.coach.access import Role
from retro_timer.coach.link import Link
from retro_timer.coach.live import Live
from retro_timer.coach.recent import Recent
from retro_timer.errors import RetroTimerError
from retro_timer.store.results.database import NAME
from retro_timer.store.results.queries import Wanted, reps
from retro_timer.store.results.snapshot import leave_snapshot
from retro_timer.training.record import RepRecord
from tests.helpers.browser_made import Field
from tests.helpers.office import Asker, Office
from tests.helpers.results_made import PLAN, WALL_NS, rep


class Box:
    """A timer's request handler behind the page's door, and what its page sees of the results."""

    def __init__(self, directory: Path) -> None:
        self.timer, self.page = directory / "timer", directory / "page"
        self.page.mkdir(parents=True)
        (self.page / "snapshot").symlink_to(self.timer / "snapshot")
        self.office = Office(self.timer)
        self.door = PageDoor(cast("Any", self.office.handler.take))
        self.answers = True
        self.asked = 0
        self.recent = Recent(self.page, cast("Link", self), cast("Live", self), lambda: 1_800_000_000.0)

    async def ask(self, request: Request, within_s: float) -> answers.AnyAnswer:
        """As the page's link does."""
        assert within_s < 10.0
        self.asked += 1
        if not self.answers:
            raise RetroTimerError("no timer answers")
        client = Asker()
        self.door.take(wire.request_of(wire.line_of(request)), cast("Client", client))
        (sent,) = client.sent
        answer = wire.answer_of(json.dumps(sent).encode())
        if isinstance(answer, answers.Error):
            raise answers.RequestRefusedError(answer.why, answer.error)
        return answer

    def done(self, change: Callable[[Callable[[str], None]], None]) -> None:
        """Wait until a change is on disk."""
        asker = Asker()

        def answer(trouble: str) -> None:
            assert trouble == ""
            asker.answered.set()

        change(answer)
        assert asker.answered.wait(60.0)

    def begin(self) -> None:
        """A session of two."""
        self.done(lambda answer: self.office.beacon.core.journal.begin(PLAN, ("Ann", "Ben"), "sim", answer))

    def save(self, record: RepRecord) -> None:
        """A rep is kept."""
        self.done(lambda answer: self.office.beacon.core.journal.save(record, WALL_NS, answer))

    def leave(self) -> None:
        """The writer leaves a snapshot."""
        assert leave_snapshot(self.timer / NAME, lambda: True)

    def shown(self) -> list[int]:
        """The reps that the page finds now."""
        asyncio.run(self.recent.follow())
        return self.recent.look(lambda connection: [kept.record.rep for kept in reps(connection, Wanted(), 100_000)])


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    made = Box(tmp_path)
    try:
        yield made
    finally:
        made.office.beacon.core.journal.close()


def test_what_was_kept_since_the_snapshot_is_shown_and_it_is_the_present(box: Box) -> None:
    box.begin()
    box.save(rep(1))
    box.leave()
    assert box.shown() == [1]
    box.save(rep(2))
    assert box.shown() == [1, 2]
    box.save(rep(3))
    assert box.shown() == [1, 2, 3]
    assert box.recent.as_of_s is None
    count = "SELECT count(*) FROM rep"
    assert box.recent.look_alone(lambda connection: connection.execute(count).fetchone()[0]) == 3, "for a download"


def test_a_first_session_is_shown_before_there_is_any_snapshot(box: Box) -> None:
    assert box.shown() == []
    box.begin()
    box.save(rep(1))
    assert box.shown() == [1]
    assert box.recent.as_of_s is None


def test_a_correction_is_shown_at_once(box: Box) -> None:
    box.begin()
    box.save(rep(1))
    box.leave()
    assert box.office.edit(type="rep", session=1, correction={"kind": "void", "rep": 1})["ok"]

    def statuses() -> list[str]:
        asyncio.run(box.recent.follow())
        return box.recent.look(lambda connection: [str(kept.record.status) for kept in reps(connection, Wanted(), 9)])

    assert statuses() == ["void"]


def test_without_a_timer_it_is_as_of_the_snapshot_or_of_what_was_heard_last(box: Box) -> None:
    box.begin()
    box.save(rep(1))
    box.leave()
    left_s = (box.timer / "snapshot" / NAME).stat().st_mtime
    box.answers = False
    assert box.shown() == [1]
    assert box.recent.as_of_s == pytest.approx(left_s)
    box.answers = True
    box.save(rep(2))
    assert box.shown() == [1, 2]
    box.answers = False
    assert box.shown() == [1, 2]
    assert box.recent.as_of_s == 1_800_000_000.0


def test_of_many_looks_at_once_one_alone_waits_for_a_timer_that_hangs(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(do: Callable[..., Any], *values: Any) -> Any:
        return do(*values)

    monkeypatch.setattr(asyncio, "to_thread", at_once)
    box.begin()
    box.save(rep(1))
    box.leave()
    asked = 0

    async def ask(request: Request, within_s: float) -> answers.AnyAnswer:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0)
        raise RetroTimerError("the timer gave no answer (in time)")

    async def look() -> None:
        for evening in (1, 2):
            await asyncio.gather(*(box.recent.follow() for _ in range(20)))
            assert asked == evening, "who comes later asks anew"

    monkeypatch.setattr(box, "ask", ask)
    asyncio.run(look())
    assert box.recent.as_of_s is not None


def test_a_newer_snapshot_takes_the_copys_place(box: Box) -> None:
    box.begin()
    box.save(rep(1))
    assert box.shown() == [1]
    box.leave()
    assert box.shown() == [1]
    asked = box.asked
    box.answers = False
    assert box.shown() == [1]
    assert box.asked == asked


def test_a_log_that_is_another_one_is_not_taken_over(box: Box, tmp_path: Path) -> None:
    box.begin()
    box.save(rep(1))
    box.leave()
    other = Box(tmp_path / "other")
    other.begin()
    for number in range(1, 5):
        other.save(rep(number))
    (box.page / "snapshot").unlink()
    (box.page / "snapshot").symlink_to(other.timer / "snapshot")
    other.leave()
    other.office.beacon.core.journal.close()
    assert box.shown() == [1, 2, 3, 4]
    assert box.recent.as_of_s == pytest.approx((other.timer / "snapshot" / NAME).stat().st_mtime)


def test_it_comes_in_portions_and_of_far_too_much_the_age_is_told(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    box.begin()
    note = "x" * 40_000
    for number in range(1, 6):
        box.save(msgspec.structs.replace(rep(number), note=note))
    assert box.shown() == [1, 2, 3, 4, 5]
    assert box.asked == 2
    monkeypatch.setattr(recent_module, "_MOST_PORTIONS", 1)
    box.leave()
    for number in range(6, 11):
        box.save(msgspec.structs.replace(rep(number), note=note))
    assert box.shown() == [1, 2, 3, 4, 5]
    assert box.recent.as_of_s is not None


def test_a_large_snapshot_is_not_copied_and_its_age_is_told(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent_module, "_MOST_COPIED_BYTES", 1_000)
    box.begin()
    box.save(rep(1))
    box.leave()
    assert box.shown() == [1]
    assert box.recent.as_of_s is None, "it has all there is"
    box.save(rep(2))
    assert box.shown() == [1]
    assert box.recent.as_of_s is not None


def test_every_page_of_results_says_how_old_it_is_and_that_of_the_results_themselves_nothing(box: Box) -> None:
    box.begin()
    box.save(rep(1))
    box.leave()
    for state, told in ((box.page, True), (box.timer, False)):
        coach = Field(state).phone(Role.COACH)
        for path in ("/results", "/results/1", "/results/1/1", "/athletes", "/athletes/1"):
            got = coach.get(path)
            assert got.status == 200
            assert ("What is newer is not here yet." in got.body) is told, path


def test_lines_are_not_put_behind_another_snapshot_than_they_go_on_from(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.begin()
    box.save(rep(1))
    box.leave()
    box.save(rep(2))
    asked = box.ask

    async def ask_while_another_is_left(request: Request, within_s: float) -> answers.AnyAnswer:
        answer = await asked(request, within_s)
        box.save(rep(3))
        box.leave()
        return answer

    monkeypatch.setattr(box, "ask", ask_while_another_is_left)
    assert box.shown() == [1, 2, 3]
    assert box.recent.as_of_s is not None
    monkeypatch.setattr(box, "ask", asked)
    assert box.shown() == [1, 2, 3]
    assert box.recent.as_of_s is None
