"""`retro-timer plans`: list, show, check, and a new one answered at a terminal or from a pipe."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.command import Command, Outcome, process
from tests.helpers.plans_made import plan_text


def test_the_list_has_a_line_for_each_plan_with_its_size_and_how_often(run: Command) -> None:
    outcome: Outcome = run("plans", "list")
    assert outcome.code == 0
    by_name = {line.split()[0]: line for line in outcome.lines}
    assert len(by_name) >= 8
    assert "5 reps, 120 m" in by_name["first-steps"]
    assert "2–3× a week" in by_name["first-steps"]
    assert by_name["first-steps"].endswith("[delivered]")
    assert "12 min" in by_name["rehab-walk"]


def test_a_coachs_own_plan_that_cannot_be_read_is_listed_as_such_and_the_others_too(
    run: Command, config_dir: Path
) -> None:
    (config_dir / "plans").mkdir(parents=True)
    (config_dir / "plans" / "broken.toml").write_text("title = \n")
    outcome: Outcome = run("plans", "list")
    assert outcome.code == 0
    assert any(line.startswith("broken") and "cannot be read" in line for line in outcome.lines)
    assert any(line.startswith("first-steps") for line in outcome.lines)


def test_show_tells_everything_that_a_coach_wrote(run: Command, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(plan_text("sets = 2\nreps = 3\ndistance_m = 22.5", more='cues = ["Up."]'))
    out = run("plans", "show", path).out
    for words in ("Test plan: A test.", "2 × 3 × 22.5 m jog, rest 5 s, recovery 5 s", "Up.", "Look out.", "This test."):
        assert words in out


def test_show_tells_a_treadmills_speed_in_both_units(run: Command) -> None:
    assert "incline 8 %, 2.0 mph (3.2 km/h)" in run("plans", "show", "treadmill").out


def test_check_says_ok_with_the_size_of_every_plan(run: Command) -> None:
    outcome: Outcome = run("plans", "check", "first-steps", "rehab-walk")
    assert outcome.code == 0
    assert outcome.lines == ["first-steps: ok, 5 reps, 120 m", "rehab-walk: ok, 12 min"]


def test_check_says_what_a_group_should_have_seen_to_and_how_long_its_longest_call_takes(
    run: Command, tmp_path: Path, config_dir: Path
) -> None:
    (config_dir / "rosters").mkdir(parents=True)
    (config_dir / "rosters" / "group.csv").write_text("name,say\nAnn,\nMaximilian,Maximilian Alexander von Thurn\n")
    (config_dir / "config.toml").write_text("[session]\nroster = 'group'\n")
    path = tmp_path / "close.toml"
    path.write_text(plan_text(more="walk_out_s = 0\norder = 'rolling'\nlanes_apart = true\nevery_s = 4.0"))
    outcome: Outcome = run("plans", "check", path)
    assert outcome.code == 0
    hear, call, beam = [line.partition("close.toml: ")[2] for line in outcome.err.splitlines()]
    assert hear.startswith("the start line may not hear the box")
    assert call.startswith("every_s = 4, and the longest call of the roster, the countdown and a pause of 1 s take 6.")
    assert beam.startswith("order = 'rolling' with a single gate")


def test_every_packaged_plan_checks(run: Command) -> None:
    names = [line.split()[0] for line in run("plans", "list").lines]
    assert run("plans", "check", *names).code == 0


def test_the_greatest_plan_there_can_be_checks_in_no_time(run: Command, tmp_path: Path) -> None:
    path = tmp_path / "huge.toml"
    path.write_text(plan_text(*["sets = 99\nreps = 99\ndistance_m = 100"] * 30))
    outcome: Outcome = run("plans", "check", path)
    assert outcome.code == 0
    assert "294030 reps, 29403000 m" in outcome.out.replace("2.9403e+07", "29403000")


def test_a_plan_is_drawn_with_everybodys_rests_and_its_length(run: Command, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(plan_text("reps = 3\ndistance_m = 20", rest_s=60.0))
    alone, three = (run("plans", "show", path, "--athletes", number).lines for number in ("1", "3"))
    assert [line for line in alone if "for one athlete" in line]
    assert alone[-1].split()[0] == "Runner"
    assert alone[-1].count("█") >= 3
    assert alone[-1].endswith("rests 60 s")
    assert [line for line in three if "for 3 athletes" in line]
    assert [line.split()[:2] for line in three[-3:]] == [["athlete", "1"], ["athlete", "2"], ["athlete", "3"]]
    assert all("rests 6" in line for line in three[-3:])


def test_what_is_too_much_to_draw_is_told(run: Command, tmp_path: Path) -> None:
    path = tmp_path / "huge.toml"
    path.write_text(plan_text("sets = 99\nreps = 99\ndistance_m = 20"))
    assert run("plans", "show", path).lines[-1] == "  time      more than 2400 reps: too many to draw"


def test_a_state_directory_that_cannot_be_written_is_one_line(state_dir: Path) -> None:
    state_dir.parent.mkdir(exist_ok=True)
    state_dir.touch()
    outcome = process("plans", "new", "hill", stdin="\n" * 20)
    assert outcome.code == 1
    assert "nothing changed" in outcome.err
    assert "Traceback" not in outcome.err
