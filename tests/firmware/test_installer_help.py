"""The installer's part for the handbook, the man page and the completion, run by itself below another root."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from retro_timer.cli import manual

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PARTS = ROOT / "firmware" / "boot" / "installer"
SCRIPT = """
set -eu
dry_run=''  from=archive  root=$1/unpacked  work=$1/work  told=''  kept=$1/none  task=install  home=$1/opt
die() { echo "$*" >&2; exit 1; }
say() { echo "$*"; }
for part in record going_back help removal service; do . "$PARTS/$part.sh"; done
settings_folder=$1/etc/retro-timer  record=$settings_folder/installed  log=$1/log
shares=$1/usr/local/share  fish=$1/etc/fish/completions  kept=$1/none
make_folder "$settings_folder"
make_folder "$home"
"""


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """An unpacked archive, and a root that has the usual folders."""
    manual.write(tmp_path / "unpacked" / "share")
    (tmp_path / "unpacked" / "docs" / "handbook").mkdir(parents=True)
    (tmp_path / "unpacked" / "docs" / "handbook" / "README.md").write_text("# Handbook\n")
    for folder in ("usr/local/share/man", "etc", "work"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def sh(box: Path, task: str) -> str:
    command = ["sh", "-c", SCRIPT + task, "sh", str(box)]
    done = subprocess.run(command, capture_output=True, text=True, env={"PARTS": str(PARTS), "PATH": "/usr/bin:/bin"})
    assert done.returncode == 0, done.stderr
    return done.stdout


def tree(box: Path) -> set[str]:
    tops = [box / "usr", box / "etc"]
    return {str(path.relative_to(box)) for top in tops for path in top.rglob("*")}


def test_they_lie_where_man_and_the_shells_look_and_a_second_time_changes_nothing(box: Path) -> None:
    sh(box, "install_help")
    for path in (
        "usr/local/share/man/man1/retro-timer.1",
        "usr/local/share/bash-completion/completions/retro-timer",
        "usr/local/share/zsh/site-functions/_retro-timer",
        "etc/fish/completions/retro-timer.fish",
        "opt/share/docs/handbook/README.md",
    ):
        assert (box / path).stat().st_mode & 0o777 == 0o644, path
    assert sh(box, "install_help") == ""


def test_they_are_no_reason_to_start_the_timer_anew(box: Path) -> None:
    assert sh(box, "install_help >/dev/null; echo \"changed: '$changed'\"").endswith("changed: ''\n")


def test_taken_back_nothing_of_them_is_left(box: Path) -> None:
    before = tree(box)
    sh(box, "install_help")
    sh(box, 'remove_files; values_of folder >"$work/folders"; rm -r "$settings_folder"; remove_folders')
    assert tree(box) == before


def test_an_older_handbook_gives_way_to_the_new_one(box: Path) -> None:
    sh(box, "install_help")
    (box / "unpacked" / "docs" / "handbook" / "README.md").rename(box / "unpacked" / "docs" / "new.md")
    sh(box, "install_help")
    assert [path.name for path in (box / "opt/share/docs").rglob("*.md")] == ["new.md"]
