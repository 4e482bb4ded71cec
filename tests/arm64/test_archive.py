"""The archive for a Pi on its own architecture, emulated: it installs, doctor answers, and it times a session on the
twin.
"""

from __future__ import annotations

import json
import os
import unittest
from collections.abc import Iterator

import pytest

from tests.rig.arm64 import arm64_root, need_arm64
from tests.rig.container import Container
from tests.rig.host import RigUnavailableError
from tests.rig.release import release_archive
from tests.service.box import QUICK, SERVICE, SPRINTS, TWIN, announced, kept, unpack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)]

BOOT_S, INSTALL_S, READY_S, COMMAND_S, SESSION_S = 300.0, 1800.0, 180.0, 120.0, 300.0
EMULATED = "[Service]\nPrivateNetwork=no\n"
"""qemu-user cannot set up a network namespace; everything else of the unit holds as delivered."""


@pytest.fixture(scope="module")
def box() -> Iterator[Container]:
    """A Pi-like machine for arm64 on which the archive was installed, and the timer started as at power-on."""
    try:
        need_arm64()
    except RigUnavailableError as error:
        if os.environ.get("CI"):
            raise
        raise unittest.SkipTest(str(error)) from error
    with Container(arm64_root(), boot=False) as container:
        container.boot(BOOT_S)
        container.write("/etc/default/retro-timer", TWIN)
        container.write("/etc/retro-timer/config.toml", QUICK)
        container.write("/etc/retro-timer/plans/sprints.toml", SPRINTS.replace("reps = 60", "reps = 2"))
        folder = unpack(container, release_archive("arm64"))
        container.check(["/bin/sh", "-c", f"cd {folder} && ./install.sh"], INSTALL_S)
        container.write(f"/etc/systemd/system/{SERVICE}.d/emulated.conf", EMULATED)
        container.check(f"systemctl daemon-reload && systemctl start --no-block {SERVICE}")
        container.wait_for_unit(SERVICE, READY_S)
        yield container


def test_the_machine_is_a_pis(box: Container) -> None:
    assert box.check("uname -m").strip() == "aarch64"
    assert box.check("dpkg --print-architecture").strip() == "arm64"


def test_native_parts_and_voice_are_those_of_the_archive(box: Container) -> None:
    python = "/opt/retro-timer/venv/bin/python"
    box.check([python, "-c", "import VL53L1X, lgpio, msgspec, smbus2; lgpio.gpiochip_open"], COMMAND_S)
    assert int(box.check("espeak-ng --stdout ready | wc -c", COMMAND_S)) > 1000


def test_doctor_finds_the_sensor_and_everything_else_of_the_box(box: Container) -> None:
    told = box.run("retro-timer doctor --json", COMMAND_S)
    findings = {finding["name"]: finding for finding in json.loads(told.output)["findings"]}
    assert "id eacc" in findings["gate: sensor"]["found"]
    for name in ("watch", "button", "pins", "disk"):
        assert findings[name]["verdict"] == "ok", findings[name]
    assert "files" not in findings


def test_a_session_is_timed_announced_and_kept(box: Container) -> None:
    box.check("retro-timer ctl start sprints", COMMAND_S)
    box.wait_for(lambda: len(announced(box)) == 2, SESSION_S, "two finishes")
    assert announced(box) == kept(box)
    assert all(0.8 < float(time_s) < 8.0 for time_s in kept(box).values()), "5 m of a backward run"
    assert box.unit(SERVICE)["NRestarts"] == "0"
