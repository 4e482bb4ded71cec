"""Plans, rosters and settings made on the box: where they lie, what they hide, and what they cannot touch."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.errors import BadInputError
from retro_timer.settings import own
from retro_timer.settings.loading import load_plan, load_settings, place_of, plan_names, roster_file, roster_names
from retro_timer.settings.made import ChangeSetting, NotWrittenError, Value, WritePlan, WriteRoster, make
from retro_timer.settings.model import Settings
from retro_timer.settings.starting import StartFiles
from retro_timer.training.plan import Plan
from tests.helpers.plans_made import plan_text

STRANGER = 61_004
"""A number that nobody here has."""
TEXT = plan_text("reps = 3\ndistance_m = 20")


def put_plan(directory: Path, name: str, title: str) -> None:
    (directory / "plans").mkdir(parents=True, exist_ok=True)
    (directory / "plans" / f"{name}.toml").write_text(TEXT.replace("Test plan", title))


def set_by_hand(state_dir: Path, text: str) -> Path:
    state_dir.mkdir(parents=True, exist_ok=True)
    path = state_dir / own.NAME
    path.write_text(text)
    return path


# Where they lie.


def test_a_plan_of_the_box_hides_one_of_the_settings_and_that_one_a_delivered_one(
    config_dir: Path, state_dir: Path
) -> None:
    put_plan(config_dir, "demo", "Of /etc")
    assert (load_plan("demo").title, place_of(plan_names()["demo"])) == ("Of /etc", str(config_dir / "plans"))
    put_plan(state_dir, "demo", "Of the box")
    assert (load_plan("demo").title, place_of(plan_names()["demo"])) == ("Of the box", str(state_dir / "plans"))
    assert place_of(plan_names()["first-steps"]) == "delivered"


def test_a_roster_of_the_box_hides_one_of_the_settings(config_dir: Path, state_dir: Path) -> None:
    for directory in (config_dir, state_dir):
        (directory / "rosters").mkdir(parents=True)
        (directory / "rosters" / "monday.csv").write_text("Ann\n")
    assert roster_names() == {"monday": state_dir / "rosters" / "monday.csv"}
    with pytest.raises(BadInputError, match=r"roster 'munday': not found \(did you mean 'monday'\?\)"):
        roster_file("munday")


def test_what_is_set_on_the_box_counts_before_the_file_and_the_file_before_the_default(
    config_dir: Path, state_dir: Path
) -> None:
    config_dir.mkdir(parents=True)
    (config_dir / "config.toml").write_text("[session]\ncountdown_s = 5\nget_ready_s = 9\n")
    set_by_hand(state_dir, "[session]\ncountdown_s = 4\n[lines.ten]\ndistance_m = 10\n")
    settings = load_settings()
    assert (settings.session.countdown_s, settings.session.get_ready_s, settings.session.changeover_s) == (4, 9, 12)
    assert settings.lines["ten"].distance_m == 10
    assert load_settings(config_dir / "config.toml").session.countdown_s == 5


def test_pins_and_hardware_are_the_files_alone_and_that_is_told(config_dir: Path, state_dir: Path) -> None:
    config_dir.mkdir(parents=True)
    (config_dir / "config.toml").write_text("[buzzer]\npin = 6\n")
    told: list[str] = []
    set_by_hand(
        state_dir,
        "sensors = [{name = 'other'}]\n[buzzer]\npin = 5\nvolume = 60\n[button]\npin = 26\n[lamp]\npins = [1, 2, 3]\n"
        "[audio]\noutput = 'usb'\n[voice]\ndevice = 'hw:1'\nvolume = 50\n",
    )
    settings = load_settings(tell=told.append)
    assert (settings.buzzer.pin, settings.buzzer.volume, settings.voice.volume) == (6, 60, 50)
    assert (settings.sensors, settings.button, settings.lamp, settings.audio, settings.voice.device) == (
        Settings().sensors, Settings().button, Settings().lamp, Settings().audio, "auto",
    )  # fmt: skip
    (line,) = told
    for key in ("sensors", "buzzer.pin", "button.pin", "lamp.pins", "audio.output", "voice.device"):
        assert key in line
    assert "volume" not in line


def test_whoever_may_not_look_into_the_boxs_folder_goes_without_and_is_told() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can be two users")
    with tempfile.TemporaryDirectory(prefix="rt") as home:
        Path(home).chmod(0o755)
        state = Path(home) / "state"
        set_by_hand(state, "[session]\ncountdown_s = 4\n")
        state.chmod(0o750)
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.setgroups([])
                os.setgid(STRANGER)
                os.setuid(STRANGER)
                told: list[str] = []
                found = own.load_own(state, told.append)
                os.write(write, f"{found} {' '.join(told)}".encode())
            finally:
                os._exit(0)
        os.close(write)
        with os.fdopen(read) as answer:
            words = answer.read()
        os.waitpid(child, 0)
    assert words.startswith("{} ")
    assert "settings.toml: you may not look there" in words


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[session]\ncountdown_s = 'three'\n", r"settings\.toml: session\.countdown_s: 'three' is text"),
        ("[sesion]\n", r"settings\.toml: sesion: unknown key \(did you mean 'session'\?\)"),
        ("[session\n", r"settings\.toml: line 1: not TOML"),
    ],
)
def test_a_mistake_in_it_is_named_with_its_file_and_key(state_dir: Path, text: str, why: str) -> None:
    set_by_hand(state_dir, text)
    with pytest.raises(BadInputError, match=why):
        load_settings()


def test_a_start_goes_on_with_the_last_good_one_or_without_it_and_says_so(state_dir: Path) -> None:
    def started() -> tuple[int, list[str]]:
        files = StartFiles(state_dir, forgiving=True)
        settings = files.settings(None)
        assert files.keep() == ""
        return settings.session.countdown_s, [trouble.phrase for trouble in files.troubles]

    path = set_by_hand(state_dir, "[session]\ncountdown_s = 99\n")
    assert started() == (3, ["file_left_out"])
    path.write_text("[session]\ncountdown_s = 4\n")
    assert started() == (4, [])
    path.write_text("[session")
    assert started() == (4, ["file_kept"])
    path.unlink()
    assert started() == (3, [])


# Made.


def test_what_is_made_is_there_as_it_was_given_and_nothing_beside_it(tmp_path: Path) -> None:
    assert make(tmp_path, WritePlan("hill", TEXT)) == f"wrote {tmp_path}/plans/hill.toml"
    assert make(tmp_path, WriteRoster("monday", "Änne\n")) == f"wrote {tmp_path}/rosters/monday.csv"
    assert "from the timer's next start on" in make(tmp_path, ChangeSetting("session.countdown_s", 4))
    files = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert files == ["plans/hill.toml", "rosters/monday.csv", "settings.toml"]
    assert (tmp_path / "plans" / "hill.toml").read_text(encoding="utf-8") == TEXT
    assert (tmp_path / "rosters" / "monday.csv").read_text(encoding="utf-8") == "Änne\n"


def test_where_the_page_listens_is_told_to_the_system_by_a_file_and_no_other_setting_is(tmp_path: Path) -> None:
    make(tmp_path, ChangeSetting("session.countdown_s", 4))
    mark = tmp_path / "coach.listen"
    assert not mark.exists()
    make(tmp_path, ChangeSetting("coach.listen", "0.0.0.0:8765"))
    assert mark.read_text(encoding="utf-8") == "0.0.0.0:8765\n"
    make(tmp_path, ChangeSetting("coach.listen", None))
    assert mark.read_text(encoding="utf-8") == "\n"


def test_one_is_written_over_only_on_purpose(tmp_path: Path) -> None:
    make(tmp_path, WriteRoster("monday", "Ann\n"))
    with pytest.raises(BadInputError, match=r"monday\.csv: there already"):
        make(tmp_path, WriteRoster("monday", "Ben\n"))
    make(tmp_path, WriteRoster("monday", "Cem\n", replace=True))
    assert (tmp_path / "rosters" / "monday.csv").read_text() == "Cem\n"


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (WritePlan("hill", "title = 5\n"), r"hill\.toml: title: 5 is a whole number"),
        (WritePlan("hill", TEXT + "#" * 16_000), r"at most 16000"),
        (WriteRoster("monday", "\n"), r"monday\.csv: no athletes"),
        (ChangeSetting("buzzer.pin", 5), r"buzzer\.pin: pins and hardware are not set on the box"),
        (ChangeSetting("voice.device", "hw:1"), r"pins and hardware"),
        (ChangeSetting("session.countdown_s", 99), r"session\.countdown_s: 99 is out of range"),
        (ChangeSetting("session.countdown", 3), r"unknown key"),
        (ChangeSetting("session.roster.x", 3), r"session\.roster\.x: 'roster' is no table"),
        (ChangeSetting("session.default_plan", "hil"), r"plan 'hil': not found"),
        (ChangeSetting("session.roster", "monday"), r"roster 'monday': not found"),
        (ChangeSetting("session.roster", None), r"session\.roster: not set on the box"),
        (ChangeSetting("course.torso_mm", float("nan")), r"course\.torso_mm"),
    ],
)
def test_what_has_a_mistake_is_not_written(
    tmp_path: Path, made: WritePlan | WriteRoster | ChangeSetting, why: str
) -> None:
    with pytest.raises(BadInputError, match=why):
        make(tmp_path, made)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_roster_that_cannot_be_read_is_not_set(tmp_path: Path, state_dir: Path) -> None:
    (state_dir / "rosters").mkdir(parents=True)
    (state_dir / "rosters" / "monday.csv").write_text("\n")
    with pytest.raises(BadInputError, match=r"monday\.csv: no athletes"):
        make(tmp_path, ChangeSetting("session.roster", "monday"))
    assert not (tmp_path / own.NAME).exists()


def test_a_key_inside_a_value_is_refused(tmp_path: Path) -> None:
    make(tmp_path, ChangeSetting("session.athlete", "Kim"))
    with pytest.raises(BadInputError, match=r"session\.athlete\.x: 'athlete' is no table"):
        make(tmp_path, ChangeSetting("session.athlete.x", 3))


def test_a_key_is_taken_back_and_the_others_stay(tmp_path: Path) -> None:
    make(tmp_path, ChangeSetting("session.countdown_s", 4))
    make(tmp_path, ChangeSetting("session.athlete", "Kim"))
    make(tmp_path, ChangeSetting("session.countdown_s", None))
    assert own.load_own(tmp_path, print) == {"session": {"athlete": "Kim"}}


def test_a_folder_that_cannot_be_written_is_told_and_leaves_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "plans").write_text("no folder")
    with pytest.raises(NotWrittenError, match=r"plans/hill\.toml: cannot be written"):
        make(tmp_path, WritePlan("hill", TEXT))


NAMES = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=40)


@given(athlete=NAMES, volume=st.integers(0, 100), torso_mm=st.floats(100.0, 500.0), short=st.booleans())
def test_whatever_is_set_is_read_back_as_it_was(
    athlete: str, volume: int, torso_mm: float, short: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    values: dict[str, Value] = {
        "session.athlete": athlete,
        "voice.volume": volume,
        "course.torso_mm": torso_mm,
        "course.allow_short_runout": short,
    }
    tables: own.Own = {}
    for key, value in values.items():
        own.put(tables, key, value)
    path = tmp_path_factory.mktemp("own") / own.NAME
    path.write_text(own.format_own(tables), encoding="utf-8")
    assert dict(own.keys_of(own.read_own(path, print))) == values


def test_a_plan_that_was_made_is_a_plan(state_dir: Path) -> None:
    make(state_dir, WritePlan("hill", TEXT))
    assert isinstance(load_plan("hill"), Plan)
    make(state_dir, ChangeSetting("session.default_plan", "hill"))
    assert load_settings().session.default_plan == "hill"
