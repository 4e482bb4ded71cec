"""What a start goes on with when a file cannot be used: the last good copy, else a default, and never a guessed pin."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.last_good import FOLDER, LastGood
from retro_timer.settings.model import Settings
from retro_timer.settings.starting import StartFiles
from retro_timer.training.listed import names_of

OWN = "[buzzer]\npin = 5\n[button]\npin = 26\n[course]\nlane_reach_m = 1.5\n"


@pytest.fixture
def config(config_dir: Path) -> Path:
    config_dir.mkdir(parents=True)
    return config_dir / "config.toml"


def service(state_dir: Path) -> StartFiles:
    return StartFiles(state_dir, forgiving=True)


def kept(config: Path, state_dir: Path, text: str = OWN) -> Settings:
    """Settings that a start succeeded with."""
    config.write_text(text)
    files = service(state_dir)
    settings = files.settings(None)
    assert files.troubles == []
    assert files.keep() == ""
    return settings


def test_nothing_is_kept_of_a_start_that_has_not_succeeded(config: Path, state_dir: Path) -> None:
    config.write_text(OWN)
    service(state_dir).settings(None)
    assert not (state_dir / FOLDER).exists()


def test_what_worked_is_kept_as_it_was_written(config: Path, state_dir: Path) -> None:
    kept(config, state_dir)
    assert (state_dir / FOLDER / "config.toml").read_text() == OWN


@given(cut=st.integers(0, len(OWN) - 2))
def test_however_much_of_the_file_a_power_cut_leaves_the_pins_are_the_last_good_ones(
    cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("box")
    config = folder / "config.toml"
    config.write_text(OWN)
    first = service(folder)
    good = first.settings(config)
    assert first.keep() == ""
    config.write_text(OWN[:cut])
    again = service(folder)
    assert again.settings(config) == good
    assert len(again.troubles) == 1


def test_settings_that_are_gone_are_missed_where_there_were_some(config: Path, state_dir: Path) -> None:
    good = kept(config, state_dir)
    config.unlink()
    files = service(state_dir)
    assert files.settings(None) == good
    assert "config.toml: missing" in files.troubles[0].text


def test_a_pin_that_is_used_twice_leaves_the_last_good_wiring_in_force(config: Path, state_dir: Path) -> None:
    good = kept(config, state_dir)
    config.write_text(OWN.replace("26", "5"))
    files = service(state_dir)
    assert files.settings(None) == good
    assert "GPIO5 for the button belongs to the buzzer" in files.troubles[0].text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[buzzer\npin = 5", "nobody knows which tables it has lost"),
        ("", "a power cut leaves empty files, and a box had settings once"),
        ("[buzer]\npin = 5\n[course]\nlane_reach_m = 'x'\n", "a slip in the name of a table with a pin"),
        ("[buzzer]\npin = 'five'\n", "a pin that is none"),
        ("[lamp]\nkind = 'rgb'\npins = [5]\n", "a lamp with too few pins"),
        ("[buzzer]\npin = 27\n", "a pin that another part has by default"),
    ],
)
def test_without_a_last_good_copy_no_pin_is_driven_that_nobody_has_named(
    config: Path, state_dir: Path, text: str, why: str
) -> None:
    config.write_text(text)
    files = service(state_dir)
    files.settings(None)
    assert not files.wiring_known, why
    assert [trouble.phrase for trouble in files.troubles] == ["file_delivered", "wiring_unknown"]


def test_a_mistake_that_has_nothing_to_do_with_pins_leaves_them_as_they_are_written(
    config: Path, state_dir: Path
) -> None:
    config.write_text(OWN + "[session]\ncountdown_s = 'three'\n")
    files = service(state_dir)
    settings = files.settings(None)
    assert files.wiring_known
    assert (settings.buzzer.pin, settings.course.lane_reach_m) == (5, 1.5)
    assert settings.session == Settings().session
    assert "countdown_s" in files.troubles[0].text


def test_a_copy_that_is_broken_itself_is_none(config: Path, state_dir: Path) -> None:
    kept(config, state_dir)
    (state_dir / FOLDER / "config.toml").write_text("[")
    config.write_text("[")
    files = service(state_dir)
    files.settings(None)
    assert not files.wiring_known


def test_on_a_terminal_nothing_stands_in(config: Path, state_dir: Path) -> None:
    kept(config, state_dir)
    config.write_text("[")
    (state_dir / "calibration.toml").mkdir()
    files = StartFiles(state_dir, forgiving=False)
    with pytest.raises(BadInputError, match="not TOML"):
        files.settings(None)
    with pytest.raises(BadInputError, match="Is a directory"):
        files.calibration()


def test_a_default_plan_without_a_copy_is_replaced_by_the_gentlest_one(state_dir: Path) -> None:
    files = service(state_dir)
    files.secure_plan("gone")
    assert files.plan("gone", Settings()).title == files.plan("first-steps", Settings()).title
    assert "The plan" not in files.troubles[0].text
    assert files.troubles[0].values["detail"] == "plan 'gone', not found"


def test_a_coachs_broken_plan_of_the_gentlest_ones_name_is_replaced_by_the_delivered_one(
    config: Path, state_dir: Path
) -> None:
    own = config.parent / "plans" / "first-steps.toml"
    own.parent.mkdir()
    own.write_text("[")
    files = service(state_dir)
    files.secure_plan("first-steps")
    assert files.plan("first-steps", Settings()).blocks
    assert str(own) in files.troubles[0].text


def test_a_default_plan_that_can_be_read_and_does_not_fit_is_left_to_the_press(state_dir: Path) -> None:
    slow = Settings(sensors=(SensorSettings(period_ms=1000.0),))
    files = service(state_dir)
    files.secure_plan("demo")
    assert files.troubles == []
    with pytest.raises(BadInputError, match="readings"):
        files.plan("demo", slow)


def put_roster(state_dir: Path, name: str, text: str) -> None:
    (state_dir / "rosters").mkdir(parents=True, exist_ok=True)
    (state_dir / "rosters" / f"{name}.csv").write_text(text)


def test_a_roster_that_is_broken_is_replaced_by_its_own_last_good_copy_and_by_no_other_groups(state_dir: Path) -> None:
    def started(named: str) -> tuple[tuple[str, ...], list[str]]:
        files = service(state_dir)
        athletes = names_of(files.roster(None, lambda _remark: None, solo="Kim", named=named))
        assert files.keep() == ""
        return athletes, [trouble.phrase for trouble in files.troubles]

    put_roster(state_dir, "monday", "Ann\nBen\n")
    put_roster(state_dir, "tuesday", "\n")
    assert started("monday") == (("Ann", "Ben"), [])
    assert started("tuesday") == (("Kim",), ["file_left_out"])
    put_roster(state_dir, "monday", "\n")
    assert started("monday") == (("Ann", "Ben"), ["file_kept"])


def test_a_calibration_that_was_deleted_is_forgotten(state_dir: Path) -> None:
    copy = LastGood(state_dir).copy("calibration.toml")
    copy.parent.mkdir(parents=True)
    copy.write_text("[sensors]\n")
    files = service(state_dir)
    files.calibration()
    assert files.keep() == ""
    assert not copy.exists()


def test_a_disk_that_keeps_nothing_is_told_in_a_line(config: Path, tmp_path: Path) -> None:
    config.write_text(OWN)
    (tmp_path / "file").write_text("")
    files = service(tmp_path / "file" / "state")
    files.settings(None)
    assert "the settings that worked are not kept (Not a directory)" in files.keep()
    good = LastGood(tmp_path / "file" / "state")
    good.note("config.toml", config)
    with pytest.raises(RetroTimerError, match="see: df -h"):
        good.keep()
