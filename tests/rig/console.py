"""The root shell of a virtual machine: one line of text to ask, one to answer; scripts and output go by files."""

import select
import socket
import time
from pathlib import Path

from tests.rig.machine import MachineError, Result

SCRIPT_PREFIX = """cd /root
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
"""
READY = "ready"
MARGIN_S = 60
"""How much longer than a command may take the answer may be on its way, on an emulated and busy machine."""


class Console:
    """Talks to guest/layer/usr/lib/rig/shell.sh over QEMU's socket, and by files in the shared folder."""

    def __init__(self, socket_path: Path, share: Path) -> None:
        self._share = share
        self._number = 0
        self._received = b""
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(socket_path))

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def wait_ready(self, deadline_s: float) -> None:
        """Wait until the shell reports that it runs."""
        end = time.monotonic() + deadline_s
        while self._line(end) != READY:
            pass

    def run(self, command: str, timeout_s: float) -> Result:
        """Run shell text and return its status and output."""
        self._number += 1
        number = str(self._number)
        script, output = self._share / f"{number}.sh", self._share / f"{number}.out"
        script.write_text(f"{SCRIPT_PREFIX}{command}\n")
        try:
            self._socket.sendall(f"{number} {timeout_s:g}\n".encode())
        except OSError as error:
            raise MachineError("the machine is off") from error
        began = time.monotonic()
        answer = ""
        while not answer.startswith(f"done {number} "):
            answer = self._line(began + timeout_s + MARGIN_S)
            if answer == READY:
                raise MachineError(f"{command!r} ended the shell that it ran in")
        late = time.monotonic() - began >= timeout_s
        text = output.read_text(errors="replace")
        script.unlink()
        output.unlink()
        status = int(answer.split()[2])
        if late and status in (124, 137):
            raise TimeoutError(f"{command!r} took longer than {timeout_s:g} s:\n{text[-4000:]}")
        return Result(status, text)

    def _line(self, end: float) -> str:
        """One line of the shell."""
        while b"\n" not in self._received:
            readable, _, _ = select.select([self._socket], [], [], max(0.0, end - time.monotonic()))
            if not readable:
                raise TimeoutError("the machine's shell does not answer")
            try:
                data = self._socket.recv(4096)
            except ConnectionResetError:
                data = b""
            if not data:
                raise MachineError("the machine is off")
            self._received += data
        line, self._received = self._received.split(b"\n", 1)
        return line.decode(errors="replace").strip()
