"""`retro-timer run --board replay`: a recording is played as if it were measured now, and then the timer ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.command import process

pytestmark = pytest.mark.slow

HEAD = "# placement: {placement}\nt_s,range_mm,status,signal_kcps,ambient_kcps\n"


@pytest.fixture
def state(tmp_path: Path) -> dict[str, str]:
    return {"RETRO_TIMER_STATE": str(tmp_path / "state")}


@pytest.mark.parametrize("placement", ["gate", "lane-end"])
def test_the_timer_ends_with_the_recording_and_its_sensor_has_seen(
    tmp_path: Path, placement: str, state: dict[str, str]
) -> None:
    trace = tmp_path / "quiet.csv"
    # Longer than the start on a busy machine may last. What such a machine does later may be told, and passes.
    rows = [f"{0.025 * n:.3f},{1300 + n % 5},0,{5000 + n % 7},{20 + n % 3}" for n in range(400)]
    trace.write_text(HEAD.format(placement=placement) + "\n".join(rows) + "\n")
    outcome = process("run", "--board", "replay", "--trace", trace, "--voice", "text", env=state)
    assert (outcome.code, outcome.err) == (0, "")
    assert '"Ready."' in outcome.out
    assert "watch lost" not in outcome.out.partition('"Ready."')[0]
    watched = [line for line in outcome.lines if "watch lost" in line or "watch ok" in line]
    assert [line for line in watched[-1:] if "watch lost" in line] == [], "nor at its end"


def test_a_recording_without_a_reading_ends_at_once(tmp_path: Path, state: dict[str, str]) -> None:
    trace = tmp_path / "empty.csv"
    trace.write_text(HEAD.format(placement="gate"))
    outcome = process("run", "--board", "replay", "--trace", trace, "--voice", "text", env=state)
    assert (outcome.code, outcome.err) == (0, "")


def test_every_sensor_of_a_recording_is_played_and_recorded_again(tmp_path: Path, state: dict[str, str]) -> None:
    head = "# sensor gate: placement=gate\n# sensor rear: placement=lane-end fov_deg=2 budget_ms=10\n"
    rows = [f"{0.0125 * n:.4f},{1300 + n % 5},0,{5000 + n % 7},20,{('gate', 'rear')[n % 2]}" for n in range(120)]
    trace, again = tmp_path / "two.csv", tmp_path / "again.csv"
    trace.write_text(head + "t_s,range_mm,status,signal_kcps,ambient_kcps,sensor\n" + "\n".join(rows) + "\n")
    outcome = process("run", "--board", "replay", "--trace", trace, "--record", again, "--voice", "text", env=state)
    assert (outcome.code, outcome.err) == (0, "")
    kept = [line.rpartition(",")[2] for line in again.read_text().splitlines() if line[0].isdigit()]
    assert (kept.count("gate"), kept.count("rear")) == (60, 60)
