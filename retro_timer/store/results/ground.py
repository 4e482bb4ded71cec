"""What the results lie on: whether it can be written at all, and whether it outlasts the power."""

from __future__ import annotations

import errno
import os
import re
import threading
from enum import StrEnum
from pathlib import Path

import msgspec

from retro_timer.store.space import free_bytes, make_room_for_results

_IN_MEMORY = frozenset(("tmpfs", "ramfs", "rootfs", "devtmpfs"))
_MEMORY_DEVICE = re.compile(r"/dev/(?:zram|ram)\d")
_OVERLAYS = frozenset(("overlay", "overlayfs", "aufs"))
_IN_A_CONTAINER = (".dockerenv", "run/.containerenv", "run/systemd/container")
"""Files that tell of one: its overlay lies on the host's disk, and outlasts the power as the container does."""
_ESCAPED = re.compile(r"\\([0-7]{3})")
_LEAST_FREE_BYTES = 100_000
_TRIAL = ".trial"
_ANSWER_S = 2.0


class Ground(StrEnum):
    """What may be wrong with it, the worst first."""

    SILENT = "disk-silent"
    REFUSED = "disk-refused"
    READ_ONLY = "disk-read-only"
    FULL = "disk-full"
    MEMORY = "memory"
    OVERLAY = "overlay"
    """Whatever is written goes into another place than the disk's, most likely memory: raspi-config's overlay."""
    LASTING = "lasting"

    @property
    def forgets(self) -> bool:
        """Whether it can be written and is gone with the power."""
        return self in (Ground.MEMORY, Ground.OVERLAY)


class GroundSeen(msgspec.Struct, frozen=True):
    """What was found, in words for a line."""

    ground: Ground
    text: str = ""
    mend: str = ""


def look_at_ground(directory: Path, root: Path = Path("/"), answer_s: float = _ANSWER_S) -> GroundSeen:
    """Write a trial into a state directory, made if need be, and see what it lies on.

    Returns after `answer_s` at the latest: a dying card can hold up whoever waits for it for minutes. `root` stands for
    the file system with /proc/self/mountinfo.
    """
    seen: list[GroundSeen] = []
    thread = threading.Thread(target=lambda: seen.append(_tried(directory, root)), name="ground", daemon=True)
    thread.start()
    thread.join(answer_s)
    silent = GroundSeen(Ground.SILENT, f"{directory}: the disk does not answer", "see: dmesg | tail; take another card")
    return seen[0] if seen else silent


def _tried(directory: Path, root: Path) -> GroundSeen:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if free_bytes(directory) < _LEAST_FREE_BYTES and not make_room_for_results(directory):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        _write_trial(directory / f"{_TRIAL}-{os.getpid()}")
    except OSError as error:
        return _refused(directory, error)
    return lasting(directory, root)


def _write_trial(path: Path) -> None:
    try:
        with path.open("wb") as file:
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
    finally:
        path.unlink(missing_ok=True)


def _refused(directory: Path, error: OSError) -> GroundSeen:
    text = f"{directory}: results cannot be saved ({error.strerror})"
    if error.errno == errno.EROFS:
        return GroundSeen(Ground.READ_ONLY, text, "sudo mount -o remount,rw /; for its cause: dmesg | grep -i mmc")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return GroundSeen(Ground.FULL, text, f"what takes the room? sudo du -xh {directory} | sort -h | tail")
    return GroundSeen(Ground.REFUSED, text, f"see: ls -ld {directory}; and: df {directory}")


def lasting(directory: Path, root: Path = Path("/")) -> GroundSeen:
    """Whether what is written below a directory outlasts the power. Reads only; in doubt it does."""
    mounts = _mounts(root)
    mount = _mount_of(directory.resolve(), mounts)
    ground = Ground.LASTING if mount is None else _ground_of(mount, mounts, root)
    if mount is None or ground is Ground.LASTING:
        return GroundSeen(Ground.LASTING)
    if ground is Ground.MEMORY:
        text = f"{directory} lies in memory ({mount.kind} at {mount.point}): results are lost at power-off"
        return GroundSeen(ground, text, "have it on the card: df, /etc/fstab, RETRO_TIMER_STATE")
    text = f"{directory} lies on an overlay (at {mount.point}): results may be lost at power-off"
    return GroundSeen(ground, text, "sudo raspi-config nonint do_overlayfs 1, then reboot; or have it on a stick")


class _Mount(msgspec.Struct, frozen=True):
    """A line of mountinfo, as proc(5) has it."""

    point: Path
    kind: str
    source: str
    upper: Path | None
    """Where an overlay writes to."""


def _mounts(root: Path) -> list[_Mount]:
    try:
        lines = (root / "proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return []
    return [mount for line in lines if (mount := _parsed(line)) is not None]


def _parsed(line: str) -> _Mount | None:
    before, dash, after = line.partition(" - ")
    place, what = before.split(" "), after.split(" ")
    if not dash or len(place) < 6 or len(what) < 3:
        return None
    options = dict(option.partition("=")[::2] for option in what[2].split(","))
    upper = options.get("upperdir")
    return _Mount(Path(_unescaped(place[4])), what[0], _unescaped(what[1]), Path(_unescaped(upper)) if upper else None)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8)), text)


def _mount_of(path: Path, mounts: list[_Mount]) -> _Mount | None:
    """The nearest mount above a path; of several at one point the last, which hides the others."""
    above = [mount for mount in mounts if path.is_relative_to(mount.point)]
    return max(reversed(above), key=lambda mount: len(mount.point.parts), default=None)


def _ground_of(mount: _Mount, mounts: list[_Mount], root: Path) -> Ground:
    if mount.kind in _IN_MEMORY or _MEMORY_DEVICE.match(mount.source):
        return Ground.MEMORY
    if mount.kind not in _OVERLAYS or any((root / mark).exists() for mark in _IN_A_CONTAINER):
        return Ground.LASTING
    under = None if mount.upper is None else _mount_of(mount.upper, [m for m in mounts if m.kind not in _OVERLAYS])
    # The upper directory of a root is often out of sight: then nothing but the overlay itself is above its path.
    if under is None or under.point == Path("/"):
        return Ground.OVERLAY
    return _ground_of(under, mounts, root)
