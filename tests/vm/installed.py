"""The box's disks for the virtual machine: Retro Timer installed from its release archive, in a container for speed."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.rig.container import Container
from tests.rig.host import cache_dir, cached
from tests.rig.images import download_debs
from tests.rig.release import release_archive
from tests.rig.vm_image import base_disk, make_disk

KEPT_DISKS = 2
RADIO_PACKAGES = (
    "dnsmasq-base",
    "iw",
    "isc-dhcp-client",
    "network-manager",
    "nftables",
    "wireless-regdb",
    "wpasupplicant",
)
"""A Pi has all of them when new, but for the second: that is the phone's."""
RADIOS = {
    # One is the box's, the other is put into the phone's hands before anybody else takes it.
    "modules-load.d/radios.conf": "mac80211_hwsim\n",
    "modprobe.d/radios.conf": "options mac80211_hwsim radios=2\n",
    "NetworkManager/conf.d/phone.conf": "[keyfile]\nunmanaged-devices=interface-name:wlan1\n",
}


def installed_disk() -> Path:
    """The image of a disk with the program installed, made on first use of this state of the tree."""
    archive = release_archive()
    # The name of the bare disk tells of the root and of the rig's layer that both are made from.
    product = cached("box", [archive.parent.name, base_disk().parent.name, Path(__file__)], _make_disk)
    product.touch()
    for old in sorted(cache_dir().glob("box-*[0-9a-f]"), key=lambda folder: folder.stat().st_mtime)[:-KEPT_DISKS]:
        shutil.rmtree(old)
    return product / "disk.img"


def disk_with_radios() -> Path:
    """The same with two Wi-Fi radios that hear each other, and NetworkManager."""
    return installed_disk().with_name("radios.img")


def _make_disk(product: Path) -> None:
    product.mkdir()
    with Container() as workshop:
        workshop.put(release_archive(), "/root/release.tar.gz")
        workshop.check("mkdir /root/release && tar -C /root/release --strip-components=1 -xf /root/release.tar.gz")
        workshop.check("/root/release/install.sh", timeout_s=300)
        workshop.check("rm -r /root/release /root/release.tar.gz")
        workshop.shutdown()
        make_disk(workshop.root, product / "disk.img")
        _add_radios(workshop)
        make_disk(workshop.root, product / "radios.img")


def _add_radios(workshop: Container) -> None:
    """Into a container that is switched off."""
    download_debs(RADIO_PACKAGES, workshop.root / "root/debs")
    workshop.check("DEBIAN_FRONTEND=noninteractive dpkg --install /root/debs/*.deb && rm -r /root/debs", timeout_s=300)
    for name, text in RADIOS.items():
        workshop.write(f"/etc/{name}", text)
