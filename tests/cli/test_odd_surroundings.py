"""The program where things are missing, full, closed or foreign: one line at the most, and never a traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.command import PROGRAM, environment_with, process
from tests.helpers.timer_process import timer, until

pytestmark = pytest.mark.slow

DEADLINE_S = 60.0
slow = pytest.mark.slow
COMMANDS = [
    ["--help"],
    pytest.param(["plans", "list"], marks=slow),
    ["plans", "show", "first-steps"],
    pytest.param(["results", "list"], marks=slow),
    ["results", "reps"],
    ["simulate", "demo", "--scenario", "demo"],
    pytest.param(["simulate", "demo", "--json"], marks=slow),
]


def shell(line: str, *args: str, env: dict[str, str | None] | None = None) -> subprocess.CompletedProcess[str]:
    """A line of shell in which "$@" is the command."""
    return subprocess.run(
        ["sh", "-c", line, "sh", str(PROGRAM), *args],
        env=environment_with(env),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=DEADLINE_S,
    )


@pytest.fixture(scope="module")
def some_results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state directory of a session with results."""
    state = tmp_path_factory.mktemp("some") / "state"
    assert process("simulate", "demo", "--json", env={"RETRO_TIMER_STATE": str(state)}).code == 0
    return state


@pytest.fixture
def kept(some_results: Path, state_dir: Path) -> None:
    """A session with results, so that there is something to print."""
    shutil.copytree(some_results, state_dir)


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("args", COMMANDS, ids=" ".join)
def test_a_standard_output_that_is_full_is_one_line_and_exit_1(args: list[str]) -> None:
    done = shell('"$@" >/dev/full', *args)
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 1
    assert done.returncode == 1


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("args", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("closed", [">&-", "2>&-", pytest.param(">&- 2>&-", marks=slow), "<&-"])
def test_a_closed_standard_stream_does_no_harm(args: list[str], closed: str) -> None:
    done = shell(f'"$@" {closed}', *args)
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 1)
    if closed in ("2>&-", "<&-"):
        assert done.returncode == 0
        assert done.stdout


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("args", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("encoding", ["ascii", pytest.param("cp1252", marks=slow)])
def test_a_terminal_that_knows_few_letters_gets_what_it_can_show(args: list[str], encoding: str) -> None:
    done = shell('"$@"', *args, env={"PYTHONIOENCODING": encoding})
    assert "Traceback" not in done.stderr
    assert done.returncode == 0
    assert done.stdout


@pytest.mark.parametrize("locale", ["C", "de_DE.ISO-8859-1", "xx_YY"])
def test_any_locale_will_do(locale: str) -> None:
    done = shell('"$@"', "simulate", "demo", "--scenario", "demo", env={"LC_ALL": locale, "LANG": locale})
    assert (done.returncode, done.stderr) == (0, "")
    assert "DANGER" in done.stdout


def test_a_reader_that_wants_one_line_only_gets_it_and_nobody_complains() -> None:
    done = shell('"$@" | head -n 1', "simulate", "demo")
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_without_a_home_the_places_named_are_used() -> None:
    assert process("simulate", "demo", "--json", env={"HOME": None}).code == 0
    assert process("plans", "list", env={"HOME": None}).code == 0


def test_somebody_without_an_account_and_without_a_home_is_told_in_one_line() -> None:
    """As a service's user may be: no HOME, and nobody in /etc/passwd."""
    code = (
        "import pwd, sys\ndef nobody(uid):\n    raise KeyError(uid)\npwd.getpwuid = nobody\n"
        "from retro_timer.cli.main import main\nmain(sys.argv[1:])\n"
    )
    homeless = {"HOME": None, "RETRO_TIMER_STATE": None, "RETRO_TIMER_CONFIG": None, "XDG_CACHE_HOME": None}
    for args in (["plans", "list"], ["results", "list"], ["simulate", "demo", "--json"], ["status"]):
        done = subprocess.run(
            [sys.executable, "-P", "-c", code, *args],
            env=environment_with(homeless),
            capture_output=True,
            text=True,
            check=False,
            timeout=DEADLINE_S,
        )
        assert "Traceback" not in done.stderr, done.stderr[-400:]
        assert len(done.stderr.splitlines()) <= 1


def test_a_relative_state_directory_is_taken_from_where_one_stands(tmp_path: Path) -> None:
    env = {"RETRO_TIMER_STATE": "here"}
    assert process("simulate", "demo", "--json", env=env, cwd=tmp_path).code == 0
    assert (tmp_path / "here" / "results.db").is_file()


def test_a_state_directory_with_a_strange_name_will_do(tmp_path: Path) -> None:
    place = tmp_path / "Läufe 100% #1?mode=ro&x"
    env = {"RETRO_TIMER_STATE": str(place)}
    assert process("simulate", "demo", "--json", env=env).code == 0
    outcome = process("results", "reps", "--json", env=env)
    assert outcome.code == 0
    assert outcome.out.count('"rep":') == 3


def test_a_state_directory_that_cannot_be_made_ends_run_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    outcome = process("run", "--board", "sim", env={"RETRO_TIMER_STATE": str(tmp_path / "file")})
    assert outcome.code == 1
    assert str(tmp_path / "file") in outcome.one_line()


def test_a_state_directory_with_too_long_a_name_for_a_socket_ends_run_with_one_line(tmp_path: Path) -> None:
    place = tmp_path / ("x" * 120)
    outcome = process("run", "--board", "sim", "--voice", "text", env={"RETRO_TIMER_STATE": str(place)})
    assert outcome.code == 1
    assert "beacon.sock" in outcome.one_line()


def test_a_disk_that_is_full_while_the_session_runs_is_told_and_the_session_goes_on(tmp_path: Path) -> None:
    """The log beside the database stands on a full disk (/dev/full): every rep is measured, none is kept."""
    state = tmp_path / "state"
    state.mkdir()
    (state / "reps.jsonl").symlink_to("/dev/full")
    outcome = process("simulate", "demo", env={"RETRO_TIMER_STATE": str(state)})
    assert outcome.code == 0
    assert "rep 1 is NOT SAVED" in outcome.out
    assert "No space left" in outcome.out
    assert '"Not saved: 3 reps."' in outcome.out
    assert "session over: 3 of 3" in outcome.out


def test_two_sessions_at_once_in_one_directory_are_both_kept(tmp_path: Path) -> None:
    env = environment_with({"RETRO_TIMER_STATE": str(tmp_path / "state")})
    both = [
        subprocess.Popen(
            [str(PROGRAM), "simulate", "demo", "--json", "--seed", str(seed)],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for seed in (1, 2)
    ]
    for one in both:
        out, err = one.communicate(timeout=DEADLINE_S)
        assert (one.returncode, err) == (0, "")
        assert "NOT SAVED" not in out
    listed = process("results", "list", env={"RETRO_TIMER_STATE": str(tmp_path / "state")})
    assert len([line for line in listed.lines if " done " in line]) == 2


def test_a_live_view_on_a_terminal_shows_the_session_survives_resizing_and_ends_in_the_results() -> None:
    """`make demo` at a terminal."""
    import fcntl
    import pty
    import select
    import signal
    import struct
    import termios

    master, slave = pty.openpty()
    with timer("--plan", "one", "--view", "--once", terminal=slave) as box:
        os.close(slave)
        shown = b""

        def ended() -> bool:
            nonlocal shown
            while select.select([master], [], [], 0.05)[0]:
                try:
                    data = os.read(master, 65536)
                except OSError:
                    return True
                shown += data
                if b"\x1b[" in data and len(shown) % 7 == 0:
                    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 5 + len(shown) % 40, 20, 0, 0))
                    box.signal(signal.SIGWINCH)
            return box.process.poll() is not None

        until(ended, "the session ends")
        assert box.ended() == 0, shown[-2000:].decode(errors="replace")
    text = shown.decode(errors="replace")
    assert "Traceback" not in text
    assert "Retro Timer" in text
    assert "finished" in text


def test_a_view_without_a_terminal_is_plain_lines() -> None:
    with timer("--plan", "short", "--view") as box:
        box.ready()
        until(lambda: "Test plan" in box.out, "the brief")
        assert "\x1b[" not in box.out
        assert box.stop() == 0
