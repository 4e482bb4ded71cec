"""Control groups: one for each container, and one with a small share of a processor.

systemd-nspawn --keep-unit puts a container into the groups `supervisor` and `payload` below the group in which it was
started, so two containers from one group would share one `payload`. Each gets a group of its own here, in the unified
hierarchy and in systemd's own of version 1, where there is one.
"""

import contextlib
import functools
import os
from collections.abc import Iterator
from pathlib import Path

from tests.rig.host import RigUnavailableError, wait_for

HIERARCHIES = Path("/sys/fs/cgroup")
PREFIX = "retro-timer-rig-"
_FIRST_WEIGHT, _FIRST_SHARES = 10_000, 262_144
"""The kernel's largest, in each hierarchy: its quota comes before what others want."""


@contextlib.contextmanager
def own_cgroups(name: str) -> Iterator[list[Path]]:
    """Make one group in each hierarchy that systemd uses; `name` starts with this process's number and a dash."""
    for hierarchy in _hierarchies():
        for old in hierarchy.glob(f"{PREFIX}*"):
            if not Path("/proc", old.name.removeprefix(PREFIX).split("-")[0]).exists():
                _remove(old)
    groups = [hierarchy / f"{PREFIX}{name}" for hierarchy in _hierarchies()]
    for group in groups:
        group.mkdir()
    try:
        yield groups
    finally:
        for group in groups:
            wait_for(functools.partial(_remove, group), 30, f"the end of every process in {group}")


@contextlib.contextmanager
def small_processor(name: str, quota_us: int, period_us: int) -> Iterator[Path]:
    """A group that gets `quota_us` of processor time in each `period_us`, whatever else runs here.

    Yields the file that takes a process into it.
    Raises RigUnavailableError where this user may make none.
    """
    unified = (HIERARCHIES / "cgroup.controllers").exists()
    group = (HIERARCHIES if unified else HIERARCHIES / "cpu") / f"{PREFIX}{name}"
    try:
        if unified:
            (HIERARCHIES / "cgroup.subtree_control").write_text("+cpu")
        group.mkdir()
        if unified:
            (group / "cpu.max").write_text(f"{quota_us} {period_us}")
            (group / "cpu.weight").write_text(str(_FIRST_WEIGHT))
        else:
            (group / "cpu.shares").write_text(str(_FIRST_SHARES))
            (group / "cpu.cfs_period_us").write_text(str(period_us))
            (group / "cpu.cfs_quota_us").write_text(str(quota_us))
    except OSError as error:
        _remove(group)
        raise RigUnavailableError(f"no group with a share of a processor ({error}): run this test as root") from error
    try:
        yield group / "cgroup.procs"
    finally:
        wait_for(functools.partial(_remove, group), 30, f"the end of every process in {group}")


def _hierarchies() -> list[Path]:
    if (HIERARCHIES / "cgroup.controllers").exists():
        return [HIERARCHIES]
    return [folder for folder in (HIERARCHIES / "unified", HIERARCHIES / "systemd") if folder.is_dir()]


def _remove(group: Path) -> bool:
    """End what is left in a group and remove it with those below it; False while a process is still in one."""
    with contextlib.suppress(OSError):
        (group / "cgroup.kill").write_text("1")
    # What a container that ends takes away by itself meanwhile is no error.
    for folder, _, _ in os.walk(group, topdown=False):
        try:
            Path(folder).rmdir()
        except FileNotFoundError:
            continue
        except OSError:
            return False
    return True
