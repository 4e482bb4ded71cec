"""A mistake in a file of settings or a plan is one line with its place and what is expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from retro_timer.errors import BadInputError
from retro_timer.settings.loading import (
    read_plan,
)
from retro_timer.settings.model import Settings
from retro_timer.settings.readable import readable_settings
from retro_timer.settings.tables import parse_toml
from tests.helpers.complaints import value_or_complaint
from tests.helpers.plans_made import plan_text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[[sensors]]\nmode = 'shrt'\n", "c.toml: sensors[0].mode: 'shrt' is not a choice (did you mean 'short'?)"),
        ("[cource]\n", "c.toml: cource: unknown key (did you mean 'course'?); expected one of sensors, course"),
        ("[course]\nfinish_range = 2\n", "unknown key (did you mean 'finish_range_m'?)"),
        ("[course]\nfinish_range_m = 'far'\n", "c.toml: course.finish_range_m: 'far' is text; expected a number"),
        ("[course]\nfinish_range_m = 99\n", "c.toml: course.finish_range_m: 99 is out of range; expected"),
        ("[course]\nallow_short_runout = 1\n", "allow_short_runout: 1 is a whole number; expected true or false"),
        ("[session]\ncountdown_s = 2.5\n", "session.countdown_s: 2.5 is a number; expected a whole number"),
        ("[lamp]\npins = []\n", "lamp.pins: wrong length"),
        ("[lamp]\npins = [22, 99, 24]\n", "lamp.pins[1]: 99 is out of range"),
        ("[lines.five]\ndistance_m = 5\n[lines.ten]\ndistance_m = -1\n", "c.toml: lines.ten.distance_m: -1 is out of"),
        ("[lines.five]\ndistance_m = 5\n[lines.ten]\n", "c.toml: lines.ten.distance_m: missing; expected a value"),
        (
            "[lines.ten]\ndistance = 5\n",
            "c.toml: lines.ten.distance: unknown key (did you mean 'distance_m'?)",
        ),
        ("[lines]\nten = 5\n", "c.toml: lines.ten: 5 is a whole number; expected a table"),
        ("sensors = []\n", "sensors: wrong length"),
        ("sensors = 3\n", "sensors: 3 is a whole number; expected a list"),
        ("[course\n", "c.toml: line 1: not TOML"),
        ("a = 1\na = 2\n", "line 2: not TOML"),
        ("x = \n", "line 1: not TOML"),
    ],
)
def test_a_mistake_in_the_settings_is_told_with_its_place(text: str, line: str) -> None:
    with pytest.raises(BadInputError) as caught:
        parse_toml(text, Settings, "c.toml", "settings in TOML")
    assert line in str(caught.value)
    assert "expected" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (plan_text(more="satfey = 'x'"), "p.toml: satfey: unknown key (did you mean 'safety'?)"),
        (plan_text(gait="wlak"), "p.toml: gait: 'wlak' is not a choice (did you mean 'walk'?); expected one of walk"),
        (plan_text("distance_m = 3"), "blocks[0].distance_m: 3 is out of range"),
        (plan_text("distance_m = 10", "repetitions = 3"), "blocks[1].repetitions: unknown key"),
        (plan_text("distance_m = 10\nreps = 0"), "blocks[0].reps: 0 is out of range"),
        (plan_text("distance_m = 10\nreps = 100"), "blocks[0].reps: 100 is out of range"),
        (plan_text("distance_m = 10\nreps = 2.5"), "blocks[0].reps: 2.5 is a number; expected a whole number"),
        (plan_text("distance_m = nan"), "blocks[0].distance_m: nan"),
        (plan_text("distance_m = inf"), "blocks[0].distance_m: inf"),
        (plan_text().replace("title", "# title"), "p.toml: title: missing"),
        (plan_text().replace('"Test plan"', '""'), "p.toml: title: '' is out of range"),
        (plan_text(more="sessions_per_week = [1, 2, 3]"), "expected a list of length 2"),
        (plan_text(more="sessions_per_week = [3, 2]"), "sessions_per_week: 3 is more than 2"),
        (plan_text(more="cues = 'Up.'"), "cues: 'Up.' is text; expected a list"),
        ("", "p.toml: title: missing"),
        ('[[blocks]]\ntitle = "x"\n', "title: "),
    ],
)
def test_a_mistake_in_a_plan_is_told_with_its_place(text: str, line: str, tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text(text)
    with pytest.raises(BadInputError) as caught:
        read_plan(path)
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"title = \xff\n", "line 1: not UTF-8 text"),
        (b"# ok\n# ok\ntitle = '\xe4'\n", "line 3: not UTF-8 text"),
        (b"x" * 1_000_001, "1000000 bytes"),
        (b"a" + b".a" * 3000 + b" = 1\n", "title"),
        (b"a = " + b"[" * 5000 + b"]" * 5000, "not TOML"),
        (b"a = " + b"9" * 5000, "not TOML: a number of thousands of digits"),
        (b"a = 99999999999999999999999999999\n", "unknown key"),
    ],
)
def test_a_file_that_no_coach_wrote_is_one_line_of_complaint(data: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_bytes(data)
    _, complaint = value_or_complaint(lambda: read_plan(path))
    assert complaint.startswith(str(path))
    assert words in complaint or "unknown key" in complaint


def test_a_byte_order_mark_from_an_editor_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_bytes(b"\xef\xbb\xbf" + plan_text().replace("\n", "\r\n").encode())
    assert read_plan(path).title == "Test plan"


def test_a_number_of_thousands_of_digits_leaves_nobody_guessing_the_pins(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"[lamp]\npins = [{'9' * 5000}]\n", encoding="utf-8")
    assert readable_settings(path) is None
