"""What has to be compiled for the rig, made once in a throw-away Debian root and kept.

The root has the compiler, the kernel's headers and Debian's own Python, so the host needs none of them and may be of
another release. `native/build.sh` runs inside it without a network: everything it needs is downloaded before.
"""

import shlex
import shutil
import sys
from pathlib import Path

from tests.rig.host import PROJECT, RIG, cached, host_run, scratch

SUITE = "bookworm"
BUILD_PACKAGES = shlex.split("""
    busybox-static gcc kmod libc6-dev linux-headers-amd64 make python3-dev python3-pip python3-setuptools-scm swig
    xz-utils
""")
WHEELS = ("colorzero", "gpiozero", "smbus2")
SOURCES = ("vl53l1x", "lgpio")
LGPIO = "lgpio==0.2.2.0 --hash=sha256:11372e653b200f76a0b3ef8a23a0735c85ec678a9f8550b9893151ed0f863fff"
"""lgpio is no dependency of the project: on a Pi it comes from apt. The rig builds the package that Debian 12 lacks."""

QUICK = (
    "--quiet",
    "--variant=minbase",
    "--dpkgopt=force-unsafe-io",
    *(f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in ("man", "doc", "locale", "info")),
)
"""How both roots are made: no recommended packages, no manuals, no waiting for the disk."""


def native_parts() -> Path:
    """The folder with vmlinuz, busybox, lib/modules/, debs/ and site/ (see native/build.sh), made on first use."""
    return cached("native", [SUITE, BUILD_PACKAGES, QUICK, python_requirements(), RIG / "native"], _make)


def python_requirements() -> str:
    """The project's own pins of the packages that the guest needs, with their hashes, and lgpio."""
    pins = (PROJECT / "requirements" / "firmware.txt").read_text().replace("\\\n", " ").splitlines()
    chosen = [pin for pin in pins if pin.split("==")[0] in (*WHEELS, *SOURCES)]
    return "\n".join([*chosen, LGPIO])


def _make(product: Path) -> None:
    with scratch("build-root") as work:
        sources, root = work / "src", work / "root"
        shutil.copytree(RIG / "native", sources)
        (work / "requirements.txt").write_text(python_requirements())
        download = f"-m pip download -qq --disable-pip-version-check --no-deps --no-binary {','.join(SOURCES)}"
        pins = ["--require-hashes", f"--requirement={work / 'requirements.txt'}", f"--dest={sources}"]
        host_run([sys.executable, *shlex.split(download), *pins])
        # The hook's apt-get still has the package lists, so image, headers and source are of one version.
        image = """$(apt-cache depends linux-image-amd64 | sed -n "s/.*Depends: //p")"""
        hook = f"chroot \"$1\" sh -c 'cd /srv && apt-get -qq download linux-source-6.1 {image}'"
        include = f"--include={','.join(BUILD_PACKAGES)}"
        host_run(["mmdebstrap", *QUICK, include, f"--customize-hook={hook}", SUITE, root])
        for package in (root / "srv").iterdir():
            package.rename(sources / package.name)
        sources.rename(root / "src")
        host_run(["chroot", root, "sh", "/src/build.sh"])
        (root / "out").rename(product)
