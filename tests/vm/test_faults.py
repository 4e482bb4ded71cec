"""What the field does to the box: clocks set wrong, memory run out, a full disk, a damaged database.

The installed service under its unit, on the simulated board, where runners come by themselves. Only the order of things
is asserted; the machine counts its own time, so that no runner is missed because the host is busy. One may be all the
same while the guest itself is busy, so that a finish is that of any rep where the rep does not matter.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.rig.host import host_run
from tests.vm.box import SERVICE, STATE, WAIT_S, Box

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2700)]

OWN_TIME = True
REST_S = 8.0
SETTINGS = """
[[sensors]]
period_ms = 50.0
[session]
default_plan = "field"
countdown_s = 1
get_ready_s = 2.0
[voice]
kind = "text"
rate_wpm = 300
"""
PLAN: dict[str, Any] = {"title": "Field", "gait": "jog", "reps": 99, "distance_m": 5, "rest_s": REST_S, "walk_out_s": 0}
SCENARIO = "[[intruders]]\nrep = 2\nat_s = 0.2\nstays_s = 0.6\n"
TRACE_BYTES = 3_000_000


def clock_of_the_host(box: Box) -> None:
    """Put the guest's clock right."""
    box.vm.check(["date", "--set", f"@{time.time():.0f}"])


@pytest.fixture
def field(box: Box) -> Iterator[Box]:
    """A box without results, idle; somebody stands in the way in rep 2. Its disk and clock are mended afterwards."""
    box.vm.write("/etc/retro-timer/field.toml", SCENARIO)
    box.set_up("sim", SETTINGS, "--scenario /etc/retro-timer/field.toml", **PLAN)
    yield box
    box.vm.free_disk()
    clock_of_the_host(box)


def start_session(field: Box) -> None:
    field.command("ctl", "start")
    field.wait("go", rep=1)


def finishes(field: Box) -> dict[int, float]:
    """The time of each rep that was announced."""
    return {line["rep"]: line["time_s"] for line in field.told if line["event"] == "finish"}


def kept(field: Box) -> dict[int, float]:
    """The time of each rep that `results reps` knows."""
    return {rep["rep"]: rep["time_s"] for rep in field.results() if rep["status"] == "finished"}


def seconds_of(value: dict[str, Any], key: str) -> float:
    return float(value[key]) / 1e9


def said(field: Box, key: str) -> list[str]:
    """What was spoken of this since the boot, as the journal has it."""
    return [entry["MESSAGE"] for entry in field.logged("said") if entry["RETRO_TIMER_KEY"] == key]


def test_a_clock_that_is_set_changes_no_rest_and_every_date(field: Box) -> None:
    field.vm.check(["date", "--set", "1970-01-02"])
    field.wait("clock_set")
    start_session(field)
    finish = field.wait("finish")
    forward = field.mark()
    field.vm.check(["date", "--set", "2038-01-01"])
    field.wait("clock_set", forward)
    field.vm.check(["date", "--set", "1990-01-01"])
    backward = field.place("clock_set", forward) + 1
    field.wait("clock_set", backward)
    following = field.wait("go", rep=finish["rep"] + 1)
    rested_s = (following["t_ns"] - finish["t_ns"]) / 1e9
    assert rested_s >= REST_S - 1.0, "a finish is decided up to a second after the back's crossing"
    clock_of_the_host(field)
    field.wait("clock_set", backward + 1)
    field.wait("finish", field.place("go", rep=following["rep"]))

    assert [line["by_s"] > 0 for line in field.told if line["event"] == "clock_set"] == [False, True, False, True]
    now = datetime.now(UTC)
    (session,) = json.loads(field.command("results", "list", "--json"))
    assert timedelta() < now - datetime.fromisoformat(session["started"]) < timedelta(hours=1)
    ages_s = [now.timestamp() - seconds_of(rep, "go_wall_ns") for rep in field.audit()["reps"]]
    assert all(0 < age_s < 3600 for age_s in ages_s), ages_s
    assert kept(field).items() >= finishes(field).items()


def test_the_memory_limit_of_the_unit_holds_and_the_service_comes_back_with_its_session(field: Box) -> None:
    start_session(field)
    announced = field.wait("finish")
    before = field.vm.unit(SERVICE)
    group = f"/sys/fs/cgroup/system.slice/{SERVICE}/cgroup.procs"
    hungry = f"echo $$ >{group}; exec python3 -SEc 'bytearray({2 * int(before['MemoryMax'])})'"
    assert field.vm.run(hungry, timeout_s=WAIT_S).status != 0

    def restarted() -> bool:
        return int(field.vm.unit(SERVICE)["NRestarts"]) > int(before["NRestarts"])

    field.vm.wait_for(restarted, WAIT_S, "the restart")
    assert any("oom-kill" in message for message in field.vm.messages(SERVICE))
    assert field.offered()["title"] == PLAN["title"]
    assert kept(field)[announced["rep"]] == announced["time_s"]


def test_on_a_full_disk_old_traces_go_first_and_then_it_times_and_warns_and_says_not_saved(field: Box) -> None:
    lay_traces = f"""
        mkdir -p {STATE}/traces
        for age in 1 2 3; do
            head -c {TRACE_BYTES} /dev/zero >{STATE}/traces/$age.csv
            touch --date=2020-01-0$age {STATE}/traces/$age.csv
        done
        chown -R retro-timer: {STATE}/traces
    """
    field.vm.check(lay_traces)
    field.vm.fill_disk(leave_bytes=1)
    start_session(field)
    field.wait("finish", rep=1)
    assert field.find("not_saved") is None
    assert field.vm.check(f"ls {STATE}/traces").split() == ["3.csv"]

    full = field.mark()
    field.ask("pause")
    field.vm.check(["rm", f"{STATE}/traces/3.csv"])
    field.vm.fill_disk()
    field.ask("resume")
    field.wait("go", full, rep=2)
    field.wait("obstacle", full, level="danger")
    field.wait("not_saved", full, rep=2)
    field.wait("said", full, key="not_saved")
    field.wait("finish", full, rep=2)
    assert field.status()["unsaved"] >= 1
    assert {entry["PRIORITY"] for entry in field.logged("not_saved")} == {"3"}

    field.vm.free_disk()
    field.wait("saved_after_all", full)
    assert field.status()["unsaved"] == 0
    assert kept(field).items() >= finishes(field).items()
    assert field.audit()["integrity"] == "ok"


def test_a_damaged_database_is_set_aside_and_rebuilt_and_that_is_said_loudly(field: Box) -> None:
    start_session(field)
    field.wait("finish")
    field.vm.check(["systemctl", "start", "retro-timer-backup.service"], timeout_s=WAIT_S)
    field.wait("finish", field.mark())
    field.vm.check(["systemctl", "stop", SERVICE], timeout_s=WAIT_S)
    announced, before = finishes(field), kept(field)
    damage = "head -c 16384 /dev/urandom | dd of=results.db bs=4096 seek=1 conv=notrunc status=none"
    field.vm.check(f"cd {STATE} && {damage}; ls backups/*.db && sync")
    field.vm.check(["systemctl", "start", SERVICE], timeout_s=WAIT_S)
    field.vm.wait_for(lambda: said(field, "database_rebuilt"), WAIT_S, "the words for it")
    (entry,) = field.logged("database_rebuilt")
    assert entry["PRIORITY"] == "3"
    assert kept(field) == before
    assert before.items() >= announced.items()
    audit = field.audit()
    assert audit["integrity"] == "ok"
    assert any(name.startswith("results.damaged-") for name in audit["files"])
    assert field.offered()["title"] == PLAN["title"]


FOREIGN = 'sqlite3.connect("results.db").execute("CREATE TABLE mark (a)")'
LOSSES = {
    "removed, its write-ahead log left": "rm results.db",
    "0 bytes": ": >results.db",
    "1 byte": "printf x >results.db",
    "garbage": "head -c 40000 /dev/urandom >results.db",
    "another program's": f"rm -f results.db*; python3 -c 'import sqlite3; {FOREIGN}'",
    "the log removed": "rm reps.jsonl",
    "both removed, copies there": "rm -f results.db* reps.jsonl",
}


def test_whatever_file_of_the_results_is_lost_while_the_power_is_off_nothing_announced_is(field: Box) -> None:
    start_session(field)
    field.wait("finish")
    announced = finishes(field)
    for words, loss in LOSSES.items():
        field.vm.check(["systemctl", "start", "retro-timer-backup.service"], timeout_s=WAIT_S)
        field.vm.check(["systemctl", "kill", "--signal=KILL", SERVICE], timeout_s=WAIT_S)
        field.vm.check(["systemctl", "stop", SERVICE], timeout_s=WAIT_S)
        field.vm.check(f"cd {STATE} && {loss} && chown -R retro-timer: . && sync")
        count = len(field.logged("database_rebuilt"))
        field.vm.check(["systemctl", "start", SERVICE], timeout_s=WAIT_S)
        assert field.offered()["title"] == PLAN["title"], words
        assert kept(field).items() >= announced.items(), words

        def rebuilt_once_more(before: int = count) -> bool:
            return len(field.logged("database_rebuilt")) == before + 1

        field.vm.wait_for(rebuilt_once_more, WAIT_S, words)
        assert field.audit()["integrity"] == "ok", words
        assert [session["id"] for session in field.audit()["sessions"]] == [1], words


def test_results_taken_away_during_a_session_are_told_as_not_saved_and_begun_anew(field: Box) -> None:
    start_session(field)
    field.wait("go", rep=field.wait("finish")["rep"] + 1)
    taken = field.mark()
    field.vm.check(f"mkdir -p /root/taken && mv {STATE}/results.db* {STATE}/reps.jsonl /root/taken/")
    field.wait("not_saved", taken)
    field.wait("saved_after_all", taken)
    field.wait("finish", field.place("saved_after_all", taken))
    assert kept(field).items() >= finishes(field).items()
    assert field.audit()["integrity"] == "ok"
    assert [session["id"] for session in field.audit()["sessions"]] == [1]


def test_a_stick_gets_the_results_and_is_told_to_be_pulled_and_a_foreign_one_is_left_as_it_is(field: Box) -> None:
    start_session(field)
    field.wait("finish")
    field.ask("stop")
    field.vm.plug_stick_in()
    field.wait("said", key="stick_copied")
    assert field.vm.run("findmnt --noheadings --source /dev/sda").status != 0
    field.vm.check("mkdir -p /mnt/stick && mount -o ro -t vfat /dev/sda /mnt/stick")
    found = field.vm.check("cd /mnt/stick/retro-timer && find . -type f").splitlines()
    assert sorted(Path(name).suffix for name in found) == [".db", ".fit", ".json"]
    field.vm.check("umount /mnt/stick")
    field.vm.pull_stick()

    host_run(["mkfs.ext4", "-q", "-F", field.vm.stick])
    foreign, before = field.vm.stick.read_bytes(), field.mark()
    field.vm.plug_stick_in()
    field.wait("said", before, key="stick_foreign")
    assert field.vm.run("findmnt --noheadings --source /dev/sda").status != 0
    field.vm.pull_stick()
    assert field.vm.stick.read_bytes() == foreign
