"""A virtual machine: its own kernel, real GPIO, I2C and sound devices, and a plug to pull.

    with VirtualMachine() as vm:
        vm.put(Path("retro_timer"), "/opt/src/retro_timer")
        vm.press_button(27)
        vm.power_cut()
        vm.boot()

Everything but the kernel's timing is as on a board. Without KVM Python is 12 to 18 times slower than on the host, so
tests assert order, never deadlines.
"""

import contextlib
import functools
import os
import shlex
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.rig.board import Board
from tests.rig.console import Console
from tests.rig.host import cache_dir, host_run, install_tools, scratch
from tests.rig.machine import Command, MachineError, Result
from tests.rig.stick import fat_image
from tests.rig.vm_image import base_disk, initrd, kernel

SHARE = "/run/rig"
"""Where the guest has the host's folder `vm.share`: what is written there is on the host at once, whatever happens."""

CMDLINE = (
    "console=ttyS0 quiet loglevel=4 systemd.getty_auto=no systemd.show_status=no mitigations=off audit=0 nokaslr "
    # Starved by a busy host, the kernel's check of its timer chip fails, and its clock goes wrong.
    "no_timer_check "
    # The stick is in its socket from the start, and plugged in by `plug_stick_in`.
    "usbcore.authorized_default=0"
)
BOOT_S = 400


@functools.cache
def accelerator() -> str:
    """`kvm` where a kernel really starts under it, else `tcg`; RETRO_TIMER_ACCEL decides otherwise."""
    chosen = os.environ.get("RETRO_TIMER_ACCEL")
    if chosen:
        return chosen
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return "tcg"
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    verdict = cache_dir() / f"accelerator-{boot}"
    if not verdict.exists():
        command = [*qemu("kvm", 256), "-serial", "stdio", "-append", "console=ttyS0 quiet rig.probe"]
        output = ""
        with contextlib.suppress(subprocess.TimeoutExpired):
            output = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=30
            ).stdout
        verdict.write_text("kvm" if "this accelerator works" in output else "tcg")
    return verdict.read_text()


def qemu(accel: str, memory_mb: int) -> list[str]:
    """The beginning of every QEMU command: processor, memory, kernel, no devices."""
    return [
        *shlex.split("setpriv --pdeathsig KILL qemu-system-x86_64 -nodefaults -no-user-config -display none -nic none"),
        *("-accel", accel, "-cpu", "host" if accel == "kvm" else "max", "-m", str(memory_mb)),
        *("-kernel", str(kernel()), "-initrd", str(initrd())),
    ]


class VirtualMachine(Board):
    """A machine on a throw-away layer over `disk` (see vm_image.make_disk); boots on entry, unless `boot` is False.

    `own_time`: its clock counts its own instructions, 500 million a second, and follows the host's while it idles. It
    then never sees how slow or busy the host is, and what has a deadline keeps it; one processor, and always emulated.
    `watchdog`: whether its hardware watchdog resets it. A busy host may starve a machine that runs by the host's time
    for longer than the watchdog waits.
    """

    def __init__(
        self,
        disk: Path | None = None,
        *,
        boot: bool = True,
        memory_mb: int = 512,
        cpus: int = 2,
        own_time: bool = False,
        watchdog: bool = True,
    ) -> None:
        self._disk = disk
        self._boot_first = boot
        self._memory_mb = memory_mb
        self._cpus = 1 if own_time else cpus
        self._own_time = own_time
        self._watchdog = watchdog
        self._exit = contextlib.ExitStack()
        self._work = Path()
        self._qemu: subprocess.Popen[bytes] | None = None
        self._console: Console | None = None
        self._puts = 0
        self.share = Path()

    def __enter__(self) -> Self:
        install_tools()
        backing = self._disk or base_disk()
        self._work = self._exit.enter_context(scratch("vm"))
        self._exit.callback(self.power_cut)
        try:
            self.share = self._work / "share"
            (self.share / "inject").mkdir(parents=True)
            host_run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", backing, self._work / "disk.qcow2"])
            self.stick.write_bytes(fat_image())
            if self._boot_first:
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
    def stick(self) -> Path:
        """The content of the USB stick: an empty FAT of 16 MB at first. To be changed while it is not plugged in."""
        return self._work / "stick.img"

    @property
    def running(self) -> bool:
        """Whether the machine is switched on."""
        return self._qemu is not None and self._qemu.poll() is None

    def boot(self, deadline_s: float = BOOT_S) -> str:
        """Switch on, on the same disk; return systemd's state once it has finished starting."""
        if self.running:
            raise MachineError("the machine runs already")
        shell = self._work / "shell.sock"
        shell.unlink(missing_ok=True)
        with (self._work / "qemu.log").open("ab") as log:
            self._qemu = subprocess.Popen(
                self._command(shell), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self.wait_for(lambda: shell.exists() or not self.running, 30, "QEMU's socket")
        if not self.running:
            raise MachineError((self._work / "qemu.log").read_text())
        self._console = Console(shell, self.share)
        end = time.monotonic() + deadline_s
        try:
            self._console.wait_ready(deadline_s)
        except (TimeoutError, MachineError) as error:
            raise MachineError(f"{error}; the console's end:\n{self.diagnosis()}") from error
        shutil.rmtree(self.share / "inject")
        (self.share / "inject").mkdir()
        return self.wait_until_up(max(10.0, end - time.monotonic()))

    def boot_after_reset(self, deadline_s: float = BOOT_S) -> str:
        """Wait for a reset that the guest or its hardware watchdog causes, and boot; return systemd's state.

        QEMU ends at a reset and starts anew here: emulation is three times slower in a process that was reset.
        """
        self.wait_for(lambda: not self.running, deadline_s, "a reset")
        self.power_cut()
        return self.boot(deadline_s)

    def power_cut(self) -> None:
        """Pull the plug: kill QEMU. What the guest had not synced is lost, as on a board."""
        if self._console is not None:
            self._console.close()
        if self._qemu is not None:
            self._qemu.kill()
            self._qemu.wait(timeout=30)
        self._console = self._qemu = None

    def shutdown(self, deadline_s: float = 120) -> None:
        """Switch off in order."""
        if self.running:
            self.run(["systemctl", "--no-block", "poweroff"])
            self.wait_for(lambda: not self.running, deadline_s, "the power-off")
        self.power_cut()

    def reboot(self, deadline_s: float = BOOT_S) -> str:
        """Switch off in order and on again."""
        self.shutdown()
        return self.boot(deadline_s)

    def run(self, command: Command, timeout_s: float = 60) -> Result:
        """Run a command as root in the guest and return its status and output."""
        return self._shell().run(command if isinstance(command, str) else shlex.join(command), timeout_s)

    def put(self, local: Path, remote: str) -> None:
        """Copy a file or folder into the guest; before the first boot, or between two, at the next one."""
        self._puts += 1
        item = self.share / "inject" / str(self._puts)
        host_run(["cp", "--recursive", "--preserve=mode,links", local, item])
        if not self.running:
            item.with_suffix(".path").write_text(remote)
            return
        target = shlex.quote(remote)
        self.check(f"mkdir -p $(dirname {target}) && cp -aT {SHARE}/inject/{self._puts} {target}", timeout_s=300)
        host_run(["rm", "-r", item])

    def get(self, remote: str, local: Path) -> Path:
        """Copy a file or folder out of the guest."""
        self.check(f"cp -aT {shlex.quote(remote)} {SHARE}/get", timeout_s=300)
        shutil.move(self.share / "get", local)
        return local

    def plug_stick_in(self) -> None:
        """Once or, after `pull_stick`, again."""
        self.check("for stick in /sys/bus/usb/devices/?-?; do echo 1 >$stick/authorized; done")

    def pull_stick(self) -> None:
        """It is gone for the kernel, whatever it is doing."""
        self.check("for stick in /sys/bus/usb/devices/?-?; do echo 0 >$stick/authorized; done")

    def diagnosis(self) -> str:
        """The end of the guest's console."""
        console = self._work / "console.log"
        return console.read_text(errors="replace")[-4000:] if console.exists() else "(no console yet)"

    def _shell(self) -> Console:
        if self._console is None:
            raise MachineError("the machine is off")
        return self._console

    def _command(self, shell: Path) -> list[str]:
        disk = f"file={self._work}/disk.qcow2,format=qcow2,if=virtio,cache=writeback"
        watchdog = "reset" if self._watchdog else "none"
        timing = ["-icount", "shift=1,sleep=on"] if self._own_time else []
        return [
            *qemu("tcg" if self._own_time else accelerator(), self._memory_mb),
            *timing,
            *("-smp", str(self._cpus), "-append", CMDLINE, "-drive", disk),
            *("-chardev", f"file,id=log,path={self._work}/console.log,append=on", "-serial", "chardev:log"),
            *("-chardev", f"socket,id=shell,path={shell},server=on,wait=off"),
            *("-device", "virtio-serial-pci", "-device", "virtconsole,chardev=shell"),
            *("-virtfs", f"local,path={self.share},mount_tag=rig,security_model=none,multidevs=remap"),
            *("-drive", f"file={self.stick},format=raw,if=none,id=stick"),
            *("-device", "qemu-xhci", "-device", "usb-storage,drive=stick,removable=on"),
            *("-device", "virtio-rng-pci", "-device", "i6300esb", "-action", f"watchdog={watchdog},reboot=shutdown"),
        ]
