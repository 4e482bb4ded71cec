"""A later version of the program, made from an archive: other number, other code, checksums that fit."""

from __future__ import annotations

import hashlib
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

BREAKS_AFTER_NEW_SCHEMA = {
    "retro_timer/store/results/schema.py": """
VERSION += 1
_STEPS += ("ALTER TABLE rep ADD COLUMN mood TEXT;",)
""",
    "retro_timer/beacon/readiness.py": """
def _never_ready(_self: Readiness) -> None:
    import time

    from retro_timer.errors import RetroTimerError

    time.sleep(1.0)
    raise RetroTimerError("this version has lost its way")


Readiness.look = _never_ready
""",
}
"""Appended to modules: the database is brought to a schema that the older program cannot read, then the start fails."""


def next_version(archive: Path, work: Path, version: str, appended: Mapping[str, str] | None = None) -> Path:
    """Unpack an archive below `work` and make another version of it; returns the folder to install from."""
    with tarfile.open(archive) as bundle:
        bundle.extractall(work, filter="data")
    folder = next(work.iterdir()).rename(work / f"retro-timer-{version}")
    _renumber(next((folder / "wheels").glob("retro_timer-*.whl")), version, appended or {})
    release = folder / "RELEASE"
    facts = [line for line in release.read_text().splitlines() if not line.startswith("version=")]
    release.write_text("\n".join([f"version={version}", *facts, ""]))
    unit = folder / "systemd/retro-timer.service"
    unit.write_text(unit.read_text().replace("Description=", f"Description=Version {version} of "))
    sign(folder)
    return folder


def sign(folder: Path) -> None:
    """Write the checksums anew."""
    sums = folder / "SHA256SUMS"
    sums.unlink()
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in files]
    sums.write_text("".join(lines))


def _renumber(wheel: Path, version: str, appended: Mapping[str, str]) -> None:
    """The same wheel under another version, with some code at the end of some modules."""
    old = wheel.name.split("-")[1]
    with zipfile.ZipFile(wheel) as source:
        files = {name: source.read(name) for name in source.namelist()}
    wheel.unlink()
    info, new_info = f"retro_timer-{old}.dist-info/", f"retro_timer-{version}.dist-info/"
    renamed = {name.replace(info, new_info): content for name, content in files.items()}
    metadata = renamed[f"{new_info}METADATA"].decode()
    renamed[f"{new_info}METADATA"] = metadata.replace(f"\nVersion: {old}\n", f"\nVersion: {version}\n").encode()
    for module, code in {"retro_timer/__init__.py": f'__version__ = "{version}"\n', **appended}.items():
        renamed[module] += code.encode()
    renamed[f"{new_info}RECORD"] = "".join(f"{name},,\n" for name in renamed).encode()
    with zipfile.ZipFile(wheel.with_name(wheel.name.replace(old, version)), "w") as target:
        for name, content in renamed.items():
            target.writestr(name, content)
