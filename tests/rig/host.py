"""The host's side of the rig: its tools, the cache, scratch folders, and waiting.

Everything that a fresh machine lacks is installed here, by `install_tools`; everything slow to make is made once,
by `cached`, and everything mounted or started lives in a `scratch` folder that the next run sweeps if this one dies.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import platform
import pwd
import secrets
import shutil
import subprocess
import time
import unittest
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

Answer = TypeVar("Answer")

RIG = Path(__file__).resolve().parent
PROJECT = RIG.parents[1]

TOOLS = {
    "cpio": "cpio",
    "depmod": "kmod",
    "mkfs.ext4": "e2fsprogs",
    "mmdebstrap": "mmdebstrap",
    "nsenter": "util-linux",
    "qemu-img": "qemu-utils",
    "qemu-system-x86_64": "qemu-system-x86",
    "systemd-nspawn": "systemd-container",
}
"""Each program that the rig starts, and the Debian package that brings it."""


class RigUnavailableError(RuntimeError):
    """The rig cannot work on this machine: the message says what is missing and how to get it."""


class CommandError(RuntimeError):
    """A command failed on the host; the message carries the end of its output."""


def host_run(command: Sequence[str | Path], *, timeout_s: float = 600, cwd: Path | None = None) -> str:
    """Run a command on the host and return its standard output; raise CommandError unless it succeeds."""
    argv = [str(word) for word in command]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=timeout_s, cwd=cwd, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
        raise CommandError(f"{' '.join(argv[:6])} … ended with {done.returncode}:\n{tail}")
    return done.stdout


def install_tools(more: Mapping[str, str] | None = None) -> None:
    """See that every tool is there, and `more` of that kind, by apt-get where one is missing.

    Raises RigUnavailableError if that fails.
    """
    if platform.machine() != "x86_64":
        raise RigUnavailableError("the rig builds x86-64 machines: run its tests on such a host")
    if os.geteuid() != 0:
        raise RigUnavailableError("the rig starts containers and mounts file systems: run its tests as root")
    missing = sorted({package for tool, package in {**TOOLS, **(more or {})}.items() if shutil.which(tool) is None})
    if not missing:
        return
    advice = f"on Debian 12 or newer: apt-get install {' '.join(missing)}"
    if shutil.which("apt-get") is None:
        raise RigUnavailableError(advice)
    with lock("apt"):
        apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
        environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
        with contextlib.suppress(CommandError):
            host_run([*apt, "update"])
        try:
            host_run([*environment, *apt, "install", "--yes", "--no-install-recommends", *missing])
        except CommandError as error:
            raise RigUnavailableError(f"{advice}\n{error}") from error


def need_rig() -> None:
    """For a test's fixture: skip where the rig cannot work, saying what to install; in CI that is a failure."""
    try:
        install_tools()
    except RigUnavailableError as error:
        if os.environ.get("CI"):
            raise
        raise unittest.SkipTest(str(error)) from error


def cache_dir() -> Path:
    """The folder that keeps what is slow to make; RETRO_TIMER_CACHE moves it.

    The user's home comes from the system, not from HOME, which the project's tests point elsewhere.
    """
    chosen = os.environ.get("RETRO_TIMER_CACHE")
    home = Path(pwd.getpwuid(os.geteuid()).pw_dir)
    folder = Path(chosen) if chosen else home / ".cache" / "retro-timer" / "rig"
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


@contextlib.contextmanager
def lock(name: str) -> Iterator[None]:
    """Hold a lock that other processes of this machine respect, so that two workers never make one thing twice."""
    with (cache_dir() / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def digest(*inputs: object) -> str:
    """A short name for what a thing is made from: values, and files or whole folders by their content."""
    total = hashlib.sha256()
    for item in inputs:
        if isinstance(item, Path):
            files = [item] if item.is_file() else sorted(path for path in item.rglob("*") if path.is_file())
            for path in files:
                total.update(str(path.relative_to(item.parent)).encode() + b"\0" + path.read_bytes())
        else:
            total.update(json.dumps(item, sort_keys=True).encode() + b"\0")
    return total.hexdigest()[:16]


def cached(name: str, inputs: Sequence[object], make: Callable[[Path], None]) -> Path:
    """Return the cached folder for these inputs; where there is none, `make` fills a new one, once."""
    target = cache_dir() / f"{name}-{digest(*inputs)}"
    if target.exists():
        return target
    with lock(name):
        if not target.exists():
            with scratch(name) as work:
                product = work / "product"
                make(product)
                product.rename(target)
    return target


@contextlib.contextmanager
def scratch(name: str) -> Iterator[Path]:
    """Yield a folder of one's own beside the cache; remove it, and whatever is mounted in it, at the end."""
    parent = cache_dir() / "run"
    parent.mkdir(exist_ok=True)
    with lock("sweep"):
        for old in parent.iterdir():
            if not Path("/proc", old.name.split("-")[0]).exists():
                remove_tree(old)
        folder = parent / f"{os.getpid()}-{name}-{secrets.token_hex(3)}"
        folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        remove_tree(folder)


def remove_tree(folder: Path) -> None:
    """Unmount everything below a folder, innermost first, and delete it."""
    mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    inside = [mount for mount in mounts if mount.startswith(f"{folder}/")]
    for mount in sorted(inside, key=len, reverse=True):
        host_run(["umount", "--lazy", mount])
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def overlay(work: Path, *layers: Path, writable: bool = True) -> Iterator[Path]:
    """Mount folders over each other (the first on top) below `work`; writes go to a layer of its own."""
    merged = work / f"merged-{secrets.token_hex(3)}"
    merged.mkdir()
    options = [f"lowerdir={':'.join(str(layer) for layer in layers)}"]
    if writable:
        upper, spare = work / f"{merged.name}-upper", work / f"{merged.name}-work"
        upper.mkdir()
        spare.mkdir()
        options += [f"upperdir={upper}", f"workdir={spare}"]
    host_run(["mount", "-t", "overlay", "retro-timer-rig", "-o", ",".join(options), merged])
    try:
        yield merged
    finally:
        host_run(["umount", "--lazy", merged])


def wait_for(condition: Callable[[], Answer | None], deadline_s: float, what: str, *, every_s: float = 0.1) -> Answer:
    """Call `condition` until its answer is true and return that; raise TimeoutError after the deadline."""
    end = time.monotonic() + deadline_s
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise TimeoutError(f"not within {deadline_s:g} s: {what}")
        time.sleep(every_s)
