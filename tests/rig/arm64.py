"""A Pi's own architecture under qemu-user: a root file system for arm64, which a container boots as any other.

Slow to make (8 to 9 minutes, cached) and slow to run: about ten times slower than the host.
"""

import shlex
import shutil
import sys
from pathlib import Path

from tests.rig.host import RIG, RigUnavailableError, cached, host_run, install_tools, scratch
from tests.rig.images import GROUPS, PIOS_PACKAGES
from tests.rig.native_parts import QUICK, SUITE

TOOLS = {"qemu-aarch64-static": "qemu-user-static", "update-binfmts": "binfmt-support"}
LGPIO = "lgpio==0.2.2.0 --hash=sha256:a2f71fb95b149d8ac82c7c6bae70f054f6dc42a006ad35c90c7d8e54921fbcf4"
"""The wheel for aarch64 and Python 3.11 in place of Raspberry Pi OS's python3-lgpio, which no Debian archive has."""
_FORMATS = Path("/proc/sys/fs/binfmt_misc")
_BOOT_S = 300.0


def need_arm64() -> None:
    """See that this host runs programs for arm64. Raises RigUnavailableError."""
    install_tools(TOOLS)
    if not (_FORMATS / "register").exists():
        host_run(["mount", "-t", "binfmt_misc", "binfmt_misc", _FORMATS])
    if not (_FORMATS / "qemu-aarch64").exists():
        host_run(["update-binfmts", "--enable", "qemu-aarch64"])
    if "enabled" not in (_FORMATS / "qemu-aarch64").read_text():
        raise RigUnavailableError("the kernel does not start programs for arm64: update-binfmts --enable qemu-aarch64")


def arm64_root() -> Path:
    """The folder with the Pi-like root file system for arm64, made on first use. Take an overlay of it."""
    return cached("pios-arm64", [SUITE, QUICK, PIOS_PACKAGES, GROUPS, LGPIO, RIG / "pios"], _make)


def _make(product: Path) -> None:
    include = f"--include={','.join(PIOS_PACKAGES)}"
    host_run(["mmdebstrap", *QUICK, "--architectures=arm64", include, SUITE, product], timeout_s=3600)
    _add_lgpio(product)
    for group in GROUPS:
        host_run(["chroot", product, "groupadd", "--force", "--system", group])
    shutil.copytree(RIG / "pios", product, dirs_exist_ok=True)
    (product / "etc/hostname").write_text("raspberrypi\n")
    (product / "etc/machine-id").write_text("")  # a new one at each first boot, as on a new card
    (product / "etc/resolv.conf").unlink(missing_ok=True)


def _add_lgpio(product: Path) -> None:
    with scratch("lgpio") as work:
        (work / "lgpio.txt").write_text(LGPIO)
        words = "-m pip -q --disable-pip-version-check download --no-deps --require-hashes --only-binary :all:"
        target = "--python-version 3.11 --implementation cp --platform manylinux_2_34_aarch64"
        host_run(
            [sys.executable, *shlex.split(f"{words} {target}"), f"--requirement={work / 'lgpio.txt'}", f"--dest={work}"]
        )
        (wheel,) = work.glob("*.whl")
        shutil.unpack_archive(wheel, product / "usr/lib/python3/dist-packages", "zip")
