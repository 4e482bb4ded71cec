"""Under the service one unreadable file makes no box mute: it starts, sounds, says what is wrong, and shows it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from retro_timer.settings.calibration import Calibration, SensorCalibration, format_calibration
from tests.helpers.command import here, process, quietly
from tests.helpers.plans_made import plan_text
from tests.helpers.timer_process import QUICK, Timer, timer, until

pytestmark = pytest.mark.slow

SETTINGS = (
    QUICK.replace("[session]", "[session]\ndefault_plan = 'one'")
    + "[buzzer]\npin = 5\n[lamp]\nkind = 'single'\npins = [6]\n[button]\npin = 26\n"
)
"""Good ones, on other pins than the default's."""
LEARNT = format_calibration(Calibration(sensors={"gate": SensorCalibration(placement="gate", offset_mm=12)}))


def folder_instead(path: Path) -> None:
    path.unlink()
    path.mkdir()


def link_to_itself(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


BREAK: dict[str, Callable[[Path], Any]] = {
    "a syntax error": lambda path: path.write_text(path.read_text() + "[session\n"),
    "a wrong type": lambda path: path.write_text("[session]\ncountdown_s = 'three'\n[sensors.gate]\noffset_mm = 'x'\n"),
    "an unknown key": lambda path: path.write_text("[buzer]\npin = 5\n"),
    "no text": lambda path: path.write_bytes(b"\x00\xff\x00\xff" * 100),
    "only its first half, as a power cut leaves it": lambda path: path.write_text(path.read_text()[:-20]),
    "nothing": lambda path: path.write_text(""),
    "a folder in its place": folder_instead,
    "a name that cannot be opened": link_to_itself,
}
MISSING: dict[str, Callable[[Path], Any]] = {"gone": lambda path: path.unlink()}


def first_of(kinds: Iterable[str]) -> list[Any]:
    """A process for each kind is for `make slow`; the first stands for them in the short run."""
    first, *others = kinds
    return [first, *(pytest.param(kind, marks=pytest.mark.slow) for kind in others)]


@pytest.fixture(scope="module")
def good_home() -> Iterator[Path]:
    """A box that has started once with good files: beside its results lie the last good ones."""
    home = Path(tempfile.mkdtemp(prefix="rt"))
    (home / "config" / "plans").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(SETTINGS)
    (home / "config" / "plans" / "one.toml").write_text(plan_text("reps = 1\ndistance_m = 5", gait="run", rest_s=1.0))
    (home / "roster.csv").write_text("Anna\nBen\n")
    (home / "state").mkdir()
    (home / "state" / "calibration.toml").write_text(LEARNT)
    with timer("--roster", home / "roster.csv", home=home) as first:
        first.ready()
        copies = home / "state" / "last-good"
        names = ("config.toml", "calibration.toml", "roster.csv", "plans/one.toml")
        until(lambda: all((copies / name).is_file() for name in names), "what worked is kept")
        assert not first.status()["troubles"]
        assert first.stop() == 0
    yield home
    shutil.rmtree(home)


class Box:
    """A copy of the good box, to break something of it and to start it as systemd would."""

    def __init__(self, source: Path) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="rt"))
        shutil.copytree(source, self.home, dirs_exist_ok=True, ignore=shutil.ignore_patterns("run", "out", "err"))
        self.config = self.home / "config" / "config.toml"
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(str(self.home / "systemd"))
        self.manager.settimeout(60.0)
        self.env: dict[str, str | None] = {"NOTIFY_SOCKET": str(self.home / "systemd")}

    def start(self, *args: object) -> Timer:
        """The service, ready and its troubles said."""
        return Timer("--roster", self.home / "roster.csv", *args, home=self.home, env=self.env).ready()

    def told(self) -> str:
        """The next thing that systemd is told."""
        return self.manager.recv(4096).decode()

    def status_told(self) -> str:
        """The first status that systemd is told."""
        while not (told := self.told()).startswith("STATUS="):
            pass
        return told


@pytest.fixture
def box(good_home: Path) -> Iterator[Box]:
    made = Box(good_home)
    yield made
    made.manager.close()
    shutil.rmtree(made.home)


def troubled(running: Timer, *words: str) -> str:
    """The one trouble that the box shows everywhere: status, standard error (the journal), sound and speech."""
    (trouble,) = running.status()["troubles"]
    for word in words:
        assert word in trouble
    assert f"retro-timer: {trouble}" in running.err.splitlines()
    until(lambda: "cannot be used: " in running.out, "it says what is wrong")
    until(lambda: "♪ trouble" in running.out, "it sounds")
    assert "♪ ready" not in running.out
    return str(trouble)


def settings_of(running: Timer) -> dict[str, Any]:
    answer: dict[str, Any] = msgspec.to_builtins(running.facts().settings)
    return answer


def roster_of(running: Timer) -> list[str]:
    running.ctl("start", plan="one")
    return [athlete["name"] for athlete in until(lambda: running.status().get("athletes"), "the athletes")]


@pytest.mark.parametrize("how", first_of([*BREAK, *MISSING]))
def test_settings_that_cannot_be_used_leave_the_last_good_ones_in_force(box: Box, how: str) -> None:
    (BREAK | MISSING)[how](box.config)
    with running(box.start()) as service:
        troubled(service, str(box.config), "the last good copy is used", "last-good/config.toml")
        assert settings_of(service)["buzzer"]["pin"] == 5
        assert settings_of(service)["lamp"]["pins"] == (6,)
        assert settings_of(service)["session"]["default_plan"] == "one"
        assert str(box.config) in box.status_told()


@pytest.mark.parametrize(
    "how", first_of(["a syntax error", "a wrong type", "no text", "nothing", "a folder in its place"])
)
def test_a_calibration_that_cannot_be_used_leaves_the_last_good_one_in_force(box: Box, how: str) -> None:
    BREAK[how](box.home / "state" / "calibration.toml")
    with running(box.start()) as service:
        troubled(service, "calibration.toml", "the last good copy is used")
        assert service.facts().calibration.sensors["gate"].offset_mm == 12


@pytest.mark.parametrize("how", first_of(["a syntax error", "nothing", "a folder in its place", "gone"]))
def test_a_default_plan_that_cannot_be_used_is_replaced_by_its_last_good_copy(box: Box, how: str) -> None:
    (BREAK | MISSING)[how](box.home / "config" / "plans" / "one.toml")
    with running(box.start()) as service:
        troubled(service, "one", "the last good copy is used")
        service.ctl("start", plan=None)
        assert until(lambda: service.status().get("title"), "the session begins") == "Test plan"


@pytest.mark.parametrize("how", first_of(["no text", "nothing", "gone"]))
def test_a_roster_that_cannot_be_used_is_replaced_by_its_last_good_copy(box: Box, how: str) -> None:
    (BREAK | MISSING)[how](box.home / "roster.csv")
    with running(box.start()) as service:
        troubled(service, "roster.csv", "the last good copy is used")
        assert roster_of(service) == ["Anna", "Ben"]


def test_without_a_last_good_copy_it_goes_on_with_what_comes_with_the_program(box: Box) -> None:
    shutil.rmtree(box.home / "state" / "last-good")
    BREAK["a syntax error"](box.config)
    (box.home / "roster.csv").unlink()
    (box.home / "state" / "calibration.toml").write_text("?")
    with running(box.start("--voice", "hasty")) as service:
        settings, wiring, calibration, roster = sorted(service.status()["troubles"], key=len, reverse=True)
        texts = " ".join((settings, wiring, calibration, roster))
        assert "buzzer, lamp and button stay off until the settings can be read" in texts
        for name in ("config.toml", "calibration.toml", "roster.csv"):
            assert name in texts
        until(lambda: "The wiring is not known" in service.out, "it says so")
        assert not (box.home / "state" / "last-good" / "config.toml").exists()


def test_a_language_that_nobody_speaks_is_replaced_by_english(box: Box) -> None:
    box.config.write_text(SETTINGS.replace("[voice]", "[voice]\nlanguage = 'xx'"))
    with running(box.start()) as service:
        troubled(service, "no phrases in 'xx'", "English is spoken")
        assert settings_of(service)["voice"]["language"] == "en"


def test_a_box_without_its_phrases_says_the_bare_words(box: Box) -> None:
    # As if the package had lost its catalogues.
    (box.home / "voices" / "sitecustomize.py").write_text(
        "import pathlib, retro_timer.phrases as phrases\nphrases._FOLDER = pathlib.Path('/nowhere')\n"
    )
    with running(Timer(home=box.home, env=box.env).ready()) as service:
        assert "no phrases in 'en'" in service.status()["troubles"][0]
        until(lambda: '"ready"' in service.out, "it says that it is ready, in the program's words")


def test_a_voice_that_nobody_knows_is_replaced_by_the_printing_one(box: Box) -> None:
    box.config.write_text(SETTINGS.replace("'hasty'", "'hastx'"))
    with running(box.start()) as service:
        (trouble,) = service.status()["troubles"]
        assert "voice 'hastx': not known (did you mean 'hasty'?)" in trouble
        until(lambda: "♪ trouble" in service.out, "it sounds")


@pytest.mark.parametrize("missing", first_of(["the sound card", "the speech program"]))
def test_speech_that_fails_is_told_by_sound_and_status_and_is_no_reason_not_to_time(box: Box, missing: str) -> None:
    pytest.importorskip("pyttsx3")
    box.config.write_text(SETTINGS.replace("'hasty'", "'speech'\ndevice = 'no-such-card'"))
    if missing == "the speech program":
        box.env["PATH"] = os.devnull
    with running(box.start()) as service:
        (trouble,) = until(lambda: service.status()["troubles"], "it is noticed")
        assert trouble.startswith("No speech: ")
        until(lambda: "♪ trouble" in service.out, "it sounds")
        assert service.status()["watch"]["state"] == "ok"


def test_a_state_folder_that_cannot_be_written_is_no_reason_not_to_time(box: Box) -> None:
    blocked = box.home / "blocked"
    blocked.write_text("a file where a folder should be")
    run_dir = str(box.home / "state" / "run")
    box.env |= {"RETRO_TIMER_STATE": str(blocked / "state"), "RUNTIME_DIRECTORY": run_dir}
    with running(box.start()) as service:
        until(lambda: "the settings that worked are not kept" in service.err, "it is told")


def test_a_plan_that_a_service_was_told_to_begin_with_is_begun_only_as_itself(box: Box) -> None:
    with running(box.start("--plan", "gone")) as service:
        troubled(service, "plan 'gone': not found", "it goes on without")
        assert service.status()["phase"] == "idle"


@pytest.mark.parametrize("args", [["--board", "pj"], ["--no-such-option"]])
def test_a_service_that_cannot_start_at_all_says_why_to_people_and_systemd(box: Box, args: list[str]) -> None:
    done = process("run", *args, env={**box.env, "RETRO_TIMER_STATE": str(box.home / "state"), "PATH": os.devnull})
    assert done.code == 2
    assert args[-1] in done.one_line()
    assert box.told().startswith("STATUS=does not start: ")


@pytest.mark.parametrize("how", ["a syntax error", "an unknown key", "no text", "a folder in its place"])
def test_on_a_terminal_settings_that_cannot_be_used_are_one_line_and_exit_2(
    config_dir: Path, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config_dir.mkdir(parents=True)
    (config_dir / "config.toml").write_text("# mine\n")
    BREAK[how](config_dir / "config.toml")
    done = here(capsys, "run", "--board", "sim")
    assert done.code == 2
    assert "config.toml" in done.one_line()


def test_doctor_and_status_tell_what_the_running_box_could_not_read(box: Box) -> None:
    BREAK["a syntax error"](box.config)
    with running(box.start()) as service:
        env = service.env
        shown = quietly("status", env=env)
        assert "to mend  " in shown.out
        found = json.loads(quietly("doctor", "--for", "0.5", "--json", env=env).out)["findings"]
    (files,) = [finding for finding in found if finding["name"] == "files"]
    assert files["verdict"] == "wrong"
    assert str(box.config) in files["found"]
    assert "systemctl restart retro-timer" in files["mend"]


def test_a_mended_file_ends_the_trouble_at_the_next_start(box: Box) -> None:
    whole = box.config.read_text()
    BREAK["a syntax error"](box.config)
    with running(box.start()) as service:
        assert service.status()["troubles"]
    box.config.write_text(whole.replace("pin = 5", "pin = 13"))
    with running(box.start()) as service:
        assert not service.status()["troubles"]
        assert settings_of(service)["buzzer"]["pin"] == 13
        until(lambda: "13" in (box.home / "state/last-good/config.toml").read_text(), "the new ones are kept")


def running(made: Timer) -> Any:
    return _Running(made)


class _Running:
    def __init__(self, made: Timer) -> None:
        self._made = made

    def __enter__(self) -> Timer:
        return self._made

    def __exit__(self, *_: object) -> None:
        self._made.close()
