"""What a virtual machine boots from: a kernel, an initial RAM disk, and a disk image made from any root file system."""

import shutil
from pathlib import Path

from tests.rig.host import RIG, cached, digest, host_run, overlay, scratch
from tests.rig.images import pios_root
from tests.rig.native_parts import native_parts

DISK_SIZE = "2G"
SHELL_UNIT = "rig-shell.service"


def kernel() -> Path:
    """Debian's kernel."""
    return native_parts() / "vmlinuz"


def initrd() -> Path:
    """The initial RAM disk: busybox, the modules, and guest/init."""

    def make(product: Path) -> None:
        with scratch("initrd") as work:
            for folder in ("bin", "dev", "proc", "sys", "root", "lib"):
                (work / folder).mkdir()
            shutil.copy(native_parts() / "busybox", work / "bin")
            host_run(["chroot", work, "/bin/busybox", "--install", "-s", "/bin"])
            shutil.copytree(native_parts() / "lib/modules", work / "lib/modules")
            shutil.copy(RIG / "native/modules.list", work)
            shutil.copy(RIG / "guest/init", work)
            (work / "init").chmod(0o755)
            product.mkdir()
            host_run(["sh", "-c", f"find . | cpio --quiet -o -H newc >{product}/initrd"], cwd=work)

    return cached("initrd", [RIG / "guest/init", RIG / "native/modules.list", native_parts().name], make) / "initrd"


def base_disk() -> Path:
    """The disk image of the Pi-like root, made on first use. Never write to it: a machine puts a layer over it."""
    inputs = [DISK_SIZE, pios_root().name, native_parts().name, _layer_digest()]
    return cached("disk", inputs, lambda product: _make_base(product)) / "disk.img"


def _make_base(product: Path) -> None:
    product.mkdir()
    make_disk(pios_root(), product / "disk.img")


def make_disk(root: Path, image: Path) -> Path:
    """Write a root file system (a container's `root`, after its shutdown, for one) and the rig's layer into an image.

    So a program can be installed in a container, at the host's speed, and then be booted on its own kernel.
    """
    with scratch("layer") as work:
        layer = work / "layer"
        shutil.copytree(RIG / "guest/layer", layer)
        shutil.copy(RIG / "i2c_bus.py", layer / "usr/lib/rig")
        shutil.copytree(native_parts() / "lib/modules", layer / "usr/lib/modules")
        shutil.copytree(native_parts() / "site", layer / "opt/rig/site")
        wanted = layer / "etc/systemd/system/sysinit.target.wants"
        wanted.mkdir()
        (wanted / SHELL_UNIT).symlink_to(f"../{SHELL_UNIT}")
        with overlay(work, layer, root, writable=False) as merged:
            host_run(
                ["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=1,root_owner=0:0", "-d", merged, image, DISK_SIZE]
            )
    return image


def _layer_digest() -> str:
    return digest(RIG / "guest/layer", RIG / "i2c_bus.py")
