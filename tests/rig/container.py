"""A Debian container with real systemd as its first process and no network: for services, units and the installer.

with Container() as box:
    box.put(Path("dist/release.tar.gz"), "/root/release.tar.gz")
    box.check("tar -C /root -xf /root/release.tar.gz && /root/retro-timer/install.sh", timeout_s=120)
    box.reboot()
    assert box.wait_for_unit("retro-timer.service", 15)["SubState"] == "running"
"""

import contextlib
import os
import shlex
import signal
import subprocess
import tarfile
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.rig.cgroups import own_cgroups
from tests.rig.host import host_run, install_tools, overlay, scratch
from tests.rig.images import pios_root
from tests.rig.machine import Command, Machine, MachineError, Result, words

ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
}

NSPAWN = shlex.split(
    # When this process dies, nspawn is asked to halt the container.
    "setpriv --pdeathsig TERM systemd-nspawn --boot --register=no --keep-unit --console=read-only "
    "--private-network --resolv-conf=off --timezone=off --link-journal=no "
    # DeviceAllow= and PrivateDevices= need BPF on the unified hierarchy, and the rights to load it.
    "--capability=all --system-call-filter=bpf"
)
HALT = signal.SIGRTMIN + 4
"""What systemd as the first process takes for an orderly power-off."""


class Container(Machine):
    """One container on a throw-away copy of `root`; a context manager that boots it, unless `boot` is False."""

    def __init__(self, root: Path | None = None, *, boot: bool = True) -> None:
        self._source = root
        self._boot_first = boot
        self._exit = contextlib.ExitStack()
        self._nspawn: subprocess.Popen[bytes] | None = None
        self._work = Path()
        self.root = Path()
        self.leader = 0

    def __enter__(self) -> Self:
        install_tools()
        source = self._source or pios_root()
        with contextlib.ExitStack() as stack:
            self._work = stack.enter_context(scratch("container"))
            self.root = stack.enter_context(overlay(self._work, source))
            self._cgroups = stack.enter_context(own_cgroups(self._work.name))
            stack.callback(self.power_cut)
            self._exit = stack.pop_all()
        if self._boot_first:
            try:
                self.boot()
            except BaseException:
                self._exit.close()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.close()

    @property
    def running(self) -> bool:
        """Whether the container is switched on."""
        return self._nspawn is not None and self._nspawn.poll() is None

    def boot(self, deadline_s: float = 60) -> str:
        """Switch on; return systemd's state once it has finished starting."""
        if self.running:
            raise MachineError("the container runs already")
        join = f'for group in {" ".join(map(str, self._cgroups))}; do echo $$ >$group/cgroup.procs; done; exec "$@"'
        command = [*NSPAWN, f"--machine=rig-{os.getpid()}-{self._work.name[-6:]}", "--hostname=raspberrypi"]
        with (self._work / "console.log").open("ab") as console:
            self._nspawn = subprocess.Popen(
                ["/bin/sh", "-c", join, "sh", *command, f"--directory={self.root}"],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
                start_new_session=True,
            )
        self.leader = self.wait_for(self._find_leader, deadline_s, "the container's first process")
        return self.wait_until_up(deadline_s)

    def shutdown(self, deadline_s: float = 100) -> None:
        """Switch off in order: every unit is stopped."""
        if self._nspawn is not None and self.running:
            os.kill(self.leader, HALT)
            self.wait_for(lambda: not self.running, deadline_s, "the power-off")
        self._nspawn = None
        self.leader = 0

    def power_cut(self) -> None:
        """Kill everything inside at once. The host's disk cache survives: to lose what was not synced, take a VM."""
        if self._nspawn is not None and self.running:
            # systemd-nspawn would leave the container behind; its first process takes everything with it.
            os.kill(self.leader or self._nspawn.pid, signal.SIGKILL)
        if self._nspawn is not None:
            self._nspawn.wait(timeout=30)
        self._nspawn = None
        self.leader = 0

    def reboot(self, deadline_s: float = 60) -> str:
        """Switch off in order and on again, on the same root."""
        self.shutdown()
        return self.boot(deadline_s)

    def run(self, command: Command, timeout_s: float = 60) -> Result:
        """Run a command inside; when the container is off, in its root file system."""
        child = subprocess.Popen(
            [*self._inside(), *words(command)],
            env=ENVIRONMENT,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        try:
            output, _ = child.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            output, _ = child.communicate()
            raise TimeoutError(f"{command!r} took longer than {timeout_s:g} s:\n{output[-4000:]}") from None
        return Result(child.returncode, output)

    def put(self, local: Path, remote: str) -> None:
        """Copy a file or folder into the container; folders above it are made."""

        def as_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
            member.uid = member.gid = 0
            member.uname = member.gname = "root"
            return member

        with tempfile.TemporaryFile(dir=self._work) as bundle:
            with tarfile.open(fileobj=bundle, mode="w") as archive:
                archive.add(local, arcname=remote.strip("/"), filter=as_root)
            bundle.seek(0)
            subprocess.run(
                [*self._inside(), "tar", "-C", "/", "--keep-directory-symlink", "-xpf", "-"],
                env=ENVIRONMENT,
                stdin=bundle,
                check=True,
            )

    def get(self, remote: str, local: Path) -> Path:
        """Copy a file or folder out of the container."""
        parent, name = os.path.split(remote.rstrip("/"))
        with tempfile.TemporaryDirectory(dir=self._work) as folder:
            bundle = Path(folder, "bundle.tar")
            with bundle.open("wb") as file:
                command = [*self._inside(), "tar", "-C", parent or "/", "-cf", "-", name]
                subprocess.run(command, env=ENVIRONMENT, stdout=file, check=True)
            host_run(["tar", "-C", folder, "-xf", bundle])
            host_run(["cp", "--archive", "--no-target-directory", Path(folder, name), local])
        return local

    def diagnosis(self) -> str:
        """The end of the container's console."""
        console = self._work / "console.log"
        return console.read_text(errors="replace")[-4000:] if console.exists() else "(no console yet)"

    def _inside(self) -> list[str]:
        """The words before a command that bring it into the container, or into its root when that is off."""
        if not self.running:
            return ["chroot", str(self.root)]
        return ["nsenter", "--target", str(self.leader), "-m", "-p", "-u", "-i", "-C", "-n", "--"]

    def _find_leader(self) -> int | None:
        """The container's first process: nspawn's child that is number 1 in its own namespace."""
        if self._nspawn is None or self._nspawn.poll() is not None:
            raise MachineError(f"systemd-nspawn ended:\n{self.diagnosis()}")
        with contextlib.suppress(OSError):
            for tasks in Path(f"/proc/{self._nspawn.pid}/task").iterdir():
                for child in (tasks / "children").read_text().split():
                    status = dict(
                        line.split(":\t", 1) for line in Path(f"/proc/{child}/status").read_text().splitlines()
                    )
                    if status["NSpid"].split()[1:] == ["1"] and status["Name"] == "systemd":
                        return int(child)
        return None
