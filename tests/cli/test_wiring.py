"""`retro-timer wiring`: the table for the settings in force, and the boot configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.command import here
from wiring.draw.builds import BUILDS

ROOT = Path(__file__).parents[2]
TWO = next(build.sensors for build in BUILDS if build.name == "two-vl53l1x")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def rows(out: str) -> dict[int, str]:
    """Header pin to its line of the table."""
    return {int(line.split()[0]): line for line in out.splitlines() if line[:3].strip().isdigit()}


def test_the_table_names_every_wire_of_the_default_box(capsys: pytest.CaptureFixture[str]) -> None:
    table = rows(here(capsys, "wiring").out)
    assert "sensor 'gate' SDA" in table[3]
    assert "GPIO17" in table[11]
    assert "buzzer +" in table[11]
    assert "220 Ω" in table[11]
    assert "nothing: audio function" in table[38]
    assert list(table) == sorted(table)


def test_another_pin_in_the_settings_is_another_row(capsys: pytest.CaptureFixture[str], config: Path) -> None:
    config.write_text("[buzzer]\npin = 26\n")
    table = rows(here(capsys, "wiring", "--config", config).out)
    assert "buzzer +" in table[37]
    assert 11 not in table


def test_the_settings_in_force_are_those_of_the_config_directory(
    capsys: pytest.CaptureFixture[str], config_dir: Path
) -> None:
    config_dir.mkdir(parents=True)
    (config_dir / "config.toml").write_text(TWO)
    told = here(capsys, "wiring")
    table = rows(told.out)
    assert "sensor 'gate' SDA and sensor 'lane' SDA" in table[3]
    assert "sensor 'gate' XSHUT" in table[29]
    assert "Header pins 3 and 5 serve more than one part" in " ".join(told.out.split())


@pytest.mark.parametrize("columns", ["80", "60"])
def test_what_is_printed_fits_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    notes = here(capsys, "wiring").out.partition("\n\n")[2]
    assert max(len(line) for line in notes.splitlines()) <= int(columns)


def test_pins_that_clash_are_one_line_with_the_key(capsys: pytest.CaptureFixture[str], config: Path) -> None:
    config.write_text("[button]\npin = 17\n")
    told = here(capsys, "wiring", "--config", config)
    assert told.code == 2
    assert "button.pin: GPIO17 for the button belongs to the buzzer (buzzer.pin)" in told.one_line()


def test_the_boot_fragment_in_the_repository_is_that_of_the_default_settings(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = here(capsys, "wiring", "--boot").out
    assert told == (ROOT / "firmware" / "boot" / "retro-timer.txt").read_text(encoding="utf-8"), "run: make wiring"


def test_the_boot_configuration_follows_the_settings(capsys: pytest.CaptureFixture[str], config: Path) -> None:
    config.write_text(
        '[[sensors]]\nname = "lane"\nmodel = "tf-luna"\nplacement = "lane-end"\n[buzzer]\npin = 26\n'
        '[audio]\noutput = "usb"\n'
    )
    lines = here(capsys, "wiring", "--boot", "--config", config).out.splitlines()
    orders = [line for line in lines if line and not line.startswith("#")]
    assert "enable_uart=1" in orders
    assert "gpio=26=op,dl" in orders
    assert "dtparam=audio=off" in orders
    assert not [line for line in orders if line.startswith(("dtparam=i2c", "dtoverlay=max98357a"))]
