"""What a container and a virtual machine have in common: run a command, move files, read the journal, wait."""

import json
import shlex
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.rig.host import Answer, wait_for

Command = str | Sequence[str]
"""A line for the shell, or the words of a command."""

READY_STATES = ("running", "degraded")


class Result(NamedTuple):
    """How a command ended, and what it wrote to standard output and standard error."""

    status: int
    output: str


class MachineError(RuntimeError):
    """A machine did not do what was asked of it; the message carries what it said."""


class Machine(ABC):
    """A Linux system of the rig with systemd as its first process."""

    @abstractmethod
    def run(self, command: Command, timeout_s: float = 60) -> Result:
        """Run a command as root, without a terminal; raise TimeoutError when it takes too long.

        For what goes on in the background take `start`: a process left behind keeps the output open.
        """

    @abstractmethod
    def put(self, local: Path, remote: str) -> None:
        """Copy a file or folder of the host to the path `remote`, owned by root; works before the start as well."""

    @abstractmethod
    def get(self, remote: str, local: Path) -> Path:
        """Copy a file or folder of the machine to the path `local` on the host."""

    @abstractmethod
    def diagnosis(self) -> str:
        """The end of the console's output, for error messages."""

    def check(self, command: Command, timeout_s: float = 60) -> str:
        """Run a command that must succeed and return its output."""
        status, output = self.run(command, timeout_s)
        if status != 0:
            raise MachineError(f"{command!r} ended with {status}:\n{output[-4000:]}")
        return output

    def write(self, remote: str, text: str) -> None:
        """Write a text file, with its folders."""
        self.check(
            f"mkdir -p {shlex.quote(str(Path(remote).parent))} && printf %s {shlex.quote(text)} >{shlex.quote(remote)}"
        )

    def read(self, remote: str) -> str:
        """The content of a text file."""
        return self.check(["cat", remote])

    def start(self, unit: str, command: Command, timeout_s: float = 60, **properties: str) -> None:
        """Run a command in the background as a transient unit; `properties` as in a unit file (Restart="always")."""
        options = [f"--property={name}={value}" for name, value in properties.items()]
        line = ["systemd-run", "--quiet", "--collect", f"--unit={unit}", *options, *words(command)]
        self.check(line, timeout_s)

    def unit(self, name: str) -> dict[str, str]:
        """The properties of a unit, as `systemctl show` gives them: ActiveState, Result, MainPID, NRestarts …"""
        lines = self.check(["systemctl", "show", name]).splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def journal(self, unit: str | None = None, *, all_boots: bool = False) -> list[dict[str, Any]]:
        """The journal's entries, oldest first, of one unit or all, since the boot or all: MESSAGE, _PID and so on."""
        command = ["journalctl", "--output=json", "--no-pager", "--quiet"]
        command += [] if all_boots else ["--boot"]
        command += [f"--unit={unit}"] if unit else []
        return [json.loads(line) for line in self.check(command).splitlines() if line.startswith("{")]

    def messages(self, unit: str | None = None) -> list[str]:
        """Only the texts of the journal since the boot."""
        return [str(entry.get("MESSAGE")) for entry in self.journal(unit)]

    def wait_for(
        self, condition: Callable[[], Answer | None], deadline_s: float, what: str = "the condition"
    ) -> Answer:
        """Wait until `condition()` is true and return what it gave; a TimeoutError carries the console's end."""
        try:
            return wait_for(condition, deadline_s, what)
        except TimeoutError as error:
            raise TimeoutError(f"{error}\n{self.diagnosis()}") from None

    def wait_for_unit(self, name: str, deadline_s: float, state: str = "active") -> dict[str, str]:
        """Wait until a unit is in this ActiveState and return its properties."""

        def look() -> dict[str, str] | None:
            properties = self.unit(name)
            return properties if properties.get("ActiveState") == state else None

        return self.wait_for(look, deadline_s, f"{name} {state}")

    def wait_until_up(self, deadline_s: float) -> str:
        """Wait until systemd has finished starting; return `running` or, where a unit failed, `degraded`."""

        def look() -> str | None:
            state = self.run(["systemctl", "is-system-running", "--wait"], timeout_s=deadline_s).output.strip()
            return state if state in READY_STATES else None

        return self.wait_for(look, deadline_s, "the system's start")


def words(command: Command) -> list[str]:
    """A command as a list of words, by way of the shell where it is a line."""
    return ["/bin/sh", "-c", command] if isinstance(command, str) else list(command)
