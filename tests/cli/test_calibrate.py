"""`retro-timer calibrate`: what is learnt, where it is kept, and that it counts."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.command import Outcome, here, quietly
from tests.helpers.doctor_asked import needs_twin
from tests.helpers.timer_process import timer, until

# They measure in real time.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("words_are_printed")]

BOARDS = ["sim", pytest.param("twin", marks=needs_twin)]
WALL = "background_m = 1.2\n"
TARGET = "background_m = 1.2\n[[intruders]]\nkind = 'person'\nrange_m = 0.5\nstays_s = 600\n"
TWO = """
[voice]
kind = "text"
rate_wpm = 300
[[sensors]]
name = "gate"
role = "timing"
[[sensors]]
name = "lane"
model = "tf-luna"
placement = "lane-end"
role = "watch"
"""

Calibrate = Callable[..., Outcome]


@pytest.fixture
def calibrate(capsys: pytest.CaptureFixture[str]) -> Calibrate:
    return lambda *args: here(capsys, "calibrate", "--for", "0.6", *args)


@pytest.fixture
def day(tmp_path: Path) -> Callable[[str], Path]:
    def written(text: str) -> Path:
        path = tmp_path / "day.toml"
        path.write_text(text)
        return path

    return written


@pytest.fixture
def kept(state_dir: Path) -> Callable[[], dict[str, Any]]:
    return lambda: tomllib.loads((state_dir / "calibration.toml").read_text())["sensors"]


@pytest.mark.parametrize("board", BOARDS)
def test_the_wall_behind_the_empty_lane_is_learnt_and_kept(
    calibrate: Calibrate, day: Callable[[str], Path], kept: Callable[[], dict[str, Any]], board: str
) -> None:
    told = calibrate("--board", board, "--scenario", day(WALL))
    assert told.code == 0, told.err
    assert told.lines[0] == "Keep the lane empty for 0.6 s."
    assert told.lines[1].startswith("gate: background at 1.20 m, readings scatter by")
    assert "sees 1.4 m in this light. Finish line only. No rear watch." in " ".join(told.out.split())
    gate = kept()["gate"]
    assert gate["background_mm"] == pytest.approx(1200, abs=4)
    assert 1.0 < gate["noise_mm"] < 12.0
    assert gate["ambient_kcps"] == pytest.approx(1500.0, rel=0.05)
    assert gate["placement"] == "gate"


def test_an_open_field_is_learnt_as_open(calibrate: Calibrate, kept: Callable[[], dict[str, Any]]) -> None:
    told = calibrate("--board", "sim", "--scenario", "open-field")
    assert "open, nothing stands behind the lane" in told.out
    assert "background_mm" not in kept()["gate"]


@pytest.mark.parametrize("board", BOARDS)
def test_the_offset_is_learnt_first_and_the_lane_then_reads_right(
    calibrate: Calibrate, day: Callable[[str], Path], kept: Callable[[], dict[str, Any]], board: str
) -> None:
    told = calibrate("--board", board, "--scenario", day(TARGET), "--target-mm", "520")
    assert told.lines[0] == "Keep the target still for 0.6 s."
    assert kept()["gate"]["offset_mm"] == pytest.approx(20, abs=4)
    assert calibrate("--board", board, "--scenario", day(WALL)).code == 0
    assert kept()["gate"]["background_mm"] == pytest.approx(1220, abs=8)
    assert kept()["gate"]["offset_mm"] == pytest.approx(20, abs=4)


def test_what_was_learnt_counts_a_background_gone_is_told_by_the_doctor(
    calibrate: Calibrate, day: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    calibrate("--board", "sim", "--scenario", day(WALL))
    well = here(capsys, "doctor", "--board", "sim", "--for", "0.8", "--scenario", day(WALL))
    assert well.code == 0, well.out
    gone = here(capsys, "doctor", "--board", "sim", "--for", "0.8", "--scenario", "open-field")
    assert gone.code == 1
    assert "degraded: background-gone" in gone.out
    assert "learn the lane anew: retro-timer calibrate" in " ".join(gone.out.split())


def test_a_covered_lens_is_told_after_calibration_too(
    calibrate: Calibrate, day: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    calibrate("--board", "sim", "--scenario", day(WALL))
    covered = day(f"{WALL}[[faults]]\nkind = 'covered'\nlasts_s = 600\n")
    told = here(capsys, "doctor", "--board", "sim", "--for", "0.8", "--scenario", covered)
    assert (told.code, "degraded: covered" in told.out) == (1, True)


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        (TARGET, "gate: something stands at 0.50 m; nearer than 0.6 m"),
        (
            f"{WALL}[[faults]]\nkind = 'dead'\nlasts_s = 600\n",
            "gate: gives no readings to learn from (lost: no-answer)",
        ),
        ("open = true\n[[light]]\nambient_kcps = 70000\n", "gate: degraded by sunlight"),
    ],
)
def test_what_cannot_be_learnt_is_one_line_and_nothing_is_kept(
    capsys: pytest.CaptureFixture[str], day: Callable[[str], Path], state_dir: Path, scenario: str, words: str
) -> None:
    told = here(capsys, "calibrate", "--board", "sim", "--for", "0.8", "--scenario", day(scenario))
    assert told.code == 1
    assert words in told.one_line()
    assert not (state_dir / "calibration.toml").exists()


def test_one_sensor_that_cannot_learn_does_not_keep_another_from_it(
    calibrate: Calibrate, day: Callable[[str], Path], config_dir: Path, kept: Callable[[], dict[str, Any]]
) -> None:
    (config_dir / "config.toml").write_text(TWO)
    dead = day(f"{WALL}[[faults]]\nkind = 'dead'\nsensor = 'gate'\nlasts_s = 600\n")
    told = calibrate("--board", "sim", "--scenario", dead, "--json")
    assert told.code == 1
    answer = json.loads(told.out)
    assert list(answer["sensors"]) == ["lane"]
    assert list(answer["problems"]) == ["gate"]
    assert list(kept()) == ["lane"]


def test_several_sensors_and_one_target_need_a_name(
    calibrate: Calibrate, config_dir: Path, kept: Callable[[], dict[str, Any]], day: Callable[[str], Path]
) -> None:
    (config_dir / "config.toml").write_text(TWO)
    told = calibrate("--board", "sim", "--target-mm", "500")
    assert told.code == 2
    assert "several sensors, one target; expected --sensor with one of gate, lane" in told.one_line()
    assert calibrate("--board", "sim", "--target-mm", "500", "--sensor", "gate", "--scenario", day(TARGET)).code == 0
    assert list(kept()) == ["gate"]


def test_an_unknown_sensor_is_told_with_a_hint(calibrate: Calibrate) -> None:
    told = calibrate("--board", "sim", "--sensor", "gat")
    assert told.code == 2
    assert "no such sensor (did you mean 'gate'?)" in told.one_line()


@needs_twin
def test_the_running_timer_learns_while_it_runs_and_keeps_it(day: Callable[[str], Path]) -> None:
    with timer("--scenario", day(WALL), board="twin") as running:
        running.ready()
        told = quietly("calibrate", "--for", "0.8", env=running.env)
        assert told.code == 0, told.err
        assert f"kept in {running.state}/calibration.toml" in told.out
        offset = quietly("calibrate", "--for", "0.8", "--target-mm", "1230", env=running.env)
        assert "offset +" in offset.out
        until(lambda: (running.status()["sensors"][0]["range_m"] or 0.0) > 1.215, "the offset counts at once")
        again = quietly("calibrate", "--for", "0.8", "--target-mm", "1230", "--json", env=running.env)
        made = json.loads(again.out)["sensors"]["gate"]
        assert made["offset_mm"] == pytest.approx(30, abs=5), "an offset is not learnt on top of itself"
        assert made["background_mm"] == pytest.approx(1230, abs=8)
        assert running.status()["watch"]["state"] == "ok"


def test_a_session_is_not_disturbed() -> None:
    with timer(board="sim") as running:
        running.ready().ctl("start", plan="one")
        told = quietly("calibrate", "--for", "1", env=running.env)
        assert told.code == 1
        assert "a session is under way" in told.one_line()
        running.ctl("stop")


# A gate of two beams

TWO_BEAMS = """
[voice]
kind = "text"
[[sensors]]
name = "upper"
[[sensors]]
name = "lower"
model = "tf-luna"
"""
PASSERS = ", ".join(
    f"{{at_s = {1.0 + 1.5 * number}, speed_mps = 1.4, back = {'false' if number % 2 == 0 else 'true'}}}"
    for number in range(40)
)
"""So many that a machine which is late to look misses none that it needs."""
WALKERS = f'background_m = 2.0\npassers = [{PASSERS}]\ndelays = [{{sensor = "lower", late_ms = 50}}]\n'


@pytest.mark.parametrize("board", BOARDS)
def test_who_walks_through_both_ways_tells_how_late_one_beam_is(
    capsys: pytest.CaptureFixture[str],
    day: Callable[[str], Path],
    config_dir: Path,
    kept: Callable[[], dict[str, Any]],
    board: str,
) -> None:
    (config_dir / "config.toml").write_text(TWO_BEAMS)
    told = here(capsys, "calibrate", "--board", board, "--scenario", day(WALKERS), "--walks", "1")
    assert told.code == 0, told.err
    assert told.lines[0].startswith("Walk upright through both beams once each way:")
    words = " ".join(told.out.split())
    assert "1 of 2, in the direction of travel:" in words
    assert "2 of 2, back:" in words
    assert "ms late against 'upper'" in words
    assert list(kept()) == ["lower"]
    assert 0.0 < kept()["lower"]["late_ms"] < 100.0
    assert kept()["lower"]["beyond_mm"] == 0


@pytest.mark.parametrize(
    ("settings", "more", "words"),
    [
        ('[voice]\nkind = "text"\n', (), "--walks: no two gate sensors watch one line"),
        (TWO_BEAMS, ("--target-mm", "500", "--sensor", "upper"), "--walks: --target-mm besides"),
    ],
)
def test_walks_that_can_tell_nothing_are_one_line(
    capsys: pytest.CaptureFixture[str], config_dir: Path, settings: str, more: tuple[str, ...], words: str
) -> None:
    (config_dir / "config.toml").write_text(settings)
    told = here(capsys, "calibrate", "--board", "sim", "--walks", "5", *more)
    assert told.code == 2
    assert words in told.one_line()


FOUR_LANES = """
[course]
lanes = 4
[[sensors]]
name = "gate"
model = "tf-luna"
[[sensors]]
name = "tail"
placement = "lane-end"
role = "watch"
"""


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--walks", "5", "--lanes"), "--walks: --lanes besides; expected one of them at a time"),
        (("--lanes", "--target-mm", "500"), "--lanes: --target-mm besides"),
        (("--walks", "5", "--for", "20"), "--walks: --for besides"),
        (("--lanes", "--sensor", "tail"), "--sensor tail: tells no lanes; expected 'gate', or none, with --lanes"),
    ],
)
def test_no_option_is_dropped_without_a_word(
    capsys: pytest.CaptureFixture[str], config_dir: Path, options: tuple[str, ...], words: str
) -> None:
    (config_dir / "config.toml").write_text(FOUR_LANES)
    told = here(capsys, "calibrate", "--board", "sim", *options)
    assert told.code == 2
    assert words in told.one_line()
