"""The Python part: the project's own wheel, and those of the locked requirements, each checked against its hash."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from pathlib import Path

from release.commands import run
from release.target import MACHINE_OF, ReleaseError, Target

LOCKS = ("run.txt", "firmware.txt", "installer.txt")
"""Below requirements/: what the box needs, and the pip that installs it there."""
_EXTRAS = "pi"


def collect_wheels(project: Path, target: Target, kept: Path, folder: Path) -> None:
    """Fill `folder` with all wheels that installing needs; below `kept` stays what was downloaded.

    Raises ReleaseError for a hash that differs or a wheel that cannot be had.
    """
    pool = _filled_pool([project / "requirements" / name for name in LOCKS], target, kept)
    folder.mkdir(parents=True)
    own = _build_own(project, folder)
    # The locks hold build tools too; the wheel's own metadata says what is needed on the box.
    wanted = [f"{own}[{_EXTRAS}]", "pip"]
    _pip("download", "--no-index", "--find-links", pool, *_for(target), "--dest", folder, *wanted)


def _filled_pool(locks: list[Path], target: Target, kept: Path) -> Path:
    """A folder with every locked wheel, one for each state of the locks: pip would take an older version as gladly."""
    pool = kept / hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()[:16]
    if not pool.is_dir():
        kept.mkdir(parents=True, exist_ok=True)
        # Under its name only once it is complete.
        with tempfile.TemporaryDirectory(dir=kept) as work:
            for lock in locks:
                _fetch(lock, target, Path(work))
            shutil.copytree(work, pool.with_suffix(".new"), dirs_exist_ok=True)
        pool.with_suffix(".new").rename(pool)
    return pool


def _build_own(project: Path, folder: Path) -> Path:
    run([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder.resolve()], cwd=project)
    return next(folder.glob("*.whl"))


def _fetch(lock: Path, target: Target, pool: Path) -> None:
    requirements: list[str | Path] = ["--require-hashes", "--no-deps", "--requirement", lock]
    if target.architecture == "arm64":
        _pip("download", *_for(target), "--dest", pool, *requirements)
    else:
        # VL53L1X has wheels for ARM only: for the tests' machines it is built, by the suite's own Python.
        run([_python_of(target), "-m", "pip", "--quiet", "wheel", "--wheel-dir", pool, *requirements])


def _for(target: Target) -> list[str]:
    platforms = [word for name in target.wheel_platforms for word in ("--platform", name)]
    return ["--only-binary", ":all:", "--python-version", target.python, "--implementation", "cp", *platforms]


def _pip(*words: str | Path) -> None:
    run([sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *words])


def _python_of(target: Target) -> str:
    """An interpreter of the target's version on this machine."""
    if f"{sys.version_info.major}.{sys.version_info.minor}" == target.python:
        return sys.executable
    found = shutil.which(f"python{target.python}")
    if found is None:
        raise ReleaseError(
            f"{target}: VL53L1X must be built for {MACHINE_OF[target.architecture]}, which needs python{target.python} "
            "with pip on this machine; arm64 needs neither"
        )
    return found
