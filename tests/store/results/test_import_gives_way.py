"""An import never holds up what a session saves: portions wait for the rest, and for the end of a session."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from retro_timer.store.results.edits import NoteSession
from retro_timer.store.results.journal import Journal
from retro_timer.store.results.journal_thread import JournalThread
from retro_timer.store.results.merging.items import RepItem, SessionItem
from retro_timer.store.results.merging.portion import ImportPortion, merge
from retro_timer.store.results.waiting_jobs import GaveWayError
from retro_timer.store.results.writer import Edited, JournalWriter
from retro_timer.training.gaits import Gait
from retro_timer.training.record import StartKind
from tests.helpers.results_made import PLAN, WALL_NS, rep

TIMEOUT_S = 60.0
REP = RepItem(
    rep=1, set=1, rep_in_set=1, athlete="Ann", athlete_id="", distance_m=20.0, duration_s=None, gait=Gait.JOG,
    status="finished", time_s=8.0, uncertainty_s=0.02, sound_delay_s=0.0, shown_s=8.0, method="gate",
    start=StartKind.GO, start_uncertainty_s=0.0, splits=(), flags=(), obstacles=0, reason="", date=None,
    time_of_day=None, go_at=None, line="finish", lane=None, part="", wave=None, place=None, target_s=None, note="",
    revision=1, go_label_ns=WALL_NS, go_monotonic_ns=1,
)  # fmt: skip


def portion(number: int) -> ImportPortion:
    """A session of another box, with a rep."""
    session = SessionItem(
        id=f"{number:016x}", session=number, title="Theirs", outcome="done", board="pi", started_at=None, ended_at=None,
        started_label_ns=WALL_NS, ended_label_ns=WALL_NS, note="", plan={}, roster=(), presences=(), corrections=(),
        reps=(REP,),
    )  # fmt: skip
    return ImportPortion(sessions=(session,))


class Box:
    """A timer's writer, asked one thing after the other."""

    def __init__(self, directory: Path) -> None:
        self.writer = JournalWriter(directory, lambda: WALL_NS)

    def done(self, ask: Callable[[Callable[[str], None]], None]) -> str:
        """The answer to what is asked: an empty string, or the trouble."""
        came, answers = threading.Event(), list[str]()

        def take(trouble: str) -> None:
            answers.append(trouble)
            came.set()

        ask(take)
        assert came.wait(TIMEOUT_S), "the journal gives no answer"
        return answers[0]

    def brought(self, number: int) -> Edited:
        """What became of a portion."""
        told = list[Edited]()

        def ask(answer: Callable[[str], None]) -> None:
            def take(edited: Edited) -> None:
                told.append(edited)
                answer(edited.trouble)

            self.writer.edit(portion(number), "edit", take)

        self.done(ask)
        return told[0]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    made = Box(tmp_path)
    yield made
    made.writer.close()


def test_no_portion_is_written_while_a_session_is_open_and_each_is_when_it_is_over(box: Box) -> None:
    assert box.brought(11).done is not None
    assert box.done(lambda answer: box.writer.begin(PLAN, ("Ann", "Bea"), "sim", answer)) == ""
    refused = box.brought(12)
    assert (refused.done, refused.is_later) == (None, True)
    assert "a session is open" in refused.trouble
    assert box.done(lambda answer: box.writer.save(rep(1), 1, answer)) == ""
    assert box.done(lambda answer: box.writer.end("done", answer)) == ""
    done = box.brought(12).done
    assert done is not None
    assert done.merged is not None
    assert (done.merged.sessions, done.merged.reps) == (1, 1)


def test_a_correction_is_made_though_a_session_is_open(box: Box) -> None:
    box.writer.begin(PLAN, ("Ann", "Bea"), "sim", lambda _trouble: None)
    told = list[Edited]()
    box.writer.edit(NoteSession(1, "wind"), "edit", told.append)
    box.writer.close()
    assert [edited.trouble for edited in told] == [""]


def test_whatever_waits_goes_before_a_portion_and_the_end_after_it(tmp_path: Path) -> None:
    thread = JournalThread(tmp_path, lambda: WALL_NS, lambda _repair: None, lambda: True, leaves_snapshots=False)
    in_work, may_go_on = threading.Event(), threading.Event()
    done = list[str]()

    def hold(_journal: Journal) -> None:
        in_work.set()
        assert may_go_on.wait(TIMEOUT_S)
        done.append("the portion in work")

    def noting(name: str) -> Callable[[Journal], None]:
        return lambda _journal: done.append(name)

    thread.put(hold, lambda _trouble: None, is_portion=True)
    assert in_work.wait(TIMEOUT_S)
    for name in ("first portion", "second portion"):
        thread.put(noting(name), lambda _trouble: None, is_portion=True)
    for name in ("a rep", "a correction"):
        thread.put(noting(name), lambda _trouble: None)
    may_go_on.set()
    thread.close()
    assert done == ["the portion in work", "a rep", "a correction", "first portion", "second portion"]


def test_a_portion_undone_on_its_way_to_the_disk_leaves_nothing_behind_and_comes_again_whole(tmp_path: Path) -> None:
    with contextlib.closing(Journal(tmp_path)) as journal:
        before = (tmp_path / "reps.jsonl").read_bytes()
        for calls in range(1, 5):
            left = iter(range(calls))

            def give_way(left: Iterator[int] = left) -> None:
                if next(left, None) is None:
                    raise GaveWayError

            with pytest.raises(GaveWayError):
                merge(journal, portion(11), give_way)
            assert (tmp_path / "reps.jsonl").read_bytes() == before
            assert journal.database.execute("SELECT count(*) FROM session").fetchone() == (0,)
        merged = merge(journal, portion(11)).merged
        assert merged is not None
        assert (merged.sessions, merged.reps) == (1, 1)


def test_a_correction_that_comes_while_a_portion_is_made_is_on_the_disk_before_it(box: Box) -> None:
    """The portion's own call of `give_way` puts the correction: no thread has to be quick for it."""
    order = list[str]()
    give_way = box.writer._thread.give_way

    def a_coach_comes() -> None:
        if not order:
            order.append("comes")
            box.writer.edit(NoteSession(1, "wind"), "edit", lambda edited: order.append(edited.trouble or "noted"))
        give_way()

    assert box.done(lambda answer: box.writer.begin(PLAN, ("Ann", "Bea"), "sim", answer)) == ""
    assert box.done(lambda answer: box.writer.end("done", answer)) == ""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(box.writer._thread, "give_way", a_coach_comes)
        done = box.brought(12).done
    order.append("brought")
    assert order == ["comes", "noted", "brought"]
    assert done is not None
    assert done.merged is not None
    assert done.merged.reps == 1
