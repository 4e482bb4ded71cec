"""What the page's process holds in memory: nothing that the timer alone needs, or a picture that nobody looks at."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ASKED = """
import json, sys
from tests.helpers.browser_made import Field
from retro_timer.coach.access import Role
from pathlib import Path
phone = Field(Path(sys.argv[1])).phone(Role.COACH)
for path in ("/", "/results", "/plans", "/rosters", "/athletes", "/box"):
    assert phone.get(path).status == 200, path
print(json.dumps(sorted(sys.modules)))
"""
NOT_WANTED = (
    "anyio._backends", "pygal", "retro_timer.detection.gate", "retro_timer.sim", "retro_timer.training.session.machine",
    "retro_firmware", "segno", "statistics",
)  # fmt: skip


def test_every_page_is_shown_without_the_session_the_gate_and_what_draws_pictures(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASKED, str(tmp_path)], capture_output=True, text=True, check=True, timeout=120
    )
    loaded = json.loads(done.stdout)
    assert [name for name in loaded if name.startswith(NOT_WANTED)] == []
