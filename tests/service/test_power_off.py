"""The button's power-off, from the unprivileged timer to root's own service, on a real systemd."""

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
UNITS = ("retro-timer-poweroff.path", "retro-timer-poweroff.service")
MODULES = ("msgspec", "gpiozero", "colorzero", "serial", "smbus2", "VL53L1X.py")
ASK = """
from retro_firmware.pi import PiBoard
PiBoard.power_off(object.__new__(PiBoard))
"""
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
    box.check("systemctl daemon-reload && systemctl enable --now retro-timer-poweroff.path")
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
