"""Puts the parts of an archive together: program, packages, units, boot files, installer, and their checksums."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

from release.commands import run
from release.debs import collect_debs
from release.target import Target
from release.wheels import collect_wheels

_COPIED = (
    "README.md",
    "docs",
    "LICENSE",
    "config/config.toml",
    "config/plans",
    "config/schemas",
    "systemd",
    "firmware/boot",
)
"""At the same places as in a checkout, so that the installer need not care which of the two it runs from."""
_INSTALLER = "firmware/boot/install.sh"
_EPOCH_S = 315_532_800
"""1980: archives of the same content are the same file."""


def version_of(project: Path) -> str:
    """The project's version."""
    return str(tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def build_archive(project: Path, target: Target, kept: Path, output: Path) -> Path:
    """Build one archive in the folder `output` and return it; `kept` holds downloads for the next time.

    Raises ReleaseError.
    """
    name = f"retro-timer-{version_of(project)}-{target}"
    with tempfile.TemporaryDirectory(prefix="retro-timer-release-") as work:
        root = Path(work) / name
        root.mkdir()
        collect_wheels(project, target, kept / str(target) / "wheels", root / "wheels")
        collect_debs(target, kept / str(target) / "apt", root / "debs")
        _copy_files(project, root)
        run([sys.executable, "-m", "retro_timer.cli.manual", root / "share"], cwd=project)
        (root / "RELEASE").write_text(_release_text(project, target), encoding="utf-8")
        (root / "SHA256SUMS").write_text(_checksums(root), encoding="utf-8")
        output.mkdir(parents=True, exist_ok=True)
        return _pack(root, output / f"{name}.tar.gz")


def _copy_files(project: Path, root: Path) -> None:
    for name in _COPIED:
        source, target = project / name, root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
        else:
            shutil.copy(source, target)
    # Where a user looks for it: one command in the unpacked archive.
    shutil.move(root / _INSTALLER, root / "install.sh")


def _release_text(project: Path, target: Target) -> str:
    facts = {
        "version": version_of(project),
        "suite": target.suite,
        "architecture": target.architecture,
        "python": target.python,
    }
    return "".join(f"{key}={value}\n" for key, value in facts.items())


def _checksums(root: Path) -> str:
    """Every file of the archive, in the form that sha256sum --check reads."""
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(root)}\n" for path in files)


def _pack(root: Path, archive: Path) -> Path:
    fresh = archive.with_name(f"{archive.name}.new")
    with (
        fresh.open("wb") as file,
        gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=_EPOCH_S) as packed,
        tarfile.open(fileobj=packed, mode="w") as bundle,
    ):
        for path in (root, *sorted(root.rglob("*"))):
            bundle.add(path, path.relative_to(root.parent), recursive=False, filter=_plain)
    return fresh.replace(archive)


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Neither owner nor time of the machine that built it."""
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    member.mtime = _EPOCH_S
    member.mode = 0o755 if member.isdir() or member.name.endswith("/install.sh") else 0o644
    return member
