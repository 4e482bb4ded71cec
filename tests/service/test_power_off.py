"""Power-off and clock, from the unprivileged timer to root's own services, on a real systemd."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from typing import Any

import pytest

from tests.rig.container import Container
from tests.rig.host import need_rig

pytest.importorskip("VL53L1X", reason="the driver is missing: pip install 'retro-timer[twin]'")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[2]
UNITS = tuple(f"retro-timer-{task}.{kind}" for task in ("poweroff", "clock") for kind in ("path", "service"))
MODULES = ("msgspec", "gpiozero", "colorzero", "serial", "smbus2", "VL53L1X.py")
ASK = """
from retro_firmware.pi import PiBoard
PiBoard.power_off(object.__new__(PiBoard))
"""
ASK_CLOCK = """
import time
from retro_firmware.pi import PiBoard
PiBoard.set_clock(object.__new__(PiBoard), round(time.time()))
"""
DATE = '#!/bin/sh\necho "$@" >/run/retro-timer/shown\n'
"""In the place of the program that would set the clock of the machine which these tests run on."""
SANDBOX: dict[str, Any] = {
    "User": "nobody",
    "RuntimeDirectory": "retro-timer",
    "RuntimeDirectoryMode": "0750",
    "ProtectSystem": "strict",
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "Environment": "PYTHONPATH=/opt/timer",
}
"""What of the timer's own unit stands in the way of a power-off."""


@pytest.fixture(scope="module", autouse=True)
def tools() -> None:
    need_rig()


def with_the_timer(box: Container) -> Container:
    """The program's modules and the two units."""
    for package in (ROOT / "retro_timer", ROOT / "firmware" / "retro_firmware"):
        box.put(package, f"/opt/timer/{package.name}")
    for key in ("purelib", "platlib"):
        site = Path(sysconfig.get_path(key))
        for module in [*(site / name for name in MODULES), *site.glob("vl53l1x_python*.so")]:
            if module.exists():
                box.put(module, f"/opt/timer/{module.name}")
    for unit in UNITS:
        box.put(ROOT / "systemd" / unit, f"/etc/systemd/system/{unit}")
    box.check("systemctl daemon-reload && systemctl enable --now retro-timer-poweroff.path retro-timer-clock.path")
    return box


def test_the_timer_has_the_box_switched_off_and_the_next_start_lasts() -> None:
    with Container() as container:
        box = with_the_timer(container)
        box.start("asking", ["/usr/bin/python3", "-c", ASK], **SANDBOX)
        box.wait_for(lambda: not box.running, 60, "the power-off")
        assert box.boot() == "running"
        assert box.unit("retro-timer-poweroff.path")["SubState"] == "waiting"
        assert box.run("test -e /run/retro-timer/poweroff").status == 1
        assert box.unit("retro-timer-poweroff.service")["ExecMainStartTimestampMonotonic"] == "0"


def test_without_the_path_unit_the_request_is_taken_back_and_told() -> None:
    with Container() as container:
        box = with_the_timer(container)
        box.check("systemctl disable --now retro-timer-poweroff.path")
        box.start("asking", ["/usr/bin/python3", "-c", ASK], **SANDBOX, RuntimeDirectoryPreserve="yes")
        box.wait_for(lambda: any("nobody switches the box off" in m for m in box.messages("asking")), 60, "the word")
        assert box.run("test -e /run/retro-timer/poweroff").status == 1
        assert box.running


def test_the_clock_is_set_by_the_seconds_in_the_file_and_by_nothing_else() -> None:
    with Container() as container:
        box = with_the_timer(container)
        box.write("/usr/local/bin/date", DATE)
        box.check("chmod +x /usr/local/bin/date")
        box.start("asking", ["/usr/bin/python3", "-c", ASK_CLOCK], **SANDBOX, RuntimeDirectoryPreserve="yes")
        box.wait_for(lambda: box.run("cat /run/retro-timer/shown").output.startswith("--set=@1"), 60, "the clock")
        box.wait_for(lambda: box.run("test -e /run/retro-timer/clock").status == 1, 60, "the end of the request")
        box.check("rm /run/retro-timer/shown && echo '1; reboot' >/run/retro-timer/clock")
        box.wait_for(lambda: box.run("test -e /run/retro-timer/clock").status == 1, 60, "the end of the request")
        assert box.run("test -e /run/retro-timer/shown").status == 1
        assert box.unit("retro-timer-clock.path")["ActiveState"] == "active"
        assert box.running
