"""The root file systems: a fresh Raspberry Pi OS Lite as far as Debian has it, and how to add packages offline."""

import shlex
import shutil
from collections.abc import Iterable
from pathlib import Path

from tests.rig.host import RIG, cached, host_run, overlay, scratch
from tests.rig.native_parts import QUICK, SUITE, native_parts, python_requirements

PIOS_PACKAGES = shlex.split("""
    alsa-utils avahi-daemon ca-certificates curl dbus fake-hwclock file i2c-tools iproute2 iputils-ping kmod less
    libasound2 libnss-mdns libpam-systemd make procps psmisc python3 python3-gpiozero python3-pip python3-smbus2
    python3-spidev python3-venv rsync sudo systemd systemd-sysv systemd-timesyncd tzdata udev unzip xz-utils
""")
"""What Raspberry Pi OS Lite (bookworm) has when new and the project may meet. espeak-ng and sqlite3 are not among it.

Left out because nothing here needs them and they cost time: the compiler, NetworkManager, Bluetooth, firmware, and
raspi-config, which is in no Debian archive. python3-lgpio is added from a package that the rig builds.
"""

GROUPS = ("gpio", "i2c", "spi")


def pios_root() -> Path:
    """The folder with the Pi-like root file system, made on first use. Never write to it: take an overlay."""
    recipe = RIG / "native/build.sh"
    inputs = [SUITE, QUICK, PIOS_PACKAGES, GROUPS, python_requirements(), recipe, RIG / "pios"]
    return cached("pios", inputs, _make_pios)


def _make_pios(product: Path) -> None:
    host_run(["mmdebstrap", *QUICK, f"--include={','.join(PIOS_PACKAGES)}", SUITE, product])
    packages = list((native_parts() / "debs").iterdir())
    for package in packages:
        shutil.copy(package, product / "tmp")
    host_run(["chroot", product, "dpkg", "--install", *(f"/tmp/{package.name}" for package in packages)])
    for package in packages:
        (product / "tmp" / package.name).unlink()
    for group in GROUPS:
        host_run(["chroot", product, "groupadd", "--force", "--system", group])
    groups = ",".join(["audio", "sudo", *GROUPS])
    host_run(["chroot", product, "useradd", "--create-home", "--shell=/bin/bash", f"--groups={groups}", "pi"])
    shutil.copytree(RIG / "pios", product, dirs_exist_ok=True)
    (product / "etc/hostname").write_text("raspberrypi\n")
    (product / "etc/hosts").write_text("127.0.0.1\tlocalhost\n127.0.1.1\traspberrypi\n")
    (product / "etc/machine-id").write_text("")  # a new one at each first boot, as on a new card
    (product / "etc/resolv.conf").unlink(missing_ok=True)


def download_debs(names: Iterable[str], folder: Path) -> list[Path]:
    """Put into `folder` the packages, and those that they need and a new Pi lacks; all are kept in the cache.

    Inside a container without a network `apt-get install ./folder/*.deb` then succeeds.
    """
    wanted = sorted(names)

    def fetch(product: Path) -> None:
        with scratch("debs") as work, overlay(work, pios_root()) as root:
            shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
            host_run(["chroot", root, "apt-get", "-qq", "update"])
            download = shlex.split("apt-get -qq install --yes --download-only --no-install-recommends")
            host_run(["chroot", root, *download, *wanted])
            product.mkdir()
            for package in (root / "var/cache/apt/archives").glob("*.deb"):
                shutil.copy(package, product)

    source = cached("debs", [wanted, pios_root().name], fetch)
    folder.mkdir(parents=True, exist_ok=True)
    return [Path(shutil.copy(package, folder)) for package in sorted(source.iterdir())]
