"""The journal of systemd: whole entries by its own protocol, one for each event worth keeping, none for a reading."""

from __future__ import annotations

import socket
import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from retro_timer.beacon.events import BeaconEvent
from retro_timer.beacon.recording.journald import JournaldLines, under_journald
from retro_timer.cli.output.reporters import JournalReporter, make_reporter
from retro_timer.ports import RangeSample
from retro_timer.training.gaits import Gait
from retro_timer.training.listed import Listed
from retro_timer.training.session import inputs
from tests.helpers.beacon_made import Beacon, steady
from tests.helpers.plans_made import block, plan

Entry = dict[str, str]


class Journal:
    """A socket that takes datagrams as systemd's does, and reads them by the protocol's rules."""

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "socket")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_000_000)
        self._socket.bind(self.path)
        self._socket.setblocking(False)
        self.lines = JournaldLines(self.path)
        self.entries: list[Entry] = []

    def take(self) -> list[Entry]:
        """Read what has come; every entry so far."""
        while True:
            try:
                self.entries.append(_parsed(self._socket.recv(1_000_000)))
            except BlockingIOError:
                return self.entries

    def close(self) -> None:
        """Nobody listens any more."""
        self._socket.close()


def _parsed(data: bytes) -> Entry:
    """NAME=value, or NAME, a little-endian length of eight bytes, and so many bytes; each ended by a newline."""
    entry: Entry = {}
    while data:
        line, _, rest = data.partition(b"\n")
        name, equals, value = line.partition(b"=")
        if not equals:
            size = int.from_bytes(rest[:8], "little")
            value, rest = rest[8 : 8 + size], rest[8 + size :]
            assert rest[:1] == b"\n"
            rest = rest[1:]
        assert name.decode().replace("_", "").isalnum()
        assert name == name.upper()
        entry[name.decode()] = value.decode()
        data = rest
    return entry


@pytest.fixture
def journal() -> Iterator[Journal]:
    with tempfile.TemporaryDirectory() as folder:
        made = Journal(Path(folder))
        yield made
        made.close()


@pytest.fixture
def beacon(tmp_path: Path) -> Iterator[Beacon]:
    made = Beacon(tmp_path)
    yield made
    made.close()


def test_an_entry_has_its_message_its_priority_the_program_and_each_value_by_name(journal: Journal) -> None:
    assert journal.lines.send("rep 1: 8.120 s", "finish", {"rep": 1, "time_s": 8.12, "flags": ["fast", "late"]})
    assert journal.take() == [
        {
            "MESSAGE": "rep 1: 8.120 s",
            "PRIORITY": "6",
            "SYSLOG_IDENTIFIER": "retro-timer",
            "RETRO_TIMER_EVENT": "finish",
            "RETRO_TIMER_REP": "1",
            "RETRO_TIMER_TIME_S": "8.12",
            "RETRO_TIMER_FLAGS": "fast,late",
        }
    ]


@pytest.mark.parametrize("name", ["a\nb", "PRIORITY=0", "Zoë", "x" * 5000, "a\nPRIORITY=0\n"])
def test_no_name_however_strange_forges_a_field(journal: Journal, name: str) -> None:
    journal.lines.send(f"go, {name}", "go", {"athlete": name})
    (entry,) = journal.take()
    assert entry["RETRO_TIMER_ATHLETE"] == name
    assert entry["MESSAGE"] == f"go, {name}"
    assert entry["PRIORITY"] == "6"


@pytest.mark.parametrize(("event", "least"), [("not_saved", 3), ("database_rebuilt", 3), ("trouble", 4), ("sensor", 4)])
def test_what_somebody_should_mend_stands_out(journal: Journal, event: str, least: int) -> None:
    journal.lines.send("x", event, {})
    assert int(journal.take()[0]["PRIORITY"]) <= least


def test_a_journal_that_is_busy_or_restarts_holds_nobody_up_and_gets_what_it_missed(journal: Journal) -> None:
    sent = 0
    while journal.lines.send(f"line {sent}", "said", {}):
        sent += 1
        assert sent < 100_000
    assert sent > 0
    journal.take()
    Path(journal.path).rename(journal.path + ".away")
    assert not journal.lines.send(f"line {sent + 1}", "said", {})
    Path(journal.path + ".away").rename(journal.path)
    assert journal.lines.send(f"line {sent + 2}", "said", {})
    assert [entry["MESSAGE"] for entry in journal.take()] == [f"line {n}" for n in range(sent + 3)]


def test_a_journal_that_is_gone_for_good_costs_little_memory(journal: Journal) -> None:
    Path(journal.path).unlink()
    tracemalloc.start()
    for n in range(3000):
        journal.lines.send(f"line {n} " + "x" * 1000, "said", {})
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1_000_000


def test_a_session_leaves_one_line_for_each_thing_that_happened_and_none_for_its_readings(
    journal: Journal, beacon: Beacon
) -> None:
    reporter = JournalReporter(journal.lines)
    reporter.attach(beacon.core, beacon.clock.monotonic_ns())

    def make_room(_event: BeaconEvent) -> None:
        journal.take()

    beacon.core.event_bus.subscribe(make_room)
    beacon.scene["gate"] = steady(2000)
    two = plan(block(reps=2, distance_m=10.0), gait=Gait.JOG, walk_out_s=0.0, rest_s=5.0)
    beacon.after(3.0).begin(two)
    for _ in range(2):
        beacon.until("go")
        _somebody_passes(beacon, 4.5)
        beacon.until("finish", 10.0)
    beacon.after(10.0)
    reporter.trouble("speech: no card")
    entries = journal.take()
    events = [entry["RETRO_TIMER_EVENT"] for entry in entries]
    assert [events.count(name) for name in ("go", "crossing", "finish", "summary", "trouble")] == [2, 2, 2, 1, 1]
    assert beacon.core.samples > 1000
    assert len(entries) < 30
    assert all(entry["MESSAGE"] for entry in entries)
    finish = next(entry for entry in entries if entry["RETRO_TIMER_EVENT"] == "finish")
    assert finish["MESSAGE"].startswith("0:")
    assert "rep 1: 4." in finish["MESSAGE"]
    assert finish["RETRO_TIMER_METHOD"] == "gate"
    assert 4.3 < float(finish["RETRO_TIMER_TIME_S"]) < 4.7


def test_a_command_that_is_refused_is_logged_with_its_reason(journal: Journal, beacon: Beacon) -> None:
    JournalReporter(journal.lines).attach(beacon.core, beacon.clock.monotonic_ns())
    beacon.put(inputs.Pause())
    (refused,) = [entry for entry in journal.take() if entry["RETRO_TIMER_EVENT"] == "refused"]
    assert refused["RETRO_TIMER_WHY"] == "not_now"


def test_no_entry_names_an_athlete_nor_who_came_late_and_the_session_has_its_id(
    journal: Journal, beacon: Beacon
) -> None:
    reporter = JournalReporter(journal.lines)
    reporter.attach(beacon.core, beacon.clock.monotonic_ns())
    beacon.after(3.0).begin(plan(block(reps=2, distance_m=10.0), gait=Gait.JOG), "Zita", "Quintus")
    beacon.after(5.0).put(inputs.Add("Xaver"))
    names = ("Quintus", "Zita", "Xaver")
    beacon.put(inputs.Roster(names, (Listed("Quintus", "Kwintus"), *map(Listed, names[1:]))))
    beacon.after(15.0)
    assert any("Kwintus" in said["text"] for said in beacon.told("said"))
    reporter.trouble("the call of Quintus failed")
    entries = journal.take()
    told = " ".join(f"{name} {value}" for entry in entries for name, value in entry.items()).lower()
    assert [name for name in ("zita", "quintus", "kwintus", "xaver") if name in told] == []
    assert "athlete 3" in told
    assert "athlete 4" not in told
    (begun,) = [entry for entry in entries if entry["RETRO_TIMER_EVENT"] == "session"]
    assert begun["RETRO_TIMER_ATHLETES"] == "Athlete 1,Athlete 2"
    assert begun["RETRO_TIMER_SESSION_ID"] == beacon.core.journal.session_id


def _somebody_passes(beacon: Beacon, at_s: float) -> None:
    from_ns = beacon.clock.monotonic_ns() + round(at_s * 1e9)
    empty, body = steady(2000), steady(800, 3000.0)

    def read(t_ns: int) -> RangeSample:
        return body(t_ns) if from_ns <= t_ns <= from_ns + 180_000_000 else empty(t_ns)

    beacon.scene["gate"] = read


def test_without_a_journal_the_lines_go_to_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)
    assert not under_journald()
    assert not isinstance(make_reporter(view=False, as_json=False), JournalReporter)
