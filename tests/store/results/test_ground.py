"""What the results lie on is known before anybody runs: memory, an overlay, a disk that cannot be written."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from retro_timer.store.results.ground import Ground, lasting, look_at_ground

CARD = "27 1 179:2 / / rw,relatime - ext4 /dev/mmcblk0p2 rw"
OVERLAY = "27 1 0:30 / / rw,relatime - overlay overlay rw,lowerdir=/lower,upperdir={upper},workdir=/w"
STATE = Path("/var/lib/retro-timer")


def ground(tmp_path: Path, *lines: str, state: Path = STATE) -> Ground:
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/mountinfo").write_text("\n".join([*lines, "nonsense", ""]))
    return lasting(state, tmp_path).ground


@pytest.mark.parametrize(
    ("mounts", "found"),
    [
        ((CARD,), Ground.LASTING),
        ((CARD, "30 27 0:25 / /var rw - tmpfs tmpfs rw"), Ground.MEMORY),
        ((CARD, "30 27 0:25 / /va rw - tmpfs tmpfs rw"), Ground.LASTING),
        ((CARD, "30 27 0:25 / /var rw - tmpfs x rw", "31 30 8:1 / /var/lib rw - ext4 /dev/sda1 rw"), Ground.LASTING),
        ((CARD, "30 27 0:25 / /var rw - ext4 /dev/sda1 rw", "31 30 0:9 / /var rw - tmpfs x rw"), Ground.MEMORY),
        ((CARD, "30 27 254:0 / /var/lib rw - ext4 /dev/zram0 rw"), Ground.MEMORY),
        ((OVERLAY.format(upper="/upper/data"),), Ground.OVERLAY),
        (
            (OVERLAY.format(upper="/media/root-rw/overlay"), "29 27 0:26 / /media/root-rw rw - tmpfs tmpfs rw"),
            Ground.MEMORY,
        ),
        ((OVERLAY.format(upper="/disk/up"), "29 27 8:1 / /disk rw shared:1 - ext4 /dev/sda1 rw"), Ground.LASTING),
        ((), Ground.LASTING),
    ],
)
def test_memory_and_overlays_are_told_by_the_nearest_mount(
    tmp_path: Path, mounts: tuple[str, ...], found: Ground
) -> None:
    assert ground(tmp_path, *mounts) is found


def test_a_containers_overlay_lasts_as_long_as_the_container(tmp_path: Path) -> None:
    (tmp_path / ".dockerenv").touch()
    assert ground(tmp_path, OVERLAY.format(upper="/var/lib/docker/overlay2/1/diff")) is Ground.LASTING


def test_a_mount_point_with_a_space_is_read(tmp_path: Path) -> None:
    line = "30 27 0:25 / /media/my\\040stick rw - tmpfs tmpfs rw"
    assert ground(tmp_path, CARD, line, state=Path("/media/my stick/retro")) is Ground.MEMORY


def test_a_disk_that_takes_a_trial_has_nothing_left_of_it(tmp_path: Path) -> None:
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/mountinfo").write_text(CARD)
    state = tmp_path / "state"
    assert look_at_ground(state, tmp_path).ground is Ground.LASTING
    assert list(state.iterdir()) == []


def test_a_folder_that_cannot_be_made_takes_no_results(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    seen = look_at_ground(tmp_path / "file" / "state")
    assert seen.ground is Ground.REFUSED
    assert "results cannot be saved" in seen.text


def test_a_disk_that_does_not_answer_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()
    monkeypatch.setattr("os.fsync", lambda _fd: answers.wait(60.0))
    try:
        assert look_at_ground(tmp_path, answer_s=0.05).ground is Ground.SILENT
    finally:
        answers.set()


@contextlib.contextmanager
def mounted(point: Path, options: str) -> Iterator[Path]:
    """A real file system in memory."""
    point.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", point], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("only root may mount")
    try:
        yield point
    finally:
        subprocess.run(["umount", point], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_real_file_system_in_memory_is_known_and_so_is_one_that_is_read_only_or_full(tmp_path: Path) -> None:
    with mounted(tmp_path / "ram", "size=1m") as point:
        assert look_at_ground(point / "state").ground is Ground.MEMORY
        (point / "state" / "filling").write_bytes(bytes(point.stat().st_blksize) * 240)
        assert look_at_ground(point / "state").ground is Ground.FULL
        (point / "state" / "filling").unlink()
        subprocess.run(["mount", "-o", "remount,ro", point], check=True)
        assert look_at_ground(point / "state").ground is Ground.READ_ONLY
