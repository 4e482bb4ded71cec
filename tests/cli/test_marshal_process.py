"""A session is run, and one of its finishes is looked at, as a coach would, in another process."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.command import process, quietly
from tests.helpers.plans_made import plan_text


def test_a_finish_of_a_simulated_session_is_drawn(tmp_path: Path) -> None:
    (tmp_path / "short.toml").write_text(plan_text("distance_m = 10"))
    env = {"RETRO_TIMER_STATE": str(tmp_path / "state")}
    assert quietly("simulate", tmp_path / "short.toml", env=env).code == 0
    (file,) = (tmp_path / "state" / "finishes").iterdir()
    assert 500 < file.stat().st_size <= 10_000
    shown = process("marshal", 1, 1, env=env)
    assert (shown.code, shown.err) == (0, "")
    assert "made by gate" in shown.out
    file.write_bytes(b"")
    damaged = quietly("marshal", 1, 1, env=env)
    assert (damaged.code, "damaged" in damaged.one_line()) == (2, True)
