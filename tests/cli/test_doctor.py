"""`retro-timer doctor`: on the simulated board and on the twin."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from retro_timer.settings import paths
from retro_timer.settings.calibration import load_calibration
from tests.helpers.command import Outcome, here, process
from tests.helpers.doctor_asked import ASKED, PRINTED, findings, needs_twin
from tests.helpers.terminal import Terminal

# They measure in real time.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("words_are_printed")]

BOARDS = ["sim", pytest.param("twin", marks=needs_twin)]

Doctor = Callable[..., Outcome]


def fault(kind: str) -> str:
    return f'[[faults]]\nkind = "{kind}"\nlasts_s = 600\n'


@pytest.mark.parametrize("board", BOARDS)
def test_a_box_that_is_well_can_keep_watch(doctor: Doctor, board: str) -> None:
    told = doctor("--board", board, "--json")
    assert told.code == 0, told.out
    found = findings(told)
    assert found["gate: sensor"]["verdict"] == "ok"
    assert found["gate: rate"]["verdict"] in ("ok", "poor"), "as many as a busy machine lets come"
    assert found["watch"]["found"].startswith("sees 1.4 m in this light")
    assert not [f for f in found.values() if f["verdict"] == "wrong"]


@pytest.mark.parametrize("board", BOARDS)
def test_a_wall_in_view_tells_the_noise(doctor: Doctor, scenario: Callable[[str], Path], board: str) -> None:
    finding = findings(doctor("--board", board, "--scenario", scenario(""), "--json"))["gate: range"]
    assert finding["verdict"] == "ok"
    assert finding["found"].startswith("1.2")


@needs_twin
@pytest.mark.parametrize(
    ("kind", "state", "mend"),
    [
        ("dead", "lost: no-answer", "check VIN, GND, SDA and SCL"),
        ("garbage", "lost: wrong-chip", "a VL53L0X looks the same"),
        ("covered", "degraded: covered", "clear the lens"),
    ],
)
def test_a_broken_sensor_is_named_with_its_mend_and_the_box_cannot_keep_watch(
    capsys: pytest.CaptureFixture[str], scenario: Callable[[str], Path], kind: str, state: str, mend: str
) -> None:
    day = scenario(fault(kind))
    told = here(capsys, "doctor", "--board", "twin", "--for", "0.8", "--scenario", day, "--json")
    assert told.code == 1
    finding = findings(told)["gate: sensor"]
    assert state in finding["found"]
    assert mend in finding["mend"]


def test_the_table_fits_eighty_columns_and_ends_with_the_verdict(
    doctor: Doctor, scenario: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    told = doctor("--board", "sim", "--scenario", scenario(fault("dead")))
    assert told.code == 1
    assert max(len(line) for line in told.lines) < 80
    assert told.lines[0].startswith("gate: sensor  WRONG  ")
    assert told.lines[1].strip().startswith("mend: ")
    assert told.lines[-1].startswith("The box CANNOT keep watch: ")


def test_nothing_is_written_but_the_lock(doctor: Doctor, state_dir: Path) -> None:
    assert doctor("--board", "sim").code == 0
    assert {path.name for path in state_dir.rglob("*") if path.is_file()} == {"board.lock"}


def test_without_espeak_ng_it_says_what_to_install_and_the_box_keeps_watch(config_dir: Path, tmp_path: Path) -> None:
    if importlib.util.find_spec("pyttsx3") is None:
        pytest.skip("speech is missing: pip install 'retro-timer[speech]'")
    (config_dir / "config.toml").unlink()
    (tmp_path / "sitecustomize.py").write_text(
        "import ctypes\n"
        "def missing(name): raise OSError(name + ': cannot open shared object file')\n"
        "ctypes.cdll.LoadLibrary = missing\n"
    )
    told = process("doctor", "--board", "sim", "--for", "0.5", "--json", env={"PYTHONPATH": str(tmp_path)})
    assert told.code == 0, told.err
    finding = findings(told)["speech"]
    assert finding["verdict"] == "wrong"
    assert "espeak-ng does not load" in finding["found"]
    assert finding["mend"] == "sudo apt install espeak-ng"


def test_a_board_that_another_process_holds_is_one_line(doctor: Doctor) -> None:
    import fcntl

    from retro_timer.settings import paths

    paths.lock_path().parent.mkdir(parents=True)
    with paths.lock_path().open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = doctor("--board", "sim")
    assert told.code == 1
    assert "the board is held by" in told.one_line()


@needs_twin
def test_pins_that_cannot_be_had_are_told_beside_the_rest(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    from retro_firmware import gpio_board

    def busy(*_args: Any) -> None:
        raise OSError("GPIO busy")

    monkeypatch.setattr(gpio_board, "open_button", busy)
    told = doctor("--board", "twin", "--json")
    assert told.code == 1
    found = findings(told)
    assert "GPIO27 for the button cannot be had (GPIO busy)" in found["board"]["found"]
    assert found["disk"]["verdict"] == "ok"


@needs_twin
def test_on_the_box_a_bus_that_is_off_is_told_with_the_command(
    doctor: Doctor, config_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.firmware.gpio_bench import pretend_rpi_gpio

    pretend_rpi_gpio(monkeypatch)
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "rpigpio")
    (config_dir / "config.toml").write_text(f"{PRINTED}[[sensors]]\nbus = 22\n")
    told = doctor("--json")
    assert told.code == 1
    found = findings(told)
    assert found["I2C bus"]["found"] == "/dev/i2c-22 does not exist: I2C is off"
    assert found["gate: sensor"]["verdict"] == "wrong"
    assert "sudo raspi-config nonint do_i2c 0" in found["gate: sensor"]["mend"]
    assert found["pins"]["verdict"] == "ok"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--beep", "--watch"), "two trials at once; expected one of --beep"),
        (("--board", "tvin"), "board 'tvin': not known (did you mean 'twin'?)"),
        (("--board", "sim", "--scenario", "no-such-day"), "scenario 'no-such-day': not found"),
        (("--board", "sim", "--config", "/no/such/file.toml"), "/no/such/file.toml: cannot be read"),
    ],
)
def test_wrong_words_are_one_line(capsys: pytest.CaptureFixture[str], args: tuple[str, ...], words: str) -> None:
    told = here(capsys, "doctor", *args)
    assert told.code == 2
    assert words in told.one_line()


# Trials


def test_the_beeps_are_named_as_they_sound(doctor: Doctor) -> None:
    assert doctor("--board", "sim", "--beep").lines == ["beep: ready", "beep: go"]


def test_a_text_is_said(doctor: Doctor) -> None:
    told = doctor("--board", "sim", "--say", "one two three")
    assert (told.code, told.lines) == (0, ["one two three"])


@pytest.mark.skipif(shutil.which("aplay") is None, reason="aplay is missing: sudo apt install alsa-utils")
def test_a_text_that_nobody_hears_is_printed_and_the_cause_is_told(doctor: Doctor, config_dir: Path) -> None:
    (config_dir / "config.toml").write_text('[voice]\ndevice = "no-such-card"\n')
    told = doctor("--board", "sim", "--say", "hello")
    assert told.code == 1
    assert told.lines == ["hello"]
    assert "not spoken: no sound from device 'no-such-card'" in told.one_line()


@pytest.mark.parametrize(("answer", "code", "word"), [("y", 0, "heard"), ("n", 1, "not heard: a louder buzzer")])
def test_the_sound_check_takes_its_answer_from_the_terminal(answer: str, code: int, word: str) -> None:
    terminal = Terminal("doctor", "--board", "sim", "--hear")
    terminal.until("beep: go").until(ASKED).type("maybe").type(answer).until(word)
    assert terminal.ended() == code
    assert load_calibration(paths.state_dir()).sound.heard is (answer == "y")


def test_where_nobody_can_answer_the_sound_check_says_so(doctor: Doctor) -> None:
    told = process("doctor", "--board", "sim", "--hear")
    assert told.code == 1
    assert "nobody can answer here: no terminal and no button" in told.one_line()


@needs_twin
def test_a_sound_check_that_nobody_answers_ends_by_itself() -> None:
    told = process("doctor", "--board", "twin", "--hear", "--for", "1")
    assert told.code == 1
    assert "nobody answered within 1 s" in told.one_line()
    assert ASKED in told.out


# A gate of two beams

TWO_BEAMS = f"""{PRINTED}
[[sensors]]
name = "upper"
xshut_pin = 5
address = 0x30
[[sensors]]
name = "lower"
xshut_pin = 6
address = 0x31
"""


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("crosstalk_kcps", [0, 9000])
def test_a_half_that_sees_the_others_light_is_told(
    doctor: Doctor, scenario: Callable[[str], Path], config_dir: Path, board: str, crosstalk_kcps: int
) -> None:
    (config_dir / "config.toml").write_text(TWO_BEAMS)
    day = scenario(f"crosstalk_kcps = {crosstalk_kcps}\n")
    found = findings(doctor("--board", board, "--scenario", day, "--json"))
    for half, other in (("upper", "lower"), ("lower", "upper")):
        told = found[f"{half}: light of '{other}'"]
        assert told["verdict"] == ("poor" if crosstalk_kcps else "ok"), told
        assert not crosstalk_kcps or "with the other half on the light is" in told["found"]
        assert ("never face to face" in told["mend"]) is bool(crosstalk_kcps)
