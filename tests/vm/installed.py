"""The box's disk for the virtual machine: Retro Timer installed from its release archive, in a container for speed."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.rig.container import Container
from tests.rig.host import cache_dir, cached
from tests.rig.release import release_archive
from tests.rig.vm_image import base_disk, make_disk

KEPT_DISKS = 2


def installed_disk() -> Path:
    """The image of a disk with the program installed, made on first use of this state of the tree."""
    archive = release_archive()
    # The name of the bare disk tells of the root and of the rig's layer that both are made from.
    product = cached("box", [archive.parent.name, base_disk().parent.name, Path(__file__)], _make_disk)
    product.touch()
    for old in sorted(cache_dir().glob("box-*[0-9a-f]"), key=lambda folder: folder.stat().st_mtime)[:-KEPT_DISKS]:
        shutil.rmtree(old)
    return product / "disk.img"


def _make_disk(product: Path) -> None:
    product.mkdir()
    with installed_root() as root:
        make_disk(root, product / "disk.img")


@contextlib.contextmanager
def installed_root() -> Iterator[Path]:
    """A root file system as the installer leaves it, before its first boot as a box."""
    with Container() as workshop:
        workshop.put(release_archive(), "/root/release.tar.gz")
        workshop.check("mkdir /root/release && tar -C /root/release --strip-components=1 -xf /root/release.tar.gz")
        workshop.check("/root/release/install.sh", timeout_s=300)
        workshop.check("rm -r /root/release /root/release.tar.gz")
        workshop.shutdown()
        yield workshop.root
