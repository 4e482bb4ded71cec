"""Labels by wall time follow the clock when it is set; intervals never do; old databases and logs are taken over."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from retro_timer.ports import ClockSource
from retro_timer.store.results import schema
from retro_timer.store.results.backups import back_up
from retro_timer.store.results.database import open_for_reading
from retro_timer.store.results.edits import DateSession, NoteSession, carry_out
from retro_timer.store.results.entries import ClockSet
from retro_timer.store.results.journal import Journal, Stamp, open_journal
from retro_timer.store.results.queries import reps, sessions
from retro_timer.store.results.repair import Repair
from retro_timer.store.results.reps_log import NAME, read_log
from retro_timer.store.results.revisions import revisions
from retro_timer.training.gaits import Gait
from retro_timer.training.record import RepRecord, RepStatus
from tests.helpers.plans_made import block, plan
from tests.helpers.results_made import ledger

S = 1_000_000_000
PLAN = plan(block(reps=3))
FAKE_NS = 100 * S
"""Wall time less time since boot while the clock stands in 1970."""
TRUE_NS = 1_700_000_000 * S
DATE_NS = 1_800_000_000 * S
"""Late enough for a date."""


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path)
    yield made
    made.close()


def rep(number: int, go_ns: int) -> RepRecord:
    return RepRecord(number, 1, number, "Runner", 20.0, None, Gait.JOG, RepStatus.FINISHED, go_ns, 8 * S)


def session_from(journal: Journal, boot_ns: int, offset_ns: int) -> int:
    """A session of one rep, begun so long after the boot, with the clock as it stands."""
    number = journal.begin(PLAN, ("Runner",), "pi", boot_ns + offset_ns, boot_ns)
    go_ns = boot_ns + 60 * S
    journal.save(number, rep(1, go_ns), go_ns + offset_ns, go_ns)
    journal.end(number, "done", boot_ns + 90 * S + offset_ns, boot_ns + 90 * S)
    return number


def repair(directory: Path, wall_ns: int) -> Repair:
    """Open the journal on a damaged database, and close it again."""
    journal, done = open_journal(directory, wall_ns)
    journal.close()
    assert done is not None
    return done


def labels(directory: Path) -> list[tuple[int, int | None, int]]:
    """(start, end, go of the first rep) of each session as labelled, in seconds; oldest first."""
    reading = open_for_reading(directory)
    assert reading is not None
    gos = dict(reading.execute("SELECT session, min(go_wall_ns) FROM rep GROUP BY session").fetchall())
    found = [
        (row.started_wall_ns // S, None if row.ended_wall_ns is None else row.ended_wall_ns // S, gos[row.id] // S)
        for row in reversed(list(sessions(reading)))
    ]
    reading.close()
    return found


def of_boot(boot_s: int, offset_ns: int) -> tuple[int, int, int]:
    start = boot_s + offset_ns // S
    return start, start + 90, start + 60


@pytest.mark.parametrize("true_ns", [TRUE_NS, -50 * S], ids=["forward by decades", "back before the boot"])
def test_a_session_under_a_wrong_clock_is_labelled_anew_when_the_clock_is_set(
    journal: Journal, tmp_path: Path, true_ns: int
) -> None:
    session_from(journal, 1000 * S, FAKE_NS)
    journal.follow_clock(true_ns)
    assert labels(tmp_path) == [of_boot(1000, true_ns)]


def test_a_clock_that_is_set_again_and_again_leaves_the_last_word(journal: Journal, tmp_path: Path) -> None:
    session_from(journal, 1000 * S, FAKE_NS)
    for offset_ns in (TRUE_NS + 500 * S, FAKE_NS, TRUE_NS):
        journal.follow_clock(offset_ns)
    session_from(journal, 2000 * S, TRUE_NS)
    assert labels(tmp_path) == [of_boot(1000, TRUE_NS), of_boot(2000, TRUE_NS)]


def test_times_and_intervals_stay_as_they_were(journal: Journal) -> None:
    number = session_from(journal, 1000 * S, FAKE_NS)
    before = journal.reps(number)
    journal.follow_clock(TRUE_NS)
    assert journal.reps(number) == before == [rep(1, 1060 * S)]


def test_what_was_recorded_in_an_earlier_boot_keeps_its_labels(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows how long the box was off."""
    with monkeypatch.context() as earlier:
        earlier.setattr("retro_timer.store.results.journal.boot_mark", lambda: "an-earlier-boot")
        number = session_from(journal, 1000 * S, FAKE_NS)
    journal.save(number, rep(2, 10 * S), 10 * S + FAKE_NS, 10 * S)
    journal.follow_clock(TRUE_NS)
    assert labels(tmp_path) == [(*of_boot(1000, FAKE_NS)[:2], 1060 + FAKE_NS // S)]
    reading = open_for_reading(tmp_path)
    assert reading is not None
    assert reading.execute("SELECT go_wall_ns FROM rep WHERE rep = 2").fetchone()[0] == 10 * S + TRUE_NS


def test_when_a_correction_was_made_follows_the_clock_also_where_the_session_was_dated(journal: Journal) -> None:
    number = session_from(journal, 1000 * S, FAKE_NS)
    carry_out(journal, DateSession(number, TRUE_NS + 77 * S), Stamp(1100 * S + FAKE_NS, 1100 * S))
    carry_out(journal, NoteSession(number, "indoors"), Stamp(TRUE_NS))
    journal.follow_clock(TRUE_NS)
    dated, noted = revisions(journal.database, session=number)
    assert dated.wall_ns == 1100 * S + TRUE_NS
    assert noted.wall_ns == TRUE_NS, "made by a program that is not of this boot"
    assert labels(journal.directory) == [(TRUE_NS // S + 77, TRUE_NS // S + 167, TRUE_NS // S + 137)]


def shown(directory: Path) -> list[tuple[bool, bool, bool]]:
    """Of which label (start, end, go of the first rep) a date is shown, by session; oldest first."""
    reading = open_for_reading(directory)
    assert reading is not None
    gos = {kept.session: kept.go_at for kept in reps(reading)}
    found = [
        (row.started_at is not None, row.ended_at is not None, gos[row.id] is not None) for row in sessions(reading)
    ]
    reading.close()
    return list(reversed(found))


def test_a_label_is_a_date_unless_nobody_had_set_the_clock_and_stays_one(journal: Journal, tmp_path: Path) -> None:
    journal.follow_clock(DATE_NS, ClockSource.NOBODY)
    number = session_from(journal, 1000 * S, DATE_NS)
    carry_out(journal, NoteSession(number, "indoors"), Stamp(1100 * S + DATE_NS, 1100 * S))
    assert shown(tmp_path) == [(False, False, False)]
    assert [row.made_at for row in revisions(journal.database)] == [None]
    for source in (ClockSource.NTP, ClockSource.NOBODY):
        journal.follow_clock(DATE_NS + 5 * S, source)
        assert shown(tmp_path) == [(True, True, True)]
    assert labels(tmp_path) == [of_boot(1000, DATE_NS + 5 * S)]
    assert [row.made_at is not None for row in revisions(journal.database)] == [True]


def test_a_session_that_somebody_dated_has_dates_though_nobody_had_set_the_clock(
    journal: Journal, tmp_path: Path
) -> None:
    journal.follow_clock(DATE_NS, ClockSource.NOBODY)
    session_from(journal, 1000 * S, DATE_NS)
    session_from(journal, 2000 * S, DATE_NS)
    carry_out(journal, DateSession(2, DATE_NS + 77 * S), Stamp(DATE_NS, 3000 * S))
    assert shown(tmp_path) == [(False, False, False), (True, True, True)]


def test_what_has_set_the_clock_is_written_when_it_decides_anew_what_is_a_date(journal: Journal) -> None:
    for source in (ClockSource.RTC, ClockSource.NOBODY, ClockSource.NOBODY, ClockSource.NTP, ClockSource.RTC):
        journal.follow_clock(DATE_NS, source)
    told = [entry.source for entry in read_log(journal.directory) if isinstance(entry, ClockSet)]
    assert told == ["nobody", "ntp"]


@pytest.mark.parametrize("kept_lines", [0, 1], ids=["no line", "only that nobody had"])
def test_what_has_set_the_clock_is_put_back_into_a_log_that_lacks_it(tmp_path: Path, kept_lines: int) -> None:
    journal = Journal(tmp_path)
    journal.follow_clock(DATE_NS, ClockSource.NOBODY)
    journal.follow_clock(DATE_NS, ClockSource.NTP)
    session_from(journal, 1000 * S, DATE_NS)
    journal.close()
    log, before = tmp_path / NAME, ledger(tmp_path)
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:kept_lines]))
    Journal(tmp_path).close()
    (tmp_path / "results.db").unlink()
    open_journal(tmp_path, DATE_NS)[0].close()
    assert ledger(tmp_path)["clock"] == before["clock"]
    assert [row[1] for row in before["clock"]] == ["ntp"]


def test_a_simulated_session_keeps_its_labels(journal: Journal, tmp_path: Path) -> None:
    number = journal.begin(PLAN, ("Runner",), "sim", TRUE_NS)
    journal.save(number, rep(1, 5), TRUE_NS + S)
    journal.end(number, "done", TRUE_NS + 2 * S)
    journal.follow_clock(FAKE_NS)
    assert labels(tmp_path) == [(TRUE_NS // S, TRUE_NS // S + 2, TRUE_NS // S + 1)]


def test_a_clock_that_is_only_steered_changes_nothing(journal: Journal, tmp_path: Path) -> None:
    session_from(journal, 1000 * S, TRUE_NS)
    journal.follow_clock(TRUE_NS + S // 2)
    assert labels(tmp_path) == [of_boot(1000, TRUE_NS)]
    assert not [entry for entry in read_log(tmp_path) if isinstance(entry, ClockSet)]


def test_a_rebuilt_database_has_the_corrected_labels(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    session_from(journal, 1000 * S, FAKE_NS)
    journal.follow_clock(TRUE_NS)
    session_from(journal, 2000 * S, TRUE_NS)
    journal.close()
    before = labels(tmp_path)
    (tmp_path / "results.db").write_bytes(b"no database" * 500)
    repair(tmp_path, TRUE_NS)
    assert labels(tmp_path) == before == [of_boot(1000, TRUE_NS), of_boot(2000, TRUE_NS)]


def test_a_database_and_a_log_of_the_first_version_are_taken_over(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "results.db") as old:
        old.executescript(f"{schema._STEPS[0]};PRAGMA user_version = 1;")
        old.execute("INSERT INTO session VALUES (1, 5, 9, 'done', 'pi', 'a:1:1', 'Old', '{}', '[\"Ann\"]')")
        row = (1, 1, 2, 1, 1, "Ann", 20000, None, "jog", "finished", 6, 6, 8 * S, 1, 0, "gate", "", 0, "")
        old.execute(f"INSERT INTO rep VALUES ({', '.join('?' * len(row))})", row)
    Journal(tmp_path).close()
    reading = open_for_reading(tmp_path)
    assert reading is not None
    assert [(row.title, row.reps) for row in sessions(reading)] == [("Old", 1)]
    assert [(number, record.time_ns) for number, record, *_ in reps(reading)] == [(1, 8 * S)]
    assert reading.execute("PRAGMA user_version").fetchone()[0] == schema.VERSION

    begin = '{"session":2,"begin":5,"board":"pi","title":"Older","plan":"{}","roster":["Ann"],"owner":"a:1:1"}'
    (tmp_path / NAME).write_text(f'{begin}\n{{"session":2,"end":9,"outcome":"done"}}\n')
    Journal(tmp_path).close()
    reading = open_for_reading(tmp_path)
    assert reading is not None
    assert [(row.title, row.ended_wall_ns) for row in sessions(reading)] == [("Older", 9), ("Old", 9)]


def test_the_newest_backup_is_the_last_one_made_whatever_the_clock_says(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for count in range(1, 9):
        session_from(journal, count * 1000 * S, TRUE_NS)
        assert back_up(tmp_path, TRUE_NS + count * 3600 * S) is not None
    session_from(journal, 9000 * S, TRUE_NS)
    back_up(tmp_path, FAKE_NS)
    journal.close()
    (tmp_path / NAME).unlink()
    (tmp_path / "results.db").write_bytes(b"no database" * 500)
    done = repair(tmp_path, FAKE_NS)
    assert done.reps == 9
    assert len(list((tmp_path / "backups").iterdir())) == 7


def test_the_newest_database_that_was_set_aside_is_kept_whatever_the_clock_says(tmp_path: Path) -> None:
    for wall_ns in (TRUE_NS, TRUE_NS + S, TRUE_NS + 2 * S, FAKE_NS):
        (tmp_path / "results.db").write_bytes(str(wall_ns).encode())
        aside = repair(tmp_path, wall_ns).set_aside
        assert aside is not None
        assert aside.read_bytes() == str(wall_ns).encode()
