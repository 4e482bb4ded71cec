"""The installed box in a virtual machine, and what people at the track do with it."""

from __future__ import annotations

import functools
import json
import shlex
from pathlib import Path
from typing import Any

from tests.rig.vm import VirtualMachine

SERVICE = "retro-timer.service"
STATE = "/var/lib/retro-timer"
SITE = "/opt/retro-timer/venv/lib/python3.11/site-packages"
GUEST = Path(__file__).parent / "guest"
TOOLS = "/opt/field"
WAIT_S = 900.0
"""For whatever must come; an emulated machine on a busy host is slow, and nothing is said here about when."""
BUZZER, BUTTON = 17, 27

ASK = """
import socket, sys
made = socket.socket(socket.AF_UNIX)
made.connect("/run/retro-timer/beacon.sock")
made.sendall(sys.argv[1].encode() + b"\\n")
print(made.makefile().readline())
"""
PLAN = """\
title = "{title}"
purpose = "A test."
source = "This test."
safety = "Look out."
gait = "{gait}"
rest_s = {rest_s}
walk_out_s = {walk_out_s}
[[blocks]]
reps = {reps}
distance_m = {distance_m}
"""


class Box:
    """A machine that is switched on. `told` is everything that the timer has announced since `set_up`."""

    def __init__(self, vm: VirtualMachine) -> None:
        self.vm = vm
        self._runs = 0

    # Setting it up

    def set_up(self, board: str, settings: str, options: str = "", *, coach: bool = False, **plan: Any) -> None:
        """A box without results, with these settings and a default plan of these figures; ready when this returns."""
        vm = self.vm
        vm.check(f"systemctl stop {SERVICE}; rm -rf {STATE}/* {STATE}/.opening")
        vm.write("/etc/retro-timer/config.toml", settings)
        vm.write("/etc/retro-timer/plans/field.toml", PLAN.format(**plan))
        vm.write("/etc/retro-timer/team.csv", "Ann\nBea\n")
        vm.write("/etc/default/retro-timer", f"RETRO_TIMER_BOARD={board}\nRETRO_TIMER_OPTIONS={options}\n")
        self.follow(coach=coach)
        vm.check(["systemctl", "start", SERVICE], timeout_s=WAIT_S)
        self.connected()

    def follow(self, *, coach: bool = False) -> None:
        """Have everything written down that is announced from now on; after a boot as well."""
        self.vm.run(["systemctl", "stop", "witness"])
        self.ledger.unlink(missing_ok=True)
        self.vm.start("witness", ["python3", "-SE", f"{TOOLS}/witness.py", *(["coach"] if coach else [])])

    @property
    def ledger(self) -> Path:
        """What was announced, a line each, on the host."""
        return self.vm.share / "told.jsonl"

    def plug_sensor_in(self) -> None:
        """The VL53L1X's twin answers on the bus."""
        self.vm.connect_i2c("lane:make", TOOLS, SITE)

    def lane(self, *, runner: bool = False, standing_mm: int | None = None) -> None:
        """A runner sets off, some metres before the line; something stands in the beam, or nothing any more."""
        self._runs += runner
        fresh = self.vm.share / "lane.new"
        fresh.write_text(json.dumps({"runs": self._runs, "standing_mm": standing_mm}))
        fresh.rename(self.vm.share / "lane.json")

    # Asking it

    @property
    def told(self) -> list[dict[str, Any]]:
        """Every event so far; the last line of a machine that lost its power may be half a line."""
        text = self.ledger.read_text() if self.ledger.exists() else ""
        lines = [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
        return [line for line in lines if "event" in line]

    def connected(self) -> None:
        """Wait until the witness hears the timer."""
        self.vm.wait_for(lambda: self.ledger.exists() and "\n" in self.ledger.read_text(), WAIT_S, "the timer's socket")

    def offered(self) -> dict[str, Any]:
        """Wait until the timer has started anew and offers the session that was cut off; its state then."""

        def look() -> dict[str, Any] | None:
            ended, output = self.vm.run(["python3", "-SEc", ASK, '{"request":"status"}'])
            state: dict[str, Any] = json.loads(output)["status"] if ended == 0 else {}
            return state if state.get("phase") == "recoverable" else None

        return self.vm.wait_for(look, WAIT_S, "the offer to go on")

    def mark(self) -> int:
        """This moment, for `wait`."""
        return len(self.told)

    def wait(self, event: str, since: int = 0, **fields: Any) -> dict[str, Any]:
        """Wait for an event with these fields, told after `since`; return it."""
        find = functools.partial(self.find, event, since, **fields)
        try:
            return self.vm.wait_for(find, WAIT_S, f"{event} {fields or ''}")
        except TimeoutError as error:
            of_the_rep = [line for line in self.told[since:] if fields.get("rep") in (line.get("rep"), None)]
            recent = "\n".join(str(line) for line in [*of_the_rep[:20], "…", *self.told[since:][-20:]])
            raise TimeoutError(f"{error}\nsince then was told:\n{recent}") from None

    def find(self, event: str, since: int = 0, **fields: Any) -> dict[str, Any] | None:
        """The first event with these fields, told after `since`."""
        wanted = {"event": event, **fields}
        return next((line for line in self.told[since:] if wanted.items() <= line.items()), None)

    def place(self, event: str, since: int = 0, **fields: Any) -> int:
        """Where in `told` the event stands."""
        wanted = {"event": event, **fields}
        return next(n for n, line in enumerate(self.told) if n >= since and wanted.items() <= line.items())

    def ask(self, request: str, **fields: Any) -> dict[str, Any]:
        """One request to the timer and its answer."""
        message = json.dumps({"request": request, **fields})
        answer: dict[str, Any] = json.loads(self.vm.check(["python3", "-SEc", ASK, message]))
        return answer

    def status(self) -> dict[str, Any]:
        """What the timer does and sees now."""
        state: dict[str, Any] = self.ask("status")["status"]
        return state

    def command(self, *words: str) -> str:
        """The command `retro-timer` as root; its output."""
        return self.vm.check(f"retro-timer {shlex.join(words)}", timeout_s=WAIT_S)

    def results(self) -> list[dict[str, Any]]:
        """`results reps --json`."""
        found: list[dict[str, Any]] = json.loads(self.command("results", "reps", "--json", "--limit", "100000"))
        return found

    def audit(self) -> dict[str, Any]:
        """The database as SQLite alone sees it (see guest/audit.py)."""
        found: dict[str, Any] = json.loads(self.vm.check(["python3", "-SE", f"{TOOLS}/audit.py"]))
        return found

    def logged(self, event: str) -> list[dict[str, Any]]:
        """The journal's entries for an event since the boot."""
        return [entry for entry in self.vm.journal(SERVICE) if entry.get("RETRO_TIMER_EVENT") == event]
