"""The release archive of the tree as it is now, for the rig's machines."""

import functools
import shutil
import sys
from pathlib import Path

from tests.rig.host import PROJECT, cache_dir, cached, host_run, lock

PARTS = (
    "config",
    "docs",
    "firmware",
    "requirements",
    "retro_timer",
    "systemd",
    "LICENSE",
    "README.md",
    "pyproject.toml",
)
"""What an archive is made from."""
KEPT_ARCHIVES = 8


def release_archive(architecture: str = "amd64") -> Path:
    """The archive for bookworm, built on first use of this state of the tree."""
    product = cached("release", [architecture, *_inputs()], functools.partial(_build, architecture))
    _forget_old_ones(product)
    return next(product.glob("*.tar.gz"))


def _inputs() -> list[object]:
    """The content of every part; what Python compiles on the way is no part of it."""
    tops = [PROJECT / name for name in PARTS]
    files = [file for top in tops for file in ([top] if top.is_file() else sorted(top.rglob("*"))) if file.is_file()]
    sources = [file for file in files if "__pycache__" not in file.parts]
    return [item for file in sources for item in (str(file.relative_to(PROJECT)), file)]


def _build(architecture: str, product: Path) -> None:
    command = [sys.executable, "-m", "release", "--suite", "bookworm", "--arch", architecture]
    host_run([*command, "--output", product, "--kept", cache_dir() / "release-kept"], cwd=PROJECT / "firmware")


def _forget_old_ones(newest: Path) -> None:
    """One archive for each edit would fill the disk."""
    with lock("release"):
        newest.touch()
        archives = sorted(cache_dir().glob("release-????????????????"), key=lambda folder: folder.stat().st_mtime)
        for old in archives[:-KEPT_ARCHIVES]:
            shutil.rmtree(old)
