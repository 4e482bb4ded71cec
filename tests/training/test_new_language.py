"""A language is one more file, as CONTRIBUTING tells."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.command import environment_with

PROJECT = Path(__file__).parent.parent.parent
RUN = "from retro_timer.cli.main import main\nimport sys\nmain(sys.argv[1:])"


@pytest.mark.slow
def test_a_file_of_phrases_is_all_that_a_language_needs(tmp_path: Path, config_dir: Path) -> None:
    program = tmp_path / "retro_timer"
    shutil.copytree(PROJECT / "retro_timer", program, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(PROJECT / "config", tmp_path / "config")
    english = (program / "phrases" / "en.toml").read_text(encoding="utf-8")
    assert 'count_3 = "Three."' in english
    (program / "phrases" / "xx.toml").write_text(english.replace('"Three."', '"Drei!"'), encoding="utf-8")
    config_dir.mkdir()
    (config_dir / "config.toml").write_text("[voice]\nkind = 'text'\nlanguage = 'xx'\n")
    done = subprocess.run(
        [sys.executable, "-P", "-c", RUN, "simulate", "demo"],
        env=environment_with({"PYTHONPATH": str(tmp_path)}),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "Drei!" in done.stdout
