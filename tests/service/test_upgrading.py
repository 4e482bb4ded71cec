"""An upgrade keeps results and settings; one that does not come up goes back; one cut off is taken up again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rig.container import Container
from tests.service.box import QUICK, SERVICE, ctl, hurry, install, kept, ready, refusal
from tests.service.next_version import BREAKS_AFTER_NEW_SCHEMA, next_version

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def with_a_result(box: Container) -> dict[int, str]:
    """Run one rep, and end the session; the times on disk."""
    ctl(box, "start", "sprints")
    hurry(box)
    box.wait_for(lambda: kept(box), 60, "the first result")
    ctl(box, "stop")
    return kept(box)


def bring(box: Container, folder: Path) -> str:
    """Copy an unpacked archive into the machine."""
    remote = f"/root/{folder.name}"
    box.put(folder, remote)
    return remote


def version(box: Container) -> str:
    return box.check("retro-timer --version").split()[-1]


def test_an_upgrade_keeps_results_and_settings_and_puts_new_defaults_beside_them(
    box: Container, archive: Path, tmp_path: Path
) -> None:
    times = with_a_result(box)
    said = install(box, bring(box, next_version(archive, tmp_path, "7.0.0")))
    assert "install Retro Timer 7.0.0" in said
    assert version(box) == "7.0.0"
    assert box.unit(SERVICE)["ActiveState"] == "active"
    assert box.unit(SERVICE)["Description"].startswith("Version 7.0.0")
    assert kept(box) == times
    assert box.read("/etc/retro-timer/config.toml") == QUICK
    assert "default_plan" in box.read("/etc/retro-timer/config.toml.dist")
    assert box.check("ls /opt/retro-timer/releases").split() == ["7.0.0-1"]
    box.reboot()
    ready(box)
    assert kept(box) == times


def test_a_version_that_does_not_come_up_gives_way_to_the_one_before_with_its_database_and_units(
    box: Container, archive: Path, tmp_path: Path
) -> None:
    times, old = with_a_result(box), version(box)
    unit = box.read(f"/etc/systemd/system/{SERVICE}")
    schema = (
        "/opt/retro-timer/venv/bin/python -c 'from retro_timer.store.results.schema import VERSION; print(VERSION)'"
    )
    known = int(box.check(schema))
    broken = next_version(archive, tmp_path, "8.0.0", BREAKS_AFTER_NEW_SCHEMA)
    assert "8.0.0 was not installed" in refusal(box, bring(box, broken))
    assert "this version has lost its way" in "\n".join(box.messages(SERVICE))
    assert version(box) == old
    assert box.unit(SERVICE)["ActiveState"] == "active"
    assert box.read(f"/etc/systemd/system/{SERVICE}") == unit
    assert kept(box) == times
    assert box.check("ls /opt/retro-timer/releases").split() == [f"{old}-1"]
    # The newer database was there, and is set aside rather than thrown away.
    read_version = "import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).execute('PRAGMA user_version').fetchone())"
    aside = box.check(["python3", "-c", read_version, "/var/lib/retro-timer/set-aside-8.0.0-1/results.db"])
    assert int(aside) == known + 1
    box.reboot()
    ready(box)
    assert with_a_result(box).items() >= times.items()


def test_an_upgrade_that_finds_no_room_leaves_the_running_timer_alone(
    box: Container, archive: Path, tmp_path: Path
) -> None:
    room_kb = int(box.check("du -sk /opt/retro-timer").split()[0]) + 8000
    box.check(f"cp -a /opt/retro-timer /root/kept && mount -t tmpfs -o size={room_kb}k none /opt/retro-timer")
    box.check("cp -a /root/kept/. /opt/retro-timer && systemctl restart retro-timer.service")
    before, old = ready(box), version(box)
    line = refusal(box, bring(box, next_version(archive, tmp_path, "7.0.0")))
    assert "No space left on device" in line, line
    assert (version(box), box.unit(SERVICE)["MainPID"]) == (old, before["MainPID"])
    assert box.check("ls /opt/retro-timer/releases").split() == [f"{old}-1"]


def cut_off(box: Container, folder: str, moment: str) -> None:
    """Start an upgrade, and pull the plug as soon as the shell finds `moment` true."""
    box.start("upgrade", f"{folder}/install.sh")
    box.check(f"until {moment}; do sleep 0.01; done", 120)
    box.power_cut()
    box.boot()
    ready(box)


def test_after_power_cuts_in_the_middle_of_an_upgrade_the_box_starts_and_the_upgrade_can_be_done_again(
    box: Container, archive: Path, tmp_path: Path
) -> None:
    times, old = with_a_result(box), version(box)
    folder = bring(box, next_version(archive, tmp_path, "9.0.0"))
    cut_off(box, folder, "[ -x /opt/retro-timer/releases/9.0.0-1/bin/python ]")
    assert (version(box), kept(box)) == (old, times)
    cut_off(box, folder, "[ -e /opt/retro-timer/before/results/results.db ]")
    assert version(box) in (old, "9.0.0")
    assert kept(box) == times
    install(box, folder)
    assert (version(box), kept(box)) == ("9.0.0", times)
    assert len(box.check("ls /opt/retro-timer/releases").split()) == 1
