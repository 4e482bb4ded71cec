"""The lines that gates watch: two of one line are one gate, and what makes none is refused with its place."""

from __future__ import annotations

import pytest

from retro_timer.errors import BadInputError
from retro_timer.settings.loading import check_settings
from retro_timer.settings.model import Settings
from retro_timer.settings.tables import parse_toml

GATE = '[[sensors]]\nname = "{name}"\nxshut_pin = {pin}\naddress = {address}\n'
HIGH, LOW = GATE.format(name="high", pin=5, address=0x30), GATE.format(name="low", pin=6, address=0x31)


def settings_of(text: str) -> Settings:
    settings = parse_toml(text, Settings, "box.toml", "settings")
    check_settings(settings, "box.toml")
    return settings


def test_two_gates_of_one_line_stand_one_above_or_one_behind_the_other() -> None:
    assert [s.offset_mm for s in settings_of(HIGH + LOW).sensors] == [0, 0]
    assert [s.offset_mm for s in settings_of(f"{HIGH}{LOW}offset_mm = 200\n").sensors] == [0, 200]
    assert [s.offset_mm for s in settings_of(f"{HIGH}offset_mm = -200\n{LOW}").sensors] == [-200, 0]


def test_gates_may_watch_the_start_and_lines_on_the_way_beside_the_finish() -> None:
    settings = settings_of(f'{HIGH}{LOW}line = "ten"\n[lines.ten]\ndistance_m = 10\n')
    assert [s.line for s in settings.sensors] == ["finish", "ten"]
    assert settings.timing is settings.sensors[0]


def test_without_a_gate_at_the_finish_nothing_is_timed() -> None:
    with pytest.raises(BadInputError, match="no sensor at the finish has the role timing or both"):
        settings_of(f'{HIGH}line = "start"\n')


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        (f"{HIGH}{LOW}offset_mm = 100\n", "sensors[1].offset_mm", "100 mm behind 'high'"),
        (HIGH + LOW + GATE.format(name="third", pin=13, address=0x32), "sensors[2].line", "a third gate sensor"),
        (f'{HIGH}line = "finnish"\n', "sensors[0].line", "did you mean 'finish'?"),
        (f'{HIGH}placement = "belt"\noffset_mm = 20\n', "sensors[0].offset_mm", "given for the placement belt"),
        (f"{HIGH}[lines.finish]\ndistance_m = 5\n", "lines.finish", "its distance is the plan's"),
    ],
)
def test_what_makes_no_gate_is_refused_with_its_key(text: str, where: str, words: str) -> None:
    with pytest.raises(BadInputError) as refused:
        settings_of(text)
    assert refused.value.where == f"box.toml: {where}"
    assert words in str(refused.value)
