"""What the tests of the service share: an installed box in a container, its timer, and what it announced and kept."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

from tests.rig.container import Container

SERVICE = "retro-timer.service"
PAGE = "retro-timer-page.service"
TWIN = "RETRO_TIMER_BOARD=twin\nRETRO_TIMER_OPTIONS=--voice text\n"
"""/etc/default/retro-timer for a machine without pins: real drivers on simulated sensors, phrases in the journal."""
QUICK = "[session]\ncountdown_s = 1\nget_ready_s = 2\nchangeover_s = 5\n[voice]\nkind = 'text'\nrate_wpm = 300\n"
SPRINTS = """\
title = "Sprints"
purpose = "A test."
source = "This test."
safety = "Look out."
gait = "run"
rest_s = 1.0
recovery_s = 1.0
walk_out_s = 0
[[blocks]]
reps = 60
distance_m = 5
"""
READY_S = 20.0
INSTALL_S = 240.0


def unpack(box: Container, archive: Path, folder: str = "/root") -> str:
    """Bring an archive into the machine; returns the folder that it unpacks to."""
    box.put(archive, f"{folder}/{archive.name}")
    box.check(["tar", "-C", folder, "-xzf", f"{folder}/{archive.name}"])
    return f"{folder}/{archive.name.removesuffix('.tar.gz')}"


def install(box: Container, folder: str, *options: str) -> str:
    """Run the installer, which must succeed; returns what it said."""
    return box.check(["/bin/sh", "-c", f"cd {shlex.quote(folder)} && ./install.sh {' '.join(options)}"], INSTALL_S)


def refusal(box: Container, folder: str, *options: str, before: str = "") -> str:
    """Run the installer, which must fail; returns its last line."""
    status, output = box.run(f"{before} cd {shlex.quote(folder)} && ./install.sh {' '.join(options)}", INSTALL_S)
    assert status != 0, output
    return output.splitlines()[-1]


def ready(box: Container) -> dict[str, str]:
    """Wait until the timer is ready; the unit's properties."""
    return box.wait_for_unit(SERVICE, READY_S)


def restarted(box: Container, before: dict[str, str], deadline_s: float) -> dict[str, str]:
    """Wait until systemd has started it again after `before` and it is ready."""

    def look() -> dict[str, str] | None:
        now = box.unit(SERVICE)
        return now if now["ActiveState"] == "active" and now["MainPID"] != before["MainPID"] else None

    return box.wait_for(look, deadline_s, "the timer's restart")


def status(box: Container) -> dict[str, Any]:
    """What the timer does and sees now."""
    told: dict[str, Any] = json.loads(box.check("retro-timer status --json"))
    return told


def phase(box: Container, *wanted: str, deadline_s: float = 60.0) -> None:
    """Wait until the session is in one of these phases."""
    box.wait_for(lambda: status(box)["phase"] in wanted, deadline_s, f"phase {' or '.join(wanted)}")


def ctl(box: Container, *words: str) -> None:
    """Steer the session."""
    box.check(["retro-timer", "ctl", *words])


def hurry(box: Container) -> None:
    """Skip what precedes a rep, where there is something to skip."""
    box.run("retro-timer ctl skip")


def announced(box: Container) -> dict[int, str]:
    """Each rep whose time the timer has told, over all its starts since power-on, with that time."""
    entries = [entry for entry in box.journal(SERVICE) if entry.get("RETRO_TIMER_EVENT") == "finish"]
    return {int(entry["RETRO_TIMER_REP"]): entry["RETRO_TIMER_TIME_S"] for entry in entries}


def kept(box: Container) -> dict[int, str]:
    """Each finished rep in the database, with its time."""
    reps = json.loads(box.check("retro-timer results reps --json"))
    return {rep["rep"]: str(rep["time_s"]) for rep in reps if rep["status"] == "finished"}
