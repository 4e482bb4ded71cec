"""The service as systemd starts it: its units are sound, its cage is tight, and it says ready only when it sees."""

from __future__ import annotations

import pytest

from tests.rig.container import Container
from tests.service.box import PAGE, SERVICE, announced, ready

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

MOST_EXPOSED = {SERVICE: 20, "retro-timer-backup.service": 20, "retro-timer-stick@.service": 20, PAGE: 16}
"""systemd's own measure of what a service may do, in tenths: 2.0 of 10. The page has the network besides."""


def test_the_units_have_no_fault_that_systemd_knows(box: Container) -> None:
    assert box.check("systemd-analyze verify /etc/systemd/system/retro-timer*") == ""


@pytest.mark.parametrize("unit", MOST_EXPOSED)
def test_a_service_may_do_little(box: Container, unit: str) -> None:
    box.check(f"systemd-analyze security --offline=true --threshold={MOST_EXPOSED[unit]} /etc/systemd/system/{unit}")


def test_the_timer_has_neither_network_nor_rights_nor_foreign_devices(box: Container) -> None:
    pid = ready(box)["MainPID"]
    assert box.check(f"cat /proc/{pid}/net/dev | tail -n +3 | cut -d: -f1").split() == ["lo"]
    state = box.check(f"cat /proc/{pid}/status")
    assert "CapEff:\t0000000000000000" in state
    assert "NoNewPrivs:\t1" in state
    assert "Seccomp:\t2" in state
    assert box.check(f"ps -o user= -p {pid}").strip() == "retro-timer"


def test_hardware_watchdog_memory_limits_and_bus_are_asked_for_at_power_on(box: Container) -> None:
    assert box.check("systemctl show --value --property=RuntimeWatchdogUSec").strip() == "10s"
    assert "cgroup_enable=memory" in box.read("/boot/firmware/cmdline.txt")
    assert box.read("/boot/firmware/config.txt").count("include retro-timer.txt") == 1
    assert "i2c_arm=on" in box.read("/boot/firmware/retro-timer.txt")
    assert "i2c-dev" in box.read("/etc/modules-load.d/retro-timer.conf")


def test_the_box_is_found_by_its_name_on_the_network(box: Container) -> None:
    box.check("ip link add here type veth peer name there && ip address add 192.0.2.1/24 dev here")
    box.check("ip link set here up && ip link set there up")
    # Asked by multicast: the name stands in no file and no server.
    box.wait_for(lambda: "192.0.2.1" in box.run("getent hosts raspberrypi.local").output, 30, "an answer to the name")


def test_a_box_that_sees_says_ready_and_what_the_watch_covers(box: Container) -> None:
    assert ready(box)["StatusText"] == "idle; watch ok"
    box.wait_for(lambda: any("Finish line only" in line for line in box.messages(SERVICE)), 20, "the coverage")
    assert any('"Ready."' in line for line in box.messages(SERVICE))


def test_a_box_that_cannot_see_is_up_for_systemd_and_never_says_ready(box: Container) -> None:
    box.write("/etc/retro-timer/dead.toml", "[[faults]]\nkind = 'dead'\nat_s = 0.0\nlasts_s = 600.0\n")
    box.check("sed -i 's,^RETRO_TIMER_OPTIONS=.*,& --scenario /etc/retro-timer/dead.toml,' /etc/default/retro-timer")
    box.reboot()
    assert "watch lost" in ready(box)["StatusText"]
    box.wait_for(lambda: any("not ready" in line.lower() for line in box.messages(SERVICE)), 20, "the warning")
    assert not any('"Ready."' in line for line in box.messages(SERVICE))


def test_power_on_restarts_and_a_stop_say_nothing_of_a_lost_sensor(box: Container) -> None:
    for _ in range(3):
        box.check(f"systemctl restart {SERVICE}", timeout_s=60)
        ready(box)
    box.check(f"systemctl stop {SERVICE}", timeout_s=60)
    told = box.messages(SERVICE)
    assert sum('"Ready."' in line for line in told) >= 1
    assert [line for line in told if "lost" in line.lower() or "not ready" in line.lower()] == []


def test_the_results_are_copied_by_the_hourly_service(box: Container) -> None:
    assert box.unit("retro-timer-backup.timer")["ActiveState"] == "active"
    # Results without a session are not worth a copy.
    box.check("retro-timer ctl start sprints")
    box.wait_for(lambda: announced(box), 120, "a rep")
    box.check("systemctl start retro-timer-backup.service")
    assert box.check("ls /var/lib/retro-timer/backups").startswith("results-")
