"""Bad usage and bad input: exit 2, and one line that says what is wrong and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.command import Command, Outcome, here, process
from tests.helpers.plans_made import plan_text

NO_COMMAND = "expected one of run, simulate, replay"
PLANS = "expected one of athletic-agility, conditioning"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "names.csv").write_text("Ann\n" + 41 * "n")
    (tmp_path / "bad.toml").write_text("[[sensors]]\nmodel = 'vl53l1'\n")
    (tmp_path / "day.toml").write_text("[[intruders]]\nkind = 'cat'\n")
    (tmp_path / "mine.toml").write_text(plan_text("distance_m = 3"))
    (tmp_path / "run.toml").write_text(plan_text("distance_m = 20", gait="run"))
    (tmp_path / "lane.toml").write_text("[[sensors]]\nplacement = 'lane-end'\n")
    # What would run for ever if it were not refused is run as a process.
    return lambda *args: (
        process(*args) if args[:1] == ("run",) and args[1:] not in (("-h",), ("--help",)) else here(capsys, *args)
    )


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["runn"], f"no command 'runn' (did you mean 'run'?); {NO_COMMAND}"),
        (["simulat"], "(did you mean 'simulate'?)"),
        (["xyz"], NO_COMMAND),
        (["--bogus"], "No such option '--bogus'"),
        (["plans", "lst"], "Did you mean 'list'?"),
        (["results", "shw"], "Did you mean 'show'?"),
        (["simulate", "--sed", "1"], "'--seed'"),
        (["simulate", "--seed", "x"], "'--seed': 'x'"),
        (["simulate", "--seed", "-1"], "'--seed': -1 is not in the range x>=0"),
        (["simulate", "--seed"], "'--seed' requires an argument"),
        (["simulate", "--speed", "fast"], "'--speed': 'fast'; expected max, or a factor from 0.01 to 100000"),
        (["simulate", "--speed", "0"], "expected max, or a factor"),
        (["simulate", "--speed", "nan"], "expected max, or a factor"),
        (["simulate", "fist-steps"], f"plan 'fist-steps': not found (did you mean 'first-steps'?); {PLANS}"),
        (["simulate", "nowhere/x.toml"], "nowhere/x.toml: cannot be read (No such file or directory); expected a"),
        (["simulate", "mine.toml"], "mine.toml: blocks[0].distance_m: 3 is out of range; expected a number >= 5"),
        (["simulate", "--scenario", "dmo"], "scenario 'dmo': not found (did you mean 'demo'?); expected one of"),
        (["simulate", "--scenario", "day.toml"], "day.toml: intruders[0].kind: 'cat' is not a choice; expected one of"),
        (["simulate", "--roster", "nofile"], "nofile: cannot be read (No such file or directory); expected a list of"),
        (["simulate", "--roster", "names.csv"], "names.csv: line 2: a name of 41 characters; expected at most 40"),
        (["simulate", "--config", "bad.toml"], "sensors[0].model: 'vl53l1' is not a choice (did you mean 'vl53l1x'?)"),
        (["simulate", "--config", "nofile"], "nofile: cannot be read"),
        (["simulate", "run.toml", "--config", "lane.toml"], "a run needs 16.1 m to stop"),
        (["simulate", "demo", "extra"], "extra"),
        (["replay"], "Missing argument 'FILE'"),
        (["replay", "a", "b"], "unexpected extra argument (b)"),
        (["replay", "nofile"], "nofile: cannot be read (No such file or directory); expected a trace file"),
        (["replay", "."], ".: cannot be read (Is a directory); expected a trace file"),
        (["replay", "empty.csv"], "empty.csv: ends before its header; expected a line 't_s,range_mm"),
        (
            ["replay", "mine.toml"],
            "mine.toml: line 1: 'title = \"Test plan\"' is neither metadata nor header; expected",
        ),
        (["replay", "empty.csv", "--placement", "gat"], "(did you mean 'gate'?); expected one of gate, lane-end, belt"),
        (
            ["replay", "empty.csv", "--rep", "0:5"],
            "'0:5' has not three parts, nor a fourth for the lane; expected GO:",
        ),
        (["replay", "empty.csv", "--rep", "0:5:wlk"], "gait 'wlk' is none of walk, jog, run (did you mean 'walk'?)"),
        (["replay", "empty.csv", "--rep", "x:5:walk"], "go 'x' is not a time in seconds"),
        (["replay", "empty.csv", "--rep", "0:nan:walk"], "distance 'nan' is not a number of metres"),
        (["replay", "empty.csv", "--finish-range", "0"], "0.1<=x<=50"),
        (["replay", "empty.csv", "--finish-range", "nan"], "nan is not in the range 0.1<=x<=50"),
        (["doctor", "--board", "sim", "--for", "nan"], "nan is not in the range 0.5<=x<=600"),
        (["calibrate", "--board", "sim", "--for", "nan"], "nan is not in the range 0.5<=x<=300"),
        (["run", "--board", "simm"], "board 'simm': not known (did you mean 'sim'?); expected one of"),
        (["run", "--board", "sim", "--plan", "nope"], f"plan 'nope': not found; {PLANS}"),
        (["run", "--board", "sim", "--config", "bad.toml"], "bad.toml: sensors[0].model"),
        (["run", "--board", "sim", "--roster", "names.csv"], "names.csv: line 2"),
        (["run", "--board", "sim", "--scenario", "dmo"], "did you mean 'demo'?"),
        (["run", "--board", "sim", "--voice", "txt"], "voice 'txt': not known (did you mean 'text'?)"),
        (["run", "--board", "sim", "--record", "nowhere/x.csv"], "nowhere/x.csv: cannot be written"),
        (["run", "--board", "replay"], "--trace"),
        (["run", "--board", "replay", "--trace", "nofile"], "nofile: cannot be read"),
        (["ctl"], "Missing argument 'ACTION'"),
        (["ctl", "strat"], "ctl 'strat': no such action (did you mean 'start'?); expected one of start, pause"),
        (["ctl", "give"], "ctl give: no athlete named; expected ctl give NAME"),
        (["ctl", "absent"], "ctl absent: no athlete named"),
        (["ctl", "volume"], "ctl volume: no volume named; expected a whole number from 0 to 100"),
        (["ctl", "volume", "101"], "ctl volume: '101' is no volume"),
        (["ctl", "volume", "loud"], "ctl volume: 'loud' is no volume"),
        (["ctl", "pause", "now"], "ctl pause: 'now' is one word too many"),
        (["plans", "check"], "Missing argument"),
        (["plans", "check", "nope"], f"plan 'nope': not found; {PLANS}"),
        (["plans", "check", "mine.toml"], "mine.toml: blocks[0].distance_m"),
        (["plans", "show", "first-step"], "did you mean 'first-steps'?"),
        (["plans", "new", "My Plan"], "not a name for a file; expected small letters, digits and hyphens"),
        (["plans", "new", "../x"], "not a name for a file"),
        (["results", "show", "99"], "session 99: not found; expected a number from `retro-timer results list`"),
        (["results", "show", "0"], "0 is not in the range 1<=x<="),
        (["results", "list", "--limit", "0"], "0 is not in the range"),
        (["results", "reps", "--session", "x"], "'--session': 'x'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_mistake_is_exit_2_and_one_line(run: Command, args: list[str], words: str) -> None:
    outcome: Outcome = run(*args)
    assert outcome.code == 2
    assert words in outcome.one_line()
    assert outcome.out == ""


@pytest.mark.parametrize("group", [[], ["plans"], ["results"]], ids=lambda value: " ".join(value) or "nothing")
def test_a_command_that_is_left_out_is_one_short_line_with_what_there_is(run: Command, group: list[str]) -> None:
    outcome: Outcome = run(*group)
    assert outcome.code == 2
    line = outcome.one_line()
    assert len(line) < 300, "the whole help, squeezed into one line"
    assert {"plans": "list", "results": "reps"}.get("".join(group), "simulate") in line


@pytest.mark.parametrize("name", ["a\nb", "x\x1b[31m", "\u202e", "é" * 300])
def test_a_strange_argument_is_still_one_line(run: Command, name: str) -> None:
    for args in (["replay", name], ["simulate", name], ["plans", "show", name], [name]):
        outcome: Outcome = run(*args)
        assert outcome.code == 2
        outcome.one_line()


@pytest.mark.parametrize(
    "command",
    [
        [], ["run"], ["simulate"], ["replay"], ["plans"], ["plans", "list"], ["plans", "show"], ["plans", "check"],
        ["plans", "new"], ["results"], ["results", "list"], ["results", "show"], ["results", "reps"], ["status"],
        ["ctl"], ["keep"],
    ],
    ids=lambda value: " ".join(value) or "retro-timer",
)  # fmt: skip
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_explains_itself(run: Command, command: list[str], option: str) -> None:
    outcome: Outcome = run(*command, option)
    assert outcome.code == 0
    assert outcome.out.startswith("Usage: retro-timer")
    assert outcome.err == ""
    assert all(len(line) <= 100 for line in outcome.lines)


def test_the_help_says_that_it_is_no_collision_protection(run: Command) -> None:
    assert "not collision protection" in " ".join(run("--help").out.split())


def test_the_version_is_told(run: Command) -> None:
    from retro_timer import __version__

    assert run("--version").out.strip().endswith(__version__)


@pytest.mark.parametrize("args", [["status"], ["ctl", "pause"], ["keep"], ["status", "--follow"]], ids=" ".join)
def test_without_a_timer_there_is_nobody_to_talk_to(run: Command, args: list[str]) -> None:
    outcome: Outcome = run(*args)
    assert outcome.code == 1
    assert "no timer runs here" in outcome.one_line()
    assert "retro-timer run" in outcome.err
